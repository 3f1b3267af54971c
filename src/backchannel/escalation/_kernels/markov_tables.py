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
    product: Any,
    value: Any,
    cell: Any,
    entry: Any,
    target: Any,
    is_stay: Any,
    first: Any,
    waits: Any,
    ways: Any,
    others: Any,
) -> None:
    """Fill the rows of all states in one regime, or of one jump at a fixed hour.

    Parameters
    ----------
    mult, product : (n_entries,), of the monomials: a number, and which product of
        parameters it is multiplied by
    value : (n_products,) in one draw and regime; the monomials are rates per hour, or
        probabilities where `is_stay`
    cell : (n_entries,) cell of its row that an entry adds to
    entry : (n_states + 1,) first entry of each state
    target : (n_states, width) state that each cell leads to
    is_stay : whether what is missing from 1 stays, by the last cell
    first : number of the first row
    waits, ways, others : results; see `MarkovTables`
    """
    n_states, width = target.shape
    weight, work = np.empty(width), np.empty(width, np.int64)
    threshold, other = np.empty(width, np.uint32), np.empty(width, np.int64)
    for s in range(n_states):
        weight[:] = 0.0
        for k in range(entry[s], entry[s + 1]):
            weight[cell[k]] += mult[k] * value[product[k]]
        if is_stay:
            weight[width - 1] = max(1.0 - weight.sum(), 0.0)
        total = fill_cells(weight, threshold, other, work)
        waits[first + s] = 1.0 / total if total > 0.0 else np.inf
        if total > 0.0:
            pack_cells(threshold, other, target[s], ways, others, (first + s) * width)
