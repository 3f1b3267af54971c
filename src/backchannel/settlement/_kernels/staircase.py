"""The frontier of a sweep, seen along its first axis: a staircase, kept in two columns.

Steps ascend in the second coordinate and descend in the third; a point is covered where
a step is as large in both. Source: Kung, Luccio and Preparata (1975), Journal of the
ACM 22(4), 469-476.
"""

from __future__ import annotations

from typing import Any

from numba import njit


@njit(cache=True, nogil=True, boundscheck=False)
def _stair_at(seconds: Any, size: int, second: Any) -> int:
    """First of the steps that reaches `second`; `size` where none does."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if seconds[middle] >= second:
            high = middle
        else:
            low = middle + 1
    return low


@njit(cache=True, nogil=True, boundscheck=False)
def is_covered(seconds: Any, thirds: Any, size: int, second: Any, third: Any) -> bool:
    """Tell whether some step is as large in both coordinates.

    Parameters
    ----------
    seconds, thirds : columns of which the first `size` rows are the steps
    size : number of steps
    second, third : the point
    """
    at = _stair_at(seconds, size, second)
    return bool(at < size and thirds[at] >= third)


@njit(cache=True, nogil=True, boundscheck=False)
def put_step(seconds: Any, thirds: Any, size: int, second: Any, third: Any) -> int:
    """Put a point on the staircase where it is not covered, in place of what it covers.

    Parameters
    ----------
    seconds, thirds, size, second, third : as for `is_covered`; both columns are changed
        and have room for one step more

    Returns
    -------
    new size
    """
    begin = end = _stair_at(seconds, size, second)
    if begin < size and thirds[begin] >= third:
        return size
    # An equal second coordinate with a smaller third is covered as well.
    if end < size and seconds[end] == second:
        end += 1
    while begin > 0 and thirds[begin - 1] <= third:
        begin -= 1
    shift = 1 - (end - begin)
    if shift > 0:
        for k in range(size - 1, end - 1, -1):
            seconds[k + 1] = seconds[k]
            thirds[k + 1] = thirds[k]
    elif shift < 0:
        for k in range(end, size):
            seconds[k + shift] = seconds[k]
            thirds[k + shift] = thirds[k]
    seconds[begin], thirds[begin] = second, third
    return int(size + shift)
