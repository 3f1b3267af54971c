"""Paths under changed rates, each with the weight that undoes the change.

A path that stays dt in a state and then makes jump e has density ratio
exp((sum q - sum r) dt) r_e / q_e between the true rates r and the tilted rates q.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int64, njit, types, uint64

from backchannel.escalation._kernels.choices import pick_atom, pick_jump, pick_start
from backchannel.escalation._kernels.counter import (
    two_uniforms,
    two_uniforms_reference,
)

_F1, _F2 = types.Array(float64, 1, "C"), types.Array(float64, 2, "C")
_I1, _I2 = types.Array(int64, 1, "C"), types.Array(int64, 2, "C")
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
        _I1, _I1, _F2, _F2, _F1, _F2, _F2, _I1, _F1, _I1, _I1, _I2, _I1, _F1, _I1, _F1,
        int64, int64, uint64, int64, _F1, _F1, _I1, _F1, _F1,
    ),
    nogil=True, cache=True, error_model="numpy",
)  # fmt: skip
def tilted_paths(
    row_start: Any, target: Any, rate: Any, tilted: Any, log_ratio: Any, out: Any,
    tilted_out: Any, group: Any, end: Any, regime: Any, atom: Any, atom_row: Any,
    atom_target: Any, atom_share: Any, start: Any, start_share: Any, settled: Any,
    goal: Any, seed: Any, first_path: Any, weight: Any, hour: Any, cell: Any,
    jumps: Any, mass: Any,
) -> int:  # fmt: skip
    """Follow paths until they reach a rung, settle, or meet the horizon.

    Parameters
    ----------
    row_start, target, rate, group, end, regime, atom, atom_row, atom_target,
    atom_share, start, start_share, settled : as in `JumpTable`
    tilted, log_ratio : (n_regimes, n_jumps), the rates that are followed, and
        (n_jumps,), log(rate / tilted), the same in every regime
    out, tilted_out : (n_regimes, n_states), sums of rates and of tilted rates
    goal : rung at which a path ends
    seed, first_path : the numbers that path k meets depend on seed and first_path + k
    weight : (n_paths,), receives 0, or the density ratio of a path that arrived
    hour : (n_paths,), receives the hour of arrival
    cell : (n_jumps,) of `JumpTable`, or empty where nothing is to be learnt
    jumps, mass : (n_cells,), added to: weighted jumps, and weighted true rate x time

    Returns
    -------
    number of jumps made
    """
    n_made = 0
    is_learning = len(cell) > 0
    seen_row = np.empty(MOST_STEPS, dtype=np.int64)
    seen_jump = np.empty(MOST_STEPS, dtype=np.int64)
    seen_dt = np.empty(MOST_STEPS, dtype=np.float64)
    for k in range(len(weight)):
        path = uint64(first_path + k)
        u, _ = two_uniforms(seed, path, uint64(0), uint64(0))
        s, now = start[pick_start(start_share, u)], 0.0
        log_weight, step, n_seen = 0.0, 1, 0
        weight[k] = hour[k] = 0.0
        piece, is_over = 0, s == settled or group[s] >= goal
        has_arrived = group[s] >= goal
        while not is_over:
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
            has_arrived = group[s] >= goal
            is_over = has_arrived or s == settled or piece == len(end)
        if has_arrived:
            weight[k], hour[k] = math.exp(log_weight), now
            if is_learning and n_seen <= MOST_STEPS:
                _learn(
                    row_start, rate, cell, seen_row[:n_seen], seen_jump, seen_dt,
                    weight[k], jumps, mass,
                )  # fmt: skip
    return n_made


def tilted_paths_reference(
    row_start: np.ndarray, target: np.ndarray, rate: np.ndarray, tilted: np.ndarray,
    log_ratio: np.ndarray, out: np.ndarray, tilted_out: np.ndarray, group: np.ndarray,
    end: np.ndarray, regime: np.ndarray, atom: np.ndarray, atom_row: np.ndarray,
    atom_target: np.ndarray, atom_share: np.ndarray, start: np.ndarray,
    start_share: np.ndarray, settled: int, goal: int, seed: int, first_path: int,
    weight: np.ndarray, hour: np.ndarray, cell: np.ndarray, jumps: np.ndarray,
    mass: np.ndarray,
) -> int:  # fmt: skip
    """The same by cumulated sums; `log_ratio`, `out`, `tilted_out` are not used."""
    n_made = 0
    for k in range(len(weight)):
        path, step = first_path + k, 1
        u = two_uniforms_reference(seed, path, 0, 0)[0] * start_share[-1]
        s = int(start[np.searchsorted(start_share, u, side="right")])
        now, ratio, piece = 0.0, 1.0, 0
        counted, held = np.zeros(len(jumps)), np.zeros(len(mass))
        while s != settled and group[s] < goal and piece < len(end):
            r, row = regime[piece], slice(row_start[s], row_start[s + 1])
            u, v = two_uniforms_reference(seed, path, step, 0)
            step += 1
            leaving = tilted[r, row].sum()
            dt = -np.log(u) / leaving if leaving > 0 else np.inf
            is_jump = now + dt < end[piece]
            dt = dt if is_jump else end[piece] - now
            ratio *= np.exp((leaving - rate[r, row].sum()) * dt)
            if len(cell):
                np.add.at(held, cell[row], rate[r, row] * dt)
            if is_jump:
                edges = np.cumsum(tilted[r, row])
                e = row.start + int(np.searchsorted(edges, v * edges[-1], "right"))
                ratio *= rate[r, e] / tilted[r, e]
                now, s, n_made = now + dt, int(target[e]), n_made + 1
                if len(cell):
                    counted[cell[e]] += 1
                continue
            now = end[piece]
            if atom[piece] >= 0:
                a = atom[piece]
                u = two_uniforms_reference(seed, path, step, 0)[0]
                step += 1
                row = slice(atom_row[a, s], atom_row[a, s + 1])
                to = np.searchsorted(np.cumsum(atom_share[row]), u, side="right")
                s = int(np.append(atom_target[row], s)[to])
            piece += 1
        weight[k], hour[k] = (ratio, now) if group[s] >= goal else (0.0, 0.0)
        jumps += weight[k] * counted
        mass += weight[k] * held
    return n_made
