"""Sources of chance by their own clocks: when each occurs next on one path.

Every source is a Poisson process in its internal time, the integral of its rate, and
draws from a stream of its own: the points of that process and a mark for each. What
another source does, or whether it exists, changes no number of this stream.

A source has a rate for each context and multiplies it by the level of its part: 1 for
what always may occur, the heat of one kind for what that heat adds, the number of
matters under way for their countermand. A part keeps the integral of its level, and
each of its sources that integral at which it occurs next. So time that passes changes
one number of a part however many sources it has, the next to occur has the least, and
only what a change of context does to a rate moves a point.

Source: Gibson and Bruck (2000), J. Phys. Chem. A 104(9), 1876-1889 (a clock for each
source); Anderson (2007), Journal of Chemical Physics 127, 214107 (in internal time);
Dassios and Zhao (2013), Electronic Communications in Probability 18(62) (exponential
kernels inverted without rejection).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.elementary import (
    exponential_32,
    exponential_of,
    log_positive,
    unit_32,
)
from backchannel.escalation._kernels.philox import HALF, LOW, philox

# Of a compiled kernel: no number here is NaN, and the sign of 0 means nothing.
FLAGS = {"nnan", "nsz"}
# No array is made or kept, so none is counted: without the counting 2x to 4x.
# Inlined, or every call would copy the description of all arrays.
FAST = {
    "cache": True,
    "error_model": "numpy",
    "fastmath": FLAGS,
    "forceinline": True,
    "_nrt": False,
}
_NONE, _ONE = np.uint64(0), np.uint64(1)
# What rounding may leave of a target; its ratio to a rate of 0 is still infinite.
_LEAST = 1e-300
# Beyond it nothing is left of a kernel: exp(-700) = 1e-304.
LONGEST = 700.0


@njit(**FAST)
def set_first(
    j: Any, lane: Any, row: Any, target: Any, word: Any, sources: Any, clocks: Any
) -> None:
    """Set the first point of source j, and its mark.

    Parameters
    ----------
    j, lane : source and path
    row : regime and context in which the path begins
    target : internal time of the point
    word : 32 bits of its mark
    sources, clocks : see `PathTables`
    """
    point, kept, drawn = clocks
    kept[j, lane] = target
    point[j, lane] = target * sources[1][row, j]
    drawn[j, lane] = word


@njit(**FAST)
def fire(
    path: Any,
    key: Any,
    j: Any,
    lane: Any,
    row: Any,
    now: Any,
    sources: Any,
    clocks: Any,
) -> Any:
    """Mark of source j, which occurs now, and its next point.

    Parameters
    ----------
    path, key : which random numbers; a block holds two points
    j, lane, row : source, path, row of the rates
    now : the integral at which it occurs
    sources, clocks : see `PathTables`
    """
    mean, stream = sources[1], sources[5]
    point, _, drawn = clocks
    word = drawn[j, lane]
    number = (word >> HALF) + _ONE
    a, b, c, d = philox(path, number >> _ONE, stream[j], key)
    if number & _ONE == _ONE:
        a, b = c, d
    point[j, lane] = now + exponential_32(a) * mean[row, j]
    drawn[j, lane] = (number << HALF) | b
    return unit_32(word & LOW)


@njit(**FAST)
def _wait_until(ratio: Any, level: Any, decay: Any, fade: Any) -> Any:
    """Hours until the integral of a level, and of what is left of it, meets a ratio.

    The level falls as exp(-decay t): ratio = level (1 - exp(-decay t)) / decay.
    """
    wait = ratio / level
    if decay == 0.0:
        return wait
    share = wait * decay
    return log_positive(1.0 - share) * fade if share < 1.0 else np.inf


@njit(**FAST)
def next_source(longest: Any, lane: Any, sources: Any, parts: Any, point: Any) -> Any:
    """Find which source occurs first, and when.

    Parameters
    ----------
    longest : hours after which something else is due
    lane : path
    sources, parts, point : see `PathTables`

    Returns
    -------
    hours, at most `longest`; whether a source occurs then; its number and its point
    """
    part, decay, fade = sources[2], sources[3], sources[4]
    level, spent = parts
    wait, is_source, which, now = longest, False, _NONE, np.inf
    for p in range(len(level)):
        if level[p, lane] > 0.0 and part[p] < part[p + 1]:
            first = part[p]
            for j in range(part[p] + _ONE, part[p + 1]):
                if point[j, lane] < point[first, lane]:
                    first = j
            ratio = max(point[first, lane] - spent[p, lane], 0.0)
            then = _wait_until(ratio, level[p, lane], decay[p], fade[p])
            if then < wait:
                wait, is_source, which, now = then, True, first, point[first, lane]
    return wait, is_source, which, now


@njit(**FAST)
def spend(hours: Any, lane: Any, sources: Any, parts: Any) -> None:
    """Let time pass: levels fall, and their integrals grow.

    Parameters
    ----------
    hours : how long
    lane, sources, parts : as in `next_source`
    """
    part, decay, fade = sources[2], sources[3], sources[4]
    level, spent = parts
    for p in range(len(level)):
        if level[p, lane] > 0.0 and part[p] < part[p + 1]:
            if decay[p] > 0.0:
                left = exponential_of(-min(decay[p] * hours, LONGEST))
                # `fade` is negative.
                spent[p, lane] += level[p, lane] * ((left - 1.0) * fade[p])
                level[p, lane] *= left
            else:
                spent[p, lane] += level[p, lane] * hours


@njit(**FAST)
def change_rates(
    lane: Any, before: Any, after: Any, sources: Any, parts: Any, clocks: Any
) -> None:
    """Move the points of a path for another row of rates.

    Parameters
    ----------
    lane : path
    before, after : rows; a source without a rate keeps what is left of its target
    sources, parts, clocks : see `PathTables`
    """
    rate, mean, part = sources[0], sources[1], sources[2]
    point, kept, _ = clocks
    for p in range(len(part) - 1):
        spent = parts[1][p, lane]
        for j in range(part[p], part[p + 1]):
            old = rate[before, j]
            if rate[after, j] == old:
                continue
            if old > 0.0:
                kept[j, lane] = max((point[j, lane] - spent) * old, _LEAST)
            point[j, lane] = spent + kept[j, lane] * mean[after, j]
