"""oTree under the same loads, from an environment of its own that has oTree 6.

A project of one page with oTree's chat is written into a folder and served as its
documentation says (`prodserver1of2`); everything goes over the loopback. oTree has no
private message to one seat of a room but by a room of two, so that is what the pairs
are. Nothing of oTree is imported here.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.load_server import cpu_of, free_port

REST_KEY = "for-a-benchmark"
START_SECONDS = 60.0
JOIN_AT_ONCE = 32
SETTINGS = """
SESSION_CONFIGS = [dict(name="talk", app_sequence=["talk"], num_demo_participants=2)]
SESSION_CONFIG_DEFAULTS = dict(real_world_currency_per_point=1, participation_fee=0)
PARTICIPANT_FIELDS, SESSION_FIELDS, ROOMS = [], [], []
LANGUAGE_CODE, REAL_WORLD_CURRENCY_CODE, USE_POINTS = "en", "USD", True
ADMIN_USERNAME, ADMIN_PASSWORD, SECRET_KEY = "admin", "benchmark", "benchmark"
INSTALLED_APPS = ["otree"]
"""
APP = """
from otree.api import *
class C(BaseConstants):
    NAME_IN_URL, PLAYERS_PER_GROUP, NUM_ROUNDS = "talk", {n_in_room}, 1
class Subsession(BaseSubsession): pass
class Group(BaseGroup): pass
class Player(BasePlayer): pass
class Talk(Page): pass
page_sequence = [Talk]
"""
PAGE = "{{ block title }}Talk{{ endblock }}{{ block content }}{{ chat }}{{ endblock }}"


@dataclass(frozen=True)
class Otree:
    """A running oTree server."""

    process: subprocess.Popen[bytes]
    url: str

    def cpu_seconds(self) -> float:
        """User and system time of the process so far, its timer process left out."""
        return cpu_of(self.process.pid)


@dataclass(frozen=True)
class Seat:
    """A participant who has the page open."""

    room: str
    path: str
    nickname: str


@contextmanager
def otree(folder: Path, binaries: Path, n_in_room: int, url: str) -> Iterator[Otree]:
    """Serve a fresh project.

    Parameters
    ----------
    folder : for the project
    binaries : the `bin` folder of an environment with oTree
    n_in_room : players of a group, who share a chat
    url : `postgres://...`, or empty for oTree's own SQLite file
    """
    for name in ("talk", "_static", "_templates"):
        (folder / name).mkdir()
    (folder / "settings.py").write_text(SETTINGS)
    (folder / "talk" / "__init__.py").write_text(APP.format(n_in_room=n_in_room))
    (folder / "talk" / "Talk.html").write_text(PAGE)
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PATH")}
    environment = {
        **kept,
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "OTREE_PRODUCTION": "1",
        "OTREE_AUTH_LEVEL": "STUDY",
        "OTREE_ADMIN_PASSWORD": "benchmark",
        "OTREE_REST_KEY": REST_KEY,
        **({"DATABASE_URL": url} if url else {}),
    }
    quiet: dict[str, Any] = {"cwd": folder, "env": environment}
    quiet |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    program = str(binaries / "otree")
    subprocess.run([program, "resetdb", "--noinput"], check=True, **quiet)
    port = free_port()
    process = subprocess.Popen(
        [program, "prodserver1of2", f"127.0.0.1:{port}"], **quiet
    )
    try:
        here = f"http://127.0.0.1:{port}"
        _until_up(process, here)
        yield Otree(process, here)
    finally:
        process.kill()
        process.wait()


def _until_up(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            httpx.get(f"{url}/api/otree_version", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("oTree did not start")


async def join(server: Otree, n_people: int) -> tuple[list[Seat], dict[str, Any]]:
    """Open a session and let everybody load the page, 32 at once; seats and figures."""
    keys = {"otree-rest-key": REST_KEY}
    asked = {"session_config_name": "talk", "num_participants": n_people}
    async with httpx.AsyncClient(trust_env=False, timeout=120) as client:
        made = await client.post(f"{server.url}/api/sessions", json=asked, headers=keys)
        address = made.json()["session_wide_url"]
    gate = asyncio.Semaphore(JOIN_AT_ONCE)

    async def one() -> Seat:
        async with (
            gate,
            httpx.AsyncClient(
                trust_env=False, timeout=120, verify=False, follow_redirects=True
            ) as client,
        ):
            page = html.unescape((await client.get(address)).text)
        found = re.search(r"varsFromDjango = (\{.*\});", page)
        assert found is not None, "the page has no chat"
        chat = json.loads(found[1])
        return Seat(chat["channel"], chat["socket_path"], chat["nickname_signed"])

    cpu, begin = server.cpu_seconds(), time.perf_counter()
    seats = await asyncio.gather(*(one() for _ in range(n_people)))
    wall, cpu = time.perf_counter() - begin, server.cpu_seconds() - cpu
    return list(seats), {
        "people": n_people,
        "all_joined_s": round(wall, 2),
        "server_cpu_ms_per_join": round(1000 * cpu / n_people, 2),
    }


async def talk(
    server: Otree, seats: list[Seat], per_second: float, seconds: float
) -> dict[str, Any]:
    """Let seats chat at a steady rate; how long until each of the others has it."""
    sent: dict[str, float] = {}
    delays: list[float] = []
    owners: dict[str, int] = {}

    async def listen(i: int, socket: ClientConnection) -> None:
        async for text in socket:
            now = time.perf_counter()
            bodies = [line["body"] for line in json.loads(text)]
            delays.extend(now - sent[body] for body in bodies if owners[body] != i)

    address = f"ws{server.url[4:]}"
    gate = asyncio.Semaphore(JOIN_AT_ONCE)

    async def open_one(seat: Seat) -> ClientConnection:
        async with gate:
            return await connect(
                address + seat.path, compression=None, proxy=None, ping_interval=None
            )

    sockets = await asyncio.gather(*(open_one(seat) for seat in seats))
    listeners = [asyncio.create_task(listen(i, s)) for i, s in enumerate(sockets)]
    n_in_room = sum(seat.room == seats[0].room for seat in seats)
    await asyncio.sleep(1.0)
    luck, n_messages = np.random.default_rng(1), int(per_second * seconds)
    cpu, begin = server.cpu_seconds(), time.perf_counter()
    for i in range(n_messages):
        wait = begin + i / per_second - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        k = int(luck.integers(len(seats)))
        body = f"{i}: we propose to pull back the batteries"
        owners[body], sent[body] = k, time.perf_counter()
        said = {"nickname_signed": seats[k].nickname, "body": body}
        await sockets[k].send(json.dumps(said))
    n_expected = n_messages * (n_in_room - 1)
    until = time.perf_counter() + 30
    while len(delays) < n_expected and time.perf_counter() < until:
        await asyncio.sleep(0.02)
    cpu = server.cpu_seconds() - cpu
    for task in listeners:
        task.cancel()
    p50, p99 = np.quantile(delays, [0.5, 0.99]) * 1000
    return {
        "people": len(seats),
        "messages": n_messages,
        "deliveries": len(delays),
        "not_delivered_in_30_s": n_expected - len(delays),
        "p50_ms": round(float(p50), 1),
        "p99_ms": round(float(p99), 1),
        "server_cpu_ms_per_message": round(1000 * cpu / n_messages, 2),
    }
