"""The event record: what a live game writes down, and what a simulated one would.

An event holds its words in parts, and each part names who may see it. What is in no
part of yours does not exist for you: there is no other filter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from backchannel.base.errors import LedgerError

EVERYONE = "*"
"""Audience of a part that is public."""
FIRST_DIGEST = "0" * 64
"""What stands for the event before the first."""
_READ_AT_ONCE = 256


class Part(NamedTuple):
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


class _Columns(NamedTuple):
    """The columns of the ledger."""

    number: int
    kind: str
    author: str
    client_id: str
    hour: float
    at: float
    text: str
    previous: str
    digest: str


class EventRecord(_Columns):
    """One event in its place in the ledger.

    `number` counts from 1 within its game and is never shown to a role. `hour` is the
    time of the crisis in hours from its `now`; `at` is seconds since 1970 in UTC on the
    clock of the machine. `text` is the parts as they are stored and hashed; `digest`
    closes over it and over `previous`, the digest of the event before. `parts` is read
    out of `text` when it is first asked for: to verify a ledger takes none of it.

    Notes: a named tuple, since a ledger of 100,000 is read in a third of the time.
    """

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Who may see what, in the order in which it was written."""
        return _parts_of(json.loads(self.text))

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
    text = _text_of(draft.parts)
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
    )


def with_parts(events: Iterable[EventRecord]) -> Iterator[EventRecord]:
    """Yield events whose parts were read together, some hundreds at a time.

    Parameters
    ----------
    events : in any order

    Yields
    ------
    EventRecord : as they came, and with the same `parts`

    Notes: reading one by one, when each is asked, takes 2.5 times as long.

    >>> draft = Draft("spoken", "usa", (Part(("ussr",), {"text": "Good evening"}),))
    >>> event = seal(draft, number=1, hour=0.0, at=0.0, previous=FIRST_DIGEST)
    >>> next(with_parts([event])).parts == draft.parts
    True
    """
    left = iter(events)
    while some := list(islice(left, _READ_AT_ONCE)):
        listed = json.loads("[" + ",".join([event.text for event in some]) + "]")
        if len(listed) == len(some):
            for event, parts in zip(some, listed, strict=True):
                vars(event)["parts"] = _parts_of(parts)
        yield from some


def _parts_of(listed: list[list[Any]]) -> tuple[Part, ...]:
    return tuple([Part(tuple(names), fields) for names, fields in listed])


def _text_of(parts: Iterable[Part]) -> str:
    listed = [[list(part.audience), dict(part.fields)] for part in parts]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":"))


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
    # NOTE: written out, not joined in a loop: 1.5x.
    place, then, wall = str(number), repr(hour), repr(at)
    whole = (
        f"{len(previous)}:{previous}{len(place)}:{place}{len(kind)}:{kind}"
        f"{len(author)}:{author}{len(client_id)}:{client_id}{len(then)}:{then}"
        f"{len(wall)}:{wall}{len(text)}:{text}"
    )
    return hashlib.sha256(whole.encode()).hexdigest()


def verified(events: Iterable[EventRecord]) -> Iterator[EventRecord]:
    """Yield events, each after its digest and its link were checked.

    Parameters
    ----------
    events : one game, in order

    Yields
    ------
    EventRecord : as they came; what is yielded is only as good as the events so far

    Raises
    ------
    LedgerError : names the first event that was changed, moved or is missing.
    """
    previous = FIRST_DIGEST
    for place, event in enumerate(events, 1):
        # NOTE: columns are taken out of the tuple at once, not by their names: 1.3x.
        number, kind, author, client_id, hour, at, text, before, digest = event
        if number != place or before != previous:
            raise LedgerError(
                f"event {number}: does not follow event {place - 1}; "
                "events are missing, doubled or out of order"
            )
        found = _digest(number, kind, author, client_id, hour, at, text, before)
        if found != digest:
            raise LedgerError(
                f"event {number}: its digest is {digest[:12]}, but its "
                f"words give {found[:12]}; it was changed after it was written"
            )
        previous = digest
        yield event


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
    return sum(1 for _ in verified(events))


def to_lines(events: Iterable[EventRecord]) -> Iterator[str]:
    """Write events as JSON, one a line."""
    for event in events:
        columns = event._asdict()
        columns.pop("text")
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
            events.append(_from_line(line))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LedgerError(
                f"line {i}: is no event ({error}); export the game again"
            ) from None
    verify_chain(events)
    return events


def _from_line(line: str) -> EventRecord:
    record = json.loads(line)
    parts = _parts_of(record.pop("parts"))
    return EventRecord(**record, text=_text_of(parts))
