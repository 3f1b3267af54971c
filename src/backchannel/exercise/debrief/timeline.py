"""What happened when, in lanes: everybody, each compartment, each side, between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backchannel.crisis.event_record import EVERYONE, EventRecord
from backchannel.crisis.model import Crisis
from backchannel.exercise.circles import private_circles
from backchannel.exercise.debrief.trips import OPEN
from backchannel.exercise.projection import project
from backchannel.exercise.roles import FACILITATOR, PUBLIC, Role

PUBLIC_LANE, BETWEEN, SEALED = "public", "between", "sealed"
_LEFT_OUT = frozenset(
    (
        *("game_opened", "role_briefed", "clock_set", "clock_stepped", "seat_given"),
        *("seat_taken", "risk_told", "estimated", "facilitator_read", "calmed"),
        *("message_moved", "message_read", "stepped", "reseeded"),
    )
)


@dataclass(frozen=True)
class Moment:
    """One event in its lane; `author` is empty for the world itself."""

    hour: float
    kind: str
    author: str
    text: str
    lane: str


@dataclass(frozen=True)
class Timeline:
    """Lanes from top to bottom, with their titles where the file has one, and moments.

    A lane is `public`, `circle NAME`, `side PARTY`, `between` or `sealed`.
    """

    lanes: Mapping[str, str]
    moments: tuple[Moment, ...]


def timeline_of(
    events: Iterable[EventRecord], crisis: Crisis, roles: Mapping[str, Role]
) -> Timeline:
    """Lay a game out by who could see what.

    Parameters
    ----------
    events : a ledger, in order
    crisis, roles : what was played, and the seats

    Returns
    -------
    Timeline : lanes that nothing lies in are left out

    >>> from backchannel.crisis.load import load
    >>> timeline_of([], load("strait"), {}).moments
    ()
    """
    moments = []
    for event in events:
        view = project(event, FACILITATOR, OPEN)
        if view is None or event.kind in _LEFT_OUT:
            continue
        text = str(view.fields.get("text", view.fields.get("title", "")))
        lane = lane_of(event, crisis, roles)
        moments.append(Moment(event.hour, event.kind, event.author, text, lane))
    used = {moment.lane for moment in moments}
    lanes = {name: title for name, title in _lanes(crisis, roles) if name in used}
    return Timeline(lanes, tuple(moments))


def _lanes(crisis: Crisis, roles: Mapping[str, Role]) -> list[tuple[str, str]]:
    circles = crisis.compartments
    sides = dict.fromkeys(role.party for role in roles.values() if role.party)
    return [
        (PUBLIC_LANE, ""),
        (BETWEEN, ""),
        *((f"circle {name}", circle.title) for name, circle in circles.items()),
        *((f"side {party}", roles[party].title) for party in sides if party in roles),
        (SEALED, ""),
    ]


def lane_of(event: EventRecord, crisis: Crisis, roles: Mapping[str, Role]) -> str:
    """The smallest lane that holds all who saw an event.

    Parameters
    ----------
    event : one event
    crisis, roles : what is played, and the seats

    Returns
    -------
    str : one that tells a private term is in that term's compartment, whoever saw it
    """
    readers = {name for part in event.parts for name in part.audience}
    if EVERYONE in readers:
        return PUBLIC_LANE
    told = {
        circle
        for part in event.parts
        if isinstance(part.fields.get("package"), dict)
        for circle in private_circles(crisis, part.fields["package"])
    }
    for circle in crisis.compartments:
        if circle in told:
            return f"circle {circle}"
    sides = {roles[name].party for name in readers if name in roles and name != PUBLIC}
    if not sides:
        return SEALED
    only = sides.pop() if len(sides) == 1 else ""
    return f"side {only}" if only else BETWEEN
