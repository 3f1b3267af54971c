"""Which sums are beaten by a clear margin, whatever is added to all: compiled sweeps.

A sum is clearly beaten where another is as large for every party and larger by a margin
for one. What is not clearly beaten may still end level with the best, and is kept.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.base.laws import FloatArray
from backchannel.settlement._kernels.staircase import is_covered, put_step
from backchannel.settlement.method import BoolArray


@njit(cache=True, nogil=True, boundscheck=False)
def sweep_two_clear(sums: FloatArray, clear: FloatArray) -> BoolArray:
    """Sweep sums of two parties.

    Parameters
    ----------
    sums : (n, 2), by descending first column
    clear : (2,), the least lead that is certain, above 0

    Returns
    -------
    beaten : (n,)

    Notes: the largest second column among those with a first column as large, and
    among those ahead of it by the margin; O(n).
    """
    n = sums.shape[0]
    beaten = np.zeros(n, dtype=np.bool_)
    reach, far_reach, far, end = -np.inf, -np.inf, 0, 0
    for i in range(n):
        first, second = sums[i, 0], sums[i, 1]
        while end < n and sums[end, 0] >= first:
            reach = max(reach, sums[end, 1])
            end += 1
        while far < n and sums[far, 0] >= first + clear[0]:
            far_reach = max(far_reach, sums[far, 1])
            far += 1
        beaten[i] = reach >= second + clear[1] or far_reach >= second
    return beaten


@njit(cache=True, nogil=True, boundscheck=False)
def sweep_three_clear(sums: FloatArray, clear: FloatArray) -> BoolArray:
    """Sweep sums of three parties; see `sweep_two_clear`.

    Notes: two staircases in the second and third column, of those with a first column
    as large and of those ahead of it by the margin. O(n log n), and one move of memory
    per step of a staircase.
    Source: Kung, Luccio and Preparata (1975), Journal of the ACM 22(4), 469-476.
    """
    n = sums.shape[0]
    beaten = np.zeros(n, dtype=np.bool_)
    seconds, thirds = np.empty(n + 1), np.empty(n + 1)
    far_seconds, far_thirds = np.empty(n + 1), np.empty(n + 1)
    size, far_size, far, end = 0, 0, 0, 0
    for i in range(n):
        first, second, third = sums[i, 0], sums[i, 1], sums[i, 2]
        while end < n and sums[end, 0] >= first:
            size = put_step(seconds, thirds, size, sums[end, 1], sums[end, 2])
            end += 1
        if not is_covered(seconds, thirds, size, second, third):
            continue
        while far < n and sums[far, 0] >= first + clear[0]:
            far_size = put_step(
                far_seconds, far_thirds, far_size, sums[far, 1], sums[far, 2]
            )
            far += 1
        beaten[i] = (
            is_covered(seconds, thirds, size, second + clear[1], third)
            or is_covered(seconds, thirds, size, second, third + clear[2])
            or is_covered(far_seconds, far_thirds, far_size, second, third)
        )
    return beaten


@njit(cache=True, nogil=True, boundscheck=False)
def mark_hopeful(sums: FloatArray, clear: FloatArray) -> BoolArray:
    """Mark what a sweep of two parties has to look at, before any sorting.

    Parameters
    ----------
    sums : (n, 2), in any order
    clear : (2,), as for the sweep

    Returns
    -------
    hopeful : (n,), False only where another sum clearly beats this one

    Notes: the first column is cut into n / 8 slices; a sum is hopeless where one in a
    higher slice is ahead by the margin in the second. O(n), and it spares the sort nine
    sums of ten.
    """
    n = sums.shape[0]
    n_slices = n // 8 + 1
    low, high = sums[0, 0], sums[0, 0]
    for i in range(n):
        low = min(low, sums[i, 0])
        high = max(high, sums[i, 0])
    per = (n_slices - 1) / (high - low) if high > low else 0.0
    reach = np.full(n_slices + 1, -np.inf)
    slice_of = np.empty(n, dtype=np.int64)
    for i in range(n):
        s = int((sums[i, 0] - low) * per)
        slice_of[i] = s
        reach[s] = max(reach[s], sums[i, 1])
    for s in range(n_slices - 1, -1, -1):
        reach[s] = max(reach[s], reach[s + 1])
    hopeful = np.empty(n, dtype=np.bool_)
    for i in range(n):
        hopeful[i] = reach[slice_of[i] + 1] < sums[i, 1] + clear[1]
    return hopeful
