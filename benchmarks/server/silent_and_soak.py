"""Programs that fall silent, and an evening in some minutes: whether anybody notices.

    python -m benchmarks.server.silent_and_soak [--minutes 5]

Silent: people in a room of 40 write to each other while eight seats are played by
language models whose endpoint does not answer for 30 s; then the same without the
eight, in turn, three times. Soak: 100 people in five rooms send 20 messages a second
for some minutes; memory and delays are read every 30 s. Every game is kept in memory,
so memory grows with what was said: the growth for 1,000 messages is the figure.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.load_clients import Load
from benchmarks.load_server import Server, start
from benchmarks.measured_run import write_result

N_SILENT, SILENT_LOAD_S, PER_SECOND = 8, 35.0, 20.0
GOAL_CHANGE_MS = 10.0
WINDOW_S = 30.0


def people_beside(n_silent: int, seconds: float) -> dict[str, Any]:
    """Delays of people in a room in which some seats are programs that say nothing."""
    with tempfile.TemporaryDirectory() as folder:
        server = start(Path(folder), 1, 40)
        roles = server.keys["room0"]
        programs = [f"seat_{i}" for i in range(N_SILENT)]
        keys = [roles[name][0] for name in programs[:n_silent]]
        words = [sys.executable, "-m", "benchmarks.silent_players", server.url, *keys]
        players = subprocess.Popen(words, stdout=subprocess.PIPE) if keys else None
        try:
            if players is not None and players.stdout is not None:
                players.stdout.readline()
            load = Load(server, without=programs)
            return asyncio.run(load.run(PER_SECOND, seconds, 1))
        finally:
            if players is not None:
                assert players.poll() is None, "the programs have ended"
                players.kill()
                players.communicate()
            server.kill()


def silent(seconds: float) -> dict[str, Any]:
    """With and without the silent eight in turn; the medians of three p99 each."""
    runs: dict[str, list[float]] = {"without": [], "with": []}
    for _ in range(3):
        for name, n_silent in (("without", 0), ("with", N_SILENT)):
            runs[name].append(people_beside(n_silent, seconds)["p99_ms"])
    before, beside = (float(np.median(runs[name])) for name in ("without", "with"))
    return {
        "p99_ms_without": runs["without"],
        "p99_ms_with_8_silent": runs["with"],
        "change_ms": round(beside - before, 1),
        "goal_change_ms": GOAL_CHANGE_MS,
    }


async def _soak(server: Server, n_windows: int) -> list[dict[str, Any]]:
    load = Load(server)
    await load.open()
    windows = []
    for i in range(n_windows):
        figures = await load.talk(PER_SECOND, WINDOW_S, 1)
        windows.append(figures | {"resident_mib": round(server.resident_mib(), 1)})
        print("soak", i + 1, windows[-1], flush=True)
    await load.close()
    return windows


def soak(minutes: float) -> dict[str, Any]:
    """Some minutes of talk: memory and delay at the begin and at the end."""
    n_windows = max(3, round(minutes * 60 / WINDOW_S))
    with tempfile.TemporaryDirectory() as folder:
        server = start(Path(folder), 5, 20)
        try:
            windows = asyncio.run(_soak(server, n_windows))
        finally:
            server.kill()
    n_messages = sum(w["messages"] for w in windows[1:])
    grown = windows[-1]["resident_mib"] - windows[0]["resident_mib"]
    third = max(1, n_windows // 3)
    return {
        "minutes": n_windows * WINDOW_S / 60,
        "people": windows[0]["people"],
        "messages": n_messages + windows[0]["messages"],
        "resident_mib": [w["resident_mib"] for w in windows],
        "mib_per_1000_messages": round(1000 * grown / n_messages, 2),
        "p99_ms_first_third": round(float(np.mean(_p99(windows[:third]))), 1),
        "p99_ms_last_third": round(float(np.mean(_p99(windows[-third:]))), 1),
    }


def _p99(windows: list[dict[str, Any]]) -> list[float]:
    return [window["p99_ms"] for window in windows]


def main() -> None:
    """Run both, print and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--quick", action="store_true", help="8 s of silence")
    asked = parser.parse_args()
    figures: dict[str, Any] = {
        "8 program roles silent": silent(8.0 if asked.quick else SILENT_LOAD_S)
    }
    print("silent", figures["8 program roles silent"], flush=True)
    figures["soak"] = soak(asked.minutes)
    print("soak", figures["soak"], flush=True)
    print("wrote", write_result("silent_and_soak", figures))


if __name__ == "__main__":
    main()
