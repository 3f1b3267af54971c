"""A ledger played back shows every role what it was shown, at any instant."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from backchannel.base.errors import LedgerError
from backchannel.crisis.event_record import EventRecord, from_lines, to_lines
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.playback import play_back, screens_of
from backchannel.exercise.projection import Instant, project, views_of
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import Screen, as_record, screen_of, show
from tests.exercise.games import crisis
from tests.exercise.histories import PLAYERS, Game, random_game

ALL = (*PLAYERS, "public", FACILITATOR)


def as_bytes(screens: dict[str, Screen]) -> bytes:
    """Every screen, byte for byte."""
    records = {role: as_record(screen) for role, screen in screens.items()}
    return json.dumps(records, ensure_ascii=False).encode()


def shown_live(events: tuple[EventRecord, ...]) -> dict[float, bytes]:
    """All screens as they stood when each hour was over, one event after another."""
    screens = {role: Screen() for role in ALL}
    stood = {}
    for event in events:
        for role in ALL:
            view = project(event, role, Instant())
            if view is not None:
                show(screens[role], view)
        stood[event.hour] = as_bytes(screens)
    return stood


def games(n_games: int) -> list[Game]:
    """Random games (seed 62)."""
    luck = random.Random(62)
    return [random_game(luck, luck.randint(3, 25)) for _ in range(n_games)]


def test_every_screen_at_any_instant_is_as_it_was() -> None:
    """At each hour of 60 random games, played back by both ways, every byte is there.

    One way is the single walk, the other role by role; between two hours nothing moves.
    """
    for game in games(60):
        for hour, stood in shown_live(game.events).items():
            for instant in (hour, hour + 1e-9):
                back = play_back(crisis(), game.events, until=instant)
                assert as_bytes(dict(back.screens)) == stood
            each = {
                role: screen_of(views_of(game.events, role, Instant(hour)))
                for role in ALL
            }
            assert as_bytes(each) == stood


def test_a_game_stored_and_carried_elsewhere_shows_the_same(tmp_path: Path) -> None:
    """Out of the database and out of an export come the same screens and state."""
    for i, game in enumerate(games(5)):
        ledger = Ledger.in_file(tmp_path / "game.db")
        ledger.append([(f"game {i}", event) for event in game.events])
        first = play_back(crisis(), game.events)
        stored = play_back(crisis(), ledger.read(f"game {i}"))
        carried = play_back(crisis(), from_lines(to_lines(game.events)))
        ledger.close()
        assert first.state == stored.state == carried.state == game.book.state
        assert as_bytes(dict(stored.screens)) == as_bytes(dict(first.screens))
        assert as_bytes(dict(carried.screens)) == as_bytes(dict(first.screens))


def test_the_debrief_shows_everything_to_everybody() -> None:
    """Once it is open each role sees all that the facilitator saw."""
    (game,) = games(1)
    opened = screens_of(game.events, ["navy"], Instant(is_open=True))["navy"]
    whole = screens_of(game.events, [FACILITATOR])[FACILITATOR]
    assert as_record(opened) == as_record(whole)


def test_what_was_tampered_with_is_not_played_back() -> None:
    """A word changed in the middle is found before anything is shown."""
    (game,) = games(1)
    forged = list(game.events)
    forged[4] = forged[4]._replace(text=forged[4].text + " ")
    with pytest.raises(LedgerError, match="event 5: its digest"):
        play_back(crisis(), forged)
