"""Who knew what, and since when: read from who was shown each event.

The one answer that a ministry never has. It is for the facilitator during the game and
for everybody after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.projection import Instant, project, readers_of
from backchannel.exercise.roles import FACILITATOR

# Fields that name a lasting thing; what happens to it later is the same row.
_NAMES = ("message", "paper", "offer", "agreement")
# Events of the game itself, which nobody has to keep from anybody.
_NOT_NEWS = frozenset(
    (
        *("game_opened", "role_briefed", "clock_set", "clock_stepped", "outage_ended"),
        *("seat_given", "seat_taken", "estimated", "risk_told"),
        *("calmed", "stepped", "reseeded", "facilitator_read"),
    )
)


@dataclass(frozen=True)
class Known:
    """One thing and the hour at which each role first saw it; who did not, is absent.

    `name` is that of a message, document, offer or agreement, empty for an event that
    has none; `kind` is that of its first event, `text` what it says, `by` its author.
    """

    name: str
    kind: str
    text: str
    by: str
    hour: float
    seen_at: Mapping[str, float]


def who_knew(
    events: Iterable[EventRecord], roles: Iterable[str], hour: float = float("inf")
) -> list[Known]:
    """List everything that had happened by an hour, and who had seen it.

    Parameters
    ----------
    events : a ledger, in order
    roles : names of the roles to ask about
    hour : hours from the crisis's `now`; later events are left out

    Returns
    -------
    list : in the order in which things began

    >>> who_knew([], ["usa"])
    []
    """
    roles = tuple(roles)
    found: dict[str, Known] = {}
    for event in events:
        view = project(event, FACILITATOR, Instant(hour))
        if view is None or event.kind in _NOT_NEWS:
            continue
        name = next((str(view.fields[n]) for n in _NAMES if n in view.fields), "")
        key = name or f"event {event.number}"
        text = str(view.fields.get("text", view.fields.get("title", "")))
        known = found.get(key) or Known(
            name, event.kind, text, event.author, event.hour, {}
        )
        seen = dict.fromkeys(readers_of(event, roles), event.hour) | dict(known.seen_at)
        found[key] = Known(
            known.name, known.kind, known.text or text, known.by, known.hour, seen
        )
    return list(found.values())
