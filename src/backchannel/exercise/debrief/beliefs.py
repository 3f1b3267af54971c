"""What roles expected, scored against what came.

Source: Brier (1950), Monthly Weather Review 78(1), 1-3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.debrief.trips import OPEN
from backchannel.exercise.projection import project
from backchannel.exercise.roles import FACILITATOR


@dataclass(frozen=True)
class Belief:
    """One estimate and its Brier score: 0 is perfect, 0.25 a coin, 1 the worst."""

    role: str
    question: str
    hour: float
    prob: float
    came: bool

    @property
    def brier(self) -> float:
        """Squared distance from what came."""
        return (self.prob - float(self.came)) ** 2


def score_beliefs(events: Iterable[EventRecord]) -> list[Belief]:
    """Score every estimate that a role gave during the game.

    Parameters
    ----------
    events : a ledger, in order, to the end of the game

    Returns
    -------
    list : in order of giving; `war` came if the last rung was reached, `settled` if a
        settlement was ratified or the crisis settled by itself
    """
    asked, phases = [], set()
    for event in events:
        view = project(event, FACILITATOR, OPEN)
        if view is None:
            continue
        phases.add(view.fields.get("phase"))
        if event.kind == "estimated":
            fields = view.fields
            asked.append(
                (event.author, fields["question"], event.hour, float(fields["prob"]))
            )
    return [
        Belief(role, question, hour, prob, question in phases)
        for role, question, hour, prob in asked
    ]
