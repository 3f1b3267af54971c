"""Compiled uniformisation: blocks of sixteen draws, each block one call.

Over a piece with generator Q and L at least its largest exit rate,
exp(Qt) = sum over k of Poisson(k; L t) (I + Q / L)^k. All terms are positive, so
nothing cancels, and the series of the observed sums gives every hour inside the piece
for the price of its end.

Source: Jensen (1953), Skandinavisk Aktuarietidskrift 36, 87-91; Grassmann (1977),
Computers & Operations Research 4(1), 47-53.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int64, njit, types, uint32

from backchannel.escalation._kernels.lanes import (
    WIDTH,
    fill,
    multiply,
    multiply_add,
    offset,
    read,
    write,
)

# Longest stretch in mean jumps: exp(-600) is far from underflow.
STRETCH = 600.0
# Terms of the longest stretch: beyond 600 + 12 sqrt(600) the tail is below 1e-30.
N_TERMS = 900

_F = types.Array(float64, 1, "C")
_F2 = types.Array(float64, 2, "C")
_F3 = types.Array(float64, 3, "C")
_I = types.Array(int64, 1, "C")
_I2 = types.Array(int64, 2, "C")
_U = types.Array(uint32, 1, "C")
_compile = {"nogil": True, "cache": True, "error_model": "numpy"}


@njit(types.void(_F2, _F3, int64, _I, int64, _F), **_compile)
def _fill_tile(
    parameters: Any, clocks: Any, regime: Any, draw: Any, lane: Any, tile: Any
) -> None:
    """Copy the parameters of sixteen draws side by side."""
    n_parameters = parameters.shape[0]
    for i in range(n_parameters):
        for j in range(WIDTH):
            tile[WIDTH * i + j] = parameters[i, draw[lane + j]]
    for i in range(clocks.shape[1]):
        for j in range(WIDTH):
            value = clocks[regime, i, draw[lane + j]]
            tile[WIDTH * (n_parameters + i) + j] = value


@njit(types.void(_I, _F, _U, _F, _F), **_compile)
def _sum_rates(term_start: Any, mult: Any, factor: Any, tile: Any, amount: Any) -> None:
    """Rates of one block, from its tile of parameters."""
    for r in range(len(term_start) - 1):
        total = fill(0.0)
        for k in range(term_start[r], term_start[r + 1]):
            monomial = multiply(fill(mult[k]), read(tile, offset(factor, 3 * k)))
            monomial = multiply(monomial, read(tile, offset(factor, 3 * k + 1)))
            last = read(tile, offset(factor, 3 * k + 2))
            total = multiply_add(monomial, last, total)
        write(amount, WIDTH * r, total)


@njit(types.void(_I, _U, _U, _F, _F, _F, _F), **_compile)
def _jump_matrix(
    row_start: Any, source: Any, rate: Any, amount: Any, step: Any, stay: Any, top: Any
) -> None:
    """Largest exit rate `top`, and I + Q / top as `stay` (diagonal) and `step`."""
    stay[:] = 0.0
    for k in range(row_start[0], row_start[-1]):
        here = offset(source, k)
        out = multiply_add(fill(1.0), read(amount, offset(rate, k)), read(stay, here))
        write(stay, here, out)
    top[:] = 0.0
    for i in range(0, len(stay), WIDTH):
        for j in range(WIDTH):
            top[j] = max(top[j], stay[i + j])
    scale = np.zeros(WIDTH)
    for j in range(WIDTH):
        if top[j] > 0.0:
            scale[j] = 1.0 / top[j]
    for i in range(0, len(stay), WIDTH):
        for j in range(WIDTH):
            stay[i + j] = max(0.0, 1.0 - stay[i + j] * scale[j])
    for i in range(0, len(amount), WIDTH):
        for j in range(WIDTH):
            step[i + j] = amount[i + j] * scale[j]


@njit(types.void(_I, _U, _U, _F, _F, _F, _F, _F, _F), **_compile)
def _product(
    row_start: Any, source: Any, rate: Any, step: Any, stay: Any,
    x: Any, y: Any, weight: Any, total: Any,
) -> None:  # fmt: skip
    """One jump, y = x (I + Q / L), and total += weight y."""
    share = read(weight, 0)
    for i in range(len(row_start) - 1):
        here = WIDTH * i
        value = multiply(read(x, here), read(stay, here))
        for k in range(row_start[i], row_start[i + 1]):
            came = read(x, offset(source, k))
            value = multiply_add(came, read(step, offset(rate, k)), value)
        write(y, here, value)
        # Here and not in a loop of its own: y is still in a register, 1.2x.
        write(total, here, multiply_add(share, value, read(total, here)))


@njit(types.void(_U, _I, int64, int64, _F, _F), **_compile)
def _observe(
    state: Any, group: Any, n_groups: Any, k: Any, x: Any, series: Any
) -> None:
    """Sums of x over the groups, as term k of the series."""
    base = WIDTH * n_groups * k
    series[base : base + WIDTH * n_groups] = 0.0
    for i in range(len(state)):
        at = base + WIDTH * group[i]
        one = read(x, offset(state, i))
        write(series, at, multiply_add(fill(1.0), one, read(series, at)))


@njit(types.void(_F, float64, int64, _F, int64, _F), **_compile)
def _mix(
    top: Any, hours: Any, n_terms: Any, series: Any, n_groups: Any, mixed: Any
) -> None:
    """Poisson mixture of a series, `mixed` (n_groups * WIDTH,), at some hours in."""
    mean = np.empty(WIDTH)
    start = np.empty(WIDTH)
    for j in range(WIDTH):
        mean[j] = top[j] * hours
        start[j] = math.exp(-mean[j])
    jumps = read(mean, 0)
    for g in range(n_groups):
        weight = read(start, 0)
        value = multiply(weight, read(series, WIDTH * g))
        sum_of_weights = weight
        for k in range(1, n_terms):
            weight = multiply(weight, multiply(jumps, fill(1.0 / k)))
            term = read(series, WIDTH * (n_groups * k + g))
            value = multiply_add(weight, term, value)
            sum_of_weights = multiply_add(fill(1.0), weight, sum_of_weights)
        write(mixed, WIDTH * g, value)
        write(mixed, WIDTH * n_groups, sum_of_weights)
    for g in range(n_groups):
        for j in range(WIDTH):
            mixed[WIDTH * g + j] /= mixed[WIDTH * n_groups + j]


@njit(types.boolean(_F, _F, int64, float64), **_compile)
def _is_done(weight: Any, mean: Any, k: Any, tail: Any) -> bool:
    """Whether the Poisson weight beyond k is at most `tail` in every lane.

    Beyond its mean the weights fall faster than a geometric series.
    """
    for j in range(WIDTH):
        rest = k + 1 - mean[j]
        if rest <= 0.0 or weight[j] * mean[j] > tail * rest:
            return False
    return True


@njit(
    types.void(
        _I, _U, _U, _I, _F, _U, _F, _F2, _F3, _I, _F, _F, _F, _F, _F
    ),
    **_compile,
)  # fmt: skip
def expected_jumps(
    row_start: Any, source: Any, rate: Any, term_start: Any, mult: Any, factor: Any,
    regime_hours: Any, parameters: Any, clocks: Any, draw: Any,
    stay: Any, amount: Any, step: Any, tile: Any, jumps: Any,
) -> None:  # fmt: skip
    """Largest exit rate times hours of each draw: what its solution will cost.

    Draws solved side by side take as long as the slowest; put in order, 1.25x.
    """
    top = np.empty(WIDTH)
    jumps[:] = 0.0
    for lane in range(0, len(jumps), WIDTH):
        for regime in range(len(regime_hours)):
            _fill_tile(parameters, clocks, regime, draw, lane, tile)
            _sum_rates(term_start, mult, factor, tile, amount)
            _jump_matrix(row_start, source, rate, amount, step, stay, top)
            for j in range(WIDTH):
                jumps[lane + j] += regime_hours[regime] * top[j]


@njit(
    types.void(
        int64, int64, _I, _U, _U, _I, _F, _U, _I2, _I, _I2, _F, _I, _I, _I, _F, _U, _I,
        int64, _F2, _F3, _I, float64, _F, _F, _F, _F, _F, _F, _F, _F, _F3, _I, _I,
    ),
    **_compile,
)  # fmt: skip
def solve_blocks(
    first: Any, last: Any, row_start: Any, source: Any, rate: Any, term_start: Any,
    mult: Any, factor: Any, start: Any, atom_start: Any, atoms: Any, piece_hours: Any,
    piece_regime: Any, piece_atom: Any, hour_start: Any, hour_since: Any,
    observed: Any, group: Any, n_groups: Any, parameters: Any, clocks: Any, draw: Any,
    tail: Any, x: Any, y: Any, total: Any, stay: Any, amount: Any, step: Any,
    tile: Any, series: Any, curve: Any, n_products: Any, halt: Any,
) -> None:  # fmt: skip
    """Solve the blocks `first` to `last` forward and write their lanes of `curve`.

    Another thread sets `halt[0]` to have it return soon, its lanes unfinished.

    Offsets in `source`, `rate`, `factor` and `observed` count float64 values, that is
    `WIDTH` times the row. The eight arrays from `x` to `series` are workspace.
    """
    weight, mean, top = np.empty(WIDTH), np.empty(WIDTH), np.empty(WIDTH)
    norm, mixed = np.empty(WIDTH), np.empty(WIDTH * (n_groups + 1))
    for block in range(first, last):
        lane = WIDTH * block
        x[:] = 0.0
        for piece in range(len(piece_hours)):
            _fill_tile(parameters, clocks, piece_regime[piece], draw, lane, tile)
            _sum_rates(term_start, mult, factor, tile, amount)
            if piece == 0:
                for i in range(len(start)):
                    for j in range(WIDTH):
                        x[WIDTH * start[i, 1] + j] += amount[WIDTH * start[i, 2] + j]
            _jump_matrix(row_start, source, rate, amount, step, stay, top)
            n_stretches = max(1, math.ceil(top.max() * piece_hours[piece] / STRETCH))
            hours = piece_hours[piece] / n_stretches
            next_hour = hour_start[piece]
            for stretch in range(n_stretches):
                if halt[0] != 0:
                    return
                for j in range(WIDTH):
                    mean[j] = top[j] * hours
                    weight[j] = norm[j] = math.exp(-mean[j])
                for i in range(0, len(x), WIDTH):
                    write(total, i, multiply(read(weight, 0), read(x, i)))
                _observe(observed, group, n_groups, 0, x, series)
                k = 0
                while not _is_done(weight, mean, k, tail) and k < N_TERMS - 1:
                    k += 1
                    for j in range(WIDTH):
                        weight[j] *= mean[j] / k
                        norm[j] += weight[j]
                    _product(row_start, source, rate, step, stay, x, y, weight, total)
                    x, y = y, x
                    _observe(observed, group, n_groups, k, x, series)
                n_products[block] += k
                until = hours * (stretch + 1)
                while next_hour < hour_start[piece + 1] and (
                    hour_since[next_hour] < until or stretch == n_stretches - 1
                ):
                    since = hour_since[next_hour] - hours * stretch
                    _mix(top, since, k + 1, series, n_groups, mixed)
                    for g in range(n_groups):
                        for j in range(WIDTH):
                            curve[next_hour, g, lane + j] = mixed[WIDTH * g + j]
                    next_hour += 1
                for i in range(0, len(x), WIDTH):
                    for j in range(WIDTH):
                        x[i + j] = total[i + j] / norm[j]
            if piece_atom[piece] >= 0:
                y[:] = x
                atom = piece_atom[piece]
                for i in range(atom_start[atom], atom_start[atom + 1]):
                    here, there = WIDTH * atoms[i, 0], WIDTH * atoms[i, 1]
                    for j in range(WIDTH):
                        moved = x[here + j] * amount[WIDTH * atoms[i, 2] + j]
                        y[here + j] -= moved
                        y[there + j] += moved
                x, y = y, x
