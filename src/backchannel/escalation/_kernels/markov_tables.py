"""Alias tables of a Markov jump process, all states and regimes in one pass."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.alias import fill_cells


@njit(cache=True, nogil=True)
def count_ways(src: Any, n_states: Any, is_stay: Any) -> Any:
    """Where the entries of each state begin when sorted by state.

    Parameters
    ----------
    src : (n,) states that entries leave
    n_states : number of states
    is_stay : whether every state gets one more cell, for staying where it is

    Returns
    -------
    (n_states + 1,) first cell of each state, and the entries in order of state (n,)
    """
    first = np.zeros(n_states + 1, np.int64)
    for k in range(len(src)):
        first[src[k] + 1] += 1
    for s in range(n_states):
        first[s + 1] += first[s]
    place = first[:-1].copy()
    order = np.empty(len(src), np.int64)
    for k in range(len(src)):
        order[place[src[k]]] = k
        place[src[k]] += 1
    if is_stay:
        for s in range(n_states + 1):
            first[s] += s
    return first, order


@njit(cache=True, nogil=True)
def fill_rows(
    mult: Any,
    factor: Any,
    column: Any,
    dst: Any,
    first: Any,
    order: Any,
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
    dst : (n,) states that entries lead to
    first, order : from `count_ways`
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
        n = first[s + 1] - first[s]
        stay = 1 if is_stay else 0
        left = 1.0
        for j in range(n - stay):
            k = order[first[s] - stay * s + j]
            rate = mult[k] * column[factor[k, 0]] * column[factor[k, 1]]
            rate *= column[factor[k, 2]]
            weight[j], target[j] = rate, dst[k]
            left -= rate
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
