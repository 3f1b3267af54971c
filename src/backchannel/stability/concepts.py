"""What it means that a state holds for one actor: five concepts, strictest first."""

from __future__ import annotations

from enum import StrEnum


class Concept(StrEnum):
    """How far an actor looks ahead before it leaves a state.

    A state is stable for an actor where each of its improvements is sanctioned: where
    some reply of the others leads to a state that is no better for it than the first.

    Source: Nash (1950), PNAS 36(1), 48-49; Howard (1971), Paradoxes of Rationality,
    for `gmr` and `smr`; Fraser and Hipel (1979), IEEE Trans. SMC 9(12), 805-816, for
    `seq`; Rego and Vieira (2017), Group Decision and Negotiation 26, for `sseq`.
    """

    NASH = "nash"
    SSEQ = "sseq"
    SEQ = "seq"
    SMR = "smr"
    GMR = "gmr"

    @property
    def full_name(self) -> str:
        """What the letters stand for."""
        return _FULL_NAMES[self]

    @property
    def is_credible(self) -> bool:
        """Whether every step of a sanction must be better for whoever takes it."""
        return self in (Concept.SEQ, Concept.SSEQ)

    @property
    def has_escape(self) -> bool:
        """Whether the actor may answer a sanction with one more move of its own."""
        return self in (Concept.SMR, Concept.SSEQ)


_FULL_NAMES = {
    Concept.NASH: "Nash",
    Concept.SSEQ: "symmetric sequential",
    Concept.SEQ: "sequential",
    Concept.SMR: "symmetric metarational",
    Concept.GMR: "general metarational",
}
CONCEPTS = tuple(Concept)
IMPLIES = (
    (Concept.NASH, Concept.SSEQ),
    (Concept.SSEQ, Concept.SEQ),
    (Concept.SSEQ, Concept.SMR),
    (Concept.SEQ, Concept.GMR),
    (Concept.SMR, Concept.GMR),
)
"""Whoever is stable by the first concept of a pair is stable by the second."""
