"""A server with rooms full of roles, for the loads that the benchmarks put on it.

    python -m benchmarks.hall_for_load FOLDER LEDGER PORT GAMES ROLES

Writes FOLDER/keys.json, a list of keys for each game, then serves until killed. Started
again on the same folder and ledger, it goes on, and the keys are good.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from backchannel import load_mapping
from backchannel.crisis.model import Crisis
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.server.app import make_app
from backchannel.exercise.server.hall import Hall, Limits
from backchannel.exercise.server.keys import Seat
from backchannel.exercise.server.run import Address, server_at
from backchannel.exercise.state import Settings

LEVELS = {
    "no": {"title": "No"},
    "yes": {"title": "Yes", "giver": "east", "receiver": "west"},
}


def room(n_roles: int) -> Crisis:
    """A crisis of two parties and enough constituencies to fill a room."""
    actors = {
        "east": {"title": "East", "kind": "party"},
        "west": {"title": "West", "kind": "party"},
    }
    for i in range(n_roles - 2):
        actors[f"seat_{i}"] = {
            "title": f"Seat {i}",
            "kind": "constituency",
            "of": "east" if i % 2 else "west",
        }
    return load_mapping(
        {
            "backchannel": 1,
            "name": "room",
            "title": "A room",
            "now": "2031-05-04 18:00 UTC",
            "horizon": "3 d",
            "actors": actors,
            "issues": {"peace": {"title": "Peace", "levels": LEVELS}},
            "no_deal": {"fallback": {"east": 0, "west": 0}},
        }
    )


def main(folder: Path, url: str, port: int, n_games: int, n_roles: int) -> None:
    """Open the games, write the keys where there are none, and serve."""
    crisis = room(n_roles)
    hall = Hall(Ledger(url), Limits(1e9, 1e9, 1e9))
    names = [f"room{i}" for i in range(n_games)]
    roles = ["east", "west", *(f"seat_{i}" for i in range(n_roles - 2))]
    for name in names:
        hall.prepare(name, crisis, Settings(talk="all", has_hazard=False))
    if not (folder / "keys.json").exists():
        _write_keys(hall, names, [*roles, FACILITATOR], folder / "keys.json")
    app = make_app(hall, dict.fromkeys(names, crisis))
    asyncio.run(server_at(app, Address(port=port)).serve())


def _write_keys(hall: Hall, games: list[str], roles: list[str], path: Path) -> None:
    keys: dict[str, dict[str, list[str]]] = {}
    rows = []
    for game in games:
        keys[game] = {}
        for role in roles:
            made = [hall.keys.make(p, Seat(game, role, 0)) for p in ("program", "join")]
            keys[game][role] = [key for key, _ in made]
            rows += [row for _, row in made]
    hall.ledger.add_keys(rows)
    path.write_text(json.dumps(keys))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *(int(word) for word in sys.argv[3:6]))
