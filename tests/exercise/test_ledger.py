"""The ledger keeps what it was given, once, and notices when it was changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from backchannel.base.errors import LedgerError
from backchannel.crisis.event_record import (
    EventRecord,
    from_lines,
    to_lines,
    verified,
    verify_chain,
    with_parts,
)
from backchannel.exercise.fold import fold
from backchannel.exercise.ledger import Ledger
from tests.exercise.games import act, begin, crisis


def played() -> list[EventRecord]:
    """A short game: a message under way, arrived, and talk beside it."""
    book, events = begin()
    events += act(book, "alpha", "send", 1.0, channel="envoys", text="Release it.")
    events += act(book, "alpha", "speak", 2.0, to=["cedar"], text="Ünder us – “so”")
    events += act(book, "bravo", "send", 2000.0, channel="radio", text="We open.")
    return events


def test_a_ledger_gives_back_what_it_was_given(tmp_path: Path) -> None:
    """Stored, closed, opened and read: the same events, and the same state."""
    events = played()
    ledger = Ledger.in_file(tmp_path / "game.db")
    ledger.append([("one", event) for event in events])
    ledger.close()
    again = Ledger.in_file(tmp_path / "game.db")
    assert list(again.read("one")) == events
    assert again.games() == ["one"]
    assert list(again.read("one", after=3)) == events[3:]
    assert fold(crisis(), again.read("one")) == fold(crisis(), events)
    again.close()


def test_an_act_is_stored_once(tmp_path: Path) -> None:
    """A batch that repeats an act is refused whole, and the ledger is as before."""
    events = played()
    ledger = Ledger.in_file(tmp_path / "game.db")
    ledger.append([("one", event) for event in events[:4]])
    twice = events[3]._replace(number=6)
    with pytest.raises(LedgerError, match="nothing was stored"):
        ledger.append([("one", events[4]), ("one", twice)])
    assert list(ledger.read("one")) == events[:4]
    ledger.close()


def test_a_changed_row_is_found(tmp_path: Path) -> None:
    """Whoever edits the file is told on: each column is under the digest."""
    events = played()
    path = tmp_path / "game.db"
    for column, value in (
        ("text", events[3].text.replace("Release", "Destroy")),
        ("author", "bravo"),
        ("hour", 0.5),
        ("kind", "spoken"),
        ("at", 99.0),
        ("client_id", "another-id"),
    ):
        path.unlink(missing_ok=True)
        ledger = Ledger.in_file(path)
        ledger.append([("one", event) for event in events])
        assert verify_chain(ledger.read("one")) == len(events)
        with sqlite3.connect(path) as connection:
            change = f"update events set {column} = ? where number = 4"
            connection.execute(change, (value,))
        connection.close()
        with pytest.raises(LedgerError, match="event 4: its digest"):
            verify_chain(ledger.read("one"))
        ledger.close()


@pytest.mark.parametrize("cut", [[0, 2], [1, 0, 2], [0, 1, 1, 2]])
def test_a_gap_and_a_swap_are_found(cut: list[int]) -> None:
    """Events that are missing, in another order or doubled break the chain."""
    events = played()
    with pytest.raises(LedgerError, match="missing, doubled or out of order"):
        verify_chain([events[i] for i in cut])


def test_nothing_behind_a_changed_event_is_yielded() -> None:
    """Checked while they are read: what came before the change, and then the error."""
    events = played()
    events[3] = events[3]._replace(author="bravo")
    passed = []
    with pytest.raises(LedgerError, match="event 4: its digest"):
        passed.extend(verified(events))
    assert list(verified(events[:3])) == events[:3]


def test_parts_read_together_are_those_read_one_by_one() -> None:
    """Also where the words of one event would close a list or open another."""
    book, events = begin()
    for i, text in enumerate(("]],[[", '"}]],[["', "\u2028 , ", "[")):
        events += act(book, "alpha", "speak", 1.0 + i, to=["cedar"], text=text)
    alone = [event._replace().parts for event in events]
    assert [event.parts for event in with_parts(events)] == alone
    # What is no JSON alone must not pass for two events.
    torn = events[-1]._replace(text="[[[],{}]],[[[],{}]]")
    with pytest.raises(ValueError, match="Extra data"):
        next(with_parts([torn])).parts  # noqa: B018


def test_lines_carry_a_game_elsewhere() -> None:
    """Exported and imported, every byte that is hashed is the same."""
    events = played()
    assert from_lines(to_lines(events)) == events


def test_a_changed_line_is_refused() -> None:
    """An import verifies, and names what is no event at all."""
    lines = list(to_lines(played()))
    forged = [line.replace("Release it", "Keep it") for line in lines]
    with pytest.raises(LedgerError, match="changed after it was written"):
        from_lines(forged)
    with pytest.raises(LedgerError, match="line 2: is no event"):
        from_lines([lines[0], '{"number": 2}'])


def test_any_instant_can_be_rebuilt() -> None:
    """The state at an hour is that of the events up to it."""
    events = played()
    early = fold(crisis(), events, until=0.5)
    (message,) = early.messages.values()
    assert message.received_at is None
    late = fold(crisis(), events)
    assert late.messages[message.name].received_at is not None


def test_a_ledger_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    """No folder, no driver, no URL: an error of one line, not a traceback."""
    with pytest.raises(LedgerError, match="folder that exists"):
        Ledger.in_file(tmp_path / "nowhere" / "game.db")
    with pytest.raises(LedgerError, match="cannot be used"):
        Ledger("what is this")
