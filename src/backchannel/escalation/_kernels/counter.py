"""Two uniforms that are a function of (seed, stream, path, step) and nothing else."""

from __future__ import annotations

from typing import Any

from numba import njit

from backchannel.escalation._kernels.elementary import unit_53
from backchannel.escalation._kernels.philox import philox

_STEP = 2.0**-53
_M0, _M1 = 0xD2511F53, 0xCD9E8D57
_W0, _W1 = 0x9E3779B9, 0xBB67AE85


@njit(inline="always")
def two_uniforms(seed: Any, path: Any, step: Any, stream: Any) -> Any:
    """Two uniforms strictly inside (0, 1).

    Parameters
    ----------
    seed : 64 bits, the key
    path : 64 bits
    step : number of the draw along the path, below 2**32
    stream : which source of chance, below 2**32
    """
    w0, w1, w2, w3 = philox(path, step, stream, seed)
    return unit_53(w1, w0), unit_53(w3, w2)


def two_uniforms_reference(
    seed: int, path: int, step: int, stream: int
) -> tuple[float, float]:
    """The same in Python's whole numbers."""
    mask = 0xFFFFFFFF
    counter = [path & mask, path >> 32, step & mask, stream & mask]
    key = [seed & mask, seed >> 32]
    for _ in range(10):
        low, high = _M0 * counter[0], _M1 * counter[2]
        counter = [
            (high >> 32) ^ counter[1] ^ key[0],
            high & mask,
            (low >> 32) ^ counter[3] ^ key[1],
            low & mask,
        ]
        key = [(key[0] + _W0) & mask, (key[1] + _W1) & mask]
    first = ((counter[1] << 32) | counter[0]) >> 11
    second = ((counter[3] << 32) | counter[2]) >> 11
    return (first + 0.5) * _STEP, (second + 0.5) * _STEP
