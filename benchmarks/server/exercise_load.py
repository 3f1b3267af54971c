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
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from backchannel.crisis.event_record import verify_chain
from backchannel.exercise.book import Book
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.playback import play_back
from backchannel.exercise.projection import views_of
from backchannel.exercise.screen import Screen, as_record, screen_of
from backchannel.exercise.state import Settings
from benchmarks.measured_run import write_result
from benchmarks.server.hall_for_load import room

GOALS_MS = {
    "40 in one room, 5/s": 25.0,
    "50 rooms of 40, 5/s each": 150.0,
    "500 people, one message each 5 s": 25.0,
    "2,000 people, one message each 5 s": 100.0,
    "1,000 private messages/s": 250.0,
}


@dataclass
class Server:
    """A server process and the keys to its seats."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path
    keys: dict[str, dict[str, list[str]]]

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1]
        ticks = stat.split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def start(folder: Path, n_games: int, n_roles: int) -> Server:
    """Start a server with rooms and wait until it answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    words = [str(folder), str(port), str(n_games), str(n_roles)]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server.hall_for_load", *words]
    )
    url = f"http://127.0.0.1:{port}"
    while process.poll() is None:
        try:
            httpx.get(f"{url}/health", trust_env=False)
            break
        except httpx.TransportError:
            time.sleep(0.05)
    keys = json.loads((folder / "keys.json").read_text())
    server = Server(process, url, folder, keys)
    for roles in keys.values():
        move = {"move": "set_clock", "id": secrets.token_hex(8), "is_running": True}
        bearer = {"authorization": f"Bearer {roles['facilitator'][0]}"}
        answer = httpx.post(
            f"{url}/api/moves", json=move, headers=bearer, trust_env=False
        )
        assert answer.status_code == 200
    return server


class Load:
    """Everybody's websocket, what was sent when, and what arrived after how long."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.sent: dict[str, float] = {}
        self.delays: list[float] = []
        self.n_expected = 0
        self.sockets: dict[tuple[str, str], ClientConnection] = {}

    async def open(self) -> None:
        """Connect every seat."""
        gate = asyncio.Semaphore(32)

        async def one(game: str, role: str, key: str) -> None:
            async with gate:
                address = f"ws{self.server.url[4:]}/api/stream?after=3"
                self.sockets[game, role] = await connect(
                    address,
                    additional_headers={"authorization": f"Bearer {key}"},
                    compression=None,
                    proxy=None,
                    ping_interval=None,
                )

        seats = [
            one(game, role, keys[0])
            for game, roles in self.server.keys.items()
            for role, keys in roles.items()
            if role != "facilitator"
        ]
        await asyncio.gather(*seats)

    async def listen(self, role: str, connection: ClientConnection) -> None:
        """Note when each message of others arrives."""
        async for text in connection:
            now = time.perf_counter()
            for line in str(text).split("\n"):
                view = json.loads(line)
                if view.get("kind") == "spoken" and view["by"] != role:
                    self.delays.append(now - self.sent[view["text"]])

    async def say(self, game: str, role: str, to: list[str]) -> None:
        """Send one message."""
        text = secrets.token_hex(8)
        move = {"move": "speak", "id": text, "to": to, "text": text}
        self.n_expected += len(to)
        self.sent[text] = time.perf_counter()
        await self.sockets[game, role].send(json.dumps(move))

    async def run(self, per_second: float, seconds: float, n_to: int) -> dict[str, Any]:
        """Put a steady load on the server and wait until all has arrived."""
        await self.open()
        listeners = [
            asyncio.create_task(self.listen(role, connection))
            for (_, role), connection in self.sockets.items()
        ]
        await asyncio.sleep(1.0)
        cpu, begin = self.server.cpu_seconds(), time.perf_counter()
        luck = np.random.default_rng(1)
        seats = list(self.sockets)
        rooms: dict[str, list[str]] = {}
        for game, role in seats:
            rooms.setdefault(game, []).append(role)
        n_messages = int(per_second * seconds)
        for i in range(n_messages):
            wait = begin + i / per_second - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            game, role = seats[int(luck.integers(len(seats)))]
            others = [other for other in rooms[game] if other != role]
            to = others if n_to == 0 else [others[int(luck.integers(len(others)))]]
            await self.say(game, role, to)
        until = time.perf_counter() + 30
        while len(self.delays) < self.n_expected and time.perf_counter() < until:
            await asyncio.sleep(0.02)
        cpu = self.server.cpu_seconds() - cpu
        for task in listeners:
            task.cancel()
        assert len(self.delays) == self.n_expected, "lost or doubled"
        p50, p99 = np.quantile(self.delays, [0.5, 0.99]) * 1000
        return {
            "people": len(seats),
            "messages": n_messages,
            "deliveries": len(self.delays),
            "p50_ms": round(float(p50), 1),
            "p99_ms": round(float(p99), 1),
            "server_cpu_ms_per_message": round(1000 * cpu / n_messages, 2),
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


def join_storm(n_people: int = 200, at_once: int = 32) -> dict[str, Any]:
    """Let people join by their links at once, and read their pages."""
    with tempfile.TemporaryDirectory() as folder:
        server = start(Path(folder), 5, n_people // 5)

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
