"""Find which states of a conflict hold: every actor, every state, five concepts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from backchannel.base.result import Certificate, Status
from backchannel.stability._kernels.moves import least_after_move
from backchannel.stability._kernels.reachable import least_reachable
from backchannel.stability.cells import Cells, gather_cells
from backchannel.stability.concepts import CONCEPTS, Concept
from backchannel.stability.graph_model import Conflict
from backchannel.stability.methods import (
    NOWHERE,
    BoolArray,
    EachOnce,
    Int32Array,
    LegalSequences,
    Method,
)
from backchannel.stability.result import Stability
from backchannel.stability.verify import certify

DEFAULT = LegalSequences()


def find_stable_states(conflict: Conflict, *, method: Method = DEFAULT) -> Stability:
    """Find which states hold, for whom and by which concept.

    Parameters
    ----------
    conflict : states, moves and preferences
    method : how replies to an improvement are put together

    Returns
    -------
    Stability : a verdict for each actor, concept and state, and on demand its reason

    Raises
    ------
    ModelError : never here, as a `Conflict` is sound once it is made; what is asked of
        the result may be refused.

    Notes: exact. A state s is stable where for each improvement s1 the least weight
    that the others can lead to from s1 is no more than what the actor has at s; the
    weight is what it likes a state, and with an escape the best that it can move to
    from there. Linear in states and cells for `LegalSequences`.
    Source: docs/stability.md; Fang, Hipel and Kilgour (1993).

    >>> from backchannel.stability import Conflict, Option
    >>> dilemma = Conflict.of_options(
    ...     [Option("a arms", "a"), Option("b arms", "b")],
    ...     {"a": [3, 4, 1, 2], "b": [3, 1, 4, 2]},
    ... )
    >>> found = find_stable_states(dilemma)
    >>> found.equilibria("nash").tolist(), found.equilibria("seq").tolist()
    ([3], [0, 3])
    """
    cells = gather_cells(conflict)
    result = Stability(
        conflict,
        judge(cells, conflict.preference, method),
        Status.EXACT,
        method,
        conflict.digest,
        Certificate("not checked", float("nan"), 0.0, "none"),
    )
    result.stable.setflags(write=False)
    return replace(result, certificate=certify(result))


def judge(cells: Cells, preference: Int32Array, method: Method) -> BoolArray:
    """Whether each state holds, (n_actors, n_concepts, n_states).

    Parameters
    ----------
    cells : the moves
    preference : (n_actors, n_states), ordinal
    method : how replies are put together
    """
    desk = _Desk(cells, preference, cells.members(preference), method)
    return np.array([desk.verdicts(i) for i in range(len(preference))])


@dataclass(frozen=True, eq=False)
class _Desk:
    """One conflict laid out for the kernels."""

    cells: Cells
    rank: Int32Array
    member: Int32Array
    method: Method

    def verdicts(self, i: int) -> BoolArray:
        """(n_concepts, n_states) for one actor."""
        own = self.rank[i]
        after = np.maximum(own, -self._after_move(i, -own, is_improving=False))
        stable = np.empty((len(CONCEPTS), len(own)), np.bool_)
        for c, concept in enumerate(CONCEPTS):
            if concept is Concept.NASH:
                stable[c] = self._after_move(i, own, is_improving=True) == NOWHERE
                continue
            weight = after if concept.has_escape else own
            least = self._least(i, weight, is_improving=concept.is_credible)
            worst = -self._after_move(i, -least, is_improving=True)
            stable[c] = worst <= own
        return stable

    def _least(self, i: int, weight: Int32Array, *, is_improving: bool) -> Int32Array:
        """Least weight that the others' replies can lead to, (n_states,)."""
        others = [j for j in range(len(self.rank)) if j != i]
        if isinstance(self.method, EachOnce):
            return self._least_once(others, weight, is_improving=is_improving)
        if len(others) == 1:
            # Alone, nobody can move twice running, so one move is all there is.
            return self._after_move(others[0], weight, is_improving=is_improving)
        order = np.argsort(weight, kind="stable")
        cells = self.cells
        least: Int32Array = least_reachable(
            self.rank,
            weight,
            order,
            cells.cell,
            cells.start,
            self.member,
            cells.below_start,
            cells.below,
            np.array(others, dtype=np.int64),
            is_improving,
        )
        return least

    def _least_once(
        self, others: list[int], weight: Int32Array, *, is_improving: bool
    ) -> Int32Array:
        """The same where each moves once: from smaller groups of movers to larger."""
        by_group = {frozenset[int](): np.full_like(weight, NOWHERE)}
        for size in range(1, len(others) + 1):
            for group in map(frozenset, combinations(others, size)):
                by_group[group] = np.min(
                    [
                        self._after_move(
                            j,
                            np.minimum(weight, by_group[group - {j}]),
                            is_improving=is_improving,
                        )
                        for j in group
                    ],
                    axis=0,
                )
        return by_group[frozenset(others)]

    def _after_move(
        self, j: int, weight: Int32Array, *, is_improving: bool
    ) -> Int32Array:
        cells = self.cells
        least: Int32Array = least_after_move(
            self.rank[j],
            weight,
            cells.start,
            self.member,
            cells.above_start,
            cells.above,
            int(cells.first[j]),
            int(cells.first[j + 1]),
            is_improving,
        )
        return least
