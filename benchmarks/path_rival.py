"""Paths by another tool, in an environment of its own that has it.

    python path_rival.py simpy|warp TABLES.npz N
    python path_rival.py gillespy2 PARAMETERS.json N
    python path_rival.py tick - N

SimPy and Warp read alias tables of the reference workload; GillesPy2 compiles its
reactions with constant hazards, written out from the parameters; tick draws windows of
96 hours of its six self-exciting incident types. Prints JSON: counts, seconds, version.
Nothing of backchannel is imported here, and backchannel never imports this.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import random
import sys
import sysconfig
import time
from importlib.metadata import version
from pathlib import Path

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


def gillespy2_paths(p: dict, n: int) -> dict:
    """Direct method of its C++ solver; compiling is not counted, reading results is."""
    gillespy2 = importlib.import_module("gillespy2")
    model = gillespy2.Model(name="reference")
    # Tokens M and K, pending decisions a and b, rung L: 0 settled, 7 war.
    names = {"L": p["L0"], "M": 0, "K": 0, "a": 0, "b": 0}
    species = {
        name: gillespy2.Species(name=name, initial_value=value, mode="discrete")
        for name, value in names.items()
    }
    model.add_species(list(species.values()))
    reactions = []

    def add(lost: dict, gained: dict, rate: str) -> None:
        # Its language has no comparison; pow(0, x) is 1 where x is 0, and 0 elsewhere.
        standing = "(1 - pow(0, L)) * (1 - pow(0, 7 - L))"
        reactions.append(
            gillespy2.Reaction(
                name=f"reaction{len(reactions)}",
                reactants={species[k]: v for k, v in lost.items()},
                products={species[k]: v for k, v in gained.items()},
                propensity_function=f"{standing} * {rate}",
            )
        )

    for i, mean in enumerate(p["mu"]):
        token, party = "MK"[p["kind"][i]], p["party"][i]
        pending = "ab"[party]
        excited = f"{p['A'][i][0]} * M + {p['A'][i][1]} * K"
        hazard = f"({mean} * (1 + {p['g1']} * (L - 1)) + {excited})"
        at_once = f"({p['r0'][party]} + {p['r1'][party]} * (L - 1))"
        hot, full = f"(1 - pow(0, 8 - {token}))", f"pow(0, 8 - {token})"
        free, busy = f"(1 - pow(0, 2 - {pending}))", f"pow(0, 2 - {pending})"
        add({}, {"L": 1, token: 1}, f"{hazard} * {at_once} * {hot}")
        add({}, {"L": 1}, f"{hazard} * {at_once} * {full}")
        add({}, {token: 1, pending: 1}, f"{hazard} * (1 - {at_once}) * {hot} * {free}")
        add({}, {token: 1}, f"{hazard} * (1 - {at_once}) * {hot} * {busy}")
        add({}, {pending: 1}, f"{hazard} * (1 - {at_once}) * {full} * {free}")
    for q, pending in enumerate("ab"):
        pace = f"{pending} * {1 / p['tau'][q]!r}"
        up, down = p["u"][q], p["d"][q]
        add({pending: 1}, {"L": 1}, f"{pace} * {up}")
        add({pending: 1, "L": 1}, {}, f"{pace} * {down}")
        add({pending: 1}, {}, f"{pace} * {1 - up - down!r}")
    for token, beta in zip("MK", p["beta"], strict=True):
        add({token: 1}, {}, f"{token} * {beta}")
    add({"L": 1}, {}, f"{p['talk']} / (L + pow(0, L))")
    add({}, {"L": 1}, f"{p['omega']} * pow(0, (L - 6) * (L - 6))")
    model.add_reaction(reactions)
    model.timespan(gillespy2.TimeSpan(np.array([0.0, p["T"]])))
    # It builds with SCons by the Python that its environment was made from.
    os.environ["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
    solver = gillespy2.SSACSolver(model=model)
    model.run(solver=solver, number_of_trajectories=1, seed=1)
    begin = _cpu_seconds()
    found = model.run(solver=solver, number_of_trajectories=n, seed=3)
    rungs = np.array([path["L"][-1] for path in found])
    seconds = _cpu_seconds() - begin
    return _counted(np.where(rungs == 0, 8, rungs), 7, seconds, "gillespy2")


def _cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    times = os.times()
    return sum(times[:4])


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
    begin, counts = time.process_time(), []
    for seed in range(n):
        one = simulate(
            adjacency=heat[:, kind] / decays, decays=decays, baseline=mean,
            seed=seed + 1, verbose=False,
        )  # fmt: skip
        one.end_time = 96.0
        one.simulate()
        counts.append(one.n_total_jumps)
    seconds = time.process_time() - begin
    return {
        "n_events": int(np.sum(counts)),
        "events_deviation": float(np.std(counts)),
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
    elif tool == "gillespy2":
        answer = gillespy2_paths(json.loads(Path(path).read_text()), n)
    else:
        with np.load(path) as stored:
            tables = {name: stored[name] for name in stored.files}
        answer = {"simpy": simpy_paths, "warp": warp_paths}[tool](tables, n)
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
