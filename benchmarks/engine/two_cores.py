"""What a second core is worth to sampled paths: when it is free, and when it is not.

    python -m benchmarks.engine.two_cores [--times N] [--paths N] [--replications N]

The two calls that sample, as a user writes them: `sample_markov` on the reference
workload, and `simulate_escalation` on `cuba-1962` with all levers and both
certificates. Each takes as many threads as there are cores it may use: one, and then
two. Both are timed with the second core free and with a neighbour that keeps it busy,
in turn, wall seconds, best of several; answers must be the same to the last bit each
time. Other work on the cores spoils it; takes about six minutes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backchannel.crisis.load import load
from backchannel.escalation import Sampled, sample_markov, simulate_escalation
from benchmarks.measured_run import write_result
from tests.systems.ref8 import ref8

Call = Callable[[], bytes]
N_DRAWS = 200


@contextmanager
def neighbour(core: int | None) -> Iterator[None]:
    """Keep a core busy by another program, or nothing where None."""
    if core is None:
        yield
        return
    program = f"import os; os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    busy = subprocess.Popen([sys.executable, "-c", program])
    try:
        time.sleep(0.5)
        yield
    finally:
        busy.kill()
        busy.wait()


def calls(n_paths: int, n_replications: int) -> dict[str, Call]:
    """What is timed: each returns its answer in bytes, and refuses a wrong one."""
    problem, theta = ref8()

    def markov() -> bytes:
        sample = sample_markov(problem, theta, n_paths=n_paths, hours=(96.0,), seed=7)
        if not sample.certificate.is_verified:
            raise RuntimeError(f"sample_markov: {sample.certificate}")
        return sample.probability.tobytes()

    crisis, method = load("cuba-1962"), Sampled(n_replications=n_replications)

    def crisis_file() -> bytes:
        result = simulate_escalation(crisis, n_draws=N_DRAWS, method=method, seed=7)
        if not result.certificate.is_verified:
            raise RuntimeError(f"simulate_escalation: {result.certificate}")
        levers = [lever.prob_war.tobytes() for lever in result.levers]
        return result.prob_war.tobytes() + b"".join(levers)

    return {"sample_markov": markov, "simulate_escalation": crisis_file}


def timed(call: Call, cores: set[int]) -> tuple[float, bytes]:
    """Wall seconds on some cores, and the answer."""
    os.sched_setaffinity(0, cores)
    begin = time.perf_counter()
    answer = call()
    return time.perf_counter() - begin, answer


def compare(call: Call, cores: tuple[int, int], times: int) -> dict[str, float]:
    """One core against two, the second free or kept busy."""
    found, given = {}, set()
    for name, busy in (("free", None), ("busy", cores[1])):
        one, two = [], []
        with neighbour(busy):
            for _ in range(times):
                for seconds, used in ((one, {cores[0]}), (two, set(cores))):
                    taken, answer = timed(call, used)
                    seconds.append(taken)
                    given.add(answer)
        found[f"one_core_seconds_{name}"] = min(one)
        found[f"two_cores_seconds_{name}"] = min(two)
        found[f"faster_by_{name}"] = min(one) / min(two)
    if len(given) != 1:
        raise RuntimeError("the number of threads changed the answer")
    return found


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=4)
    parser.add_argument("--paths", type=int, default=50_000_000)
    parser.add_argument("--replications", type=int, default=4_000)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("two_cores: this machine has one core; nothing to compare")
        return
    asked = calls(options.paths, options.replications)
    # Compiled code is loaded, and the workload built, before anything is timed.
    for call in calls(1_000, 10).values():
        call()
    found = {
        name: compare(call, (cores[0], cores[1]), options.times)
        for name, call in asked.items()
    }
    os.sched_setaffinity(0, cores)
    for title, row in found.items():
        print(title)
        for key, value in row.items():
            print(f"    {key:24s} {value:.4g}")
    print(write_result("two_cores", found))


if __name__ == "__main__":
    main()
