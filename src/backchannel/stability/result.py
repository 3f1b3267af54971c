"""Which states hold: the answer of this room for one conflict."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.base.result import Certificate, Status
from backchannel.stability.cells import gather_cells
from backchannel.stability.concepts import CONCEPTS, Concept
from backchannel.stability.explain import Explainer, Explanation
from backchannel.stability.graph_model import Conflict
from backchannel.stability.methods import BoolArray, IntArray, Method
from backchannel.stability.verify import verify


@dataclass(frozen=True, eq=False)
class Stability:
    """A verdict for every actor, concept and state.

    `stable` (n_actors, n_concepts, n_states), concepts in the order of `Concept`.
    A state that is stable for everybody is an equilibrium.
    """

    conflict: Conflict
    stable: BoolArray = field(repr=False)
    status: Status
    method: Method
    digest: str
    certificate: Certificate
    seed: int | None = None

    def is_stable(self, state: int, actor: str, concept: str) -> bool:
        """Whether a state holds for one actor.

        Raises
        ------
        ModelError : no such state, actor or concept.
        """
        self.conflict.check_state(state)
        c = CONCEPTS.index(concept_of(concept))
        return bool(self.stable[self.conflict.actor_index(actor), c, state])

    def equilibria(self, concept: str) -> IntArray:
        """The states that hold for everybody, ascending.

        Raises
        ------
        ModelError : no such concept.
        """
        c = CONCEPTS.index(concept_of(concept))
        return np.flatnonzero(self.stable[:, c].all(axis=0))

    def explain(self, state: int, actor: str, concept: str) -> Explanation:
        """Each improvement of an actor from a state, with the reply to it.

        Parameters
        ----------
        state : its number
        actor : who could leave it
        concept : nash, sseq, seq, smr or gmr

        Returns
        -------
        Explanation : improvements, best first; the sanction of each, or the escape

        Raises
        ------
        ModelError : no such state, actor or concept.
        """
        self.conflict.check_state(state)
        index = self.conflict.actor_index(actor)
        return self._explainer.explain(index, state, concept_of(concept))

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self.conflict, gather_cells(self.conflict), self.method)

    def check(self, conflict: Conflict) -> Certificate:
        """Replay explanations, and recompute by the definitions where that is feasible.

        Raises
        ------
        ModelError : it is not the conflict that this was computed from.
        """
        if conflict.digest != self.digest:
            raise ModelError("conflict: is another one; check against the one solved")
        return verify(self)

    def __str__(self) -> str:
        model = self.conflict
        shown = "  ".join(f"{c} {len(self.equilibria(c))}" for c in CONCEPTS)
        best = self.equilibria(Concept.SEQ)[:2]
        named = "; ".join(model.label(int(s)) for s in best) or "none"
        return "\n".join(
            [
                f"states      {model.n_states}, actors {', '.join(model.actors)}",
                f"equilibria  {shown}",
                f"such as     {named}",
                f"status      {self.status} by {type(self.method).__name__}",
                f"check       {self.certificate}",
            ]
        )


def concept_of(name: str) -> Concept:
    """A concept by its short name; raises ModelError where there is none."""
    if name not in CONCEPTS:
        hint = did_you_mean(name, [str(c) for c in CONCEPTS], "concept")
        raise ModelError(f"concept: no concept '{name}'; {hint}")
    return Concept(name)
