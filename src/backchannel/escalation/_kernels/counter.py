"""Random numbers that are a function of (seed, stream, path, step) and nothing else.

Philox4x32-10 in plain integer arithmetic: what a path meets does not depend on which
paths ran before it, nor on how many threads run.

Source: Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3.
"""

from __future__ import annotations

from typing import Any

from numba import float64, njit, types, uint64

_MASK = uint64(0xFFFFFFFF)
_HALF = uint64(32)
_M0, _M1 = uint64(0xD2511F53), uint64(0xCD9E8D57)
_W0, _W1 = uint64(0x9E3779B9), uint64(0xBB67AE85)
_DROPPED = uint64(11)
_STEP = 2.0**-53


@njit(
    types.UniTuple(float64, 2)(uint64, uint64, uint64, uint64),
    inline="always",
    cache=True,
)
def two_uniforms(seed: Any, path: Any, step: Any, stream: Any) -> Any:
    """Two uniforms strictly inside (0, 1).

    Parameters
    ----------
    seed : 64 bits, the key
    path : 64 bits
    step : number of the draw along the path, below 2**32
    stream : which source of chance, below 2**32
    """
    c0, c1 = path & _MASK, path >> _HALF
    c2, c3 = step & _MASK, stream & _MASK
    k0, k1 = seed & _MASK, seed >> _HALF
    for _ in range(10):
        low, high = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (
            (high >> _HALF) ^ c1 ^ k0,
            high & _MASK,
            (low >> _HALF) ^ c3 ^ k1,
            low & _MASK,
        )
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    first = ((c1 << _HALF) | c0) >> _DROPPED
    second = ((c3 << _HALF) | c2) >> _DROPPED
    return (float64(first) + 0.5) * _STEP, (float64(second) + 0.5) * _STEP


def two_uniforms_reference(
    seed: int, path: int, step: int, stream: int
) -> tuple[float, float]:
    """The same in Python's whole numbers."""
    mask = 0xFFFFFFFF
    counter = [path & mask, path >> 32, step & mask, stream & mask]
    key = [seed & mask, seed >> 32]
    for _ in range(10):
        low, high = int(_M0) * counter[0], int(_M1) * counter[2]
        counter = [
            (high >> 32) ^ counter[1] ^ key[0],
            high & mask,
            (low >> 32) ^ counter[3] ^ key[1],
            low & mask,
        ]
        key = [(key[0] + int(_W0)) & mask, (key[1] + int(_W1)) & mask]
    first = ((counter[1] << 32) | counter[0]) >> 11
    second = ((counter[3] << 32) | counter[2]) >> 11
    return (first + 0.5) * _STEP, (second + 0.5) * _STEP
