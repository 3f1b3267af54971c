"""What one core of this machine can do at most, measured beside what it bounds."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numba import njit

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import IntArray


def least_seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Least CPU seconds of some calls."""
    best = float("inf")
    for _ in range(repeats):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def copy_rate(n_bytes: int) -> float:
    """Bytes read and written a second when an array of this size is copied."""
    source = np.ones(n_bytes // 8)
    target = np.empty_like(source)
    repeats = max(1, 2**28 // n_bytes)

    def copy() -> None:
        for _ in range(repeats):
            np.copyto(target, source)

    return 2 * n_bytes * repeats / least_seconds(copy)


def sum_rate(n: int = 1 << 12) -> float:
    """Sums of a pair a second, each compared with a bound, from the nearest cache.

    That is the least that visiting a package of two parties takes: two loads, two
    additions, two comparisons.
    """
    rng = np.random.default_rng(1)
    pair = rng.random((2, n))
    return n * 1024 / least_seconds(lambda: _count_above(pair, 1024))


def sort_seconds(n: int) -> float:
    """CPU seconds of sorting so many keys of 64 bits with their places."""
    keys = np.random.default_rng(1).integers(0, 1 << 62, n)
    return least_seconds(lambda: np.argsort(keys), 20)


def step_rate(n: int = 1_000_000) -> float:
    """Dependent look-ups a second in a table of 1,000 numbers.

    A round of a session is at least one: what is on the table decides what comes next.
    """
    table = np.random.default_rng(1).permutation(1_000)
    return n / least_seconds(lambda: _follow(table, n))


@njit(cache=True)
def _count_above(pair: FloatArray, repeats: int) -> int:
    n_above = 0
    for r in range(repeats):
        shift = r * 1e-3
        for i in range(pair.shape[1]):
            n_above += (pair[0, i] + shift > 0.5) & (pair[1, i] + shift > 0.5)
    return n_above


@njit(cache=True)
def _follow(table: IntArray, n: int) -> int:
    place = 0
    for _ in range(n):
        place = table[place]
    return place
