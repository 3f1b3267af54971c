"""Sources of chance by their own clocks: when each occurs next on one path.

Every source is a Poisson process in its internal time, the integral of its rate, and
draws from a stream of its own: the points of that process and a mark for each. What
another source does, or whether it exists, changes no number of this stream.

A source has a rate for each context and multiplies it by the level of its part: 1 for
what always may occur, the heat of one kind for what that heat adds, the number of
matters under way for their countermand. Within a part the next to occur has the least
ratio of target to rate, so a part costs one logarithm however many sources it has.

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
from backchannel.escalation._kernels.philox import philox

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
_LONGEST = 700.0


@njit(**FAST)
def begin_sources(path: Any, key: Any, p: Any, sources: Any, own: Any) -> None:
    """First targets of the sources of part p, where they have none yet.

    Half a block is used, the other half kept for the next.
    """
    part, stream = sources[2], sources[4]
    target, mark, ahead, ahead_mark, fired = own
    if part[p] == part[p + 1] or fired[part[p]] >= 0:
        return
    for j in range(part[p], part[p + 1]):
        a, b, c, d = philox(path, _NONE, stream[j], key)
        target[j], mark[j] = exponential_32(a), unit_32(b)
        ahead[1, j], ahead_mark[1, j] = exponential_32(c), unit_32(d)
        fired[j] = 0


@njit(**FAST)
def fire(path: Any, key: Any, j: Any, stream: Any, own: Any) -> Any:
    """Mark of source j, which occurs now, and its next target.

    A block holds two points. It is made one occurrence before it is needed, so that
    nothing waits for it: 1.3x.
    """
    target, mark, ahead, ahead_mark, fired = own
    u = mark[j]
    fired[j] += 1
    half = fired[j] & 1
    target[j], mark[j] = ahead[half, j], ahead_mark[half, j]
    if half == 1:
        block = np.uint64(fired[j] + 1) >> _ONE
        a, b, c, d = philox(path, block, stream[j], key)
        ahead[0, j], ahead_mark[0, j] = exponential_32(a), unit_32(b)
        ahead[1, j], ahead_mark[1, j] = exponential_32(c), unit_32(d)
    return u


@njit(**FAST)
def _wait_until(ratio: Any, level: Any, decay: Any, longest: Any) -> Any:
    """Hours until a part, at its level, has used up a ratio; `longest` or more: never.

    The level falls as exp(-decay t): ratio = level (1 - exp(-decay t)) / decay.
    """
    wait = ratio / level
    if decay == 0.0 or wait >= longest:
        return wait
    share = wait * decay
    return -log_positive(1.0 - share) / decay if share < 1.0 else np.inf


@njit(**FAST)
def next_source(longest: Any, row: Any, sources: Any, level: Any, target: Any) -> Any:
    """Find which source occurs first, and when.

    Parameters
    ----------
    longest : hours after which something else is due
    row : regime and context, row of the rates
    sources : see `PathTables`
    level, target : (n_parts,) and (n_sources,), of the path

    Returns
    -------
    hours, at most `longest`; whether a source occurs then; its number
    """
    mean, part, decay = sources[1], sources[2], sources[3]
    wait, which, ratio = longest, -1, 0.0
    for p in range(len(level)):
        if level[p] > 0.0:
            least = np.inf
            for j in range(part[p], part[p + 1]):
                least = min(least, target[j] * mean[row, j])
            then = _wait_until(least, level[p], decay[p], wait)
            if then < wait:
                wait, which, ratio = then, p, least
    if which < 0:
        return wait, False, _NONE
    for j in range(part[which], part[which + 1]):
        if target[j] * mean[row, j] == ratio:
            return wait, True, j
    return wait, True, part[which]


@njit(**FAST)
def spend(hours: Any, row: Any, sources: Any, level: Any, target: Any) -> None:
    """Let time pass: levels fall, and targets come nearer by the integral of the rate.

    Parameters
    ----------
    hours : how long
    row, sources, level, target : as in `next_source`
    """
    rate, part, decay = sources[0], sources[2], sources[3]
    for p in range(len(level)):
        if level[p] > 0.0:
            spent = level[p] * hours
            if decay[p] > 0.0:
                left = exponential_of(-min(decay[p] * hours, _LONGEST))
                spent = level[p] * (1.0 - left) / decay[p]
                level[p] *= left
            for j in range(part[p], part[p + 1]):
                target[j] = max(target[j] - rate[row, j] * spent, _LEAST)
