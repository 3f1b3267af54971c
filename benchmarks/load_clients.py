"""Everybody in the rooms of a server under load: who speaks when, and who hears it."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Collection
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.load_server import Server


class Load:
    """Everybody's websocket, what was sent when, and what arrived after how long.

    Roles named in `without` are left to others.
    """

    def __init__(self, server: Server, without: Collection[str] = ()) -> None:
        self.server, self.without = server, {"facilitator", *without}
        self.sent: dict[str, float] = {}
        self.delays: list[float] = []
        self.n_expected = 0
        self.sockets: dict[tuple[str, str], ClientConnection] = {}
        self.listeners: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Connect every seat and listen."""
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
            if role not in self.without
        ]
        await asyncio.gather(*seats)
        self.listeners = [
            asyncio.create_task(self.listen(role, connection))
            for (_, role), connection in self.sockets.items()
        ]
        await asyncio.sleep(1.0)

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
        """Connect everybody, put a steady load on the server, and hang up."""
        await self.open()
        figures = await self.talk(per_second, seconds, n_to)
        await self.close()
        return figures

    async def close(self) -> None:
        """Hang up."""
        for task in self.listeners:
            task.cancel()
        await asyncio.gather(*(each.close() for each in self.sockets.values()))

    async def talk(
        self, per_second: float, seconds: float, n_to: int
    ) -> dict[str, Any]:
        """Send at a steady rate and wait until all has arrived.

        `n_to` is 1 for one other of the room, 0 for all others.
        """
        self.delays.clear()
        self.n_expected = 0
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
