"""What roles expected, scored against what came.

Source: Brier (1950), Monthly Weather Review 78(1), 1-3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backchannel.base.errors import ModelError
from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.debrief.trips import OPEN
from backchannel.exercise.projection import project
from backchannel.exercise.roles import FACILITATOR
from backchannel.settlement.method import PASSES_AT
from backchannel.settlement.settlements import Settlements


@dataclass(frozen=True)
class Belief:
    """One estimate and its Brier score: 0 is perfect, 0.25 a coin, 1 the worst.

    Of a `limit`, `of` names the party and `package` what it was thought to prefer to no
    agreement; both are empty for what everybody saw.
    """

    role: str
    question: str
    hour: float
    prob: float
    came: bool
    of: str = ""
    package: Mapping[str, str] = field(default_factory=dict)

    @property
    def brier(self) -> float:
        """Squared distance from what came."""
        return (self.prob - float(self.came)) ** 2


@dataclass(frozen=True)
class Calibration:
    """How well one role foresaw: count of its estimates and their mean Brier score."""

    role: str
    n_beliefs: int
    brier: float


def score_beliefs(
    events: Iterable[EventRecord], settlements: Settlements
) -> list[Belief]:
    """Score every estimate that a role gave during the game.

    Parameters
    ----------
    events : a ledger, in order, to the end of the game
    settlements : of the same crisis, from `find_settlements`

    Returns
    -------
    list : in order of giving; `war` came if the last rung was reached, `settled` if a
        settlement was ratified or the crisis settled by itself; a `limit` is not
        passed where in most draws the package, sure to be carried home, is worth at
        least as much to the party as no deal. One that is not feasible is left out
    """
    asked, phases = [], set()
    for event in events:
        view = project(event, FACILITATOR, OPEN)
        if view is None:
            continue
        phases.add(view.fields.get("phase"))
        if event.kind == "estimated":
            asked.append((event.author, event.hour, view.fields))
    scored = []
    for role, hour, fields in asked:
        question, package = fields["question"], fields.get("package", {})
        of, prob = fields.get("of", ""), float(fields["prob"])
        came = question in phases
        if question == "limit":
            share = _share_gained(settlements, of, package)
            if share is None:
                continue
            came = share >= PASSES_AT
        scored.append(Belief(role, question, hour, prob, came, of, package))
    return scored


def calibrate(beliefs: Iterable[Belief]) -> list[Calibration]:
    """Sum the scores up by role, the best first.

    Parameters
    ----------
    beliefs : from `score_beliefs`

    Returns
    -------
    list : one for each role that gave an estimate; ties in order of giving
    """
    scores: dict[str, list[float]] = {}
    for belief in beliefs:
        scores.setdefault(belief.role, []).append(belief.brier)
    each = [Calibration(r, len(s), sum(s) / len(s)) for r, s in scores.items()]
    return sorted(each, key=lambda one: one.brier)


def _share_gained(
    settlements: Settlements, of: str, package: Mapping[str, str]
) -> float | None:
    """In how many draws a party gains by a package; None where it is not feasible."""
    try:
        hurdles = settlements.binding(dict(package))
    except ModelError:
        return None
    return next(
        hurdle.prob_passes
        for hurdle in hurdles
        if hurdle.kind == "acceptance" and hurdle.actor == of
    )
