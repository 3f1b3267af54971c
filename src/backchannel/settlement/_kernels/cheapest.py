"""The cheapest change of every package of a slice: the compiled search."""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.base.laws import FloatArray
from backchannel.settlement._kernels.win_sets import Words, _count_word
from backchannel.settlement.method import IntArray

NONE, SWITCH, PAYMENT, REASSURANCE = 0, 1, 2, 3
_ONE = np.uint64(1)
_TIED = 1e-9


@njit(cache=True, nogil=True, boundscheck=False)
def cheapest_amounts(
    stopped: Words,
    high: FloatArray,
    low: FloatArray,
    threshold: FloatArray,
    step: FloatArray,
    leaders: IntArray,
    cost: FloatArray,
    kind: IntArray,
    whom: IntArray,
    by: IntArray,
) -> None:
    """Find what the only actor that stops a package lacks, and who could pay it.

    Parameters
    ----------
    stopped : (n_blocks, n_actors, n_words), packages that each actor alone stops
    high, low : (n_blocks, n_actors) and (n_low, n_actors), sums
    threshold : (n_actors,), least sum that suffices
    step : (n_actors,), points of one unit of the sums
    leaders : (n_leaders,), rows of the leaders; they are paid, others are reassured
    cost, kind, whom, by : (n_blocks x n_low,), filled where nothing cheaper is there:
        points; `PAYMENT` or `REASSURANCE`; the actor; the leader that pays
    """
    n_low = low.shape[0]
    is_leader = np.zeros(threshold.size, dtype=np.bool_)
    for leader in leaders:
        is_leader[leader] = True
    for block in range(stopped.shape[0]):
        for k in range(stopped.shape[1]):
            for w in range(stopped.shape[2]):
                word = stopped[block, k, w]
                while word != np.uint64(0):
                    lowest = word & (~word + _ONE)
                    word ^= lowest
                    row = (w << 6) + _count_word(lowest - _ONE)
                    package = block * n_low + row
                    lacks = (threshold[k] - high[block, k] - low[row, k]) * step[k]
                    if lacks >= cost[package]:
                        continue
                    if not is_leader[k]:
                        cost[package] = lacks
                        kind[package] = REASSURANCE
                        whom[package] = k
                        continue
                    for payer in leaders:
                        has = high[block, payer] + low[row, payer] - threshold[payer]
                        if payer != k and has * step[payer] >= lacks - _TIED:
                            cost[package] = lacks
                            kind[package] = PAYMENT
                            whom[package] = k
                            by[package] = payer
                            break


@njit(cache=True, nogil=True, boundscheck=False)
def cheapest_switches(
    numbers: IntArray,
    strides: IntArray,
    n_levels: IntArray,
    losses: FloatArray,
    fails: Words,
    cost: FloatArray,
    kind: IntArray,
    whom: IntArray,
    by: IntArray,
) -> None:
    """Offer every passing package to those that differ from it in one issue.

    Parameters
    ----------
    numbers : (n_passing,), ascending
    strides, n_levels : (n_issues,), of the numbers of packages
    losses : (n_issues, most levels, most levels), largest loss of a leader from going
        from one level to another
    fails : (n_packages,), 1 where a package fails
    cost, kind, whom, by : (n_packages,), filled where nothing cheaper, or equally cheap
        and sooner declared, is there: points; `SWITCH`; the issue; its new level
    """
    for number in numbers:
        for issue in range(strides.size):
            stride = strides[issue]
            level = (number // stride) % n_levels[issue]
            for old in range(n_levels[issue]):
                package = number + (old - level) * stride
                if not fails[package]:
                    continue
                loss = losses[issue, old, level]
                best = cost[package]
                if loss < best - _TIED or (
                    loss <= best + _TIED
                    and (
                        kind[package] != SWITCH
                        or issue < whom[package]
                        or (issue == whom[package] and level < by[package])
                    )
                ):
                    cost[package] = loss
                    kind[package] = SWITCH
                    whom[package] = issue
                    by[package] = level
