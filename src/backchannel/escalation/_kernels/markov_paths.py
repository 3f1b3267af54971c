"""Paths of a Markov jump process: one at a time, and many in flight.

`follow_path` is the process in twenty lines; `follow_lanes` does the same for many
paths at once, so that random numbers are made in vector registers and the waiting for
memory of one path is used by the others. A lane whose path has ended takes the next
path at once. Both give the same bits.

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
_ONE, _NONE = np.uint64(1), np.uint64(0)
# No path has this number.
_IDLE = np.uint64(0xFFFFFFFFFFFFFFFF)


@njit(cache=True)
def cell_of(word: Any, n: Any) -> Any:
    """Cell of an alias row of n, and the place inside it, from 32 random bits."""
    scaled = np.uint64(n) * word
    return scaled >> HALF, scaled & LOW


@njit(cache=True)
def start_of(path: Any, key: Any, start: Any, start_ways: Any) -> Any:
    """State in which a path begins."""
    if len(start_ways) == 1:
        return start
    word, _, _, _ = philox(path, _NONE, START, key)
    cell, part = cell_of(word, len(start_ways))
    way = start_ways[cell]
    is_own = part < np.uint64(way["threshold"])
    return np.int64(way["own"]) if is_own else np.int64(way["other"])


@njit(cache=True)
def follow_path(
    path: Any, key: Any, start: Any, start_ways: Any, n_states: Any, model: Any
) -> Any:
    """Follow one path to its end.

    Parameters
    ----------
    path, key : uint64, which random numbers to use
    start, start_ways : the only state to begin in, or an alias row over several
    n_states : states from this number on are ends: war, then settled
    model : (ends, regime, jump, here, ways), see `MarkovTables`

    Returns
    -------
    state and hour at the end; a state below `n_states` is still open at the horizon
    """
    ends, regime, jump, here, ways = model
    state, hour, piece = start_of(path, key, start, start_ways), 0.0, 0
    event, n_pieces = _NONE, len(ends)
    a, b, c, d = _NONE, _NONE, _NONE, _NONE
    while state < n_states and piece < n_pieces:
        if event & _ONE == _NONE:
            a, b, c, d = philox(path, event >> _ONE, EVENTS, key)
        else:
            a, b = c, d
        event += _ONE
        row = here[regime[piece], state]
        hour += exponential_32(a) * row["wait"]
        is_end = hour >= ends[piece]
        if is_end:
            hour = ends[piece]
            if jump[piece] >= 0:
                row = here[jump[piece], state]
        if not is_end or jump[piece] >= 0:
            cell, part = cell_of(b, row["n"])
            way = ways[np.uint64(row["first"]) + cell]
            is_own = part < np.uint64(way["threshold"])
            state = np.int64(way["own"]) if is_own else np.int64(way["other"])
        piece += 1 if is_end else 0
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
    start_ways: Any,
    n_states: Any,
    model: Any,
    grid: Any,
    guess: Any,
    counts: Any,
) -> Any:
    """Follow paths `first` to `last` one after the other; see `follow_lanes`."""
    for path in range(first, last):
        state, hour = follow_path(
            np.uint64(path), key, start, start_ways, n_states, model
        )
        if state >= n_states:
            counts[state - n_states, bin_of(hour, grid, guess)] += 1


@njit(cache=True, error_model="numpy")
def _draw_blocks(path: Any, event: Any, key: Any, word: Any, wait: Any) -> None:
    """One block for every lane, and both waiting times in it."""
    n_lanes = len(path)
    word_a, word_b, word_c, word_d = word[0], word[1], word[2], word[3]
    wait_a, wait_b = wait[0], wait[1]
    # Three loops: in one the compiler finds no vectors.
    for i in range(n_lanes):
        word_a[i], word_b[i], word_c[i], word_d[i] = philox(
            path[i], event[i], EVENTS, key
        )
    for i in range(n_lanes):
        wait_a[i] = exponential_32(word_a[i])
    for i in range(n_lanes):
        wait_b[i] = exponential_32(word_c[i])


@njit(cache=True, nogil=True, error_model="numpy")
def follow_lanes(
    first: Any,
    last: Any,
    key: Any,
    start: Any,
    start_ways: Any,
    n_states: Any,
    model: Any,
    grid: Any,
    guess: Any,
    counts: Any,
    n_lanes: Any,
) -> Any:
    """Follow paths `first` to `last`, `n_lanes` at a time.

    Parameters
    ----------
    first, last : numbers of paths; `last` is not among them
    key, start, start_ways, n_states, model : as in `follow_path`
    grid, guess : hours to count by, as in `bin_of`
    counts : (2, n_hours) int64, to which ends are added: war and settled by the first
        hour of the grid that is not before the end
    n_lanes : paths in flight; never changes a result
    """
    ends, regime, jump, here, ways = model
    path, event = np.zeros(n_lanes, np.uint64), np.zeros(n_lanes, np.uint64)
    # Unsigned, so that no index is asked whether it counts from the end.
    state, piece = np.zeros(n_lanes, np.uint64), np.zeros(n_lanes, np.uint64)
    n_states, n_pieces = np.uint64(n_states), np.uint64(len(ends))
    has_jumps = jump.max() >= 0
    hour = np.zeros(n_lanes)
    wait, word = np.zeros((2, n_lanes)), np.zeros((4, n_lanes), np.uint64)
    following, n_live = first, 0
    for lane in range(n_lanes):
        path[lane], piece[lane] = _IDLE, n_pieces
        if following < last:
            path[lane] = np.uint64(following)
            state[lane] = start_of(path[lane], key, start, start_ways)
            piece[lane] = 0
            following += 1
            n_live += 1
    while n_live > 0:
        _draw_blocks(path, event, key, word, wait)
        for half in range(2):
            waits, words = wait[half], word[2 * half + 1]
            for i in range(n_lanes):
                s, g = state[i], piece[i]
                if s >= n_states or g == n_pieces:
                    continue
                row = here[regime[g], s]
                then = hour[i] + waits[i] * row["wait"]
                end = ends[g]
                is_end = then >= end
                if has_jumps and is_end and jump[g] >= 0:
                    row = here[np.uint64(jump[g]), s]
                cell, part = cell_of(words[i], row["n"])
                way = ways[np.uint64(row["first"]) + cell]
                is_own = part < np.uint64(way["threshold"])
                after = np.uint64(way["own"]) if is_own else np.uint64(way["other"])
                is_still = is_end and not (has_jumps and jump[g] >= 0)
                state[i] = s if is_still else after
                hour[i] = end if is_end else then
                piece[i] = g + np.uint64(is_end)
        for i in range(n_lanes):
            event[i] += _ONE
            s = state[i]
            if s < n_states and piece[i] < n_pieces:
                continue
            if s >= n_states:
                counts[s - n_states, bin_of(hour[i], grid, guess)] += 1
            state[i], piece[i] = 0, n_pieces
            if path[i] != _IDLE:
                n_live -= 1
            path[i] = _IDLE
            if following < last:
                path[i], event[i] = np.uint64(following), _NONE
                state[i] = start_of(path[i], key, start, start_ways)
                hour[i], piece[i] = 0.0, 0
                following += 1
                n_live += 1
