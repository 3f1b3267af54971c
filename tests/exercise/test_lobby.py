"""The front door, the demo and who plays: seen from the outside."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx
import pytest

from backchannel.base.errors import MoveRefusedError
from backchannel.exercise.moves.forces import audit_orders, decision_hours
from backchannel.exercise.players.script import plans_of, play_in_thread
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin, crisis
from tests.exercise.hosts import Host, host, serve
from tests.exercise.test_server import join

SCRIPTED = ("alpha", "bravo", "assembly", "cedar", "navy")


def test_a_newcomer_watches_the_demo_and_takes_a_seat(tmp_path: Path) -> None:
    """From the command to a played seat within a minute; every seat says who plays."""
    began = time.monotonic()
    process = serve(tmp_path, "strait", "--demo", "--no-hazard")
    try:
        with httpx.Client(base_url=process.url, trust_env=False) as browser:
            while browser.get("/").text.count("a script") < len(SCRIPTED):
                assert time.monotonic() < began + 60
                time.sleep(0.1)
            own = {"origin": process.url}
            browser.post("/lobby", data={"role": FACILITATOR}, headers=own)
            assert browser.get("/console").text.count('class="player">a script') == len(
                SCRIPTED
            )
            taken = browser.post("/lobby", data={"role": "bravo"}, headers=own)
            assert taken.headers["location"] == "/play"
            assert "Bravo</h1>" in browser.get("/play").text
            assert "a person" in browser.get("/").text
            foreign = {"origin": "http://elsewhere.example"}
            refused = browser.post("/lobby", data={"role": "bravo"}, headers=foreign)
            assert refused.status_code == 403
            wrong = browser.post("/lobby", data={"role": "nobody"}, headers=own)
            assert wrong.status_code == 404
        assert time.monotonic() < began + 60
    finally:
        process.kill()


def test_without_a_demo_no_seat_is_open(tmp_path: Path) -> None:
    """The front door tells of links, names no role and seats nobody."""
    with host(tmp_path) as here:
        page = here.client.get("/").text
        assert "Seats are given by links" in page
        assert "Alpha" not in page
        own = {"origin": here.url}
        answer = here.client.post("/lobby", data={"role": "alpha"}, headers=own)
        assert answer.status_code == 403


def end_scripts(here: Host) -> None:
    """End the game, and wait until every script has hung up."""
    here.move(FACILITATOR, "open_debrief")
    for thread in threading.enumerate():
        if thread.name == "script":
            thread.join(20)


def hand(here: Host, by: str) -> str:
    """Hand Bravo's seat over from the console."""
    with join(here, FACILITATOR) as browser:
        guard = browser.get("/api/me").json()["guard"]
        fields = {"guard": guard, "role": "bravo", "by": by}
        answer = browser.post(
            "/console/seat", data=fields, headers={"origin": here.url}
        )
        assert answer.status_code == 200
        return answer.text


def test_a_seat_goes_from_hand_to_hand(tmp_path: Path) -> None:
    """To a script, a program, a person and nobody; each hand voids the one before."""
    with host(tmp_path, settings=Settings(has_hazard=False)) as here:
        assert "A script plays it" in hand(here, "script")
        with join(here, FACILITATOR) as browser:
            until = time.monotonic() + 20
            while 'class="player">a script' not in browser.get("/console").text:
                assert time.monotonic() < until
                time.sleep(0.1)
        assert "BACKCHANNEL_SEAT_KEY" in hand(here, "program")
        assert "/join/" in hand(here, "person")
        assert "rules of the file" in hand(here, "nobody")
        assert here.hall.games["one"].book.state.seats["bravo"] == ""
        end_scripts(here)


def test_a_script_leaves_a_person_s_seat_alone(tmp_path: Path) -> None:
    """Started again beside a person, it goes; beside its own old offers, it goes on."""
    with host(tmp_path, settings=Settings(has_hazard=False)) as here:
        here.move("bravo", "take_seat", by="person")
        thread = play_in_thread(here.url, here.key("bravo"), [])
        thread.join(20)
        assert not thread.is_alive()
        game = here.hall.games["one"]
        assert game.book.state.seats["bravo"] == "person"
        plans = plans_of(here.crisis, "alpha")
        for n_offers in (1, 1):
            play_in_thread(here.url, here.key("alpha"), list(plans))
            until = time.monotonic() + 20
            while len(game.book.state.offers) < n_offers and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(0.3)
            assert len(game.book.state.offers) == n_offers
        end_scripts(here)


def test_the_audit_names_what_fires_and_what_could() -> None:
    """In force first, the fastest first; an order put in force moves up."""
    loaded = crisis("cuba-1962")
    lines = audit_orders(loaded, is_whole=True)
    assert [line for line in lines if line.fires] == list(audit_orders(loaded))
    fires = [line.fires for line in lines]
    assert fires == sorted(fires, reverse=True)
    name = next(line.order for line in lines if not line.fires)
    changed = audit_orders(loaded, {name: "in_force"})
    assert name in [line.order for line in changed]
    assert all(hours > 0 for hours in decision_hours(loaded).values())


def test_the_audit_is_a_page_of_the_console(tmp_path: Path) -> None:
    """Every order of the file, its chance, and the time there is to call it off."""
    with host(tmp_path) as here, join(here, FACILITATOR) as browser:
        page = browser.get("/console/orders").text
        assert "Fire back" in page
        assert "2 h" in page
        assert "35 %" in page
        events = here.hall.games["one"].events
        assert events[-1].part("looked_at") == "orders"


def test_the_clock_goes_to_what_comes_next() -> None:
    """One step of the facilitator to the hour at which a message arrives."""
    book, events = begin()
    events += act(book, "alpha", "send", 1.0, channel="envoys", text="A word.")
    due = min(due.hour for due in book.state.due.values())
    events += act(book, FACILITATOR, "step_clock", 1.0, to_next=True)
    assert events[-1].part("skips_to") == due


def test_a_program_does_not_sit_down_where_a_person_sits() -> None:
    """A script that comes a moment too late is refused; the facilitator may decide."""
    book, events = begin()
    events += act(book, "bravo", "take_seat", 1.0, by="person")
    with pytest.raises(MoveRefusedError, match="a person plays it"):
        act(book, "bravo", "take_seat", 2.0, by="program", called="script")
    events += act(book, FACILITATOR, "hand_over", 3.0, role="bravo", by="program")
    events += act(book, "bravo", "take_seat", 4.0, by="program", called="script")
    assert book.state.seats["bravo"] == "program"
