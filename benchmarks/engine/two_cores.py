"""What a second core is worth to sampled paths: when it is free, and when it is not.

    python -m benchmarks.engine.two_cores [--batches N] [--times N]

The reference workload in batches of 65,536 paths, as `simulate_escalation` hands them
out: to one thread on one core, and to two threads on two. Both are timed with the
second core free and with a neighbour that keeps it busy, in turn, wall seconds, best of
several; the counts must be the same each time. Other work on the cores spoils it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.sampling.markov_run import count_markov
from backchannel.escalation.sampling.markov_tables import MarkovLayout
from backchannel.escalation.sampling.run import BATCH
from benchmarks.measured_run import write_result
from tests.systems.ref8 import ref8

GRID = np.linspace(0.0, 96.0, 385)
KEY = key_of(7, "two cores")


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


def timed(tables: Any, n_batches: int, cores: set[int]) -> tuple[float, Any]:
    """Wall seconds on some cores, one thread each, and the counts."""
    os.sched_setaffinity(0, cores)

    def batch(k: int) -> Any:
        return count_markov(tables, KEY, k * BATCH, (k + 1) * BATCH, GRID)

    with ThreadPoolExecutor(len(cores)) as pool:
        list(pool.map(batch, range(len(cores))))
        begin = time.perf_counter()
        counts = sum(pool.map(batch, range(n_batches)))
        return time.perf_counter() - begin, counts


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("two_cores: this machine has one core; nothing to compare")
        return
    first, second = cores[:2]
    problem, theta = ref8()
    tables = MarkovLayout(problem).tables(theta)
    found, answers = {}, []
    for name, busy in (("free", None), ("busy", second)):
        one, two = [], []
        with neighbour(busy):
            for _ in range(options.times):
                for seconds, used in ((one, {first}), (two, {first, second})):
                    taken, counts = timed(tables, options.batches, used)
                    seconds.append(taken)
                    answers.append(counts)
        found[f"second core {name}"] = {
            "one_thread_seconds": min(one),
            "two_threads_seconds": min(two),
            "faster_by": min(one) / min(two),
            "paths_per_second": options.batches * BATCH / min(two),
        }
    if any((counts != answers[0]).any() for counts in answers):
        raise RuntimeError("the number of threads changed the counts")
    for title, row in found.items():
        print(title)
        for key, value in row.items():
            print(f"    {key:24s} {value:.4g}")
    print(write_result("two_cores", found))


if __name__ == "__main__":
    main()
