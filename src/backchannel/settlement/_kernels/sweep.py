"""Which of the sorted points nobody dominates: the compiled sweeps."""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.settlement._kernels.staircase import is_covered, put_step
from backchannel.settlement.method import BoolArray, IntArray


@njit(cache=True, nogil=True, boundscheck=False)
def sweep_three(points: IntArray) -> BoolArray:
    """Sweep points of three coordinates.

    Parameters
    ----------
    points : (n, 3), distinct, in descending lexicographic order

    Returns
    -------
    keep : (n,), True where no other point is as large in every coordinate

    Notes: O(n log n), and one move of memory per step of the staircase.
    Source: Kung, Luccio and Preparata (1975), Journal of the ACM 22(4), 469-476.
    """
    n = points.shape[0]
    keep = np.zeros(n, dtype=np.bool_)
    seconds = np.empty(n, dtype=np.int64)
    thirds = np.empty(n, dtype=np.int64)
    size = 0
    for i in range(n):
        second, third = points[i, 1], points[i, 2]
        keep[i] = not is_covered(seconds, thirds, size, second, third)
        if keep[i]:
            size = put_step(seconds, thirds, size, second, third)
    return keep


@njit(cache=True, nogil=True, boundscheck=False)
def sweep_many(points: IntArray) -> BoolArray:
    """Sweep points of any number of coordinates; see `sweep_three`.

    Notes: each is compared with the frontier so far, whoever ruled out another first;
    O(n x frontier) at worst.
    """
    n, n_parties = points.shape
    keep = np.zeros(n, dtype=np.bool_)
    order = np.empty(n, dtype=np.int64)
    size = 0
    for i in range(n):
        beaten = False
        for place in range(size):
            rival = order[place]
            as_good = True
            for p in range(n_parties):
                if points[rival, p] < points[i, p]:
                    as_good = False
                    break
            if as_good:
                beaten = True
                ahead = place // 2
                order[place] = order[ahead]
                order[ahead] = rival
                break
        if not beaten:
            keep[i] = True
            order[size] = i
            size += 1
    return keep
