"""Paths of a Markov jump process, one at a time.

`step` and `follow_path` are the process in thirty lines; `markov_lanes` does the same
for many paths at once and gives the same bits.

Each event takes 64 of the 128 bits of a block: 32 for the waiting time, 32 for what
happens. A stretch that reaches the end of a piece is cut there and drawn anew, which a
process without memory allows.

Source: Gillespie (1976), J. Comput. Phys. 22(4), 403-434 (the direct method).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.elementary import exponential_32
from backchannel.escalation._kernels.philox import HALF, LOW, philox

# Sources of chance: counter word 3.
EVENTS, START = np.uint64(0), np.uint64(1)
OPEN, WAR, SETTLED = 0, 1, 2
# What `jump` holds for a piece that ends without one.
NO_JUMP = np.uint64(0xFFFFFFFFFFFFFFFF)
SHORT = np.uint64(0xFFFF)
SHORT_AT = np.uint64(48)
_ONE, _NONE = np.uint64(1), np.uint64(0)


@njit(cache=True)
def outcome(place: Any, word: Any, width: Any, ways: Any, others: Any) -> Any:
    """State that an alias row leads to.

    Parameters
    ----------
    place : uint64, number of the row
    word : uint64 below 2^32, which outcome
    width : uint64, cells of a row
    ways, others : cells, see `MarkovTables`

    Returns
    -------
    uint64
    """
    scaled = width * word
    k = place * width + (scaled >> HALF)
    way = ways[k]
    is_own = (scaled & LOW) < (way & LOW)
    if len(others) == 0:
        return (way >> HALF) & SHORT if is_own else way >> SHORT_AT
    return way >> HALF if is_own else others[k]


@njit(cache=True)
def start_of(path: Any, key: Any, start_ways: Any, start_others: Any) -> Any:
    """State in which a path begins: an outcome of the only row of a table."""
    width = np.uint64(len(start_ways))
    word = _NONE
    if width > _ONE:
        word, _, _, _ = philox(path, _NONE, START, key)
    return outcome(_NONE, word, width, start_ways, start_others)


@njit(cache=True)
def step(state: Any, piece: Any, hour: Any, wait: Any, word: Any, model: Any) -> Any:
    """Next event of a path, or the end of the piece where it comes first.

    Parameters
    ----------
    state, piece, hour : where the path is
    wait, word : uint64 below 2^32, for how long it waits and what happens
    model : as in `follow_path`

    Returns
    -------
    state, piece and hour afterwards
    """
    ends, row, jump, waits, ways, others = model
    width = np.uint64(len(ways) // len(waits))
    place = row[piece] + state
    then = hour + exponential_32(wait) * waits[place]
    is_end = then >= ends[piece]
    is_jump = is_end and len(jump) > 0 and jump[piece] != NO_JUMP
    if is_jump:
        place = jump[piece] + state
    if is_jump or not is_end:
        state = outcome(place, word, width, ways, others)
    if is_end:
        return state, piece + 1, ends[piece]
    return state, piece, then


@njit(cache=True)
def follow_path(path: Any, key: Any, start: Any, n_states: Any, model: Any) -> Any:
    """Follow one path to its end.

    Parameters
    ----------
    path, key : uint64, which random numbers to use
    start : (start_ways, start_others), an alias row over the states to begin in
    n_states : states from this number on are ends: war, then settled
    model : (ends, row, jump, waits, ways, others), see `MarkovTables`

    Returns
    -------
    state and hour at the end; a state below `n_states` is still open at the horizon
    """
    n_pieces = len(model[0])
    state, piece, hour = start_of(path, key, start[0], start[1]), 0, 0.0
    block = _NONE
    while state < n_states and piece < n_pieces:
        a, b, c, d = philox(path, block, EVENTS, key)
        block += _ONE
        state, piece, hour = step(state, piece, hour, a, b, model)
        if state < n_states and piece < n_pieces:
            state, piece, hour = step(state, piece, hour, c, d, model)
    return state, hour


@njit(cache=True)
def bin_of(hour: Any, grid: Any, guess: Any) -> Any:
    """Index of the first hour of an ascending grid that is not before `hour`.

    `guess` holds a lower bound of it for equal parts of the time up to the horizon.
    """
    part = np.int64(hour / grid[-1] * (len(guess) - 1))
    k = guess[part]
    while grid[k] < hour:
        k += 1
    return k


@njit(cache=True, nogil=True, error_model="numpy")
def follow_paths(
    first: Any,
    last: Any,
    key: Any,
    start: Any,
    n_states: Any,
    model: Any,
    grid: Any,
    guess: Any,
    counts: Any,
) -> Any:
    """Follow paths `first` to `last` one after the other; see `follow_lanes`."""
    n_states = np.uint64(n_states)
    for path in range(first, last):
        state, hour = follow_path(np.uint64(path), key, start, n_states, model)
        if state >= n_states:
            counts[state - n_states, bin_of(hour, grid, guess)] += 1
