"""Paths of a Markov jump process, many in flight.

What `markov_paths` does with numbers happens here with vectors of sixteen: random
numbers are made in vector registers, tables are looked up at sixteen places at once,
and the waiting for memory of one path is used by the others. A lane whose path has
ended takes the next path, without a branch: where ends came one by one, guessing wrong
whether there is one took a tenth of the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.markov_paths import (
    EVENTS,
    NO_JUMP,
    SHORT,
    SHORT_AT,
    bin_of,
    start_of,
)
from backchannel.escalation._kernels.philox import HALF, LOW, philox
from backchannel.escalation._kernels.vector_elementary import exponentials
from backchannel.escalation._kernels.vector_memory import (
    gather,
    read,
    write,
    write_packed,
)
from backchannel.escalation._kernels.vectors import (
    WIDTH,
    choose,
    count_of,
    lowest_bit,
    mask_of,
    ones_where,
    rank_of,
    same_number,
)

# Ends that wait to be counted.
_ROOM = 256
_ONE, _NONE = np.uint64(1), np.uint64(0)


@njit(inline="always")
def _outcomes(place: Any, word: Any, width: Any, ways: Any, others: Any) -> Any:
    """Do what `markov_paths.outcome` does for vectors of rows and words."""
    # Without the upper halves, which are 0, the compiler multiplies whole words: 0.9x.
    scaled = width * (word & LOW)
    k = (place & LOW) * width + (scaled >> HALF)
    way = gather(ways, k)
    is_own = (scaled & LOW) < (way & LOW)
    if len(others) == 0:
        return choose(is_own, (way >> HALF) & SHORT, way >> SHORT_AT)
    return choose(is_own, way >> HALF, gather(others, k))


@njit(inline="always")
def _look_up(state: Any, piece: Any, model: Any) -> Any:
    """Row, mean wait and end of the piece of sixteen paths."""
    ends, row, _, waits, _, _ = model
    place = gather(row, piece) + state
    return place, gather(waits, place), gather(ends, piece)


@njit(inline="always")
def _step(
    state: Any,
    piece: Any,
    hour: Any,
    found: Any,
    wait: Any,
    word: Any,
    width: Any,
    model: Any,
) -> Any:
    """Next event of sixteen paths, or the end of the piece where it comes first."""
    _, _, jump, _, ways, others = model
    place, mean, end = found
    then = hour + wait * mean
    is_end = then >= end
    after = state
    if len(jump) == 0:
        after = choose(is_end, state, _outcomes(place, word, width, ways, others))
    else:
        at_end = gather(jump, piece)
        is_jump = is_end & (at_end < NO_JUMP)
        place = choose(is_jump, at_end + state, place)
        moved = _outcomes(place, word, width, ways, others)
        after = choose(is_jump, moved, choose(is_end, state, moved))
    return after, piece + ones_where(is_end), choose(is_end, end, then)


@njit(error_model="numpy")
def _count(
    n: Any, state: Any, hour: Any, n_states: Any, grid: Any, guess: Any, counts: Any
) -> None:
    """Add the first n ends to the counts."""
    for i in range(n):
        counts[state[i] - n_states, bin_of(hour[i], grid, guess)] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def follow_lanes(
    first: Any,
    last: Any,
    key: Any,
    start: Any,
    n_states: Any,
    model: Any,
    grid: Any,
    guess: Any,
    counts: Any,
    n_lanes: Any,
) -> Any:
    """Follow paths `first` to `last`, many at a time.

    Parameters
    ----------
    first, last : numbers of paths; `last` is not among them
    key, start, n_states, model : as in `markov_paths.follow_path`
    grid, guess : hours to count by, as in `markov_paths.bin_of`
    counts : (2, n_hours) int64, to which ends are added: war and settled by the first
        hour of the grid that is not before the end
    n_lanes : paths in flight, a multiple of `WIDTH`; never changes a result
    """
    width = np.uint64(len(model[4]) // len(model[3])) & LOW
    n_states, n_pieces = np.uint64(n_states), np.uint64(len(model[0]))
    path, event = np.zeros(n_lanes, np.uint64), np.zeros(n_lanes, np.uint64)
    state, piece = np.zeros(n_lanes, np.uint64), np.zeros(n_lanes, np.uint64)
    hour = np.zeros(n_lanes)
    ended, ended_at, n_ended = np.zeros(_ROOM, np.uint64), np.zeros(_ROOM), 0
    n_left, last = last - first, np.uint64(last)
    # Lanes beyond the last path follow others, and nobody counts them.
    following = np.uint64(first)
    for lane in range(n_lanes):
        path[lane] = following
        state[lane] = start_of(following, key, start[0], start[1])
        following += _ONE
    is_one, begin = len(start[0]) == 1, state[0]
    while n_left > 0:
        for k in range(0, n_lanes, WIDTH):
            number, block = read(path, k), read(event, k)
            none = block & _NONE
            s, g, t = read(state, k), read(piece, k), read(hour, k)
            # NOTE: asked of memory before the random numbers are made, 1.05x.
            found = _look_up(s, g, model)
            a, b, c, d = philox(number, block, none | EVENTS, key)
            s, g, t = _step(s, g, t, found, exponentials(a), b, width, model)
            wait = exponentials(c)
            is_over = (s >= n_states) | (g >= n_pieces)
            # Those that are over take the second half from a row that exists.
            s2, g2 = choose(is_over, none, s), choose(is_over, none, g)
            found = _look_up(s2, g2, model)
            s2, g2, t2 = _step(s2, g2, t, found, wait, d, width, model)
            s, g = choose(is_over, s, s2), choose(is_over, g, g2)
            t = choose(is_over, t, t2)
            is_out, is_mine = s >= n_states, number < last
            is_over = is_out | (g >= n_pieces)
            n_left -= count_of(is_over & is_mine)
            write_packed(ended, n_ended, s, is_out & is_mine)
            write_packed(ended_at, n_ended, t, is_out & is_mine)
            n_ended += count_of(is_out & is_mine)
            if n_ended > _ROOM - WIDTH:
                _count(n_ended, ended, ended_at, n_states, grid, guess, counts)
                n_ended = 0
            write(path, k, choose(is_over, rank_of(is_over) + following, number))
            following += np.uint64(count_of(is_over))
            write(event, k, choose(is_over, none, block + _ONE))
            write(state, k, choose(is_over, none + begin, s))
            write(piece, k, choose(is_over, none, g))
            write(hour, k, choose(is_over, same_number(0.0), t))
            # NOTE: not asked again for the only state to begin in, 1.2x.
            over = 0 if is_one else mask_of(is_over)
            while over != 0:
                lane = k + lowest_bit(over)
                over &= over - 1
                state[lane] = start_of(path[lane], key, start[0], start[1])
    _count(n_ended, ended, ended_at, n_states, grid, guess, counts)
