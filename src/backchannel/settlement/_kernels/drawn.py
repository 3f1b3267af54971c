"""Acceptance and regret of every package over many draws: the compiled passes.

Sums are whole numbers of 32 bits, of which the compiler takes eight or more at a time;
they are exact in any order.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

SmallInts = NDArray[np.int32]

_NONE = np.int32(-(2**31) + 1)
_ZERO = np.int32(0)


@njit(cache=True, nogil=True, boundscheck=False)
def _least_slack(low: SmallInts, need: SmallInts, slack: SmallInts) -> int:
    """By how much the least satisfied actor is satisfied; the most in the block.

    Parameters
    ----------
    low : (n_actors, n_low), sums over the fast issues
    need : (n_actors,), what they must reach in this block
    slack : (n_low,), filled
    """
    first = low[0]
    for j in range(slack.size):
        slack[j] = np.int32(first[j] - need[0])
    for a in range(1, low.shape[0]):
        row, least = low[a], need[a]
        for j in range(slack.size):
            has = np.int32(row[j] - least)
            slack[j] = has if has < slack[j] else slack[j]
    most = _NONE
    for j in range(slack.size):
        most = slack[j] if slack[j] > most else most
    return int(most)


@njit(cache=True, nogil=True, boundscheck=False)
def weigh_draws(
    high: SmallInts,
    low: SmallInts,
    thresholds: SmallInts,
    n_accepted: SmallInts,
    best: SmallInts,
    regret: SmallInts,
) -> None:
    """Count acceptance and find the largest regret over some draws.

    Parameters
    ----------
    high : (n_draws, n_actors, n_blocks), sums over the slow issues
    low : (n_draws, n_actors, n_low), sums over the fast issues
    thresholds : (n_draws, n_actors), least sums at which each accepts
    n_accepted : (n_blocks, n_low), draws in which all accept, added to
    best : (n_draws, n_actors), filled with the most each gains by what all accept; 0
        where nothing is
    regret : (n_blocks, n_actors, n_low), raised to the largest lack against the best

    Notes: an accepted package brings its sum less the threshold, any other brings 0.
    """
    n_draws, n_actors, n_low = low.shape
    slack = np.empty(n_low, dtype=np.int32)
    need = np.empty(n_actors, dtype=np.int32)
    for d in range(n_draws):
        best[d] = 0
        for block in range(high.shape[2]):
            for a in range(n_actors):
                need[a] = thresholds[d, a] - high[d, a, block]
            if _least_slack(low[d], need, slack) < 0:
                continue
            count = n_accepted[block]
            for j in range(n_low):
                count[j] += np.int32(slack[j] >= 0)
            for a in range(n_actors):
                row, most = low[d, a], _NONE
                for j in range(n_low):
                    gain = row[j] if slack[j] >= 0 else _NONE
                    most = gain if gain > most else most
                best[d, a] = max(best[d, a], np.int32(most - need[a]))
    for block in range(high.shape[2]):
        for d in range(n_draws):
            for a in range(n_actors):
                need[a] = thresholds[d, a] - high[d, a, block]
            if _least_slack(low[d], need, slack) < 0:
                for a in range(n_actors):
                    row, lack = regret[block, a], best[d, a]
                    for j in range(n_low):
                        row[j] = lack if lack > row[j] else row[j]
                continue
            for a in range(n_actors):
                row, sums = regret[block, a], low[d, a]
                most, least = best[d, a], need[a]
                for j in range(n_low):
                    gain = np.int32(sums[j] - least) if slack[j] >= 0 else _ZERO
                    lack = np.int32(most - gain)
                    row[j] = lack if lack > row[j] else row[j]
