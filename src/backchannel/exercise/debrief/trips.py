"""How long each message was under way, and what became of its words on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.projection import Instant, project
from backchannel.exercise.roles import FACILITATOR

OPEN = Instant(is_open=True)
"""At the debrief everybody sees every part of every event."""


@dataclass(frozen=True)
class Trip:
    """One message: hours of sending, receipt and reading, None where that never came.

    `sent` is what its author wrote, `received` what it said when it came; they differ
    where somebody on the way changed it. The mandates are those of the file for this
    channel, as declared and as it was; `exceeds` lists levels, as issue.level, that an
    envoy offered beyond what he was allowed.
    """

    message: str
    channel: str
    author: str
    sent_at: float
    received_at: float | None
    read_at: float | None
    sent: str
    received: str
    declared_mandate: str = ""
    true_mandate: str = ""
    exceeds: tuple[str, ...] = ()

    @property
    def hours(self) -> float | None:
        """Hours under way; None if it never came."""
        return None if self.received_at is None else self.received_at - self.sent_at

    @property
    def is_changed(self) -> bool:
        """Whether it said something else when it came."""
        return self.received_at is not None and self.sent != self.received


def trips_of(events: Iterable[EventRecord]) -> list[Trip]:
    """Follow every message from its author to its reader.

    Parameters
    ----------
    events : a ledger, in order

    Returns
    -------
    list : in order of sending
    """
    trips: dict[str, Trip] = {}
    for event in events:
        view = project(event, FACILITATOR, OPEN)
        if view is None or "message" not in view.fields:
            continue
        name, text = view.fields["message"], str(view.fields.get("text", ""))
        if event.kind == "message_sent":
            channel = view.fields["channel"]
            trips[name] = Trip(
                name,
                channel,
                event.author,
                event.hour,
                None,
                None,
                text,
                "",
                str(view.fields.get("mandate", "")),
                str(view.fields.get("true_mandate", "")),
                tuple(view.fields.get("exceeds", ())),
            )
        elif name not in trips:
            continue
        elif event.kind == "message_received":
            trips[name] = replace(trips[name], received_at=event.hour, received=text)
        elif event.kind == "message_read" and trips[name].read_at is None:
            trips[name] = replace(trips[name], read_at=event.hour)
    return list(trips.values())
