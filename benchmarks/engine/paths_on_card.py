"""Paths of the reference workload on a CUDA card, beside those of the processor.

    python -m benchmarks.engine.paths_on_card

Without a card it says so and measures nothing. The counts of the card must be those of
the processor, path for path, before a time is kept, and P(war) that of the exact
answer within five standard errors. Seconds of the card are wall seconds, tables copied
there included; those of the processor CPU seconds of one core.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import cuda

from backchannel.escalation._kernels.elementary import exponential_32
from backchannel.escalation._kernels.markov_paths import EVENTS
from backchannel.escalation._kernels.on_cuda import count_on_card
from backchannel.escalation._kernels.philox import key_of, philox
from backchannel.escalation.sampling.markov_run import count_markov, guesses
from backchannel.escalation.sampling.markov_tables import MarkovLayout
from backchannel.escalation.sampling.on_card import sample_on_card
from benchmarks.measured_run import write_result
from tests.systems.ref8 import ref8

WAR = 0.150279829068057
GRID = np.linspace(0.0, 96.0, 385)
KEY = key_of(7, "benchmark")
N_SAME, N_PATHS, N_CORE = 10_000_000, 1_000_000_000, 100_000
BLOCKS_PER_PATH = 15.5728
"""Blocks of random numbers a path takes; measured by escalation_sampled.py."""


@cuda.jit
def _numbers_alone(n: Any, key: Any, sums: Any) -> None:
    """Random numbers of a path, two waiting times a block, and nothing else."""
    path = np.uint64(cuda.grid(1))
    total, words = 0.0, np.uint64(0)
    for block in range(n):
        a, b, c, d = philox(path, np.uint64(block), EVENTS, key)
        total += exponential_32(a) + exponential_32(c)
        words ^= b ^ d
    sums[cuda.grid(1)] = total + np.float64(words)


def least_wall(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Least wall seconds of some calls, and the last answer."""
    work()
    seconds, answer = np.inf, None
    for _ in range(times):
        begin = time.perf_counter()
        answer = work()
        cuda.synchronize()
        seconds = min(seconds, time.perf_counter() - begin)
    return float(seconds), answer


def numbers_alone() -> float:
    """Seconds that a block of random numbers takes on the whole card."""
    blocks, threads, n = 4096, 256, 4096
    sums = cuda.device_array(blocks * threads)
    seconds, _ = least_wall(lambda: _numbers_alone[blocks, threads](n, KEY, sums))
    return seconds / (blocks * threads * n)


def measured() -> dict[str, dict[str, Any]]:
    """Check the counts, then time the card and one core."""
    problem, theta = ref8()
    tables = MarkovLayout(problem).tables(theta)
    asked = tables.start, tables.n_states, tables.model, GRID, guesses(GRID)

    def count(n_paths: int) -> Any:
        return count_on_card(0, n_paths, KEY, *asked)

    first = time.perf_counter()
    on_card = count(N_SAME)
    first = time.perf_counter() - first
    count_markov(tables, KEY, 0, N_CORE, GRID)
    begin = time.process_time()
    same = count_markov(tables, KEY, 0, N_SAME, GRID)
    core = (time.process_time() - begin) / N_SAME
    if (on_card != same).any():
        raise RuntimeError(f"{int((on_card != same).sum())} of the counts differ")
    seconds, counts = least_wall(lambda: count(N_PATHS))
    share = counts[0].sum() / N_PATHS
    if abs(share - WAR) > 5 * np.sqrt(WAR * (1 - WAR) / N_PATHS):
        raise RuntimeError(f"P(war) is {share:.7f}, exactly {WAR:.7f}")
    per_block = numbers_alone()
    limit = 1.0 / (per_block * BLOCKS_PER_PATH)
    whole, sample = least_wall(lambda: sample_on_card(problem, theta))
    if not sample.certificate.is_verified:
        raise RuntimeError(str(sample.certificate))
    return {
        "card": {
            "name": str(cuda.get_current_device().name),
            "paths_per_second": N_PATHS / seconds,
            "n_paths": N_PATHS,
            "prob_war": share,
            "same_counts_as_the_processor": N_SAME,
            "first_call_s": first,
            "random_numbers_alone_ps_per_block": 1e12 * per_block,
            "limit_paths_per_second": limit,
            "share_of_limit": N_PATHS / seconds / limit,
            "sample_on_card_1e8_paths_s": whole,
        },
        "one core of its machine": {
            "paths_per_cpu_second": 1.0 / core,
            "times_slower_than_the_card": core * N_PATHS / seconds,
        },
    }


def main() -> None:
    """Measure, print and write, where there is a card."""
    if not cuda.is_available():
        print("paths_on_card: finds no CUDA card; nothing is measured")
        return
    figures = measured()
    for name, row in figures.items():
        print(name)
        for key, value in row.items():
            print(f"    {key:36} {value}")
    print(write_result("paths_on_card", figures))


if __name__ == "__main__":
    main()
