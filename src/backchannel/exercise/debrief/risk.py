"""What the risk was at each hour of the game, from the exact engine's table."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.crisis.event_record import EventRecord
from backchannel.crisis.model import Crisis
from backchannel.escalation.clock import Clock
from backchannel.exercise.debrief.trips import OPEN
from backchannel.exercise.projection import project
from backchannel.exercise.roles import FACILITATOR

N_HOURS = 60
"""Points of the curve."""


def rungs_by_hour(events: Iterable[EventRecord]) -> list[tuple[float, str]]:
    """When the crisis stood on which rung: hours of change, in order."""
    steps: list[tuple[float, str]] = []
    for event in events:
        view = project(event, FACILITATOR, OPEN)
        if view is not None and view.fields.get("rung"):
            steps.append((event.hour, str(view.fields["rung"])))
    return steps


def risk_by_hour(
    events: Iterable[EventRecord], crisis: Crisis, clock: Clock
) -> list[tuple[float, float]]:
    """Chance of war by the horizon at each hour, given the rung of that hour.

    Parameters
    ----------
    events : a ledger, in order
    crisis : the file that was played, for its postures at the start
    clock : of the escalation engine, all numbers at their medians

    Returns
    -------
    list : pairs of hour and chance, to the end of the game or of the horizon

    Notes: nothing under way, no hot tokens, postures as at the start: the risk of the
    rung, not of every detail.
    """
    events = list(events)
    steps = rungs_by_hour(events)
    if not steps:
        return []
    last = min(events[-1].hour, float(clock.table.hours[-1]))
    changes = [hour for hour, _ in steps]
    postures = _postures(crisis, clock)
    curve = []
    for hour in np.unique([*np.linspace(0.0, last, N_HOURS), *changes]):
        if hour > last:
            continue
        rung = steps[max(0, bisect_right(changes, hour) - 1)][1]
        try:
            risk = clock.prob_war(float(hour), rung=rung, postures=postures)
        except ModelError:
            continue  # a rung that the model cannot reach in this posture
        curve.append((float(hour), risk))
    return curve


def _postures(crisis: Crisis, clock: Clock) -> dict[str, int]:
    """Index of the setting of now, for postures that are part of the state."""
    known = crisis.escalation.postures if crisis.escalation else {}
    return {
        name: list(posture.settings).index(posture.now)
        for name, posture in known.items()
        if f"posture {name}" in clock.compiled.space.sizes
    }
