"""Points on a grid of whole numbers that nobody dominates, equal ones kept."""

from __future__ import annotations

import numpy as np

from backchannel.settlement._kernels.sweep import sweep_many, sweep_three
from backchannel.settlement.method import BoolArray, IntArray

_HALF = 31  # bits: two coordinates of at most 1e9 fit in one key


def nondominated(points: IntArray) -> BoolArray:
    """Mark the points that no other point dominates.

    Parameters
    ----------
    points : (n, n_parties), each from 0 to 1e9; larger is better

    Returns
    -------
    keep : (n,); of equal points all or none

    Notes: exact. Sort and sweep, O(n log n) for two parties and for three but for
    moves of memory; comparison with the frontier so far for more.
    Source: Kung, Luccio and Preparata (1975), Journal of the ACM 22(4), 469-476.

    >>> nondominated(np.array([[1, 3], [2, 2], [1, 2], [1, 3]]))
    array([ True,  True, False,  True])
    """
    n, n_parties = points.shape
    if n == 0:
        return np.zeros(0, dtype=bool)
    if n_parties == 1:
        return np.asarray(points[:, 0] == points[:, 0].max())
    if n_parties == 2:
        # One key sorts several times faster than two columns.
        order = np.argsort(-((points[:, 0] << _HALF) + points[:, 1]), kind="stable")
    else:
        order = np.lexsort(-points.T[::-1])
    ranked = points[order]
    is_new = np.ones(n, dtype=bool)
    is_new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    distinct = np.ascontiguousarray(ranked[is_new])
    keep = np.empty(n, dtype=bool)
    keep[order] = _sweep(distinct)[np.cumsum(is_new) - 1]
    return keep


def _sweep(distinct: IntArray) -> BoolArray:
    if distinct.shape[1] == 2:
        second = distinct[:, 1]
        keep = np.ones(len(second), dtype=bool)
        keep[1:] = second[1:] > np.maximum.accumulate(second)[:-1]
        return keep
    sweep = sweep_three if distinct.shape[1] == 3 else sweep_many
    return np.asarray(sweep(distinct))
