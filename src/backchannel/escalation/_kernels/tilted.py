"""Paths under changed rates, each with the weight that undoes the change.

A path that stays dt in a state and then makes jump e has density ratio
exp((sum q - sum r) dt) r_e / q_e between the true rates r and the tilted rates q.
"""

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
# Longer paths are not learnt from; none of 10^7 sampled ones came near.
MOST_STEPS = 4096


@njit(inline="always")
def _learn(
    row_start: Any, rate: Any, cell: Any, rows: Any, seen_jump: Any, seen_dt: Any,
    weight: Any, jumps: Any, mass: Any,
) -> None:  # fmt: skip
    """Add a path that arrived to the weighted sums of its cells."""
    n_states = len(row_start) - 1
    for i in range(len(rows)):
        r, s = rows[i] // n_states, rows[i] % n_states
        for e in range(row_start[s], row_start[s + 1]):
            mass[cell[e]] += weight * rate[r, e] * seen_dt[i]
        if seen_jump[i] >= 0:
            jumps[cell[seen_jump[i]]] += weight


@njit(
    int64(
        JUMPS, _F2, _F2, _F1, _F2, _F2, int64, uint64, int64, _F1, _F1, _I1, _F1, _F1
    ),
    nogil=True, cache=True, error_model="numpy",
)  # fmt: skip
def tilted_paths(
    jumps: Any, rate: Any, tilted: Any, log_ratio: Any, out: Any, tilted_out: Any,
    goal: Any, seed: Any, first_path: Any, weight: Any, hour: Any, cell: Any,
    learnt_jumps: Any, learnt_mass: Any,
) -> int:  # fmt: skip
    """Follow paths until they reach a rung, settle, or meet the horizon.

    Parameters
    ----------
    jumps : what paths can meet
    rate, tilted : (n_regimes, n_jumps), the true rates and those that are followed
    log_ratio : (n_jumps,), log(rate / tilted), the same in every regime
    out, tilted_out : (n_regimes, n_states), sums of rates and of tilted rates
    goal : rung at which a path ends
    seed, first_path : the numbers that path k meets depend on seed and first_path + k
    weight : (n_paths,), receives 0, or the density ratio of a path that arrived
    hour : (n_paths,), receives the hour of arrival
    cell : (n_jumps,) of `JumpTable`, or empty where nothing is to be learnt
    learnt_jumps, learnt_mass : (n_cells,), added to: weighted jumps, and weighted true
        rate x time

    Returns
    -------
    number of jumps made
    """
    (
        row_start, target, group, end, regime, atom, atom_row, atom_target, atom_share,
        start, start_share, _, settled,
    ) = jumps  # fmt: skip
    n_made = 0
    is_learning = len(cell) > 0
    seen_row = np.empty(MOST_STEPS, dtype=np.int64)
    seen_jump = np.empty(MOST_STEPS, dtype=np.int64)
    seen_dt = np.empty(MOST_STEPS, dtype=np.float64)
    for k in range(len(weight)):
        path = uint64(first_path + k)
        u, _ = two_uniforms(seed, path, uint64(0), uint64(0))
        s, now, piece = start[pick_start(start_share, u)], 0.0, 0
        log_weight, step, n_seen = 0.0, 1, 0
        weight[k] = hour[k] = 0.0
        while group[s] < goal and s != settled and piece < len(end):
            r = regime[piece]
            u, v = two_uniforms(seed, path, uint64(step), uint64(0))
            step += 1
            leaving, true = tilted_out[r, s], out[r, s]
            dt = -math.log(u) / leaving if leaving > 0.0 else math.inf
            e = -1
            if now + dt < end[piece]:
                first, last = row_start[s], row_start[s + 1]
                e = pick_jump(tilted, r, first, last, v * leaving)
                now += dt
            else:
                dt = end[piece] - now
                now = end[piece]
            log_weight += (leaving - true) * dt
            if is_learning and n_seen < MOST_STEPS:
                seen_row[n_seen] = r * len(out[0]) + s
                seen_jump[n_seen] = e
                seen_dt[n_seen] = dt
            n_seen += 1
            if e >= 0:
                log_weight += log_ratio[e]
                s = target[e]
                n_made += 1
            else:
                if atom[piece] >= 0:
                    u, _ = two_uniforms(seed, path, uint64(step), uint64(0))
                    step += 1
                    s = pick_atom(atom_row, atom_target, atom_share, atom[piece], s, u)
                piece += 1
        if group[s] >= goal:
            weight[k], hour[k] = math.exp(log_weight), now
            if is_learning and n_seen <= MOST_STEPS:
                _learn(
                    row_start, rate, cell, seen_row[:n_seen], seen_jump, seen_dt,
                    weight[k], learnt_jumps, learnt_mass,
                )  # fmt: skip
    return n_made


def tilted_paths_reference(
    jumps: Jumps, rate: np.ndarray, tilted: np.ndarray, log_ratio: np.ndarray,
    out: np.ndarray, tilted_out: np.ndarray, goal: int, seed: int, first_path: int,
    weight: np.ndarray, hour: np.ndarray, cell: np.ndarray, learnt_jumps: np.ndarray,
    learnt_mass: np.ndarray,
) -> int:  # fmt: skip
    """The same by cumulated sums; `log_ratio`, `out`, `tilted_out` are not used."""
    n_made = 0
    for k in range(len(weight)):
        path, step = first_path + k, 1
        s = pick_start_reference(jumps, two_uniforms_reference(seed, path, 0, 0)[0])
        now, ratio, piece = 0.0, 1.0, 0
        counted, held = np.zeros(len(learnt_jumps)), np.zeros(len(learnt_mass))
        while s != jumps.settled and jumps.group[s] < goal and piece < len(jumps.end):
            r = jumps.regime[piece]
            row = slice(jumps.row_start[s], jumps.row_start[s + 1])
            e, dt, step, s, now, piece = move_on_reference(
                jumps, tilted, seed, path, 0, step, s, now, piece
            )
            ratio *= np.exp((tilted[r, row].sum() - rate[r, row].sum()) * dt)
            if len(cell):
                np.add.at(held, cell[row], rate[r, row] * dt)
            if e >= 0:
                ratio *= rate[r, e] / tilted[r, e]
                n_made += 1
                if len(cell):
                    counted[cell[e]] += 1
        weight[k], hour[k] = (ratio, now) if jumps.group[s] >= goal else (0.0, 0.0)
        learnt_jumps += weight[k] * counted
        learnt_mass += weight[k] * held
    return n_made
