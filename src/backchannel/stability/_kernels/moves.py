"""The least weight that one move of one actor can lead to: the compiled scan."""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.stability.methods import NOWHERE, Int32Array, IntArray


@njit(cache=True, nogil=True, boundscheck=False)
def least_after_move(
    rank: Int32Array,
    weight: Int32Array,
    start: IntArray,
    member: Int32Array,
    above_start: IntArray,
    above: Int32Array,
    first: int,
    last: int,
    is_improving: bool,
) -> Int32Array:
    """Find the least weight among the states that one actor can move to.

    Parameters
    ----------
    rank : (n_states,), how well the actor likes each state, larger is better
    weight : (n_states,)
    start : (n_cells + 1,), where the members of each cell begin
    member : states cell by cell, by ascending rank
    above_start, above : the other cells that a cell can be left for
    first, last : the actor's cells
    is_improving : whether only moves to better ranks count

    Returns
    -------
    least : (n_states,), NOWHERE where there is no such move
    """
    least = np.full(rank.size, NOWHERE, np.int32)
    for cell in range(first, last):
        low, high = start[cell], start[cell + 1]
        for nth in range(above_start[cell] - 1, above_start[cell + 1]):
            # The cell itself comes first, then those above it.
            target = cell if nth < above_start[cell] else above[nth]
            bottom, place = start[target], start[target + 1] - 1
            if is_improving:
                found = NOWHERE
                for p in range(high - 1, low - 1, -1):
                    state = member[p]
                    while place >= bottom and rank[member[place]] > rank[state]:
                        found = min(found, weight[member[place]])
                        place -= 1
                    least[state] = min(least[state], found)
                continue
            best, second, where = NOWHERE, NOWHERE, -1
            for p in range(bottom, place + 1):
                w = weight[member[p]]
                if w < best:
                    best, second, where = w, best, member[p]
                elif w < second:
                    second = w
            for p in range(low, high):
                state = member[p]
                found = second if state == where else best
                least[state] = min(least[state], found)
    return least
