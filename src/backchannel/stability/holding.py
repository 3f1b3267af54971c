"""Which outcomes of a crisis hold, how often, and what deters or spoils them."""

from __future__ import annotations

from dataclasses import dataclass, field

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.stability.concepts import CONCEPTS, Concept
from backchannel.stability.methods import BoolArray, Method
from backchannel.stability.verify_crisis import certify_crisis


@dataclass(frozen=True)
class Act:
    """One move: who makes it, and what it changes, as issue and new choice."""

    actor: str
    changes: tuple[tuple[str, Choice], ...]

    def __str__(self) -> str:
        return f"{self.actor}: {', '.join(f'{i} {c}' for i, c in self.changes)}"


@dataclass(frozen=True)
class Reason:
    """Why an outcome holds or not: an improvement, and the sanction it meets.

    `share` is that of the draws in which this actor is best off by an improvement of
    this kind (sanctioned, or not); `act` is the commonest one, and `sanction` is what
    the others answer it with in the first draw that has it, empty where nobody
    gains by answering.
    """

    share: float
    act: Act
    sanction: tuple[Act, ...] = ()

    @property
    def is_deterred(self) -> bool:
        """Whether the improvement is sanctioned."""
        return bool(self.sanction)


@dataclass(frozen=True, eq=False)
class Holding:
    """Whether one outcome holds, draw by draw.

    `terms` are what it changes, none for the status quo. `holds` (n_concepts, n_draws)
    is for everybody, concepts in the order of `Concept`; `holds_calmly` the same if a
    breach did not bring the danger back. `n_states` were looked at.
    """

    terms: dict[str, Choice]
    holds: BoolArray = field(repr=False)
    holds_calmly: BoolArray = field(repr=False)
    reasons: tuple[Reason, ...]
    n_states: int

    def share(self, concept: str = Concept.SEQ, *, calmly: bool = False) -> float:
        """Share of the draws in which it holds.

        Parameters
        ----------
        concept : nash, sseq, seq, smr or gmr
        calmly : if a breach did not bring the danger back

        Raises
        ------
        ModelError : no such concept.
        """
        if concept not in CONCEPTS:
            raise ModelError(
                f"concept: no concept '{concept}'; use one of {', '.join(CONCEPTS)}"
            )
        table = self.holds_calmly if calmly else self.holds
        return float(table[CONCEPTS.index(Concept(concept))].mean())

    @property
    def label(self) -> str:
        """One line to print."""
        shown = [f"{issue} {choice}" for issue, choice in self.terms.items()]
        return ", ".join(shown) or "status quo"


@dataclass(frozen=True, eq=False)
class CrisisStability:
    """Which outcomes of a crisis would hold: the answer of this room for a crisis.

    The status quo comes first. `movers` can leave an outcome by themselves; `silent`
    give something but have no values, and are taken to keep their word.
    """

    outcomes: tuple[Holding, ...]
    movers: tuple[str, ...]
    silent: tuple[str, ...]
    status: Status
    method: Method
    seed: int
    n_draws: int
    crisis_digest: str
    certificate: Certificate
    draws: Draws = field(repr=False)
    prob_war: FloatArray = field(repr=False)

    def of(self, terms: dict[str, Choice]) -> Holding | None:
        """The outcome with these terms; None where it was not asked about."""
        return next((h for h in self.outcomes if h.terms == terms), None)

    def check(self, crisis: Crisis) -> Certificate:
        """Recompute verdicts of some draws from the file and the definitions.

        Raises
        ------
        ModelError : it is not the crisis that this was computed from.
        """
        if crisis.digest != self.crisis_digest:
            raise ModelError("crisis: is another one; check against the one analysed")
        return certify_crisis(crisis, self, self.outcomes, 3)

    def certified(self, crisis: Crisis) -> Certificate:
        """The certificate that a new result carries: one draw of its first package."""
        return certify_crisis(crisis, self, self.outcomes[:2][-1:], 1)

    def __str__(self) -> str:
        shown = [
            f"holds       {h.share():.0%} of draws: {h.label}"
            for h in self.outcomes[:3]
        ]
        movers = f"movers      {', '.join(self.movers)}"
        made = f"status      {self.status}, {self.n_draws} draws, seed {self.seed}"
        return "\n".join([movers, *shown, made, f"check       {self.certificate}"])
