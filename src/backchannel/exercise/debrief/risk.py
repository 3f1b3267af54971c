"""What the risk was at each hour of the game, from the exact engine's table."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from backchannel.crisis.event_record import EventRecord
from backchannel.crisis.model import Crisis
from backchannel.exercise.fold import new_state, take
from backchannel.exercise.moves.risk import prob_war

N_HOURS = 60
"""Points of the curve between those at which something happened."""
_KNOWN = {"settled": 0.0, "war": 1.0}


def risk_by_hour(
    events: Iterable[EventRecord], crisis: Crisis
) -> list[tuple[float, float]]:
    """Chance of war by the horizon, as each hour of the game stood.

    Parameters
    ----------
    events : a ledger, in order
    crisis : the file that was played

    Returns
    -------
    list : pairs of hour and chance, to the debrief or to the horizon; two
        at an hour at which it jumped

    Notes: the look-up of the live clock: rung, postures, hot tokens, pending matters
    and orders under way count, and every number of the file is at its median. While a
    settlement holds it is 0.
    """
    events = list(events)
    if not events or crisis.escalation is None:
        return []
    last = min(events[-1].hour, crisis.horizon.median())
    state, curve = new_state(crisis), list[tuple[float, float]]()
    grid = iter([*np.linspace(0.0, last, N_HOURS), float("inf")])
    ahead = float(next(grid))
    for event in events:
        if event.hour > last:
            break
        while ahead <= event.hour and state.rung:
            _note(curve, ahead, state.phase, prob_war(state, ahead))
            ahead = float(next(grid))
        take(state, event)
        if state.phase == "debrief":
            break
        _note(curve, event.hour, state.phase, prob_war(state, event.hour))
    return curve


def _note(
    curve: list[tuple[float, float]], hour: float, phase: str, prob: float | None
) -> None:
    """Add a point, unless it says what the one before says at the same hour."""
    chance = _KNOWN.get(phase, prob)
    if chance is not None and (not curve or curve[-1] != (hour, chance)):
        curve.append((hour, chance))
