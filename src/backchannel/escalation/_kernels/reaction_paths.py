"""Paths by internal clocks, one stream of chance for each reaction.

Reaction c fires when its hazard, added up over the path, reaches the next point of a
unit Poisson stream that belongs to (seed, path, c). Two policies that read the same
streams share the luck of each reaction, also after their paths have parted.

The reactions of a state lie side by side, so that the search for the next one runs in
vector registers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int32, int64, njit, types, uint64

from backchannel.escalation._kernels.choices import (
    JUMPS,
    Jumps,
    pick_atom,
    pick_atom_reference,
    pick_start,
    pick_start_reference,
)
from backchannel.escalation._kernels.counter import two_uniforms
from backchannel.escalation._kernels.elementary import exponential_32
from backchannel.escalation._kernels.philox import philox

_F1, _F2 = types.Array(float64, 1, "C"), types.Array(float64, 2, "C")
_I1 = types.Array(int64, 1, "C")
_T2 = types.Array(int32, 2, "C")
MOST_REACTIONS = 256
# The number of a reaction stands in the last bits of its waiting time: the least of
# such times is found together with who waits least. They decide 1 tie in 2**44.
_LOW_BITS = int64(MOST_REACTIONS - 1)
_HIGH_BITS = ~_LOW_BITS
_LATEST = int64(2**63 - 1)
# A block of a stream holds four points, of 32 bits each.
_PER_BLOCK = 4
# Streams of what is not a reaction.
ATOM_STREAM, START_STREAM = 1 << 20, 1 << 21


@njit(inline="always")
def _four_points(path: Any, step: Any, source: Any, seed: Any) -> Any:
    """Gaps between the next points of a stream, from one block."""
    w0, w1, w2, w3 = philox(path, step, source, seed)
    return (
        exponential_32(w0),
        exponential_32(w1),
        exponential_32(w2),
        exponential_32(w3),
    )


@njit(
    int64(_F2, _T2, _I1, JUMPS, uint64, int64, _F1),
    nogil=True, cache=True, error_model="numpy",
)  # fmt: skip
def reaction_paths(
    rate: Any, target: Any, stream: Any, jumps: Any, seed: Any, first_path: Any,
    hour: Any,
) -> int:  # fmt: skip
    """Follow paths to war, a settlement or the horizon.

    Parameters
    ----------
    rate : (n_regimes * n_states, n_reactions)
    target : (n_states, n_reactions)
    stream : (n_reactions,), numbers of the streams, the same in every policy
    jumps : where paths start and when they end; its own targets are not read
    seed, first_path : path k reads the streams of first_path + k
    hour : (n_paths,), receives the hour of war, infinite where it does not come

    Returns
    -------
    number of jumps made

    Source: Anderson (2007), Journal of Chemical Physics 127, 214107; Rathinam, Sheppard
    and Khammash (2010), Journal of Chemical Physics 132, 034103.
    """
    n_reactions, n_states = len(stream), len(target)
    (
        _, _, _, end, regime, atom, atom_row, atom_target, atom_share,
        start, start_share, war, settled,
    ) = jumps  # fmt: skip
    left, wait = np.empty(n_reactions), np.empty(n_reactions)
    order = wait.view(np.int64)
    spare = np.empty((_PER_BLOCK - 1, n_reactions))
    drawn = np.empty(n_reactions, dtype=np.int64)
    n_made = 0
    for k in range(len(hour)):
        path = uint64(first_path + k)
        for c in range(n_reactions):
            points = _four_points(path, uint64(0), uint64(stream[c]), seed)
            left[c], spare[0, c], spare[1, c], spare[2, c] = points
            drawn[c] = 1
        u, _ = two_uniforms(seed, path, uint64(0), uint64(START_STREAM))
        s, now, piece = start[pick_start(start_share, u)], 0.0, 0
        while s != war and s != settled and piece < len(end):
            rates = rate[regime[piece] * n_states + s]
            for c in range(n_reactions):
                wait[c] = left[c] / rates[c]
            first = _LATEST
            for c in range(n_reactions):
                first = min(first, (order[c] & _HIGH_BITS) | c)
            c = first & _LOW_BITS
            dt, fresh = wait[c], 0.0
            if now + dt < end[piece]:
                now += dt
                s = target[s, c]
                n_made += 1
                place, step = drawn[c] % _PER_BLOCK, drawn[c] // _PER_BLOCK
                drawn[c] += 1
                if place > 0:
                    fresh = spare[place - 1, c]
                else:
                    points = _four_points(path, uint64(step), uint64(stream[c]), seed)
                    fresh, spare[0, c], spare[1, c], spare[2, c] = points
                # NOTE: written as a choice, since a single number stored in between
                # would hold up the next read of the whole register: 2x.
                for j in range(n_reactions):
                    left[j] = fresh if j == c else left[j] - rates[j] * dt
                continue
            dt = end[piece] - now
            for j in range(n_reactions):
                left[j] -= rates[j] * dt
            now = end[piece]
            a = atom[piece]
            if a >= 0:
                u, _ = two_uniforms(seed, path, uint64(0), uint64(ATOM_STREAM + a))
                s = pick_atom(atom_row, atom_target, atom_share, a, s, u)
            piece += 1
        hour[k] = now if s == war else math.inf
    return n_made


def _uniform(seed: int, path: int, stream: int) -> float:
    return float(two_uniforms(*(np.uint64(v) for v in (seed, path, 0, stream)))[0])


def reaction_paths_reference(
    rate: np.ndarray, target: np.ndarray, stream: np.ndarray, jumps: Jumps, seed: int,
    first_path: int, hour: np.ndarray,
) -> int:  # fmt: skip
    """The same with clocks that run forward, and points added up."""
    n_made = 0
    for k in range(len(hour)):
        path = first_path + k

        def point(c: int, n: int, path: int = path) -> float:
            step, which = divmod(n, _PER_BLOCK)
            word = philox(*(np.uint64(v) for v in (path, step, stream[c], seed)))[which]
            return float(-np.log((float(word) + 0.5) / 2.0**32))

        s = pick_start_reference(jumps, _uniform(seed, path, START_STREAM))
        clock, fired = np.zeros(len(stream)), np.zeros(len(stream), dtype=int)
        goal = np.array([point(c, 0) for c in range(len(stream))])
        now, piece = 0.0, 0
        while s not in (jumps.war, jumps.settled) and piece < len(jumps.end):
            end = jumps.end[piece]
            rates = rate[jumps.regime[piece] * len(target) + s]
            wait = np.full(len(stream), np.inf)
            np.divide(goal - clock, rates, out=wait, where=rates > 0)
            c = int(wait.argmin())
            dt = min(wait[c], end - now)
            clock = clock + rates * dt
            if now + wait[c] < end:
                now, s, n_made = now + dt, int(target[s, c]), n_made + 1
                fired[c] += 1
                goal[c] += point(c, int(fired[c]))
                continue
            now = end
            a = int(jumps.atom[piece])
            if a >= 0:
                u = _uniform(seed, path, ATOM_STREAM + a)
                s = pick_atom_reference(jumps, a, s, u)
            piece += 1
        hour[k] = now if s == jumps.war else np.inf
    return n_made
