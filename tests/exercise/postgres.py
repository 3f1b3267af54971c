"""A PostgreSQL of the tests' own, from the binaries that the system has."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.exercise.hosts import free_port

SYSTEM = Path("/usr/lib/postgresql")


@dataclass
class Postgres:
    """A server on a port of the loopback, that can be stopped and started."""

    binaries: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """For a ledger."""
        return f"postgresql+psycopg://backchannel@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs; as its own user where the tests run as root."""
        command = [str(self.binaries / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder.parent
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder}"
        log = str(self.folder / "log")
        self.run(
            "pg_ctl", "-D", str(self.folder), "-w", "-o", options, "-l", log, "start"
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is what a crash does."""
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-m", mode, "stop")


def binaries() -> Path:
    """Folder of PostgreSQL's programs; skips where there is none."""
    found = sorted(SYSTEM.glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path))
    if not found:
        pytest.skip("PostgreSQL is not installed; on Debian: apt install postgresql")
    return found[-1].parent


@contextmanager
def postgres(path: Path) -> Iterator[Postgres]:
    """A fresh server, gone afterwards."""
    server = Postgres(binaries(), path / "postgres", free_port())
    server.folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(server.folder, "postgres")
        for parent in server.folder.parents:
            # pytest's own folders are closed to others.
            if parent.stat().st_uid == 0 and parent.is_relative_to("/tmp"):
                parent.chmod(parent.stat().st_mode | 0o055)
    server.run(
        *("initdb", "-D", str(server.folder), "-U", "backchannel"),
        *("-A", "trust", "-N", "-E", "UTF8", "--locale", "C"),
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()
