"""What a role sees of an event: the only reader of what events hold.

Page, stream, export, script and debrief all go through `project`. A role sees the parts
of an event that name it or everybody, merged; where there is none, the event does not
exist for it. Numbers, digests, authors and the clock of the machine are never shown: a
gap in them would tell that something secret happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from backchannel.crisis.event_record import EVERYONE, EventRecord
from backchannel.exercise.roles import FACILITATOR


@dataclass(frozen=True)
class Instant:
    """From when one looks: the hour, and whether the debrief has opened everything."""

    hour: float = float("inf")
    is_open: bool = False


class View(NamedTuple):
    """An event as one role sees it; `fields` hold plain JSON values."""

    kind: str
    hour: float
    fields: Mapping[str, Any]

    def to_json(self, number: int) -> str:
        """Write it as the `number`-th thing that this role saw, from 1."""
        record = {"n": number, "kind": self.kind, "hour": self.hour, **self.fields}
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def project(event: EventRecord, role: str, now: Instant) -> View | None:
    """Show an event to a role.

    Parameters
    ----------
    event : one event of the ledger
    role : name of a role, or `FACILITATOR`, who sees every part
    now : what happened after its hour is not seen; once it is open everybody sees all

    Returns
    -------
    View : the fields of the parts that the role may see; None where there are none

    >>> from backchannel.crisis.event_record import Draft, FIRST_DIGEST, Part, seal
    >>> draft = Draft("spoken", "usa", (Part(("ussr",), {"text": "Good evening"}),))
    >>> event = seal(draft, number=1, hour=0.0, at=0.0, previous=FIRST_DIGEST)
    >>> project(event, "ussr", Instant()).fields
    {'text': 'Good evening'}
    >>> project(event, "jcs", Instant()) is None
    True
    """
    if event.hour > now.hour:
        return None
    sees_all = now.is_open or role == FACILITATOR
    fields: Mapping[str, Any] | None = None
    for audience, told in event.parts:
        if sees_all or role in audience or EVERYONE in audience:
            fields = told if fields is None else _joined(fields, told)
    return None if fields is None else View(event.kind, event.hour, fields)


def _joined(fields: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    joined = {**fields, **more}
    if fields.keys().isdisjoint(more):
        return joined
    for name in fields.keys() & more.keys():
        known, value = fields[name], more[name]
        # A package is told in pieces, each to those who are in it.
        if isinstance(value, dict) and isinstance(known, dict):
            joined[name] = {**known, **value}
    return joined


def readers_of(event: EventRecord, roles: Iterable[str]) -> tuple[str, ...]:
    """Those of `roles` to whom an event has anything to show, in their order.

    The facilitator is among them, if named, whenever there is anything at all.
    """
    names = {FACILITATOR} if event.parts else set()
    for audience, _ in event.parts:
        names.update(audience)
    if EVERYONE in names:
        return tuple(roles)
    return tuple([role for role in roles if role in names])


def views_of(
    events: Iterable[EventRecord], role: str, now: Instant | None = None
) -> list[View]:
    """All that a role has seen of a ledger, in order."""
    now = now or Instant()
    views = (project(event, role, now) for event in events)
    return [view for view in views if view is not None]
