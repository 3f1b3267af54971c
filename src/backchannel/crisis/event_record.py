"""The event record: what a live game writes down, and what a simulated one would.

An event holds its words in parts, and each part names who may see it. What is in no
part of yours does not exist for you: there is no other filter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backchannel.base.errors import LedgerError

EVERYONE = "*"
"""Audience of a part that is public."""
FIRST_DIGEST = "0" * 64
"""What stands for the event before the first."""


@dataclass(frozen=True)
class Part:
    """Some fields of an event and the roles that may see them.

    `audience` names roles, or `EVERYONE`; nobody but the facilitator where it is
    empty. `fields` are plain JSON values by name.
    """

    audience: tuple[str, ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """An event that a rule of the game asks for, before it has a place in the ledger.

    `author` is the role that acted, empty for the world itself; `client_id` is the
    author's own name for the act, so that a repetition is known as one.
    """

    kind: str
    author: str
    parts: tuple[Part, ...]
    client_id: str = ""


@dataclass(frozen=True)
class EventRecord:
    """One event in its place in the ledger.

    `number` counts from 1 within its game and is never shown to a role. `hour` is the
    time of the crisis in hours from its `now`; `at` is seconds since 1970 in UTC on the
    clock of the machine. `text` is the parts as they are stored and hashed; `digest`
    closes over it and over `previous`, the digest of the event before.
    """

    number: int
    kind: str
    author: str
    client_id: str
    hour: float
    at: float
    text: str
    previous: str
    digest: str
    parts: tuple[Part, ...] = field(compare=False, repr=False)

    def part(self, name: str) -> Any:
        """The value of a field in whichever part has it; None where none has."""
        for part in self.parts:
            if name in part.fields:
                return part.fields[name]
        return None


def seal(
    draft: Draft, *, number: int, hour: float, at: float, previous: str
) -> EventRecord:
    """Give a draft its place in the chain.

    Parameters
    ----------
    draft : what happened
    number : its place, from 1
    hour : hours from the crisis's `now`
    at : seconds since 1970, UTC
    previous : digest of the event before, `FIRST_DIGEST` for the first

    Returns
    -------
    EventRecord : with SHA-256 over all of it

    >>> draft = Draft("spoken", "usa", (Part(("ussr",), {"text": "Good evening"}),))
    >>> seal(draft, number=1, hour=0.0, at=0.0, previous=FIRST_DIGEST).digest[:8]
    '43864e15'
    """
    text = json.dumps(
        [[list(part.audience), dict(part.fields)] for part in draft.parts],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    digest = _digest(
        number, draft.kind, draft.author, draft.client_id, hour, at, text, previous
    )
    return EventRecord(
        number,
        draft.kind,
        draft.author,
        draft.client_id,
        hour,
        at,
        text,
        previous,
        digest,
        draft.parts,
    )


def stored_event(
    number: int,
    kind: str,
    author: str,
    client_id: str,
    hour: float,
    at: float,
    text: str,
    previous: str,
    digest: str,
) -> EventRecord:
    """Read an event back from its columns; nothing is verified here."""
    parts = tuple(Part(tuple(names), fields) for names, fields in json.loads(text))
    return EventRecord(
        number, kind, author, client_id, hour, at, text, previous, digest, parts
    )


def _digest(
    number: int,
    kind: str,
    author: str,
    client_id: str,
    hour: float,
    at: float,
    text: str,
    previous: str,
) -> str:
    # Every column has its length before it: no two events share these bytes.
    columns = (str(number), kind, author, client_id, repr(hour), repr(at), text)
    whole = "".join(f"{len(column)}:{column}" for column in (previous, *columns))
    return hashlib.sha256(whole.encode()).hexdigest()


def verify_chain(events: Iterable[EventRecord]) -> int:
    """Check every digest and every link, first to last.

    Parameters
    ----------
    events : one game, in order

    Returns
    -------
    int : how many events the chain holds

    Raises
    ------
    LedgerError : names the first event that was changed, moved or is missing.
    """
    previous, n_events = FIRST_DIGEST, 0
    for event in events:
        n_events += 1
        if event.number != n_events or event.previous != previous:
            raise LedgerError(
                f"event {event.number}: does not follow event {n_events - 1}; "
                "events are missing, doubled or out of order"
            )
        found = _digest(
            event.number,
            event.kind,
            event.author,
            event.client_id,
            event.hour,
            event.at,
            event.text,
            event.previous,
        )
        if found != event.digest:
            raise LedgerError(
                f"event {event.number}: its digest is {event.digest[:12]}, but its "
                f"words give {found[:12]}; it was changed after it was written"
            )
        previous = event.digest
    return n_events


def to_lines(events: Iterable[EventRecord]) -> Iterator[str]:
    """Write events as JSON, one a line."""
    for event in events:
        columns = {
            name: getattr(event, name) for name in _COLUMNS if name not in ("text",)
        }
        line = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
        # The parts are spliced in as they were hashed, so that no byte can change.
        yield f'{line[:-1]},"parts":{event.text}}}'


def from_lines(lines: Iterable[str]) -> list[EventRecord]:
    """Read what `to_lines` wrote, and verify it.

    Raises
    ------
    LedgerError : a line is no event, or the chain does not hold.
    """
    events = []
    for i, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            parts = record.pop("parts")
            text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
            events.append(stored_event(**record, text=text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LedgerError(
                f"line {i}: is no event ({error}); export the game again"
            ) from None
    verify_chain(events)
    return events


_COLUMNS = (
    "number",
    "kind",
    "author",
    "client_id",
    "hour",
    "at",
    "text",
    "previous",
    "digest",
)
