"""Whether one state holds, draw by draw: the compiled search.

Preferences change with every draw, and only one state is asked about, so replies are
searched forward from each improvement and no further than needed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.base.laws import FloatArray
from backchannel.stability.methods import BoolArray, Int32Array, IntArray

Moves = tuple[Int32Array, IntArray, Int32Array, IntArray, Int32Array]
"""The arrays `cell`, `start`, `member`, `above_start` and `above`."""


@njit(cache=True, nogil=True, boundscheck=False)
def judge_state(
    worth: FloatArray,
    state: int,
    replaced: int,
    by: FloatArray,
    cell: Int32Array,
    start: IntArray,
    member: Int32Array,
    above_start: IntArray,
    above: Int32Array,
    is_once: bool,
) -> tuple[BoolArray, Int32Array, Int32Array]:
    """Judge one state by five concepts in every draw.

    Parameters
    ----------
    worth : (n_actors, n_draws, n_states), larger is better
    state : the one that is judged
    replaced, by : a state, and what it is worth (n_actors, n_draws) in place of `worth`
    cell : (n_actors, n_states), the cell of each state
    start : (n_cells + 1,), where the members of each cell begin
    member : states cell by cell
    above_start, above : the other cells that a cell can be left for
    is_once : whether each actor moves once at most in a reply

    Returns
    -------
    holds : (n_actors, n_draws, 5), concepts in the order of `Concept`
    tempted : (n_actors, n_draws), the best improvement; -1 where there is none
    leaves_for : (n_actors, n_draws), the best that no reply in the repliers' own
        interest spoils; -1 where there is none
    """
    n_actors, n_draws, n_states = worth.shape
    holds = np.ones((n_actors, n_draws, 5), np.bool_)
    tempted = np.full((n_actors, n_draws), -1, np.int32)
    leaves_for = np.full((n_actors, n_draws), -1, np.int32)
    own = np.empty((n_actors, n_states))
    # Who may move next, as bits, and the state: when it was met, and what is to do.
    met = np.zeros((1 << n_actors, n_states), np.int32)
    stack = np.empty((n_states << n_actors, 2), np.int32)
    moves = (cell, start, member, above_start, above)
    search = 0
    for d in range(n_draws):
        for a in range(n_actors):
            own[a] = worth[a, d]
            own[a, replaced] = by[a, d]
        for i in range(n_actors):
            here = cell[i, state]
            for nth in range(above_start[here] - 1, above_start[here + 1]):
                c = here if nth < above_start[here] else above[nth]
                for p in range(start[c], start[c + 1]):
                    q = member[p]
                    if own[i, q] <= own[i, state]:
                        continue
                    holds[i, d, 0] = False
                    if tempted[i, d] < 0 or own[i, q] > own[i, tempted[i, d]]:
                        tempted[i, d] = q
                    for is_free in (False, True):
                        if is_free and not holds[i, d, 4]:
                            break  # then `smr` is lost as well
                        search += 1
                        spoilt, caught = _reply(
                            *(own, i, state, q, not is_free, moves, is_once),
                            *(met, stack, search),
                        )
                        if not is_free:
                            holds[i, d, 1] &= caught
                            holds[i, d, 2] &= spoilt
                            best = leaves_for[i, d]
                            if not spoilt and (best < 0 or own[i, q] > own[i, best]):
                                leaves_for[i, d] = q
                            if caught:  # and so by bare threats all the more
                                break
                        else:
                            holds[i, d, 3] &= caught
                            holds[i, d, 4] &= spoilt
    return holds, tempted, leaves_for


@njit(cache=True, nogil=True, boundscheck=False)
def _reply(
    own: FloatArray,
    i: int,
    state: int,
    improvement: int,
    is_credible: bool,
    moves: Moves,
    is_once: bool,
    met: Int32Array,
    stack: Int32Array,
    search: int,
) -> tuple[bool, bool]:
    """Whether a reply spoils an improvement, and whether one leaves no escape."""
    cell, start, member, above_start, above = moves
    n_actors = len(own)
    everyone = ((1 << n_actors) - 1) & ~(1 << i)
    spoilt, top = False, 1
    stack[0, 0], stack[0, 1] = improvement, everyone
    while top > 0:
        top -= 1
        here, able = stack[top]
        for j in range(n_actors):
            if not able >> j & 1:
                continue
            rest = (able if is_once else everyone) & ~(1 << j)
            begin = cell[j, here]
            for nth in range(above_start[begin] - 1, above_start[begin + 1]):
                c = begin if nth < above_start[begin] else above[nth]
                for p in range(start[c], start[c + 1]):
                    q = member[p]
                    if q == here or met[rest, q] == search:
                        continue
                    if is_credible and own[j, q] <= own[j, here]:
                        continue
                    met[rest, q] = search
                    if own[i, q] <= own[i, state]:
                        spoilt = True
                        if not _escapes(own[i], state, i, q, moves):
                            return True, True
                    stack[top, 0], stack[top, 1] = q, rest
                    top += 1
    return spoilt, False


@njit(cache=True, nogil=True, boundscheck=False)
def _escapes(own: FloatArray, state: int, i: int, end: int, moves: Moves) -> bool:
    """Whether one more move of an actor leads to more than it had."""
    cell, start, member, above_start, above = moves
    begin = cell[i, end]
    for nth in range(above_start[begin] - 1, above_start[begin + 1]):
        c = begin if nth < above_start[begin] else above[nth]
        for p in range(start[c], start[c + 1]):
            if own[member[p]] > own[state]:
                return True
    return False
