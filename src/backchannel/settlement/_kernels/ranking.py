"""Rank packages by worth in about linear time."""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import IntArray

_CROWDED = 48
"""In a slice with more than this, insertion costs more than a sort of everything."""


@njit(cache=True, nogil=True, boundscheck=False)
def sum_levels(
    table: FloatArray, n_levels: IntArray, worth: FloatArray
) -> tuple[float, float]:
    """Worth of every package into `worth` (n_packages,), the last issue fastest.

    Parameters
    ----------
    table : (sum of n_levels,)

    Returns
    -------
    low, high : the range; sums of the extremes in the same order, so the very numbers
    """
    size, begin = 1, 0
    low, high = 0.0, 0.0
    worth[0] = 0.0
    for n in n_levels:
        low += table[begin : begin + n].min()
        high += table[begin : begin + n].max()
        # From the end, so that what is spread out has not been overwritten.
        for i in range(size - 1, -1, -1):
            base = worth[i]
            for level in range(n):
                worth[i * n + level] = base + table[begin + level]
        size *= n
        begin += n
    return low, high


@njit(cache=True, nogil=True, boundscheck=False)
def slice_of(worth: float, low: float, per: float, n_slices: int) -> int:
    """Which equal slice of the range a worth lies in; never falls as worth rises."""
    return min(max(int((worth - low) * per), 0), n_slices - 1)


@njit(cache=True, nogil=True, boundscheck=False)
def put_in_slices(
    worth: FloatArray,
    order: IntArray,
    ranked: FloatArray,
    first: IntArray,
    cursor: IntArray,
    low: float,
    high: float,
) -> float:
    """Sort packages by the slice of the range that their worth lies in.

    Parameters
    ----------
    worth : (n,)
    order, ranked : (n,), filled: numbers of packages and their worth, by ascending
        slice; within one, by descending number
    first : (n_slices + 1,), filled: the place at which each slice begins
    cursor : (n,), scratch
    low, high : the range of `worth`

    Returns
    -------
    per : slices per unit of worth

    Notes: counting sort, without a branch that depends on the numbers.
    """
    n, n_slices = worth.size, first.size - 1
    per = n_slices / (high - low) if high > low else 0.0
    first[:] = 0
    for x in range(n):
        s = slice_of(worth[x], low, per, n_slices)
        cursor[x] = s
        first[s + 1] += 1
    for s in range(n_slices):
        first[s + 1] += first[s]
    # From here to the end of the loop, `first` of a slice is its next free place.
    for x in range(n - 1, -1, -1):
        place = first[cursor[x]]
        first[cursor[x]] = place + 1
        ranked[place] = worth[x]
        order[place] = x
    for s in range(n_slices, 0, -1):
        first[s] = first[s - 1]
    first[0] = 0
    return per


@njit(cache=True, nogil=True, boundscheck=False)
def sort_slices(
    worth: FloatArray, order: IntArray, ranked: FloatArray, first: IntArray
) -> None:
    """Finish what `put_in_slices` began: ascending worth, the lower of equals last."""
    n, crowd = worth.size, 0
    for s in range(first.size - 1):
        crowd = max(crowd, first[s + 1] - first[s])
    if crowd > _CROWDED:
        # Stable on reversed numbers: among equals the lower number comes last.
        places = np.argsort(worth[::-1], kind="mergesort")
        for place in range(n):
            order[place] = n - 1 - places[place]
            ranked[place] = worth[order[place]]
        return
    for end in range(1, n):
        value, number, place = ranked[end], order[end], end
        while place > 0 and ranked[place - 1] > value:
            ranked[place] = ranked[place - 1]
            order[place] = order[place - 1]
            place -= 1
        ranked[place] = value
        order[place] = number


@njit(cache=True, nogil=True, boundscheck=False)
def worst_worth(
    need: float,
    low: float,
    per: float,
    order: IntArray,
    ranked: FloatArray,
    first: IntArray,
) -> int:
    """Find the package of least worth that is worth `need`; the best where none is.

    Returns
    -------
    number : of equals the highest; where none is worth `need`, of the best the lowest
    """
    n, n_slices = ranked.size, first.size - 1
    found, least = -1, np.inf
    s = slice_of(need, low, per, n_slices)
    while s < n_slices and found < 0:
        for place in range(first[s], first[s + 1]):
            if need <= ranked[place] < least:
                found, least = order[place], ranked[place]
        s += 1
    if found >= 0:
        return int(found)
    found, most = order[n - 1], ranked[n - 1]
    for place in range(n - 1, first[slice_of(most, low, per, n_slices)] - 1, -1):
        if ranked[place] > most:
            found, most = order[place], ranked[place]
    return int(found)
