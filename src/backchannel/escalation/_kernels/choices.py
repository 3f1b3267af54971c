"""What a path draws, compiled into the kernels that follow paths."""

from __future__ import annotations

from typing import Any

from numba import njit


@njit(inline="always")
def pick_start(start_share: Any, u: Any) -> Any:
    """Index of the start state, by probabilities added up, for a uniform u."""
    i = 0
    while i < len(start_share) - 1 and u * start_share[-1] >= start_share[i]:
        i += 1
    return i


@njit(inline="always")
def pick_jump(rate: Any, r: Any, first: Any, last: Any, left: Any) -> Any:
    """Jump among first to last - 1, by rates; `left` is a uniform times their sum."""
    e = first
    for e in range(first, last):
        left -= rate[r, e]
        if left < 0.0:
            break
    return e


@njit(inline="always")
def pick_atom(row: Any, target: Any, share: Any, a: Any, s: Any, u: Any) -> Any:
    """State after atom a, for a uniform u; what is left of it stays where it is."""
    to = s
    for j in range(row[a, s], row[a, s + 1]):
        u -= share[j]
        if u < 0.0:
            to = target[j]
            break
    return to
