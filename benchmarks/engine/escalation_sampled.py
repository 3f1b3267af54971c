"""How fast paths are sampled, against other ways to sample the same model.

    python -m benchmarks.engine.escalation_sampled [--simpy PYTHON] [--warp PYTHON]
        [--tick PYTHON] [--gillespy2 PYTHON]

The reference workload (4,376 states, day and night): every tool must meet its exact
P(war) within five standard errors before its time is kept. The C++ rival is compiled
here with g++ -O3 -march=native. GillesPy2 has constant hazards only and is compared on
the workload without day, night and deadline. CPU seconds of one thread, best of
several, in turn.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from scipy.linalg import expm

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load
from backchannel.escalation._kernels.elementary import exponential_32
from backchannel.escalation._kernels.general_paths import (
    follow_histories,
    follow_history,
)
from backchannel.escalation._kernels.markov_paths import outcome, start_of
from backchannel.escalation._kernels.philox import key_of, philox
from backchannel.escalation._kernels.vector_elementary import exponentials
from backchannel.escalation._kernels.vector_memory import read, write
from backchannel.escalation._kernels.vectors import WIDTH
from backchannel.escalation.nominal import with_nominal
from backchannel.escalation.problem import Piece
from backchannel.escalation.sampling.general_run import count_histories
from backchannel.escalation.sampling.markov_run import (
    N_LANES,
    count_markov,
    guesses,
)
from backchannel.escalation.sampling.markov_tables import MarkovLayout, MarkovTables
from backchannel.escalation.sampling.path_tables import PathTables, path_tables
from backchannel.escalation.world import World
from benchmarks.measured_run import ROOT, write_result
from tests.escalation.sampled_crises import delayed_reply, self_exciting, six_types
from tests.systems.ref8 import parameters, ref8

WAR, WAR_CONSTANT = 0.150279829068057, 0.131935978966151
GRID = np.linspace(0.0, 96.0, 385)
KEY = key_of(7, "benchmark")
N_PATHS = 1_000_000
# The six incident types of the workload, which tick draws too (benchmarks/path_rival).
SIX: dict[str, Any] = {
    "mean": [0.03, 0.02, 0.01, 0.004, 0.015, 0.012],
    "heat": [
        [0.02, 0.006],
        [0.015, 0.006],
        [0.008, 0.002],
        [0.002, 0.001],
        [0.01, 0.02],
        [0.005, 0.015],
    ],
    "kinds": [0, 0, 0, 0, 1, 1],
    "cooling": [8.0, 16.0],
}
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


def least(work: Callable[[], Any], times: int = 400) -> float:
    """Least CPU seconds of many short calls."""
    return best(work, times)[0]


def met(war: int, n: int, who: str, exact: float = WAR) -> None:
    """Refuse a time whose answer is wrong."""
    error = np.sqrt(exact * (1 - exact) / n)
    if abs(war / n - exact) > 5 * error:
        raise RuntimeError(f"{who}: P(war) {war / n:.5f}, exact {exact:.5f}")


@njit(error_model="numpy")
def numbers_alone(n_sweeps: Any, path: Any, event: Any, key: Any, sums: Any) -> None:
    """Random numbers of many paths as `follow_lanes` makes them, and nothing else.

    Each block gives two waiting times and two words, which are added up so that no
    compiler leaves them out.
    """
    waits, words = read(sums, 0), read(event, 0)
    for _ in range(n_sweeps):
        for k in range(0, len(path), WIDTH):
            block = read(event, k)
            a, b, c, d = philox(read(path, k), block, block & np.uint64(0), key)
            waits = waits + (exponentials(a) + exponentials(c))
            words = words ^ (b ^ d)
            write(event, k, block + np.uint64(1))
    write(event, 0, words)
    write(sums, 0, waits)


def block_seconds() -> float:
    """Least CPU seconds of one block of random numbers and its two waiting times."""
    path, event = np.arange(N_LANES, dtype=np.uint64), np.zeros(N_LANES, np.uint64)
    sums, n_sweeps = np.zeros(WIDTH), 1_000
    seconds = least(lambda: numbers_alone(n_sweeps, path, event, KEY, sums))
    return seconds / (n_sweeps * N_LANES)


@njit(error_model="numpy")
def drawn(n: Any, key: Any, start: Any, n_states: Any, model: Any) -> Any:
    """Waiting times and blocks that `n` paths need: `follow_path`, counting."""
    ends, row, _, waits, ways, others = model
    width, n_times, n_blocks = np.uint64(len(ways) // len(waits)), 0, 0
    for path in range(n):
        state = start_of(np.uint64(path), key, start[0], start[1])
        hour, piece, event = 0.0, 0, np.uint64(0)
        while state < n_states and piece < len(ends):
            block = event >> np.uint64(1)
            a, b, c, d = philox(np.uint64(path), block, np.uint64(0), key)
            if event & np.uint64(1) == np.uint64(1):
                a, b = c, d
            event += np.uint64(1)
            place = row[piece] + state
            hour += exponential_32(a) * waits[place]
            if hour >= ends[piece]:
                hour = ends[piece]
                piece += 1
            else:
                state = outcome(place, b, width, ways, others)
        n_times += event
        n_blocks += (event + np.uint64(1)) >> np.uint64(1)
    return n_times / n, n_blocks / n


def ours(tables: MarkovTables) -> dict[str, Any]:
    """Paths in lanes, and the cost of their random numbers alone."""
    counts = count_markov(tables, KEY, 0, N_PATHS, GRID)
    met(int(counts[0].sum()), N_PATHS, "lanes")
    n_times, n_blocks = drawn(
        50_000, KEY, tables.start, np.uint64(tables.n_states), tables.model
    )
    n_paths = 20_000
    # Short runs, many and in turn: on a machine with other work some of them are alone.
    per_block = block_seconds()
    per_path = least(lambda: count_markov(tables, KEY, 0, n_paths, GRID)) / n_paths
    return {
        "paths_per_cpu_second": 1 / per_path,
        "waiting_times_per_path": n_times,
        "blocks_per_path": n_blocks,
        "random_numbers_alone_ns_per_block": 1e9 * per_block,
        "limit_paths_per_cpu_second": 1 / (per_block * n_blocks),
        "share_of_limit": per_block * n_blocks / per_path,
        "share_of_limit_at_a_block_a_waiting_time": per_block * n_times / per_path,
    }


def tables_time() -> dict[str, Any]:
    """New numbers to the first path."""
    problem, theta = ref8()
    layout = MarkovLayout(problem)
    seconds, tables = best(lambda: layout.tables(theta), 100)
    return {"cpu_ms": 1e3 * seconds, "n_cells": len(tables.ways)}


def cpp(folder: Path) -> dict[str, Any]:
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
        np.array([problem.start.dst[0], n], np.int64),
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
    n, ways = tables.n_states, tables.ways.astype(np.int64)
    wait = tables.waits.reshape(-1, n)
    width = len(ways) // tables.waits.size
    np.savez(
        folder / "tables.npz",
        ends=tables.ends,
        regime=tables.row.astype(np.int64) // n,
        wait=wait,
        first=np.arange(wait.size).reshape(wait.shape) * width,
        count=np.full(wait.shape, width),
        share=(ways & 0xFFFFFFFF) / (2.0**32 - 1),
        own=(ways >> 32) & 0xFFFF,
        other=(ways >> 48) & 0xFFFF,
        start=(int(tables.start_ways[0]) >> 32) & 0xFFFF,
        n_states=n,
    )
    answer = asked([python, str(_RIVAL), tool, str(folder / "tables.npz"), str(n)])
    met(answer["war"], n, tool)
    seconds, version = answer["cpu_seconds"], answer["version"]
    return {"paths_per_cpu_second": n / seconds, "version": version}


def constant_hazards() -> dict[str, Any]:
    """Parameters of the workload without day, night and deadline."""
    p = parameters()
    return p | {"day": [1.0] * 6, "night": [1.0] * 6, "kappa": 0.0}


def ours_constant() -> dict[str, Any]:
    """Lanes on constant hazards, in one piece."""
    problem, theta = ref8(constant_hazards())
    one = replace(problem, pieces=(Piece(problem.hours, 0),))
    tables = MarkovLayout(one).tables(theta)
    counts = count_markov(tables, KEY, 0, N_PATHS, GRID)
    met(int(counts[0].sum()), N_PATHS, "lanes", WAR_CONSTANT)
    seconds = least(lambda: count_markov(tables, KEY, 0, 20_000, GRID))
    return {"paths_per_cpu_second": 20_000 / seconds}


def gillespy2(python: str, folder: Path, n: int) -> dict[str, Any]:
    """GillesPy2's C++ solver on constant hazards."""
    path = folder / "parameters.json"
    path.write_text(json.dumps(constant_hazards()))
    answer = asked([python, str(_RIVAL), "gillespy2", str(path), str(n)])
    met(answer["war"], n, "GillesPy2", WAR_CONSTANT)
    seconds, version = answer["cpu_seconds"], answer["version"]
    return {"paths_per_cpu_second": n / seconds, "version": version}


def general(tick: str | None) -> dict[str, dict[str, Any]]:
    """General paths of 96 hours, and tick on the six types that it can draw too."""
    lognormal = {"lognormal": {"median": "3 h", "p90": "9 h"}}
    six = six_types(SIX["mean"], SIX["heat"], SIX["kinds"], SIX["cooling"], 96.0)
    asked_of = {
        "Hawkes, six types, 96 h": (six, True),
        "Hawkes, one type, 96 h": (self_exciting(0.1, 0.075, 8.0), True),
        "lognormal delay": (delayed_reply(lognormal), False),
        "cuba-1962 as declared": (load("cuba-1962"), False),
        "cuba-1962 as declared, heat as a kernel": (load("cuba-1962"), True),
    }
    found: dict[str, dict[str, Any]] = {}
    for name, (crisis, is_kernel) in asked_of.items():
        world = World(crisis, with_nominal(draw_numbers(crisis, 1, 1)))
        found[name] = general_speed(path_tables(world, is_kernel=is_kernel))
    per_window = found["Hawkes, six types, 96 h"]["events_per_path"]
    met_mean(per_window, found["Hawkes, six types, 96 h"]["events_error"], "ours")
    if tick is not None:
        answer = asked([tick, str(_RIVAL), "tick", "-", "4000"])
        error = answer["events_deviation"] / np.sqrt(4000)
        met_mean(answer["n_events"] / 4000, error, "tick")
        speed = 4000 / answer["cpu_seconds"]
        found["tick, six types, 96 h"] = {
            "paths_per_cpu_second": speed,
            "events_per_path": answer["n_events"] / 4000,
            "ours_is_faster_by": found["Hawkes, six types, 96 h"][
                "paths_per_cpu_second"
            ]
            / speed,
            "version": answer["version"],
        }
    return found


def general_speed(tables: PathTables) -> dict[str, Any]:
    """Paths of one draw by CPU second, and what the least of the work would allow.

    A path takes a block of random numbers for the first point of each source, and one
    for the next point of each source that occurs.
    """
    grid, n_paths = np.linspace(0.0, tables.horizon, 97), 50_000
    model, guess, scratch = tables.of_draw(1), guesses(grid), tables.scratch()
    nothing = np.zeros((0, len(tables.rungs)), np.int16)
    counts = np.zeros((2, len(grid)), np.int64)
    follow_histories(0, n_paths, KEY, model, scratch, grid, guess, counts, nothing)
    in_lanes, _ = count_histories(tables, 1, KEY, 0, n_paths, grid)
    if (in_lanes != counts).any():
        raise RuntimeError("lanes: other ends than one path at a time")

    def alone() -> None:
        follow_histories(0, 5_000, KEY, model, scratch, grid, guess, counts, nothing)

    per_path = least(lambda: count_histories(tables, 1, KEY, 0, n_paths, grid), 10)
    one_by_one, per_block = least(alone, 10), block_seconds()
    events, error = occurrences(tables)
    per_path /= n_paths
    limit = per_block * (len(tables.sources.stream) + events)
    return {
        "paths_per_cpu_second": 1 / per_path,
        "one_at_a_time_paths_per_cpu_second": 5_000 / one_by_one,
        "events_per_path": events,
        "events_error": error,
        "n_sources": len(tables.sources.stream),
        "random_numbers_alone_ns_per_block": 1e9 * per_block,
        "limit_paths_per_cpu_second": 1 / limit,
        "share_of_limit": limit / per_path,
    }


def occurrences(tables: PathTables) -> tuple[float, float]:
    """Mean number of times that some source occurs on a path, and its error."""
    model, scratch = tables.of_draw(1), tables.scratch()
    log = np.empty(10_000), *np.empty((2, 10_000), np.int64)
    counts = []
    for path in range(10_000):
        _, _, n = follow_history(np.uint64(path), KEY, model, scratch, *log)
        counts.append(int((log[1][:n] >= 0).sum()))
    return float(np.mean(counts)), float(np.std(counts) / np.sqrt(len(counts)))


def met_mean(found: float, error: float, who: str) -> None:
    """Refuse a time where the mean number of incidents is not that of closed form.

    d(heat, counts) / dt = M (heat, counts, 1) is linear, so the mean is an exponential.
    """
    kinds, heat, mean = SIX["kinds"], np.array(SIX["heat"]), np.array(SIX["mean"])
    leaves = np.zeros((2, 6))
    leaves[kinds, range(6)] = 1.0
    m = np.zeros((9, 9))
    m[:2, :2] = leaves @ heat - np.diag(1.0 / np.array(SIX["cooling"]))
    m[:2, 8], m[2:8, :2], m[2:8, 8] = leaves @ mean, heat, mean
    exact = float((expm(96.0 * m) @ np.eye(9)[8])[2:8].sum())
    if abs(found - exact) > 5 * error:
        raise RuntimeError(f"{who}: {found:.3f} incidents a window, exact {exact:.3f}")


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    for tool in ("simpy", "warp", "tick", "gillespy2"):
        parser.add_argument(f"--{tool}", help=f"a Python that has {tool}")
    options = parser.parse_args()
    problem, theta = ref8()
    tables = MarkovLayout(problem).tables(theta)
    found = {"lanes": ours(tables), "tables of new numbers": tables_time()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found["C++ -O3 direct method"] = cpp(folder)
        if options.warp:
            found["Warp"] = rival("warp", options.warp, tables, folder, 300_000)
        if options.simpy:
            found["SimPy"] = rival("simpy", options.simpy, tables, folder, 4_000)
        found["lanes, constant hazards"] = ours_constant()
        if options.gillespy2:
            row = gillespy2(options.gillespy2, folder, 20_000)
            found["GillesPy2 C++ solver, constant hazards"] = row
    found |= general(options.tick)
    for name, row in found.items():
        if "version" in row and "events_per_path" not in row:
            with_what = "lanes, constant hazards" if "constant" in name else "lanes"
            speed = found[with_what]["paths_per_cpu_second"]
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
