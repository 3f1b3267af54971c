"""People on one exercise server: how long a message takes, and what it costs.

    python -m benchmarks.server.exercise_load [--quick]

Loopback only; server and load share the machine, so CPU per message is the figure to
compare and delivery times are upper bounds. Before a time is reported it is asserted
that every message sent was delivered to each of its addressees once, and that the
ledger's chain holds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from backchannel.crisis.event_record import verify_chain
from backchannel.exercise.book import Book
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.playback import play_back
from backchannel.exercise.projection import views_of
from backchannel.exercise.screen import Screen, as_record, screen_of
from backchannel.exercise.state import Settings
from benchmarks.hall_for_load import room
from benchmarks.load_clients import Load
from benchmarks.load_server import start
from benchmarks.measured_run import write_result

GOALS_MS = {
    "40 in one room, 5/s": 25.0,
    "50 rooms of 40, 5/s each": 150.0,
    "500 people, one message each 5 s": 25.0,
    "2,000 people, one message each 5 s": 100.0,
    "1,000 private messages/s": 250.0,
}


def steady(
    n_games: int, n_roles: int, per_second: float, seconds: float, n_to: int
) -> dict[str, Any]:
    """Run one load on a server of its own, and verify its ledger."""
    with tempfile.TemporaryDirectory() as folder:
        server = start(Path(folder), n_games, n_roles)
        try:
            figures = asyncio.run(Load(server).run(per_second, seconds, n_to))
        finally:
            server.process.kill()
            server.process.wait()
        ledger = Ledger.in_file(Path(folder) / "load.db")
        n_stored = sum(verify_chain(ledger.read(game)) - 3 for game in server.keys)
        ledger.close()
        assert n_stored == figures["messages"], (n_stored, figures)
        return figures


def join_storm(n_people: int = 200, at_once: int = 32, url: str = "") -> dict[str, Any]:
    """Let people join by their links at once, and read their pages."""
    with tempfile.TemporaryDirectory() as folder:
        server = start(Path(folder), 5, n_people // 5, url)

        async def all_join() -> list[float]:
            gate, taken = asyncio.Semaphore(at_once), []

            async def one(key: str) -> None:
                async with gate:
                    begin = time.perf_counter()
                    async with httpx.AsyncClient(
                        base_url=server.url, trust_env=False, verify=False
                    ) as browser:
                        await browser.post(
                            "/join", data={"key": key}, headers={"origin": server.url}
                        )
                        page = await browser.get("/play")
                        assert page.status_code == 200
                    taken.append(time.perf_counter() - begin)

            keys = [
                keys[1]
                for roles in server.keys.values()
                for role, keys in roles.items()
                if role != "facilitator"
            ]
            await asyncio.gather(*(one(key) for key in keys))
            return taken

        try:
            cpu, begin = server.cpu_seconds(), time.perf_counter()
            taken = asyncio.run(all_join())
            wall = time.perf_counter() - begin
            cpu = server.cpu_seconds() - cpu
        finally:
            server.process.kill()
            server.process.wait()
    return {
        "people": len(taken),
        "all_joined_s": round(wall, 2),
        "page_p99_ms": round(1000 * float(np.quantile(taken, 0.99)), 1),
        "server_cpu_ms_per_join": round(1000 * cpu / len(taken), 2),
    }


def replay(n_events: int) -> dict[str, Any]:
    """Write a long game, then verify, fold and show it to twelve roles."""
    crisis = room(12)
    settings = Settings(talk="all", has_hazard=False)
    book, events = Book.begin(crisis, settings, "secret", 0.0)
    start_move = Move("set_clock", "start-00", {"is_running": True})
    events += book.move("facilitator", start_move, 0.0)
    roles = [role for role in book.state.roles if role != "public"]
    for i in range(n_events - len(events)):
        role = roles[i % 12]
        to = [roles[(i + 1 + i // 12 % 11) % 12]]
        fields = {"to": to, "text": "we propose to pull back the batteries"}
        events += book.move(role, Move("speak", f"id-{i:08d}", fields), i * 0.01)
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger.in_file(Path(folder) / "long.db")
        ledger.append([("long", event) for event in events])
        begin = time.process_time()
        back = play_back(crisis, ledger.read("long"))
        whole = time.process_time() - begin
        ledger.close()
    assert back.n_events == n_events
    assert back.state == book.state
    for role in (*roles, "public", "facilitator"):
        assert _bytes(back.screens[role]) == _bytes(screen_of(views_of(events, role)))
    return {
        "events": n_events,
        "screens": len(back.screens),
        "read_verified_folded_shown_cpu_s": round(whole, 2),
        "goal_cpu_s": 2.0,
    }


def _bytes(screen: Screen) -> str:
    return json.dumps(as_record(screen))


def main() -> None:
    """Run every load, print it and write the results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    seconds = 2.0 if parser.parse_args().quick else 5.0
    loads = {
        "40 in one room, 5/s": (1, 40, 5.0, 0),
        "50 rooms of 40, 5/s each": (50, 40, 250.0, 0),
        "500 people, one message each 5 s": (13, 40, 104.0, 1),
        "2,000 people, one message each 5 s": (50, 40, 400.0, 1),
        "1,000 private messages/s": (25, 40, 1000.0, 1),
    }
    figures: dict[str, Any] = {}
    for name, (n_games, n_roles, per_second, n_to) in loads.items():
        try:
            found = steady(n_games, n_roles, per_second, seconds, n_to)
        except AssertionError as error:
            found = {"failed": str(error)}
        goal = GOALS_MS[name]
        found |= {"goal_p99_ms": goal, "is_met": found.get("p99_ms", 1e9) <= goal}
        figures[name] = found
        print(name, found, flush=True)
    figures["200 people join, 32 at once"] = join_storm()
    print("join", figures["200 people join, 32 at once"], flush=True)
    figures["replay"] = replay(10_000 if seconds < 5 else 100_000)
    print("replay", figures["replay"], flush=True)
    figures["load_average"] = [round(x, 1) for x in os.getloadavg()]
    print("wrote", write_result("exercise_load", figures))


if __name__ == "__main__":
    main()
