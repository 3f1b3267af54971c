"""What a path can meet and what it draws, compiled into kernels that follow paths."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import float64, int64, njit, types
from numpy.typing import NDArray

from backchannel.escalation._kernels.counter import two_uniforms_reference

_F1, _I1 = types.Array(float64, 1, "C"), types.Array(int64, 1, "C")
_I2 = types.Array(int64, 2, "C")


class Jumps(NamedTuple):
    """Where paths start, what can happen to them and when, but for the rates.

    row_start, target, group, end, regime, atom, atom_row, atom_target, atom_share,
    start, start_share, war, settled : as in `JumpTable`

    A kernel takes it apart before its loop: to read a field inside costs three times
    the loop.
    """

    row_start: NDArray[np.int64]
    target: NDArray[np.int64]
    group: NDArray[np.int64]
    end: NDArray[np.float64]
    regime: NDArray[np.int64]
    atom: NDArray[np.int64]
    atom_row: NDArray[np.int64]
    atom_target: NDArray[np.int64]
    atom_share: NDArray[np.float64]
    start: NDArray[np.int64]
    start_share: NDArray[np.float64]
    war: int
    settled: int


JUMPS = types.NamedTuple(
    (_I1, _I1, _I1, _F1, _I1, _I1, _I2, _I1, _F1, _I1, _F1, int64, int64), Jumps
)
"""Type of `Jumps` in the signature of a kernel."""


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


def pick_start_reference(jumps: Jumps, u: float) -> int:
    """State to start in, by a search of what is added up."""
    share = jumps.start_share
    return int(jumps.start[np.searchsorted(share, u * share[-1], side="right")])


def pick_atom_reference(jumps: Jumps, a: int, s: int, u: float) -> int:
    """State after atom a, by cumulated sums."""
    row = slice(jumps.atom_row[a, s], jumps.atom_row[a, s + 1])
    to = np.searchsorted(np.cumsum(jumps.atom_share[row]), u, side="right")
    return int(np.append(jumps.atom_target[row], s)[to])


def move_on_reference(
    jumps: Jumps, rate: np.ndarray, seed: int, path: int, stream: int, step: int,
    s: int, now: float, p: int,
) -> tuple[int, float, int, int, float, int]:  # fmt: skip
    """Stay in state s for a while, then jump or meet the end of piece p.

    Parameters
    ----------
    jumps, rate : what paths can meet, and at which rates
    seed, path, stream, step : name the random numbers; `step` counts those of a path
    s, now, p : state, hour and piece of time

    Returns
    -------
    jump (-1 for none), hours stayed; then step, state, hour and piece that follow

    Notes: the compiled kernels write this out, since a step that they share and that
    returns all this costs them twice the time.
    """
    row = slice(jumps.row_start[s], jumps.row_start[s + 1])
    edges = np.append(0.0, np.cumsum(rate[jumps.regime[p], row]))
    u, v = two_uniforms_reference(seed, path, step, stream)
    dt = -np.log(u) / edges[-1] if edges[-1] > 0 else np.inf
    end = float(jumps.end[p])
    if now + dt < end:
        e = row.start + int(np.searchsorted(edges[1:], v * edges[-1], side="right"))
        return e, dt, step + 1, int(jumps.target[e]), now + dt, p
    if jumps.atom[p] < 0:
        return -1, end - now, step + 1, s, end, p + 1
    u = two_uniforms_reference(seed, path, step + 1, stream)[0]
    to = pick_atom_reference(jumps, int(jumps.atom[p]), s, u)
    return -1, end - now, step + 2, to, end, p + 1
