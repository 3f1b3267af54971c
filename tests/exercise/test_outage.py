"""While the server is away no time passes, unless the game was set to run on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from backchannel.crisis.event_record import EventRecord, verify_chain
from backchannel.exercise.book import Book
from backchannel.exercise.client import SeatClient
from backchannel.exercise.fold import fold
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.moves.outage import SHORT_SECONDS
from backchannel.exercise.pages.play import role_page
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import screen_of
from backchannel.exercise.server import hall as halls
from backchannel.exercise.server.hall import Hall
from backchannel.exercise.server.opening import GAME
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin, crisis
from tests.exercise.hosts import host, program_key, serve

MINUTE = 60.0
"""Seconds; at the speed of these games an hour of the crisis."""
LEFT = 2 * MINUTE
"""When the server of these games was last alive."""


def left(on_outage: str = "pause") -> tuple[Book, list[EventRecord]]:
    """A letter is under way, due in some hours, when the server goes away at hour 2."""
    book, events = begin("strait", Settings(has_hazard=False, on_outage=on_outage))
    events += act(book, "alpha", "send", MINUTE, channel="envoys", text="On its way.")
    events += book.catch_up(LEFT)
    return book, events


def due_at(book: Book) -> float:
    """When the wall will show the hour of the next thing due."""
    return book.state.clock.at_hour(min(due.hour for due in book.state.due.values()))


def test_a_short_absence_takes_no_time() -> None:
    """After 20 s the clock runs on from where it stood; everything is 20 s later."""
    book, events = left()
    before = due_at(book)
    (back,) = book.come_back(LEFT, LEFT + 20.0)
    assert back.kind == "outage_ended"
    assert back.hour == pytest.approx(2.0)
    assert book.state.clock.hour_at(LEFT + 20.0) == pytest.approx(2.0)
    assert due_at(book) == pytest.approx(before + 20.0)
    assert fold(crisis(), [*events, back]) == book.state


def test_a_long_absence_stops_the_clock_until_it_is_started() -> None:
    """After an hour nothing happens before the facilitator says so, then all of it."""
    book, events = left()
    now = LEFT + 60 * MINUTE
    events += book.come_back(LEFT, now)
    assert due_at(book) == float("inf")
    assert book.catch_up(now + 60 * MINUTE) == []
    for role in ("alpha", FACILITATOR):
        page = role_page(role, screen_of(views_of(events, role)), "word")
        assert "The server was away for 1 h." in page
        assert "stands until the facilitator starts it" in page
    events += act(book, FACILITATOR, "set_clock", now + 9, is_running=True)
    assert book.state.clock.hour_at(now + 9) == pytest.approx(2.0)
    received = book.catch_up(now + 60 * MINUTE)
    assert "message_received" in [event.kind for event in received]
    page = role_page("alpha", screen_of(views_of(events, "alpha")), "word")
    assert "The server was away" not in page


def test_a_game_may_be_set_to_run_on() -> None:
    """Then the clock is that of the wall, and what fell due happens late, once."""
    book, _ = left("run")
    before = due_at(book)
    (back,) = book.come_back(LEFT, LEFT + 60 * MINUTE)
    assert not back.part("is_set_back")
    assert due_at(book) == before
    late = book.catch_up(LEFT + 60 * MINUTE)
    assert [event.kind for event in late].count("message_received") == 1
    assert all(event.at > before for event in late)


def test_where_no_clock_ran_there_is_nothing_to_tell() -> None:
    """A game in its briefing, or one that was paused, is as it was left."""
    book, events = begin("strait")
    events += act(book, FACILITATOR, "set_clock", MINUTE, is_running=False)
    assert book.come_back(LEFT, LEFT + 60 * MINUTE) == []
    assert Book(crisis()).come_back(0.0, 60.0) == []


def test_every_restart_is_told_once(tmp_path: Path) -> None:
    """Three openings of one ledger within a minute: three absences, the chain holds."""
    _, events = left()
    ledger = Ledger.in_file(tmp_path / "game.db")
    ledger.append([("one", event) for event in events])
    for i in range(3):
        back = Book(crisis(), ledger.read("one")).come_back(LEFT + i, LEFT + i + 0.5)
        ledger.append([("one", event) for event in back])
    kinds = [event.kind for event in ledger.read("one")]
    assert kinds.count("outage_ended") == 3
    assert verify_chain(ledger.read("one")) == len(kinds)
    ledger.close()


def test_a_sign_of_life_is_kept_beside_the_ledger(tmp_path: Path) -> None:
    """The later of two notes counts, a game without one has none."""
    ledger = Ledger.in_file(tmp_path / "game.db")
    assert ledger.alive_at("one") == 0.0
    ledger.note_alive(["one", "two"], 5.0)
    ledger.note_alive(["one"], 9.0)
    ledger.note_alive([], 11.0)
    assert (ledger.alive_at("one"), ledger.alive_at("two")) == (9.0, 5.0)
    ledger.close()


def test_a_quiet_game_loses_a_second_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing happens before the crash: the clock is not set back to the last event."""
    monkeypatch.setattr(halls, "ALIVE_SECONDS", 0.05)
    with host(tmp_path, settings=Settings(has_hazard=False)) as here:
        time.sleep(1.0)
        last = here.hall.games["one"].events[-1].at
        now = here.hall.wall()
        alive = here.hall.ledger.alive_at("one")
    assert last < alive - 0.5
    assert now - alive < 0.5


def test_a_restarted_server_goes_on_where_it_was(tmp_path: Path) -> None:
    """Killed and started again: the letter comes once, after as long as it takes.

    20,000 hours an hour: what takes six hours of the crisis takes about a second. While
    the server is away, three times as long, none of it passes.
    """
    process = serve(
        *(tmp_path, "strait", "--speed", "20000", "--no-hazard", "--talk", "all")
    )
    key = program_key(process.url, process.keys, "alpha")
    with SeatClient(process.url, key) as seat:
        seat.move("send", channel="envoys", text="on its way", precedence="routine")
        process.kill()
        time.sleep(3.0)
        process.restart()
        # Alpha's own page is told when the letter has arrived: its next move is later.
        until = time.monotonic() + 20
        while time.monotonic() < until and not _received(tmp_path):
            time.sleep(0.1)
    process.kill()
    ledger = Ledger.in_file(tmp_path / "game.db")
    events = list(ledger.read(GAME))
    ledger.close()
    (received,) = [event for event in events if event.kind == "message_received"]
    (sent,) = [event for event in events if event.kind == "message_sent"]
    (back,) = [event for event in events if event.kind == "outage_ended"]
    assert sent.hour <= back.hour <= received.hour
    # The three seconds away were 16,000 hours by the wall; the clock passed few.
    assert received.hour - sent.hour < 16_000
    assert back.part("away_seconds") <= SHORT_SECONDS
    assert verify_chain(events) == len(events)


def _received(path: Path) -> bool:
    ledger = Ledger.in_file(path / "game.db")
    found = any(event.kind == "message_received" for event in ledger.read(GAME))
    ledger.close()
    return found


def test_a_stopped_server_tells_of_its_absence(tmp_path: Path) -> None:
    """A hall that is opened after it was closed stores the absence before all else."""
    with host(tmp_path, settings=Settings(has_hazard=False)) as here:
        n_events = len(here.hall.games["one"].events)
    ledger = Ledger.in_file(tmp_path / "game.db")
    hall = Hall(ledger)
    assert not hall.prepare("one", crisis(), Settings())
    back = hall._end_outage("one", crisis(), list(ledger.read("one")))
    assert [event.kind for event in back] == ["outage_ended"]
    assert len(list(ledger.read("one"))) == n_events + 1
    ledger.close()
