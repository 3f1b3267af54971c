"""Clients that keep talking while their server is killed, as the protocol says.

Each has one websocket. What was not acknowledged is sent again, with the same id, as
soon as there is a server; the stream is resumed behind the last view that came.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

RETRY_SECONDS = 0.1
"""How soon a client that was cut off tries again."""


@dataclass
class Talker:
    """One seat: what it has sent, what was acknowledged, and what it was shown.

    `shown` are the texts that others said to it, `numbers` those of all its views;
    `back_at` is when the server last acknowledged something after a loss.
    """

    url: str
    role: str
    key: str
    to: str
    sent: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    is_cut: bool = False
    back_at: float = 0.0
    is_done: bool = False
    _waiting: dict[str, str] = field(default_factory=dict)

    async def live(self, per_second: float) -> None:
        """Talk until told to stop and all is acknowledged; come back after each cut."""
        while not (self.is_done and not self._waiting):
            try:
                after = self.numbers[-1] if self.numbers else 0
                async with connect(
                    f"ws{self.url[4:]}/api/stream?after={after}",
                    additional_headers={"authorization": f"Bearer {self.key}"},
                    compression=None,
                    proxy=None,
                    ping_interval=None,
                ) as socket:
                    for move in list(self._waiting.values()):
                        await socket.send(move)
                    await self._talk(socket, per_second)
            except (ConnectionClosed, InvalidHandshake, OSError):
                self.is_cut = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _talk(self, socket: ClientConnection, per_second: float) -> None:
        speaking = asyncio.create_task(self._speak(socket, per_second))
        try:
            while not (self.is_done and not self._waiting):
                # A stop is noticed though nobody says anything any more.
                try:
                    text = await asyncio.wait_for(socket.recv(), 0.2)
                except TimeoutError:
                    continue
                for line in str(text).split("\n"):
                    self._hear(json.loads(line))
        finally:
            speaking.cancel()

    async def _speak(self, socket: ClientConnection, per_second: float) -> None:
        while not self.is_done:
            text = secrets.token_hex(8)
            move = {"move": "speak", "id": text, "to": [self.to], "text": text}
            self._waiting[text] = json.dumps(move)
            self.sent.append(text)
            await socket.send(self._waiting[text])
            await asyncio.sleep(1 / per_second)

    def _hear(self, said: dict[str, object]) -> None:
        if "acknowledged" in said:
            name = str(said["acknowledged"])
            if self._waiting.pop(name, None) is not None:
                self.acknowledged.append(name)
            if self.is_cut:
                self.is_cut, self.back_at = False, time.perf_counter()
        elif "n" in said:
            self.numbers.append(int(str(said["n"])))
            if said["kind"] == "spoken" and said["by"] != self.role:
                self.shown.append(str(said["text"]))
