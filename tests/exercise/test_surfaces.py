"""Nothing that leaves the server depends on what the role may not see.

The test of the filter is in test_need_to_know.py; here whole games go through the whole
application. `python -m benchmarks.server.need_to_know` plays 10,000 pairs of them.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from backchannel.exercise.server.app import all_routes
from tests.exercise.histories import (
    PLAYERS,
    Game,
    names_in,
    random_game,
    told,
    twin_of,
)
from tests.exercise.seeded_bugs import BUGS
from tests.exercise.surfaces import PAGES, WRONG, Desk, all_surfaces

WATCHERS = (*PLAYERS, "public")


def differing(desk: Desk, luck: random.Random, n_pairs: int) -> Counter[str]:
    """By surface, in how many of some pairs of games the watcher's bytes differ.

    Pairs in which a secret came out by a leak are no pairs; others are played instead.
    """

    async def compare() -> Counter[str]:
        found: Counter[str] = Counter()
        for _ in range(n_pairs):
            watcher, game, twin = draw_pair(luck)
            names = names_to_guess(luck, game, twin)
            desk.lay(game.events, game.at)
            first = await all_surfaces(desk, watcher, names)
            desk.lay(twin.events, twin.at)
            second = await all_surfaces(desk, watcher, names)
            assert first.keys() == second.keys()
            found.update(key for key in first if first[key] != second[key])
        return found

    return asyncio.run(compare())


def draw_pair(luck: random.Random) -> tuple[str, Game, Game]:
    """Two games that differ, in nothing that the watcher may see."""
    while True:
        watcher = luck.choice(WATCHERS)
        game = random_game(luck, luck.randint(4, 14))
        twin = twin_of(luck, game, watcher)
        before, after = told(game.events, watcher), told(twin.events, watcher)
        if before != after:
            # Only a leak may carry what was secret to the watcher.
            more = [kind for kind, _, _ in after if kind == "leaked"]
            assert len(more) > [kind for kind, _, _ in before].count("leaked")
        elif [e.text for e in game.events] != [e.text for e in twin.events]:
            return watcher, game, twin


def names_to_guess(luck: random.Random, game: Game, twin: Game) -> list[str]:
    """Some things of either game, which the watcher may know or not."""
    events = (*game.events, *twin.events)
    names = sorted({name for event in events for name in names_in(event)})
    return luck.sample(names, min(3, len(names))) or ["message_0"]


def test_every_route_is_compared() -> None:
    """A new route without a request here fails, so that nothing leaves unwatched."""
    asked = {path for path, _ in PAGES} | {path for _, path, _ in WRONG}
    asked |= {"/play/move", "/console/seat", "/console/trace", "/lobby"}
    asked |= {"/api/keys", "/api/moves", "/api/stream", "/debrief/replay"}
    # What holds no game: whether the server runs, joining, and files of the package.
    without = {"/health", "/join", "/join/{key}", "/static"}
    paths = {route.path for route in all_routes() if hasattr(route, "path")}
    assert paths - without <= asked


def test_two_games_that_look_alike_leave_alike(tmp_path: Path) -> None:
    """60 pairs of games (seed 1962): each surface gives the same bytes for both.

    Exact: nothing here can fail by chance.
    """
    assert not differing(Desk(tmp_path, WATCHERS), random.Random(1962), 60)


@pytest.mark.parametrize("name", BUGS)
def test_a_leak_on_any_surface_is_caught(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of these bugs shows within a dozen pairs (seed 7)."""
    BUGS[name](monkeypatch)
    desk, luck = Desk(tmp_path, WATCHERS), random.Random(7)
    assert any(differing(desk, luck, 3) for _ in range(4))
