"""What the facilitator did to a game and looked at: the hand that no role should miss.

It is for the facilitator during the game and for everybody after it, so that a class
can tell what came from the players, from chance, and from the front of the room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.projection import Instant, project
from backchannel.exercise.roles import FACILITATOR

# Of what an event holds, the field that says what was done.
_TELLING = ("looked_at", "text", "title", "seat", "channel", "luck")


@dataclass(frozen=True)
class Intervention:
    """One act of the facilitator, or several in a row of one kind with the same words.

    `kind` is that of the event; `text` says what it was about, empty where the kind
    says it all; `hour` and `until` are hours of the crisis of the first and the last.
    `as_at` is the hour whose knowledge was looked at, None where none was asked for.
    """

    kind: str
    text: str
    hour: float
    until: float
    times: int = 1
    as_at: float | None = None


def interventions_of(events: Iterable[EventRecord]) -> list[Intervention]:
    """List what the facilitator did and looked at, in order.

    Parameters
    ----------
    events : a ledger, in order

    Returns
    -------
    list : the same act repeated without another between is told once, with how often

    >>> interventions_of([])
    []
    """
    found: list[Intervention] = []
    for event in events:
        if event.author != FACILITATOR:
            continue
        view = project(event, FACILITATOR, Instant(event.hour))
        fields = view.fields if view is not None else {}
        act = Intervention(
            event.kind,
            _telling(fields),
            event.hour,
            event.hour,
            as_at=fields.get("as_at"),
        )
        last = found[-1] if found else None
        if last and _is_same(last, act):
            found[-1] = replace(last, until=event.hour, times=last.times + 1)
        else:
            found.append(act)
    return found


def _is_same(one: Intervention, other: Intervention) -> bool:
    return (one.kind, one.text, one.as_at) == (other.kind, other.text, other.as_at)


def _telling(fields: Mapping[str, Any]) -> str:
    return next((str(fields[name]) for name in _TELLING if fields.get(name)), "")
