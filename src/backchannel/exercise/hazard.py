"""When the next incident happens: the escalation model at the rung and posture of now.

Each kind of incident has a clock of its own that runs at its hazard; it happens when
the clock has used up a draw from the unit exponential law. What anybody does changes
how fast the clocks run and never what they were drawn to be, so that two games of one
seed can be compared.

Source: random time change, Ethier and Kurtz (1986), Markov Processes, ch. 6.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from backchannel.base.streams import stream
from backchannel.crisis.escalation import Daylight, Escalation
from backchannel.exercise.state import GameState
from backchannel.exercise.world import value_in


def sources_of(state: GameState, escalation: Escalation) -> list[str]:
    """Every clock that may run: incidents, calming, and the moves of empty seats."""
    moves = [
        f"move {name}"
        for name, move in escalation.moves.items()
        if not state.seats.get(move.by)
    ]
    return [*escalation.incidents, "calm", "settle", *moves]


def hazard_per_hour(state: GameState, source: str, hour: float) -> float:
    """The rate of one clock at an hour, in the state as it is.

    Parameters
    ----------
    state : the game; rung, postures and hot tokens count
    source : an incident, `calm`, `settle`, or `move NAME`
    hour : hours from `now`; light or dark, and which tokens are still hot

    Returns
    -------
    float : events per hour; 0 where it cannot happen
    """
    escalation = state.crisis.escalation
    if escalation is None:
        return 0.0
    rung = escalation.rungs[state.rung]
    if source == "calm":
        return value_in(state, rung.calming)
    if source == "settle":
        has_end = next(iter(escalation.rungs.values())).is_settled
        return value_in(state, rung.settling) if has_end else 0.0
    if source.startswith("move "):
        move = escalation.moves[source.removeprefix("move ")]
        return value_in(state, move.hazard) if move.from_rung == state.rung else 0.0
    return _incident_rate(state, escalation, source, hour)


def _incident_rate(
    state: GameState, escalation: Escalation, name: str, hour: float
) -> float:
    incident = escalation.incidents[name]
    rate = value_in(state, incident.hazard)
    for kind, added in incident.excited_by.items():
        hot = sum(end > hour for end in state.tokens.get(kind, ()))
        rate += min(hot, escalation.tokens[kind].cap) * value_in(state, added)
    factor = value_in(state, incident.by_rung.get(state.rung), 1.0)
    for posture, by_setting in incident.by_posture.items():
        setting = by_setting.get(state.postures[posture])
        factor *= value_in(state, setting, 1.0)
    light = incident.daylight if _is_light(state, escalation, hour) else incident.night
    factor *= value_in(state, light, 1.0)
    for deadline in state.passed:
        then = state.crisis.deadlines[deadline].if_passed
        factor *= then.multiply.get(name, 1.0) if then else 1.0
    return rate * factor


def _is_light(state: GameState, escalation: Escalation, hour: float) -> bool:
    if escalation.daylight is None:
        return True
    # A hair later: at sunrise itself it counts as light, whatever was rounded.
    clock = _local_clock(state, escalation.daylight, hour + 1e-9)
    return escalation.daylight.sunrise <= clock < escalation.daylight.sunset


def _local_clock(state: GameState, daylight: Daylight, hour: float) -> float:
    moment = state.crisis.now.middle + timedelta(hours=hour)
    local = moment.astimezone(ZoneInfo(daylight.zone))
    return (
        local.hour + local.minute / 60 + local.second / 3600 + local.microsecond / 3.6e9
    )


def _changes(state: GameState, start: float, end: float) -> Iterator[float]:
    """Hours in (start, end] at which some rate changes by itself, ascending."""
    stops = {end}
    stops |= {t for ends in state.tokens.values() for t in ends if start < t < end}
    escalation = state.crisis.escalation
    if escalation is not None and escalation.daylight is not None:
        daylight = escalation.daylight
        clock = _local_clock(state, daylight, start)
        for at in (daylight.sunrise, daylight.sunset):
            ahead = start + (at - clock) % 24
            while ahead < end:
                stops.add(ahead)
                ahead += 24
    yield from sorted(stop for stop in stops if stop > start)


def threshold(state: GameState, source: str) -> float:
    """What the clock of a source has to use up until it happens next."""
    n = state.n_incidents.get(source, 0)
    luck = stream(state.luck, f"clock {source} {n}").random()
    return -math.log1p(-luck)


def worn(state: GameState, hour: float) -> dict[str, float]:
    """What every clock has used up by an hour, nothing having happened since.

    Parameters
    ----------
    state : the game as it has been since `state.hazard_hour`
    hour : not before that

    Returns
    -------
    dict : in units of one expected event, by source
    """
    escalation = state.crisis.escalation
    if escalation is None or hour <= state.hazard_hour:
        return dict(state.wear)
    wear, start = dict(state.wear), state.hazard_hour
    for stop in _changes(state, start, hour):
        for source in sources_of(state, escalation):
            rate = hazard_per_hour(state, source, start)
            wear[source] = wear.get(source, 0.0) + rate * (stop - start)
        start = stop
    return wear


def next_incident(state: GameState) -> tuple[float, str] | None:
    """When and what happens next if nobody does anything.

    Parameters
    ----------
    state : the game from `state.hazard_hour` on

    Returns
    -------
    tuple : hour and source; None where nothing does within the horizon
    """
    escalation = state.crisis.escalation
    if escalation is None:
        return None
    start, wear = state.hazard_hour, dict(state.wear)
    horizon = max(state.crisis.horizon.median(), start) + 24.0
    sources = sources_of(state, escalation)
    needed = {source: threshold(state, source) for source in sources}
    for stop in _changes(state, start, horizon):
        found = []
        for source in sources:
            rate = hazard_per_hour(state, source, start)
            left = needed[source] - wear.get(source, 0.0)
            if rate > 0 and left <= rate * (stop - start):
                found.append((start + max(left, 0.0) / rate, source))
            wear[source] = wear.get(source, 0.0) + rate * (stop - start)
        if found:
            return min(found)
        start = stop
    return None
