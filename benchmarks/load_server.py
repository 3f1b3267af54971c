"""A server under load as a process of its own: started, measured, killed, restarted."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

START_SECONDS = 60.0
"""Longest wait for the first answer of a server."""


@dataclass
class Server:
    """A server process and the keys to its seats."""

    process: subprocess.Popen[bytes]
    arguments: list[str]
    url: str
    folder: Path
    keys: dict[str, dict[str, list[str]]]

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        return cpu_of(self.process.pid)

    def resident_mib(self) -> float:
        """Memory that the process holds now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        """Start it again on the same ledger and port."""
        self.process = _run(self.arguments, self.url)


def cpu_of(pid: int) -> float:
    """User and system time of a process so far, in seconds."""
    stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1]
    ticks = stat.split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def start(folder: Path, n_games: int, n_roles: int, ledger: str = "") -> Server:
    """Start a server with rooms whose clocks run.

    Parameters
    ----------
    folder : for its keys, and its ledger where no URL of another is given
    n_games, n_roles : rooms, and seats in each
    ledger : URL of a database; empty for SQLite in the folder
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    where = ledger or f"sqlite:///{folder / 'load.db'}"
    arguments = [str(folder), where, str(port), str(n_games), str(n_roles)]
    process = _run(arguments, url)
    keys = json.loads((folder / "keys.json").read_text())
    for roles in keys.values():
        move = {"move": "set_clock", "id": secrets.token_hex(8), "is_running": True}
        bearer = {"authorization": f"Bearer {roles['facilitator'][0]}"}
        answer = httpx.post(
            f"{url}/api/moves", json=move, headers=bearer, trust_env=False
        )
        assert answer.status_code == 200
    return Server(process, arguments, url, folder, keys)


def _run(arguments: list[str], url: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.hall_for_load", *arguments]
    )
    until = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False) as client:
        while process.poll() is None and time.monotonic() < until:
            try:
                client.get(f"{url}/health")
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return process
    process.kill()
    raise RuntimeError("the server did not start")
