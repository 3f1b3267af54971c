"""Alias tables: one of n outcomes by one multiplication and one comparison.

A table row holds, for each of its n cells of equal probability, the outcome below the
cell's threshold and the outcome above it.

Source: Walker (1977), ACM Trans. Math. Software 3(3), 253-256; built in linear time
after Vose (1991), IEEE Trans. Software Eng. 17(9), 972-975, in one sweep without his
stacks: Huebschle-Schneider and Sanders (2022), ACM Trans. Math. Software 48(3).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_FULL = 4294967295.0


@njit(cache=True, nogil=True)
def fill_cells(weight: Any, threshold: Any, other: Any, work: Any) -> Any:
    """Cells of one row.

    Parameters
    ----------
    weight : (n,) float64, not negative, overwritten
    threshold : (n,) uint32, result: share of the cell that is its own, of 2^32 - 1
    other : (n,) int64, result: index of the outcome that fills the rest of the cell
    work : (n,) int64, scratch

    Returns
    -------
    sum of the weights; where it is 0 the cells are not touched

    Notes: the order of the cells depends on the weights alone, so a row is the same
    wherever it is built.
    """
    n = len(weight)
    total = 0.0
    for i in range(n):
        total += weight[i]
    if not total > 0.0:
        return total
    scale = n / total
    # Light ones come to the front of `work`, heavy ones to its end. A number is written
    # to both and counts in one: a branch on its weight would be guessed wrongly.
    n_light = 0
    for i in range(n):
        weight[i] *= scale
        threshold[i] = np.uint32(_FULL)
        other[i] = i
        work[n_light] = i
        work[n - 1 - (i - n_light)] = i
        n_light += int(weight[i] < 1.0)
    light, heavy = 0, n - 1
    donor = work[heavy]
    left = weight[donor]
    while True:
        if left >= 1.0:
            if light == n_light:
                break
            filled = work[light]
            light += 1
            threshold[filled] = np.uint32(weight[filled] * _FULL)
            other[filled] = donor
            left -= 1.0 - weight[filled]
        else:
            # The donor has become light itself; the next heavy one fills it up.
            if heavy <= n_light:
                break
            heavy -= 1
            filled, donor = donor, work[heavy]
            threshold[filled] = np.uint32(left * _FULL)
            other[filled] = donor
            left = weight[donor] - (1.0 - left)
    return total


@njit(cache=True, nogil=True)
def fill_row_block(weight: Any, threshold: Any, other: Any) -> Any:
    """Cells of many rows of equal length.

    Parameters
    ----------
    weight : (n_rows, n) float64, not negative, overwritten
    threshold, other : (n_rows * n,), results as in `fill_cells`

    Returns
    -------
    (n_rows,) sums of the weights
    """
    n_rows, n = weight.shape
    work, found = np.empty(n, np.int64), np.empty(n, np.int64)
    total = np.empty(n_rows)
    for i in range(n_rows):
        cells = threshold[i * n : (i + 1) * n]
        total[i] = fill_cells(weight[i], cells, found, work)
        for j in range(n):
            other[i * n + j] = found[j] if total[i] > 0.0 else j
    return total
