"""Packages that no other beats for everybody."""

from __future__ import annotations

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import BoolArray, IntArray


def pareto_frontier(gains: FloatArray) -> IntArray:
    """Find the packages that nobody dominates.

    Parameters
    ----------
    gains : (n_packages, n_parties), larger is better

    Returns
    -------
    rows in ascending order; packages with equal gains are all kept

    Notes: exact. Packages are met in descending lexicographic order, where only an
    earlier one can dominate: a sweep for two parties, O(n log n); comparison with the
    frontier found so far for more, O(n x frontier).
    Source: Kung, Luccio and Preparata (1975), Journal of the ACM 22(4), 469-476.

    >>> pareto_frontier(np.array([[1.0, 3.0], [2.0, 2.0], [1.0, 2.0], [1.0, 3.0]]))
    array([0, 1, 3])
    """
    n_packages, n_parties = gains.shape
    if n_packages == 0 or n_parties == 0:
        return np.arange(n_packages)
    unique, index = np.unique(-gains, axis=0, return_inverse=True)
    best = -unique
    keep = _sweep(best) if n_parties <= 2 else _compare(best)
    return np.flatnonzero(keep[index.reshape(-1)])


def _sweep(best: FloatArray) -> BoolArray:
    """Keep whoever exceeds all that came before in the last column."""
    last = best[:, -1]
    top = np.maximum.accumulate(last)
    keep = np.ones(len(best), dtype=bool)
    keep[1:] = last[1:] > top[:-1]
    return keep


def _compare(best: FloatArray) -> BoolArray:
    keep = np.zeros(len(best), dtype=bool)
    frontier = np.empty((0, best.shape[1]))
    for i, row in enumerate(best):
        # In this order no later package dominates, and equal ones are merged already.
        if not (frontier >= row).all(axis=1).any():
            keep[i] = True
            frontier = np.concatenate([frontier, row[None]])
    return keep
