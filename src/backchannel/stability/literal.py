"""Stability straight from the definitions: sets of states, no shortcuts, slow.

Nothing here is shared with the engine: the moves are read again from what the conflict
declares, and replies are searched from every improvement by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from backchannel.stability.concepts import Concept
from backchannel.stability.graph_model import Conflict
from backchannel.stability.methods import EachOnce, LegalSequences, Method

States = frozenset[int]


class LiteralConflict:
    """One conflict with the definitions of the graph model as methods.

    Source: Fang, Hipel and Kilgour (1993), chapters 2 and 3.
    """

    def __init__(self, conflict: Conflict, method: Method | None = None) -> None:
        self.conflict = conflict
        self.method = method or LegalSequences()

    @cached_property
    def _listed(self) -> tuple[dict[int, set[int]], ...]:
        tables: list[dict[int, set[int]]] = []
        for pairs in self.conflict.moves:
            table: dict[int, set[int]] = {}
            for start, end in pairs.tolist():
                table.setdefault(start, set()).add(end)
            tables.append(table)
        return tuple(tables)

    @cached_property
    def _by_code(self) -> dict[int, int]:
        return {code: s for s, code in enumerate(self.conflict.codes.tolist())}

    def likes(self, actor: int, state: int) -> int:
        """Ordinal value of a state to an actor."""
        return int(self.conflict.preference[actor, state])

    def moves(self, actor: int, state: int) -> States:
        """R_i(s): where one move of an actor leads."""
        if not self.conflict.options:
            return frozenset(self._listed[actor].get(state, ()))
        name = self.conflict.actors[actor]
        codes = {int(self.conflict.codes[state])}
        for k, option in enumerate(self.conflict.options):
            if option.actor != name:
                continue
            stuck = {"no": None, "taken": 1, "dropped": 0}[option.final]
            codes |= {code ^ 1 << k for code in codes if code >> k & 1 != stuck}
        found = {self._by_code[code] for code in codes if code in self._by_code}
        return frozenset(found - {state})

    def improvements(self, actor: int, state: int) -> States:
        """R_i+(s): moves to states that the actor likes better."""
        own = self.likes(actor, state)
        return frozenset(
            q for q in self.moves(actor, state) if self.likes(actor, q) > own
        )

    def replies(
        self, actors: Sequence[int], state: int, *, is_improving: bool
    ) -> States:
        """R_H(s), or R_H+(s): where sequences of moves of some actors lead."""
        if isinstance(self.method, EachOnce):
            return self._once(frozenset(actors), state, is_improving)
        return self._legal(actors, state, is_improving)

    def _step(self, actor: int, state: int, is_improving: bool) -> States:
        step = self.improvements if is_improving else self.moves
        return step(actor, state)

    def _legal(self, actors: Sequence[int], state: int, is_improving: bool) -> States:
        met = {(q, j) for j in actors for q in self._step(j, state, is_improving)}
        new = set(met)
        while new:
            new = {
                (t, k)
                for q, j in new
                for k in actors
                if k != j
                for t in self._step(k, q, is_improving)
            } - met
            met |= new
        return frozenset(q for q, _ in met)

    def _once(self, actors: frozenset[int], state: int, is_improving: bool) -> States:
        found: set[int] = set()
        for j in actors:
            for q in self._step(j, state, is_improving):
                found |= {q} | self._once(actors - {j}, q, is_improving)
        return frozenset(found)

    def is_sanctioned(
        self, actor: int, state: int, improvement: int, concept: Concept
    ) -> bool:
        """Whether some reply to an improvement leaves the actor no better off."""
        if concept is Concept.NASH:
            return False
        own = self.likes(actor, state)
        others = [j for j in range(self.conflict.n_actors) if j != actor]
        replies = self.replies(others, improvement, is_improving=concept.is_credible)
        for end in replies:
            if self.likes(actor, end) > own:
                continue
            escapes = self.moves(actor, end) if concept.has_escape else ()
            if all(self.likes(actor, escape) <= own for escape in escapes):
                return True
        return False

    def is_stable(self, actor: int, state: int, concept: Concept) -> bool:
        """Whether every improvement of an actor from a state is sanctioned."""
        return all(
            self.is_sanctioned(actor, state, improvement, concept)
            for improvement in self.improvements(actor, state)
        )
