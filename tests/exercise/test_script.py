"""Scripts play a game to its end over the wire, and step back for a person."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from backchannel.crisis.event_record import verify_chain
from backchannel.exercise.client import SeatClient
from backchannel.exercise.fold import fold
from backchannel.exercise.players.script import plans_of, play_in_thread, worth_of
from backchannel.exercise.state import Settings
from tests.exercise.games import crisis
from tests.exercise.hosts import Host, host

NIGHT_SPEED = 20_000.0
"""Hours of the crisis in an hour: eleven in two seconds."""


def wait_for(here: Host, phase: str, seconds: float) -> str:
    """Wait until the game is in a phase, or the time is up; give the phase it is in."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if here.hall.games["one"].book.state.phase == phase:
            break
        time.sleep(0.05)
    return here.hall.games["one"].book.state.phase


def test_two_leaders_by_script_settle_the_night(tmp_path: Path) -> None:
    """Offer, refusals at home, another offer: settled, and the ledger holds it all.

    Seed 3, incidents off: the two scripts are what is tested.
    """
    settings = Settings(seed=3, speed=NIGHT_SPEED, has_hazard=False)
    with host(tmp_path, "cuba-1962", settings) as here:
        threads = [
            play_in_thread(here.url, here.key(role), plans_of(here.crisis, role))
            for role in ("usa", "ussr")
        ]
        assert wait_for(here, "settled", 60) == "settled"
        game = here.hall.games["one"]
        here.move("facilitator", "open_debrief")
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()
        assert verify_chain(game.events) == len(game.events)
        assert fold(here.crisis, game.events) == game.book.state


def test_a_person_takes_the_seat_of_a_script(tmp_path: Path) -> None:
    """Who joins by the link is told apart from the script, which stops."""
    with host(tmp_path, "strait", Settings(has_hazard=False)) as here:
        thread = play_in_thread(here.url, here.key("bravo"), [])
        key = here.key("bravo", "join")
        headers = {"origin": here.url}
        with httpx.Client(base_url=here.url, trust_env=False) as browser:
            browser.post("/join", data={"key": key}, headers=headers)
            thread.join(10)
            assert not thread.is_alive()
        assert here.hall.games["one"].book.state.seats["bravo"] == "person"


def test_a_script_weighs_by_its_own_sheet(tmp_path: Path) -> None:
    """Worth less audience cost; a private level costs nothing at home."""
    with host(tmp_path) as here, SeatClient(here.url, here.key("alpha")) as seat:
        sheet = seat.screen().sheet
        public = worth_of(sheet, {"radar": "leaves"})
        private = worth_of(sheet, {"radar": "leaves (private)"})
        assert private - public == 20.0


def test_plans_are_the_files_own_offers() -> None:
    """The last said first; private terms never over a channel that all can hear."""
    (first, second, *_) = plans_of(crisis("cuba-1962"), "usa")
    assert first.channel == "rfk_dobrynin"
    assert first.package["missiles"] == "disabled"
    assert second.package["missiles"] == "removed_at_sea"
    for party in ("usa", "ussr"):
        for plan in plans_of(crisis("cuba-1962"), party):
            if crisis("cuba-1962").channels[plan.channel].is_public:
                assert "private" not in str(plan.package)
    assert plans_of(crisis("cuba-1962"), "jcs") == []
