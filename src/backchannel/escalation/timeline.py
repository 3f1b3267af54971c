"""Hours at which hazards change: sunrise, sunset, deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.crisis.channels import IfPassed
from backchannel.crisis.escalation import Daylight
from backchannel.escalation.problem import FloatArray, Piece
from backchannel.escalation.world import World


@dataclass(frozen=True)
class Due:
    """A deadline ahead that changes something when it passes."""

    name: str
    hour: float
    then: IfPassed


@dataclass(frozen=True)
class Regime:
    """What holds during a piece: light or dark, and the deadlines behind it."""

    is_light: bool
    passed: frozenset[str]


@dataclass(frozen=True)
class Timeline:
    """Pieces from `now` to the horizon; atom k is the passing of `deadlines[k]`."""

    pieces: tuple[Piece, ...]
    regimes: tuple[Regime, ...]
    deadlines: tuple[Due, ...]


def draw_timeline(world: World) -> Timeline:
    """Cut the time from now to the horizon where rates change.

    Parameters
    ----------
    world : crisis and variation; a fuzzy deadline counts at its middle, an uncertain
        horizon at its median

    Returns
    -------
    Timeline : at least one piece

    Raises
    ------
    ModelError : the horizon is not above 0, or `now` is not known, or no calendar
        reaches that far.
    """
    crisis, daylight = world.crisis, world.escalation.daylight
    horizon = crisis.horizon.median() if crisis.horizon.is_usable else 0.0
    if not horizon > 0:
        raise ModelError(f"horizon: is {crisis.horizon}; must be above 0 h")
    if crisis.now.earliest is None:
        raise ModelError(f"now: is {crisis.now.presence}; give a date and an hour")
    now = crisis.now.middle
    due = _deadlines_ahead(world, now, horizon)
    try:
        end_of_look = now + timedelta(hours=horizon)
        sun = _light_changes(daylight, now, end_of_look)
    except OverflowError:
        raise ModelError(f"now: is {crisis.now}; no calendar goes that far") from None
    changes = [*sun, *(d.hour for d in due), horizon]
    regimes: list[Regime] = []
    pieces: list[Piece] = []
    begin = 0.0
    for end in np.unique(changes).tolist():
        middle = now + timedelta(hours=(begin + end) / 2)
        passed = frozenset(d.name for d in due if d.hour <= begin)
        regime = Regime(_is_light(daylight, middle), passed)
        if regime not in regimes:
            regimes.append(regime)
        here = regimes.index(regime)
        # Deadlines at one hour pass one after the other, with no time in between.
        atoms = [k for k, d in enumerate(due) if d.hour == end] or [-1]
        pieces.append(Piece(end - begin, here, atoms[0]))
        pieces += [Piece(0.0, here, atom) for atom in atoms[1:]]
        begin = end
    if pieces[-1].atom >= 0:
        pieces.append(Piece(0.0, pieces[-1].regime))
    return Timeline(tuple(pieces), tuple(regimes), due)


def _deadlines_ahead(world: World, now: datetime, horizon: float) -> tuple[Due, ...]:
    ahead = []
    for name, deadline in world.crisis.deadlines.items():
        if deadline.if_passed is not None and deadline.at.earliest is not None:
            hour = (deadline.at.middle - now) / timedelta(hours=1)
            if 0 < hour <= horizon:
                ahead.append(Due(name, hour, deadline.if_passed))
    return tuple(sorted(ahead, key=lambda due: due.hour))


def _light_changes(
    daylight: Daylight | None, now: datetime, until: datetime
) -> FloatArray:
    """Hours of sunrise and sunset between two moments."""
    if daylight is None:
        return np.zeros(0)
    zone = ZoneInfo(daylight.zone)
    first = now.astimezone(zone).date()
    changes = []
    for day in range(-1, (until - now).days + 3):
        date = first + timedelta(days=day)
        midnight = datetime(date.year, date.month, date.day, tzinfo=zone)
        for clock in (daylight.sunrise, daylight.sunset):
            # Wall-clock arithmetic: the sun keeps its local hour when clocks change.
            moment = (midnight + timedelta(hours=clock)).astimezone(UTC)
            changes.append((moment - now) / timedelta(hours=1))
    horizon = (until - now) / timedelta(hours=1)
    return np.array([hour for hour in changes if 0 < hour < horizon])


def _is_light(daylight: Daylight | None, moment: datetime) -> bool:
    if daylight is None:
        return True
    local = moment.astimezone(ZoneInfo(daylight.zone))
    clock = local.hour + local.minute / 60 + local.second / 3600
    return daylight.sunrise <= clock < daylight.sunset
