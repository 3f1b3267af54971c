"""How fast paths are sampled, against other ways to sample the same model.

    python -m benchmarks.engine.escalation_sampled [--simpy PYTHON] [--warp PYTHON]
        [--tick PYTHON]

The reference workload (4,376 states, day and night): every tool must meet its exact
P(war) within five standard errors before its time is kept. The C++ rival is compiled
here with g++ -O3 -march=native. CPU seconds of one thread, best of several, in turn.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from backchannel.crisis.draws import draw_numbers
from backchannel.escalation._kernels.general_paths import follow_histories
from backchannel.escalation._kernels.markov_paths import _draw_blocks
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.sampling.markov_run import (
    N_LANES,
    count_markov,
    guesses,
)
from backchannel.escalation.sampling.markov_tables import MarkovLayout, MarkovTables
from backchannel.escalation.sampling.path_tables import path_tables
from backchannel.escalation.world import World
from benchmarks.measured_run import ROOT, write_result
from tests.escalation.sampled_crises import delayed_reply, self_exciting
from tests.systems.ref8 import ref8

WAR = 0.150279829068057
GRID = np.linspace(0.0, 96.0, 385)
KEY = key_of(7, "benchmark")
N_PATHS = 1_000_000
_RIVAL = ROOT / "benchmarks" / "path_rival.py"
_CPP = ROOT / "benchmarks" / "direct_method.cpp"


def best(work: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """Least CPU seconds of some calls, and the last answer."""
    work()
    seconds, answer = np.inf, None
    for _ in range(times):
        begin = time.process_time()
        answer = work()
        seconds = min(seconds, time.process_time() - begin)
    return float(seconds), answer


def met(war: int, n: int, who: str) -> None:
    """Refuse a time whose answer is wrong."""
    error = np.sqrt(WAR * (1 - WAR) / n)
    if abs(war / n - WAR) > 5 * error:
        raise RuntimeError(f"{who}: P(war) {war / n:.5f}, exact {WAR:.5f}")


def ours(tables: MarkovTables) -> dict[str, Any]:
    """Paths in lanes, and the cost of their random numbers alone."""
    seconds, counts = best(lambda: count_markov(tables, KEY, 0, N_PATHS, GRID))
    met(int(counts[0].sum()), N_PATHS, "lanes")
    path, event = np.arange(N_LANES, dtype=np.uint64), np.zeros(N_LANES, np.uint64)
    word, wait = np.zeros((4, N_LANES), np.uint64), np.zeros((2, N_LANES))

    def blocks() -> None:
        for _ in range(20_000):
            _draw_blocks(path, event, KEY, word, wait)

    limit, _ = best(blocks)
    # 27.6 events and 2.9 ends of pieces a path (counted once), two to a block.
    per_path = limit / (20_000 * N_LANES) * (27.6 + 2.9) / 2
    return {
        "paths_per_cpu_second": N_PATHS / seconds,
        "random_numbers_alone_ns_per_event": 1e9 * limit / (40_000 * N_LANES),
        "limit_paths_per_cpu_second": 1 / per_path,
        "share_of_limit": per_path * N_PATHS / seconds,
    }


def tables_time() -> dict[str, Any]:
    """New numbers to the first path."""
    problem, theta = ref8()
    layout = MarkovLayout(problem)
    seconds, tables = best(lambda: layout.tables(theta), 9)
    return {"cpu_ms": 1e3 * seconds, "n_cells": len(tables.ways)}


def cpp(tables: MarkovTables, folder: Path) -> dict[str, Any]:
    """The direct method in C++ on the rates themselves."""
    problem, theta = ref8()
    n, regimes = problem.n_states, sorted({p.regime for p in problem.pieces})
    entries = problem.entries
    order = np.argsort(entries.src, kind="stable")
    target = entries.dst[order]
    target = np.where(target == problem.war, n, target)
    target = np.where(target == problem.settled, n + 1, target)
    rates = [entries.values(theta.regime(r, 0))[order] for r in regimes]
    first = np.searchsorted(entries.src[order], np.arange(n))
    firsts = [first + k * len(order) for k in range(len(regimes))]
    parts = [
        problem.breaks[1:],
        np.array([p.regime for p in problem.pieces], np.int64),
        np.concatenate([*firsts, [len(order) * len(regimes)]]).astype(np.int64),
        np.concatenate(rates),
        np.concatenate([np.bincount(entries.src[order], r, n) for r in rates]),
        np.tile(target, len(regimes)).astype(np.int64),
        np.array([tables.start, n], np.int64),
    ]
    with (folder / "rates").open("wb") as file:
        for part in parts:
            file.write(np.int64(len(part)).tobytes() + part.tobytes())
    program = str(folder / "direct")
    subprocess.run(["g++", "-O3", "-march=native", "-o", program, _CPP], check=True)
    runs = [
        asked([program, str(folder / "rates"), str(N_PATHS // 2), str(seed)])
        for seed in (7, 8, 9)
    ]
    for run in runs:
        met(run["war"], N_PATHS // 2, "C++")
    seconds = min(run["cpu_seconds"] for run in runs)
    return {
        "paths_per_cpu_second": N_PATHS / 2 / seconds,
        "version": f"g++ {runs[0]['version']}",
    }


def asked(command: list[str]) -> dict[str, Any]:
    """What a rival prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def rival(
    tool: str, python: str, tables: MarkovTables, folder: Path, n: int
) -> dict[str, Any]:
    """SimPy or Warp on the same tables."""
    n_regimes = int(tables.regime.max()) + 1
    here = tables.here[:n_regimes]
    np.savez(
        folder / "tables.npz",
        ends=tables.ends,
        regime=tables.regime.astype(np.int64),
        wait=here["wait"],
        first=here["first"].astype(np.int64),
        count=here["n"].astype(np.int64),
        share=tables.ways["threshold"] / (2.0**32 - 1),
        own=tables.ways["own"].astype(np.int64),
        other=tables.ways["other"].astype(np.int64),
        start=tables.start,
        n_states=tables.n_states,
    )
    answer = asked([python, str(_RIVAL), tool, str(folder / "tables.npz"), str(n)])
    met(answer["war"], n, tool)
    seconds, version = answer["cpu_seconds"], answer["version"]
    return {"paths_per_cpu_second": n / seconds, "version": version}


def general(tick: str | None) -> dict[str, dict[str, Any]]:
    """General paths of 96 hours: a Hawkes process, and a lognormal delay."""
    asked_of = {
        "Hawkes, 96 h": (self_exciting(0.1, 0.075, 8.0), True),
        "lognormal delay": (
            delayed_reply({"lognormal": {"median": "3 h", "p90": "9 h"}}),
            False,
        ),
    }
    found: dict[str, dict[str, Any]] = {}
    for name, (crisis, is_kernel) in asked_of.items():
        world = World(crisis, draw_numbers(crisis, 1, 1))
        tables = path_tables(world, is_kernel=is_kernel)
        grid = np.linspace(0.0, tables.horizon, 97)
        model, guess = tables.of_draw(0), guesses(grid)
        nothing = np.zeros((0, len(tables.rungs)), np.int16)

        def work(model=model, tables=tables, grid=grid, guess=guess, nothing=nothing):
            counts = np.zeros((2, len(grid)), np.int64)
            scratch = tables.scratch()
            follow_histories(
                0, 100_000, KEY, model, scratch, grid, guess, counts, nothing
            )

        seconds, _ = best(work)
        found[name] = {"paths_per_cpu_second": 100_000 / seconds}
    if tick is not None:
        answer = asked([tick, str(_RIVAL), "tick", "-", "2000"])
        found["tick, six types, 96 h"] = {
            "paths_per_cpu_second": 2000 / answer["cpu_seconds"],
            "events_per_path": answer["n_events"] / 2000,
            "version": answer["version"],
        }
    return found


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    for tool in ("simpy", "warp", "tick"):
        parser.add_argument(f"--{tool}", help=f"a Python that has {tool}")
    options = parser.parse_args()
    problem, theta = ref8()
    tables = MarkovLayout(problem).tables(theta)
    found = {"lanes": ours(tables), "tables of new numbers": tables_time()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found["C++ -O3 direct method"] = cpp(tables, folder)
        if options.warp:
            found["Warp"] = rival("warp", options.warp, tables, folder, 300_000)
        if options.simpy:
            found["SimPy"] = rival("simpy", options.simpy, tables, folder, 4_000)
    found |= general(options.tick)
    speed = found["lanes"]["paths_per_cpu_second"]
    for row in found.values():
        if "version" in row and "events_per_path" not in row:
            row["times_slower_than_lanes"] = speed / row["paths_per_cpu_second"]
    for title, row in found.items():
        print(title)
        for key, value in row.items():
            print(
                f"    {key:36s} {value if isinstance(value, str) else f'{value:.4g}'}"
            )
    print(write_result("escalation_sampled", found))


if __name__ == "__main__":
    main()
