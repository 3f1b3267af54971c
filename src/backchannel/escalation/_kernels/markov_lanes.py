"""Paths of a Markov jump process, many in flight.

What `markov_paths` does with numbers happens here with vectors of sixteen: random
numbers are made in vector registers, tables are looked up at sixteen places at once,
and the waiting for memory of one path is used by the others. A lane whose path has
ended takes the next path.
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
from backchannel.escalation._kernels.vector_memory import gather, read, write
from backchannel.escalation._kernels.vectors import (
    WIDTH,
    choose,
    lowest_bit,
    mask_of,
    ones_where,
)

_ONE, _NONE = np.uint64(1), np.uint64(0)


@njit(inline="always")
def _outcomes(place: Any, word: Any, width: Any, ways: Any, others: Any) -> Any:
    """Do what `markov_paths.outcome` does for vectors of rows and words."""
    scaled = width * word
    k = place * width + (scaled >> HALF)
    way = gather(ways, k)
    is_own = (scaled & LOW) < (way & LOW)
    if len(others) == 0:
        return choose(is_own, (way >> HALF) & SHORT, way >> SHORT_AT)
    return choose(is_own, way >> HALF, gather(others, k))


@njit(inline="always")
def _step(
    state: Any, piece: Any, hour: Any, wait: Any, word: Any, width: Any, model: Any
) -> Any:
    """Next event of sixteen paths, or the end of the piece where it comes first."""
    ends, row, jump, waits, ways, others = model
    place = gather(row, piece) + state
    then = hour + wait * gather(waits, place)
    end = gather(ends, piece)
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
    width = np.uint64(len(model[4]) // len(model[3]))
    n_states, n_pieces = np.uint64(n_states), np.uint64(len(model[0]))
    path, event = np.zeros(n_lanes, np.uint64), np.zeros(n_lanes, np.uint64)
    state, piece = np.zeros(n_lanes, np.uint64), np.zeros(n_lanes, np.uint64)
    hour = np.zeros(n_lanes)
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
            block = read(event, k)
            a, b, c, d = philox(read(path, k), block, (block & _NONE) | EVENTS, key)
            s, g, t = read(state, k), read(piece, k), read(hour, k)
            s, g, t = _step(s, g, t, exponentials(a), b, width, model)
            is_over = (s >= n_states) | (g >= n_pieces)
            # Those that are over take the second half from a row that exists.
            s2, g2 = choose(is_over, s & _NONE, s), choose(is_over, g & _NONE, g)
            s2, g2, t2 = _step(s2, g2, t, exponentials(c), d, width, model)
            s, g = choose(is_over, s, s2), choose(is_over, g, g2)
            t = choose(is_over, t, t2)
            write(state, k, s)
            write(piece, k, g)
            write(hour, k, t)
            write(event, k, block + _ONE)
            over = mask_of((s >= n_states) | (g >= n_pieces))
            while over != 0:
                lane = k + lowest_bit(over)
                over &= over - 1
                if path[lane] < last:
                    n_left -= 1
                    if state[lane] >= n_states:
                        end = state[lane] - n_states
                        counts[end, bin_of(hour[lane], grid, guess)] += 1
                path[lane], event[lane] = following, _NONE
                # NOTE: not asked again for the only state to begin in, 1.2x.
                state[lane] = begin
                if not is_one:
                    state[lane] = start_of(following, key, start[0], start[1])
                piece[lane], hour[lane] = _NONE, 0.0
                following += _ONE
