"""The least weight that legal sequences of moves can lead to: the compiled search.

States are visited by ascending weight, and from each the search goes backwards over
pairs of a state and whoever moves first from it. A pair is met once, by the lightest
state that it leads to, so the work is linear in states and cells, not in moves.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.stability.methods import NOWHERE, Int32Array, IntArray


@njit(cache=True, nogil=True, boundscheck=False)
def least_reachable(
    rank: Int32Array,
    weight: Int32Array,
    order: IntArray,
    cell: Int32Array,
    start: IntArray,
    member: Int32Array,
    below_start: IntArray,
    below: Int32Array,
    movers: IntArray,
    is_improving: bool,
) -> Int32Array:
    """Find the least weight among the states that some actors can lead to together.

    Parameters
    ----------
    rank : (n_actors, n_states), how well each actor likes each state
    weight : (n_states,)
    order : (n_states,), the states by ascending weight
    cell : (n_actors, n_states), the cell of each state
    start : (n_cells + 1,), where the members of each cell begin
    member : states cell by cell, by ascending rank of whoever the cell belongs to
    below_start, below : the other cells from which a cell can be entered
    movers : who may move; nobody twice running
    is_improving : whether each step must be to a better rank of whoever takes it

    Returns
    -------
    least : (n_states,), NOWHERE where nobody can move

    Source: Fang, Hipel and Kilgour (1993), section 2, for legal sequences.
    """
    n_actors, n_states = rank.shape
    least = np.full(n_states, NOWHERE, np.int32)
    is_expanded = np.zeros((n_actors, n_states), np.bool_)
    # Members of a cell that are met already: with improving moves the worst ones, up
    # to a place; otherwise none (0), all but one (1) or all (2).
    met = np.zeros(start.size - 1, np.int32)
    spared = np.full(start.size - 1, -1, np.int32)
    stack = np.empty(n_states * movers.size + 1, np.int32)
    by = np.empty(n_states * movers.size + 1, np.int8)
    for nth in range(n_states):
        stack[0], by[0], top = order[nth], -1, 1
        w = weight[order[nth]]
        while top > 0:
            top -= 1
            state, last = stack[top], by[top]
            for m in range(movers.size):
                j = movers[m]
                if j == last or is_expanded[j, state]:
                    continue
                is_expanded[j, state] = True
                own = cell[j, state]
                for k in range(below_start[own] - 1, below_start[own + 1]):
                    c = own if k < below_start[own] else below[k]
                    low, high = start[c], start[c + 1]
                    if is_improving:
                        p = low + met[c]
                        while p < high and rank[j, member[p]] < rank[j, state]:
                            least[member[p]] = min(least[member[p]], w)
                            stack[top], by[top] = member[p], j
                            top += 1
                            p += 1
                        met[c] = p - low
                    elif met[c] == 0:
                        # A state is no move from itself, so it is spared for now.
                        spared[c] = state if c == own else -1
                        met[c] = 1 if c == own else 2
                        for p in range(low, high):
                            if member[p] != spared[c]:
                                least[member[p]] = min(least[member[p]], w)
                                stack[top], by[top] = member[p], j
                                top += 1
                    elif met[c] == 1 and spared[c] != state:
                        met[c] = 2
                        least[spared[c]] = min(least[spared[c]], w)
                        stack[top], by[top] = spared[c], j
                        top += 1
    return least
