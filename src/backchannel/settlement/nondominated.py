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
        return _nondominated_pairs(points)
    order = np.lexsort(-points.T[::-1])
    ranked = points[order]
    is_new = np.ones(n, dtype=bool)
    is_new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    distinct = np.ascontiguousarray(ranked[is_new])
    keep = np.empty(n, dtype=bool)
    keep[order] = _sweep(distinct)[np.cumsum(is_new) - 1]
    return keep


def _nondominated_pairs(points: IntArray) -> BoolArray:
    """The same for two parties.

    NOTE: one key for both coordinates sorts several times faster than two columns; in
    which order equal ones come does not matter, so the sort need not be stable (5x).
    """
    keys = (points[:, 0] << _HALF) | points[:, 1]
    order = np.argsort(keys)
    ranked = keys[order]
    second = ranked & ((1 << _HALF) - 1)
    # From the right: the largest second coordinate of all that are ahead on the first.
    ahead = np.maximum.accumulate(second[::-1])[::-1]
    is_kept = np.ones(len(keys), dtype=bool)
    is_kept[:-1] = second[:-1] > ahead[1:]
    # Of equal points the last passed the comparison, and speaks for the others.
    last = np.ones(len(keys), dtype=bool)
    last[:-1] = ranked[:-1] != ranked[1:]
    if not last.all():
        is_kept = is_kept[last][np.cumsum(last) - last]
    keep = np.empty(len(keys), dtype=bool)
    keep[order] = is_kept
    return keep


def _sweep(distinct: IntArray) -> BoolArray:
    sweep = sweep_three if distinct.shape[1] == 3 else sweep_many
    return np.asarray(sweep(distinct))
