"""Games for the tests: small ones, begun and moved in a line."""

from __future__ import annotations

from functools import cache

from backchannel.crisis.event_record import EventRecord
from backchannel.crisis.load import load
from backchannel.crisis.model import Crisis
from backchannel.exercise.book import Book
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.state import Settings

SECRET = "one-secret-for-all-tests"
_COUNT = [0]


@cache
def crisis(name: str = "strait") -> Crisis:
    """A shipped crisis, loaded once."""
    return load(name)


def begin(
    name: str = "strait", settings: Settings | None = None
) -> tuple[Book, list[EventRecord]]:
    """A game whose clock runs, from second 0 of the machine.

    Acts are counted from here on: names of messages, and so their luck, are the same
    whatever other tests have run.
    """
    _COUNT[0] = 0
    book, events = Book.begin(
        crisis(name), settings or Settings(has_hazard=False), SECRET, 0.0
    )
    events += act(book, FACILITATOR, "set_clock", 0.0, is_running=True)
    return book, events


def act(
    book: Book, role: str, kind: str, at: float, /, **fields: object
) -> list[EventRecord]:
    """One move of a role, after everything that was due before it."""
    _COUNT[0] += 1
    move = Move(kind, f"test-{_COUNT[0]:08d}", fields)
    return [*book.catch_up(at), *book.move(role, move, at)]
