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
    """

    kind: str
    text: str
    hour: float
    until: float
    times: int = 1


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
        text = _telling(view.fields) if view is not None else ""
        last = found[-1] if found else None
        if last and (last.kind, last.text) == (event.kind, text):
            found[-1] = replace(last, until=event.hour, times=last.times + 1)
        else:
            found.append(Intervention(event.kind, text, event.hour, event.hour))
    return found


def _telling(fields: Mapping[str, Any]) -> str:
    return next((str(fields[name]) for name in _TELLING if fields.get(name)), "")
