"""Alias tables of a Markov jump process, all states of one regime in one pass."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.alias import fill_cells
from backchannel.escalation._kernels.markov_paths import SHORT_AT
from backchannel.escalation._kernels.philox import HALF


@njit(cache=True, nogil=True)
def pack_cells(
    threshold: Any, other: Any, target: Any, ways: Any, others: Any, first: Any
) -> None:
    """Write the cells of one alias row, from number `first` on.

    Parameters
    ----------
    threshold, other : (n,), as in `fill_cells`
    target : (n,) int64, state of each outcome
    ways, others : results; see `MarkovTables`
    first : number of the first cell
    """
    for j in range(len(threshold)):
        way = np.uint64(threshold[j]) | (np.uint64(target[j]) << HALF)
        second = np.uint64(target[other[j]])
        if len(others) == 0:
            ways[first + j] = way | (second << SHORT_AT)
        else:
            ways[first + j] = way
            others[first + j] = second


@njit(cache=True, nogil=True)
def fill_rows(
    mult: Any,
    factor: Any,
    column: Any,
    dst: Any,
    entry: Any,
    is_more: Any,
    is_stay: Any,
    first: Any,
    width: Any,
    waits: Any,
    ways: Any,
    others: Any,
) -> None:
    """Fill the rows of all states in one regime, or of one jump at a fixed hour.

    Parameters
    ----------
    mult, factor : (n,) and (n, 3), of the monomials
    column : theta of one draw and regime; the products are rates per hour, or
        probabilities where `is_stay`
    dst : (n,) states that entries lead to, sorted by the state they leave, then by dst
    entry : (n_states + 1,) first entry of each state
    is_more : (n,) whether an entry adds to the cell of the one before
    is_stay : whether what is missing from 1 stays
    first, width : number of the first row, and cells of a row
    waits, ways, others : results; see `MarkovTables`
    """
    weight, work = np.empty(width), np.empty(width, np.int64)
    threshold, other = np.empty(width, np.uint32), np.empty(width, np.int64)
    target = np.empty(width, np.int64)
    for s in range(len(entry) - 1):
        n, left = 0, 1.0
        for k in range(entry[s], entry[s + 1]):
            rate = mult[k] * column[factor[k, 0]] * column[factor[k, 1]]
            rate *= column[factor[k, 2]]
            left -= rate
            n -= int(is_more[k])
            weight[n] = weight[n] + rate if is_more[k] else rate
            target[n] = dst[k]
            n += 1
        if is_stay:
            weight[n], target[n] = max(left, 0.0), s
            n += 1
        weight[n:], target[n:] = 0.0, s
        total = fill_cells(weight, threshold, other, work)
        waits[first + s] = 1.0 / total if total > 0.0 else np.inf
        if total > 0.0:
            pack_cells(threshold, other, target, ways, others, (first + s) * width)
