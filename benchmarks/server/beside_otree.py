"""The same loads on oTree and on this server, in turn, on SQLite and on PostgreSQL.

    python -m benchmarks.server.beside_otree --peer ENVIRONMENT/bin [--quick]

Loopback only. One message goes to the one other of a pair, or to the 39 others of a
room. Here it is stored before it is shown, and sent again until it is acknowledged; in
oTree's chat it is shown as it is stored, and a client does not learn whether it was. Of
the rows of exercise_load.py three have no counterpart: private messages in a room of
many (oTree has a chat for a group), replay, and seats of programs.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.load_clients import Load
from benchmarks.load_server import start
from benchmarks.measured_run import write_result
from benchmarks.otree_rival import join, otree, talk
from benchmarks.server.exercise_load import join_storm
from tests.exercise.postgres import postgres

LOADS = {
    "100 people in pairs, one message each 5 s": (100, 2, 20.0),
    "200 people in pairs, one message each 5 s": (200, 2, 40.0),
    "400 people in pairs, one message each 5 s": (400, 2, 80.0),
    "40 in one room, 5/s": (40, 40, 5.0),
}
"""People, people in a room, messages a second in all."""
N_JOIN = 200


def ours(load: tuple[int, int, float], seconds: float, url: str) -> dict[str, Any]:
    """One load on this server, on a fresh ledger."""
    n_people, n_in_room, per_second = load
    with tempfile.TemporaryDirectory() as folder:
        n_games = n_people // n_in_room
        server = start(Path(folder), n_games, n_in_room, url)
        try:
            return asyncio.run(Load(server).run(per_second, seconds, 0))
        finally:
            server.kill()


def theirs(
    load: tuple[int, int, float], seconds: float, url: str, binaries: Path
) -> dict[str, Any]:
    """The same load on oTree, on a fresh database."""
    n_people, n_in_room, per_second = load

    async def run(server: Any) -> dict[str, Any]:
        seats, _ = await join(server, n_people)
        return await talk(server, seats, per_second, seconds)

    with (
        tempfile.TemporaryDirectory() as folder,
        otree(Path(folder), binaries, n_in_room, url) as server,
    ):
        return asyncio.run(run(server))


def their_joins(url: str, binaries: Path) -> dict[str, Any]:
    """Let people join oTree at once."""
    with (
        tempfile.TemporaryDirectory() as folder,
        otree(Path(folder), binaries, 2, url) as server,
    ):
        return asyncio.run(join(server, N_JOIN))[1]


def in_turn(database: str, binaries: Path, seconds: float) -> dict[str, Any]:
    """All loads on one kind of database, ours and theirs one after the other."""
    figures: dict[str, Any] = {}
    for name, load in LOADS.items():
        row = {}
        for who in ("backchannel", "oTree"):
            with ExitStack() as stack:
                urls = _fresh(database, stack)
                if who == "oTree":
                    row[who] = theirs(load, seconds, urls[1], binaries)
                else:
                    row[who] = ours(load, seconds, urls[0])
            print(database, name, who, row[who], flush=True)
        figures[name] = row
    joins = {}
    for who in ("backchannel", "oTree"):
        with ExitStack() as stack:
            urls = _fresh(database, stack)
            here = who == "backchannel"
            joins[who] = (
                join_storm(N_JOIN, url=urls[0])
                if here
                else their_joins(urls[1], binaries)
            )
        print(database, "join", who, joins[who], flush=True)
    figures[f"{N_JOIN} people join, 32 at once"] = joins
    return figures


def _fresh(database: str, stack: ExitStack) -> tuple[str, str]:
    """URLs of an empty database for this server and for oTree; empty for SQLite."""
    if database == "SQLite":
        return "", ""
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    url = stack.enter_context(postgres(Path(folder))).url
    return url, url.replace("postgresql+psycopg", "postgres")


def version_of(binaries: Path) -> str:
    """Which oTree it is."""
    asked = "from importlib.metadata import version; print(version('otree'))"
    done = subprocess.run(
        [str(binaries / "python"), "-c", asked],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def main() -> None:
    """Run both in turn, print and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", type=Path, help="bin folder of an oTree environment")
    parser.add_argument("--quick", action="store_true", help="short loads")
    asked = parser.parse_args()
    if asked.peer is None:
        print("no --peer; name the bin folder of an environment with oTree")
        return
    seconds = 4.0 if asked.quick else 12.0
    figures: dict[str, Any] = {"oTree": version_of(asked.peer)}
    for database in ("SQLite", "PostgreSQL"):
        figures[database] = in_turn(database, asked.peer, seconds)
    figures["load_average"] = [round(x, 1) for x in os.getloadavg()]
    print("wrote", write_result("beside_otree", figures))


if __name__ == "__main__":
    main()
