"""Philox4x32-10: random numbers that are a function of a counter and a key.

A path asks for block (path, event, source of chance); what it gets does not depend on
which lane, thread, process or device asks, nor on what was asked before.

Every function here is plain: compiled by numba for the processor, compiled by numba for
CUDA when a CUDA kernel calls it, and run as Python when compiling is switched off.

Source: Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3, SC11.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numba import njit

from backchannel.base.errors import MethodError

_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
_N_ROUNDS = 10


def key_of(seed: int, name: str) -> np.uint64:
    """Key of one named use of a seed.

    Parameters
    ----------
    seed : non-negative whole number
    name : what the numbers are for

    Returns
    -------
    64 bits of SHA-256 of both

    Raises
    ------
    MethodError : the seed is negative.
    """
    if seed < 0:
        raise MethodError(f"seed: is {seed}; must be 0 or larger")
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "little"))


@njit(inline="always")
def philox(path: Any, event: Any, source: Any, key: Any) -> Any:
    """One block of 128 random bits.

    Parameters
    ----------
    path : uint64, counter words 0 and 1
    event, source : uint64 below 2^32, counter words 2 and 3
    key : uint64

    `path`, `event` and `source` may be vectors of them, see `vectors.Words`.

    Returns
    -------
    four uint64 below 2^32
    """
    c0, c1 = path, path >> HALF
    c2, c3 = event, source
    k0, k1 = key & LOW, key >> HALF
    for _ in range(_N_ROUNDS):
        # The upper halves of c may hold anything: here they are cut off for nothing,
        # because a vector multiplies lower halves only.
        p0 = _MULTIPLIER_0 * (c0 & LOW)
        p1 = _MULTIPLIER_1 * (c2 & LOW)
        c0, c1, c2, c3 = (p1 >> HALF) ^ c1 ^ k0, p1, (p0 >> HALF) ^ c3 ^ k1, p0
        k0 = (k0 + _WEYL_0) & LOW
        k1 = (k1 + _WEYL_1) & LOW
    return c0 & LOW, c1 & LOW, c2 & LOW, c3 & LOW
