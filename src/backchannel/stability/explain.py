"""Why a state holds for an actor or not: what it could do, and what would follow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backchannel.stability.cells import Cells
from backchannel.stability.concepts import Concept
from backchannel.stability.graph_model import Conflict
from backchannel.stability.methods import EachOnce, Int32Array, IntArray, Method


@dataclass(frozen=True)
class Step:
    """One move: who makes it, and the state that it leads to."""

    actor: str
    state: int


@dataclass(frozen=True)
class Reply:
    """One improvement and the answer to it.

    `sanction` is the shortest sequence of moves of the others that leaves the actor no
    better off, of these the one that its movers like best; empty where there is none.
    `escape` is set where the only sequences that would do so let the actor move on to
    something better: the first such sequence is then in `escaped`, and `escape` is
    where the actor goes from its end.
    """

    improvement: int
    sanction: tuple[Step, ...]
    escaped: tuple[Step, ...] = ()
    escape: int | None = None

    @property
    def is_sanctioned(self) -> bool:
        """Whether the improvement is deterred."""
        return bool(self.sanction)


@dataclass(frozen=True)
class Explanation:
    """Why one state holds for one actor by one concept, or does not."""

    actor: str
    state: int
    concept: Concept
    is_stable: bool
    replies: tuple[Reply, ...]


class Explainer:
    """Searches forward from improvements of one conflict."""

    def __init__(self, conflict: Conflict, cells: Cells, method: Method) -> None:
        self._conflict, self._cells, self._method = conflict, cells, method
        self._rank = conflict.preference
        self._member = cells.members(self._rank)

    def explain(self, actor: int, state: int, concept: Concept) -> Explanation:
        """Give each improvement from a state its sanction, or say that it has none."""
        better = self._moves(actor, state, is_improving=True)
        order = np.lexsort((better, -self._rank[actor][better]))
        replies = tuple(
            self.reply(actor, state, int(q), concept) for q in better[order]
        )
        return Explanation(
            self._conflict.actors[actor],
            state,
            concept,
            all(reply.is_sanctioned for reply in replies),
            replies,
        )

    def _moves(self, actor: int, state: int, *, is_improving: bool) -> IntArray:
        cells = self._cells
        own = cells.cell[actor, state]
        others = cells.above[cells.above_start[own] : cells.above_start[own + 1]]
        found = np.concatenate(
            [self._member[cells.start[c] : cells.start[c + 1]] for c in (own, *others)]
        ).astype(np.int64)
        if is_improving:
            is_kept = self._rank[actor][found] > self._rank[actor, state]
        else:
            is_kept = found != state
        kept: IntArray = found[is_kept]
        return kept

    def _liked(self, j: int, here: int, *, is_improving: bool) -> list[int]:
        """Moves of an actor, those that it likes best first."""
        found = self._moves(j, here, is_improving=is_improving)
        order = np.lexsort((found, -self._rank[j][found]))
        return [int(q) for q in found[order]]

    def reply(
        self, actor: int, state: int, improvement: int, concept: Concept
    ) -> Reply:
        """Give one improvement its sanction, or say that it has none."""
        if concept is Concept.NASH:
            return Reply(improvement, ())
        own = int(self._rank[actor, state])

        def hurts(end: int) -> bool:
            return bool(self._rank[actor, end] <= own)

        def holds(end: int) -> bool:
            return hurts(end) and self._escape(actor, end, own) is None

        is_credible = concept.is_credible
        if not concept.has_escape:
            return Reply(
                improvement, self._path(actor, improvement, hurts, is_credible)
            )
        path = self._path(actor, improvement, holds, is_credible)
        if path:
            return Reply(improvement, path)
        escaped = self._path(actor, improvement, hurts, is_credible)
        escape = self._escape(actor, escaped[-1].state, own) if escaped else None
        return Reply(improvement, (), escaped, escape)

    def _escape(self, actor: int, state: int, own: int) -> int | None:
        """Where the actor does best by moving on, if that is better than `own`."""
        ends = self._moves(actor, state, is_improving=False)
        ends = ends[self._rank[actor][ends] > own]
        if not len(ends):
            return None
        liked: Int32Array = self._rank[actor][ends]
        return int(ends[np.argmax(liked)])

    def _path(
        self,
        actor: int,
        start: int,
        is_end: Callable[[int], bool],
        is_improving: bool,
    ) -> tuple[Step, ...]:
        """The shortest reply to an end of some kind; empty where there is none."""
        n_actors = self._conflict.n_actors
        everyone = frozenset(j for j in range(n_actors) if j != actor)
        is_once = isinstance(self._method, EachOnce)
        root = (start, everyone)
        came: dict[tuple[int, frozenset[int]], tuple[tuple[int, frozenset[int]], int]]
        came = {}
        queue = deque([root])
        while queue:
            node = queue.popleft()
            here, able = node
            for j in sorted(able):
                rest = able - {j} if is_once else everyone - {j}
                for q in self._liked(j, here, is_improving=is_improving):
                    following = (q, rest)
                    if following in came:
                        continue
                    came[following] = (node, j)
                    if is_end(q):
                        return self._traced(following, root, came)
                    queue.append(following)
        return ()

    def _traced(
        self,
        node: tuple[int, frozenset[int]],
        root: tuple[int, frozenset[int]],
        came: dict[tuple[int, frozenset[int]], tuple[tuple[int, frozenset[int]], int]],
    ) -> tuple[Step, ...]:
        steps: list[Step] = []
        while node != root or not steps:
            before, j = came[node]
            steps.append(Step(self._conflict.actors[j], node[0]))
            node = before
        return tuple(reversed(steps))
