"""Paths by another tool, in an environment of its own that has it.

    python path_rival.py simpy|warp TABLES.npz N
    python path_rival.py tick - N

SimPy and Warp read alias tables of the reference workload; tick draws windows of 96
hours of its six self-exciting incident types. Prints JSON: counts, seconds, version.
Nothing of backchannel is imported here, and backchannel never imports this.
"""

from __future__ import annotations

import importlib
import json
import math
import random
import sys
import time
from importlib.metadata import version

import numpy as np


def simpy_paths(tables: dict, n: int) -> dict:
    """One process a path, one timeout an event."""
    simpy = importlib.import_module("simpy")
    draw = random.Random(7)
    ends, regime = tables["ends"].tolist(), tables["regime"].tolist()
    wait, first, count = (tables[k].tolist() for k in ("wait", "first", "count"))
    share, own, other = (tables[k].tolist() for k in ("share", "own", "other"))
    n_states, found = int(tables["n_states"]), []

    def crisis(env):
        state, piece = int(tables["start"]), 0
        while state < n_states and piece < len(ends):
            mean = wait[regime[piece]][state]
            left = ends[piece] - env.now
            gone = draw.expovariate(1.0) * mean
            if gone >= left:
                yield env.timeout(left)
                piece += 1
                continue
            yield env.timeout(gone)
            u = draw.random() * count[regime[piece]][state]
            k = first[regime[piece]][state] + int(u)
            state = own[k] if u - int(u) < share[k] else other[k]
        found.append(state)

    begin = time.process_time()
    for _ in range(n):
        env = simpy.Environment()
        env.process(crisis(env))
        env.run()
    return _counted(np.array(found), n_states, time.process_time() - begin, "simpy")


def warp_paths(tables: dict, n: int) -> dict:
    """One thread a path, on the processor."""
    wp = importlib.import_module("warp")
    wp.config.quiet = True
    wp.init()

    @wp.kernel
    def follow(
        seed: int,
        start: int,
        width: int,
        n_pieces: int,
        ends: wp.array(dtype=wp.float64),
        regime: wp.array(dtype=int),
        wait: wp.array(dtype=wp.float64),
        count: wp.array(dtype=float),
        first: wp.array(dtype=int),
        share: wp.array(dtype=float),
        own: wp.array(dtype=int),
        other: wp.array(dtype=int),
        end_state: wp.array(dtype=int),
    ):
        i = wp.tid()
        luck = wp.rand_init(seed, i)
        # Warp reads a variable that a loop changes by its first assignment.
        state = int(start)
        piece = int(0)  # noqa: UP018, RUF046
        hour = wp.float64(0.0)
        while piece < n_pieces and state < width:
            row = regime[piece] * width + state
            u = wp.float64(wp.randu(luck)) + wp.float64(0.5)
            hour -= wp.log(u * wp.float64(2.3283064365386963e-10)) * wait[row]
            if hour >= ends[piece]:
                hour = ends[piece]
                piece += 1
            else:
                k = first[row] + int(wp.randf(luck) * count[row])
                if wp.randf(luck) < share[k]:
                    state = own[k]
                else:
                    state = other[k]
        end_state[i] = state

    def array(name, kind, dtype):
        values = np.ascontiguousarray(tables[name].ravel().astype(dtype))
        return wp.array(values, dtype=kind, device="cpu")

    n_states = int(tables["n_states"])
    arrays = [
        array("ends", wp.float64, np.float64),
        array("regime", int, np.int32),
        array("wait", wp.float64, np.float64),
        array("count", float, np.float32),
        array("first", int, np.int32),
        array("share", float, np.float32),
        array("own", int, np.int32),
        array("other", int, np.int32),
    ]
    ends = wp.zeros(n, dtype=int, device="cpu")
    fixed = [int(tables["start"]), n_states, len(tables["ends"])]
    wp.launch(follow, dim=10, inputs=[1, *fixed, *arrays, ends], device="cpu")
    seconds = math.inf
    for seed in (7, 8, 9):
        begin = time.process_time()
        wp.launch(follow, dim=n, inputs=[seed, *fixed, *arrays, ends], device="cpu")
        seconds = min(seconds, time.process_time() - begin)
    return _counted(ends.numpy(), n_states, seconds, "warp-lang")


def tick_windows(n: int) -> dict:
    """Windows of 96 hours of the six incident types, ladder left out."""
    simulate = importlib.import_module("tick.hawkes").SimuHawkesExpKernels
    mean = np.array([0.03, 0.02, 0.01, 0.004, 0.015, 0.012])
    heat = np.array(
        [
            [0.02, 0.006],
            [0.015, 0.006],
            [0.008, 0.002],
            [0.002, 0.001],
            [0.01, 0.02],
            [0.005, 0.015],
        ]
    )
    kind, rate = [0, 0, 0, 0, 1, 1], np.array([0.125, 0.0625])
    decays = np.repeat(rate[kind][None], 6, axis=0)
    begin, total = time.process_time(), 0
    for seed in range(n):
        one = simulate(
            adjacency=heat[:, kind] / decays, decays=decays, baseline=mean,
            seed=seed + 1, verbose=False,
        )  # fmt: skip
        one.end_time = 96.0
        one.simulate()
        total += one.n_total_jumps
    seconds = time.process_time() - begin
    return {
        "n_events": int(total),
        "cpu_seconds": seconds,
        "version": f"tick {version('tick')}",
    }


def _counted(ends: np.ndarray, n_states: int, seconds: float, name: str) -> dict:
    return {
        "war": int((ends == n_states).sum()),
        "settled": int((ends == n_states + 1).sum()),
        "cpu_seconds": seconds,
        "version": f"{name} {version(name)}",
    }


def main() -> None:
    """Run one rival and print."""
    tool, path, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if tool == "tick":
        answer = tick_windows(n)
    else:
        with np.load(path) as stored:
            tables = {name: stored[name] for name in stored.files}
        answer = {"simpy": simpy_paths, "warp": warp_paths}[tool](tables, n)
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
