"""One stage of multilevel splitting: paths under the true rates up to a rung."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int64, njit, types, uint64

from backchannel.escalation._kernels.choices import (
    JUMPS,
    Jumps,
    move_on_reference,
    pick_atom,
    pick_jump,
    pick_start,
    pick_start_reference,
)
from backchannel.escalation._kernels.counter import (
    two_uniforms,
    two_uniforms_reference,
)

_F1, _F2 = types.Array(float64, 1, "C"), types.Array(float64, 2, "C")
_I1 = types.Array(int64, 1, "C")


@njit(
    int64(
        JUMPS, _F2, _F2, int64, uint64, int64, int64, _I1, _F1, _I1, _I1, _F1, _I1
    ),
    nogil=True, cache=True, error_model="numpy",
)  # fmt: skip
def run_stage(
    jumps: Any, rate: Any, out: Any, goal: Any, seed: Any, first_path: Any, stage: Any,
    state: Any, hour: Any, piece: Any, new_state: Any, new_hour: Any, new_piece: Any,
) -> int:  # fmt: skip
    """Start paths from earlier arrivals and keep those that reach a rung.

    Parameters
    ----------
    jumps : what paths can meet
    rate, out : (n_regimes, n_jumps), and its sums (n_regimes, n_states)
    goal : rung that counts as arrival
    seed, first_path, stage : the numbers that path k meets depend on seed, stage and
        first_path + k
    state, hour, piece : (n_before,), where, when and in which piece of time earlier
        paths arrived; the start of the process where n_before is 0
    new_state, new_hour, new_piece : (n_paths,), filled with the arrivals

    Returns
    -------
    number of arrivals
    """
    (
        row_start, target, group, end, regime, atom, atom_row, atom_target, atom_share,
        start, start_share, _, settled,
    ) = jumps  # fmt: skip
    n_arrived = 0
    for k in range(len(new_state)):
        path = uint64(first_path + k)
        u, _ = two_uniforms(seed, path, uint64(0), uint64(stage))
        step = 1
        if len(state) > 0:
            parent = min(int64(u * len(state)), len(state) - 1)
            s, now, p = state[parent], hour[parent], piece[parent]
        else:
            s, now, p = start[pick_start(start_share, u)], 0.0, 0
        while group[s] < goal and s != settled and p < len(end):
            r = regime[p]
            u, v = two_uniforms(seed, path, uint64(step), uint64(stage))
            step += 1
            dt = -math.log(u) / out[r, s] if out[r, s] > 0.0 else math.inf
            if now + dt < end[p]:
                first, last = row_start[s], row_start[s + 1]
                s = target[pick_jump(rate, r, first, last, v * out[r, s])]
                now += dt
                continue
            now = end[p]
            if atom[p] >= 0:
                u, _ = two_uniforms(seed, path, uint64(step), uint64(stage))
                step += 1
                s = pick_atom(atom_row, atom_target, atom_share, atom[p], s, u)
            p += 1
        if group[s] >= goal:
            new_state[n_arrived], new_hour[n_arrived] = s, now
            new_piece[n_arrived] = p
            n_arrived += 1
    return n_arrived


def run_stage_reference(
    jumps: Jumps, rate: np.ndarray, out: np.ndarray, goal: int, seed: int,
    first_path: int, stage: int, state: np.ndarray, hour: np.ndarray,
    piece: np.ndarray, new_state: np.ndarray, new_hour: np.ndarray,
    new_piece: np.ndarray,
) -> int:  # fmt: skip
    """The same by cumulated sums; `out` is not used."""
    arrivals = []
    for k in range(len(new_state)):
        path, step = first_path + k, 1
        u = two_uniforms_reference(seed, path, 0, stage)[0]
        if len(state):
            parent = int(u * len(state))
            s, now, p = int(state[parent]), float(hour[parent]), int(piece[parent])
        else:
            s, now, p = pick_start_reference(jumps, u), 0.0, 0
        while jumps.group[s] < goal and s != jumps.settled and p < len(jumps.end):
            _, _, step, s, now, p = move_on_reference(
                jumps, rate, seed, path, stage, step, s, now, p
            )
        if jumps.group[s] >= goal:
            arrivals.append((s, now, p))
    for k, (s, now, p) in enumerate(arrivals):
        new_state[k], new_hour[k], new_piece[k] = s, now, p
    return len(arrivals)
