"""A game that goes on from an instant of another: the same past, other luck."""

from __future__ import annotations

import pytest

from backchannel.base.errors import LedgerError
from backchannel.crisis.event_record import EventRecord, verify_chain
from backchannel.exercise.book import Book
from backchannel.exercise.branch import branch
from backchannel.exercise.fold import fold
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin, crisis


def played() -> list[EventRecord]:
    """Two days of strait with its incidents, a message on its way at hour 10."""
    book, events = begin("strait", Settings(seed=4))
    events += act(book, "alpha", "send", 600.0, channel="envoys", text="Wait.")
    return events + book.catch_up(2880.0)


def go_on(events: list[EventRecord]) -> list[EventRecord]:
    """Let a branched game run for two days."""
    book = Book(crisis("strait"), events)
    more = act(book, FACILITATOR, "set_clock", 9000.0, is_running=True)
    return more + book.catch_up(9000.0 + 2880.0)


def test_the_past_is_the_same_and_the_chain_holds() -> None:
    """Every event up to the hour is kept byte for byte; two are added."""
    events = played()
    new = branch(crisis("strait"), events, hour=12.0, seed=9, at=5000.0)
    kept = [event for event in events if event.hour <= 12.0]
    assert new[: len(kept)] == kept
    assert [event.kind for event in new[len(kept) :]] == ["clock_set", "reseeded"]
    assert verify_chain(new) == len(new)
    state = fold(crisis("strait"), new)
    assert not state.clock.is_running
    assert state.messages.keys() == fold(crisis("strait"), kept).messages.keys()


def test_other_luck_gives_another_future_and_the_same_luck_the_same() -> None:
    """Hours of what comes repeat for one seed and differ for another."""
    futures = [
        [(e.kind, e.hour) for e in go_on(branched)]
        for branched in (
            branch(crisis("strait"), played(), hour=12.0, seed=seed, at=5000.0)
            for seed in (9, 9, 10)
        )
    ]
    assert futures[0] == futures[1] != futures[2]


def test_what_is_over_or_another_crisis_cannot_go_on() -> None:
    """The debrief ends a game; a ledger belongs to the file it was played with."""
    book, events = begin("strait")
    events += act(book, FACILITATOR, "open_debrief", 10.0)
    with pytest.raises(LedgerError, match="over"):
        branch(crisis("strait"), events, hour=5.0, seed=1, at=0.0)
    with pytest.raises(LedgerError, match="the file that was played"):
        branch(crisis("cuba-1962"), events, hour=5.0, seed=1, at=0.0)
