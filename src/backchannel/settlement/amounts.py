"""The smallest amount that makes a package pass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import PASSES_AT

PRECISION = 1e-6
"""Bisection stops at this distance, in points of worth or as a share."""
_STEPS = 16


def smallest_by_order(
    low: FloatArray, high: FloatArray, weight: FloatArray
) -> float | None:
    """Find the least amount that lies within enough of the intervals.

    Parameters
    ----------
    low, high : (n_draws,), amounts from which and up to which a draw is settled
    weight : (n_draws,), chance that it then is

    Returns
    -------
    least amount of at least 0 at which the mean of `weight` over the draws whose
    interval holds it reaches one half; None where no amount does

    Notes: exact by order statistics, O(n_draws log n_draws): the mean rises only where
    an interval begins.
    """
    weight = np.where(low <= high, weight, 0.0)
    begin = np.maximum(low, 0.0)
    weight = np.where(high < 0.0, 0.0, weight)
    up, down = np.argsort(begin, kind="stable"), np.argsort(high, kind="stable")
    opened = np.cumsum(weight[up])
    closed = np.concatenate([[0.0], np.cumsum(weight[down])])
    points = begin[up]
    last = np.searchsorted(points, points, side="right") - 1
    held = opened[last] - closed[np.searchsorted(high[down], points, side="left")]
    enough = np.flatnonzero(held >= PASSES_AT * len(low) - 1e-9)
    return float(points[enough[0]]) if len(enough) else None


def smallest_by_bisection(
    prob_settled: Callable[[float], float], ceiling: float
) -> float | None:
    """Find the first amount from 0 up at which the chance reaches one half.

    Parameters
    ----------
    prob_settled : chance of a settlement for an amount
    ceiling : largest amount tried

    Returns
    -------
    an amount at which the chance does reach one half, at most 1e-6 above one at which
    it does not; None where none of 16 amounts up to the ceiling passes

    Notes: where the chance rises and falls between two of those 16, a smaller amount
    than the one returned may pass as well.
    """
    below = 0.0
    for step in range(1, _STEPS + 1):
        # Squared, so that small amounts are looked at closely.
        above = ceiling * (step / _STEPS) ** 2
        if prob_settled(above) >= PASSES_AT:
            break
        below = above
    else:
        return None
    while above - below > PRECISION:
        middle = (below + above) / 2
        if prob_settled(middle) >= PASSES_AT:
            above = middle
        else:
            below = middle
    return above
