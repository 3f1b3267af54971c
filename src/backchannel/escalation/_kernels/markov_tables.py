"""Alias tables of a Markov jump process, all states and regimes in one pass."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.alias import fill_cells


@njit(cache=True, nogil=True)
def fill_rows(
    mult: Any,
    factor: Any,
    column: Any,
    dst: Any,
    entry: Any,
    first: Any,
    is_more: Any,
    is_stay: Any,
    base: Any,
    here: Any,
    ways: Any,
) -> None:
    """Fill the rows of all states in one regime, or of one jump at a fixed hour.

    Parameters
    ----------
    mult, factor : (n,) and (n, 3), of the monomials
    column : theta of one draw and regime; the products are rates per hour, or
        probabilities where `is_stay`
    dst : (n,) states that entries lead to, sorted by the state they leave, then by dst
    entry, first : (n_states + 1,) first entry and first cell of each state
    is_more : (n,) whether an entry adds to the cell of the one before
    is_stay : whether what is missing from 1 stays
    base : number of the first cell in `ways`
    here : (n_states,) records with fields wait, first, n; result
    ways : records with fields threshold, own, other; result
    """
    most = 1
    for s in range(len(here)):
        most = max(most, first[s + 1] - first[s])
    weight, work = np.empty(most), np.empty(most, np.int64)
    threshold, other = np.empty(most, np.uint32), np.empty(most, np.int64)
    target = np.empty(most, np.int64)
    for s in range(len(here)):
        n, j = first[s + 1] - first[s], -1
        left = 1.0
        for k in range(entry[s], entry[s + 1]):
            rate = mult[k] * column[factor[k, 0]] * column[factor[k, 1]]
            rate *= column[factor[k, 2]]
            left -= rate
            if is_more[k]:
                weight[j] += rate
            else:
                j += 1
                weight[j], target[j] = rate, dst[k]
        if is_stay:
            weight[n - 1], target[n - 1] = max(left, 0.0), s
        total = fill_cells(weight[:n], threshold, other, work[:n])
        here[s]["first"] = np.uint32(base + first[s])
        here[s]["n"] = np.uint32(n)
        here[s]["wait"] = 1.0 / total if total > 0.0 else np.inf
        if total > 0.0:
            for j in range(n):
                way = ways[base + first[s] + j]
                way["threshold"] = threshold[j]
                way["own"] = target[j]
                way["other"] = target[other[j]]
