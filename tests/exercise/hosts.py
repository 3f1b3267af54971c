"""Servers for the tests: one in this process, and one that can be killed."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.applications import Starlette
from websockets.sync.client import ClientConnection, connect

from backchannel.crisis.model import Crisis
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.server.app import make_app
from backchannel.exercise.server.hall import Hall
from backchannel.exercise.server.keys import Purpose
from backchannel.exercise.server.run import Address, server_at
from backchannel.exercise.state import Settings
from tests.exercise.games import crisis


@dataclass
class Host:
    """A server in a thread of this process; `client` is nobody until it says who."""

    hall: Hall
    client: httpx.Client
    url: str
    crisis: Crisis
    app: Starlette

    def key(self, role: str, purpose: Purpose = "program") -> str:
        """A key for a seat of the game `one`."""
        return self.hall.new_key(purpose, "one", role)

    def headers(self, role: str) -> dict[str, str]:
        """What a program in this seat sends."""
        return {"authorization": f"Bearer {self.key(role)}"}

    def move(self, role: str, kind: str, **fields: object) -> httpx.Response:
        """A move over HTTP."""
        wanted = {"move": kind, "id": secrets.token_hex(8), **fields}
        return self.client.post("/api/moves", json=wanted, headers=self.headers(role))

    def socket(self, headers: dict[str, str], after: int = 0) -> ClientConnection:
        """A websocket with these headers."""
        address = f"ws{self.url.removeprefix('http')}/api/stream?after={after}"
        return connect(address, additional_headers=headers, proxy=None)


@contextmanager
def host(
    path: Path,
    name: str = "strait",
    settings: Settings | None = None,
    url: str = "",
) -> Iterator[Host]:
    """A server with one running game, `one`, on a ledger in a folder or at a URL."""
    hall = Hall(Ledger(url) if url else Ledger.in_file(path / "game.db"))
    hall.prepare("one", crisis(name), settings or Settings())
    app = make_app(hall, {"one": crisis(name)})
    address = Address(port=free_port())
    server = server_at(app, address)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        with httpx.Client(base_url=address.url, trust_env=False) as client:
            here = Host(hall, client, address.url, crisis(name), app)
            answer = here.move(FACILITATOR, "set_clock", is_running=True)
            assert answer.status_code == 200
            yield here
    finally:
        server.should_exit = True
        thread.join()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class Process:
    """`backchannel serve` as a process of its own."""

    url: str
    keys: dict[str, str]
    arguments: list[str]
    process: subprocess.Popen[str]

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def stop(self) -> int:
        """Ask it to end, as a service manager does; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        if self.process.stdout:
            self.process.stdout.close()
        return status

    def restart(self) -> None:
        """Start it again on the same ledger and port."""
        self.process, _ = _start(self.arguments, self.url)


def _start(
    arguments: list[str], url: str
) -> tuple[subprocess.Popen[str], dict[str, str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "backchannel", "serve", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    keys = {}
    assert process.stdout
    for line in process.stdout:
        if found := re.match(r"(\w+) +\S+/join/(\S+)", line.strip()):
            keys[found[1]] = found[2]
        if line.startswith("ready"):
            break
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            there = httpx.get(f"{url}/health", trust_env=False, verify=False)
            if there.status_code == 200:
                return process, keys
        except httpx.TransportError:
            time.sleep(0.02)
    raise TimeoutError("the server did not start within 20 s")


def serve(path: Path, name: str, *options: str) -> Process:
    """Start `backchannel serve` on a ledger in a folder and wait until it answers.

    `--ledger` among the options names another ledger, `--certificate` makes it TLS.
    """
    port = free_port()
    scheme = "https" if "--certificate" in options else "http"
    url = f"{scheme}://127.0.0.1:{port}"
    ledger = str(path / "game.db")
    arguments = [name, "--port", str(port), "--ledger", ledger, *options]
    process, keys = _start(arguments, url)
    return Process(url, keys, arguments, process)


def program_key(url: str, keys: dict[str, str], role: str) -> str:
    """Have the facilitator of a running server hand a seat to a program."""
    with httpx.Client(base_url=url, trust_env=False, verify=False) as browser:
        origin = {"origin": url}
        browser.post("/join", data={"key": keys[FACILITATOR]}, headers=origin)
        own = {**origin, "x-guard": browser.get("/api/me").json()["guard"]}
        start = {"move": "set_clock", "id": secrets.token_hex(8), "is_running": True}
        assert browser.post("/api/moves", json=start, headers=own).status_code == 200
        asked = {"role": role, "by": "program"}
        answer = browser.post("/api/keys", json=asked, headers=own)
        return str(answer.json()["key"])
