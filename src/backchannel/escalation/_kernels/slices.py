"""One draw, sixteen states at a time: a mixture of the powers of a jump matrix.

States that lead equally far to the same kind of place stand side by side in vectors: a
slice of sixteen rows holds, for each distance that occurs in it, one vector of
probabilities. A product then reads and multiplies vectors only, 0.2 to 0.3 ns for each
non-zero of REF-8, 5x less than rows of single numbers.

Every function has a plain reference of the same signature.
"""

from __future__ import annotations

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

# How often to see whether the rest is constant: each look costs a third of a product.
LOOK_EVERY = 16

_F = types.Array(float64, 1, "C")
_F2 = types.Array(float64, 2, "C")
_I = types.Array(int64, 1, "C")
_U = types.Array(uint32, 1, "C")
_LAYOUT = (_I, _U, _I, _U, _U)
_MATRIX = (_U, _F, _F, _F)
_compile = {"nogil": True, "cache": True, "error_model": "numpy"}


@njit(types.void(*_LAYOUT, *_MATRIX, float64, _F, _F, _F), **_compile)
def _product(
    start: Any, column: Any, left_start: Any, left_row: Any, left_column: Any,
    pattern: Any, values: Any, left: Any, stay: Any,
    weight: Any, x: Any, y: Any, total: Any,
) -> None:  # fmt: skip
    """One jump, y = P x, and total += weight y."""
    share = fill(weight)
    for s in range(len(start) - 1):
        here = WIDTH * (s + 1)
        value = multiply(read(x, here), read(stay, here))
        for k in range(start[s], start[s + 1]):
            there = read(x, offset(column, k))
            value = multiply_add(there, read(values, offset(pattern, k)), value)
        if left_start[s + 1] > left_start[s]:
            write(y, here, value)
            for k in range(left_start[s], left_start[s + 1]):
                i = offset(left_row, k)
                y[i] = y[i] + left[k] * x[offset(left_column, k)]
            value = read(y, here)
        write(y, here, value)
        # Here and not in a loop of its own: y is still in a register.
        write(total, here, multiply_add(share, value, read(total, here)))


@njit(types.void(_I, int64, _F, _F2), **_compile)
def _observe(runs: Any, k: Any, x: Any, series: Any) -> None:
    """Sums of x over runs (first, last, group one after the other), as term k."""
    for r in range(0, len(runs), 3):
        value = 0.0
        for i in range(runs[r], runs[r + 1]):
            value += x[i]
        series[k, runs[r + 2]] += value


@njit(
    types.Tuple((int64, float64))(
        *_LAYOUT, *_MATRIX, _F, _F, _I, int64, float64, _F, _F, _F, _F2, _F2
    ),
    **_compile,
)
def mix_slices(
    start: Any, column: Any, left_start: Any, left_row: Any, left_column: Any,
    pattern: Any, values: Any, left: Any, stay: Any,
    weights: Any, rest: Any, runs: Any, asked: Any, slack: Any,
    x: Any, y: Any, total: Any, series: Any, kept: Any,
) -> tuple[int, float]:  # fmt: skip
    """Write sum over k of weights[k] P^k x into `total`; count the products.

    Parameters
    ----------
    start, column, left_start, left_row, left_column : layout, see `slices.Slices`
    pattern, values, left, stay : the matrix in that layout, see `slices.Jumps`
    weights : (n_terms,), not negative
    rest : (n_terms,), sum of the weights from k on
    runs : triples first, last, group: which places belong to what is observed
    asked : the place that the caller asks about
    slack : error allowed, relative to total[asked]; below 0, never stop early
    x, y : (width,), values to begin with, and workspace; both are overwritten
    total : (width,), receives the mixture
    series : (n_terms, n_groups) of zeros, receives the observed sums of P^k x
    kept : (n_terms, width) receives every P^k x; nothing where it has no rows

    Returns
    -------
    products done, and the most that `total` can be off by for stopping early

    Notes: the span of P^k x never grows where rows sum to 1, so once it is small enough
    all terms that are left equal its middle. The bound is exact, whatever the chain.
    """
    n_terms = len(weights)
    for i in range(len(total)):
        total[i] = weights[0] * x[i]
    for k in range(n_terms):
        _observe(runs, k, x, series)
        if len(kept):
            kept[k, :] = x
        if k == n_terms - 1:
            return k, 0.0
        if slack >= 0.0 and k % LOOK_EVERY == 0:
            low, high = x[asked], x[asked]
            # Places that stand for no state hold the value of one, or 0 for good.
            for i in range(len(x)):
                if stay[i] >= 0.0:
                    low, high = min(low, x[i]), max(high, x[i])
            off = 0.5 * (high - low) * rest[k + 1]
            middle = 0.5 * (high + low) * rest[k + 1]
            if off <= slack * abs(total[asked] + middle):
                for i in range(len(total)):
                    total[i] += middle
                return k, off
        _product(
            start, column, left_start, left_row, left_column, pattern, values, left,
            stay, weights[k + 1], x, y, total,
        )  # fmt: skip
        x, y = y, x
    return 0, 0.0


@njit(
    types.void(*_LAYOUT, *_MATRIX, _F, _F2, _F, _F, _F, _F, _F),
    **_compile,
)
def trace_flows(
    start: Any, column: Any, left_start: Any, left_row: Any, left_column: Any,
    pattern: Any, values: Any, left: Any, stay: Any,
    weights: Any, kept: Any, final: Any, x: Any, y: Any, flow: Any, left_flow: Any,
) -> None:  # fmt: skip
    """What each entry of P is worth: the derivative of v sum weights[k] P^k final.

    Parameters
    ----------
    start, column, left_start, left_row, left_column : layout
    pattern, values, left, stay : the matrix
    weights : (n_terms,)
    kept : (n_terms, width), v P^k for every k, as `mix_slices` keeps it
    final : (width,)
    x : (width,) receives the mixture of P^k final
    y : (width,) workspace
    flow : (WIDTH * n_vectors,), is added sum over k of (v P^k)[row] (u_k[column] -
        u_k[row]), with u_k = sum over j of weights[k + 1 + j] P^j final
    left_flow : (n_left,), the same of entries that stand alone

    Notes: by Horner's rule u_(k-1) = weights[k] final + P u_k, so all u_k come out of
    one backward pass, and only sums of positive products are formed on the way.
    """
    n_terms = len(weights)
    for i in range(len(x)):
        x[i] = weights[n_terms - 1] * final[i]
        y[i] = 0.0
    for k in range(n_terms - 2, -1, -1):
        before = kept[k]
        share = fill(weights[k])
        for s in range(len(start) - 1):
            here = WIDTH * (s + 1)
            mine, mass = read(x, here), read(before, here)
            lost = multiply(mine, multiply(mass, fill(-1.0)))
            value = multiply(mine, read(stay, here))
            for e in range(start[s], start[s + 1]):
                there = read(x, offset(column, e))
                gain = multiply_add(there, mass, lost)
                at = WIDTH * e
                write(flow, at, multiply_add(gain, fill(1.0), read(flow, at)))
                value = multiply_add(there, read(values, offset(pattern, e)), value)
            write(y, here, value)
            for e in range(left_start[s], left_start[s + 1]):
                i, j = offset(left_row, e), offset(left_column, e)
                left_flow[e] += before[i] * (x[j] - x[i])
                y[i] = y[i] + left[e] * x[j]
            value = read(y, here)
            write(y, here, multiply_add(share, read(final, here), value))
        x, y = y, x
    if (n_terms - 1) % 2:
        # The last values stand where the caller's workspace was.
        for i in range(len(x)):
            y[i] = x[i]


def _dense(
    start: np.ndarray, column: np.ndarray, left_row: np.ndarray,
    left_column: np.ndarray, pattern: np.ndarray, values: np.ndarray,
    left: np.ndarray, stay: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """The matrix of a layout, (width, width)."""
    matrix = np.diag(np.maximum(stay, 0.0))
    lanes = np.arange(WIDTH)
    for s in range(len(start) - 1):
        for k in range(start[s], start[s + 1]):
            rows, columns = WIDTH * (s + 1) + lanes, column[k] + lanes
            matrix[rows, columns] += values[pattern[k] + lanes]
    np.add.at(matrix, (left_row, left_column), left)
    return matrix


def mix_slices_reference(
    start: np.ndarray, column: np.ndarray, left_start: np.ndarray,
    left_row: np.ndarray, left_column: np.ndarray, pattern: np.ndarray,
    values: np.ndarray, left: np.ndarray, stay: np.ndarray, weights: np.ndarray,
    rest: np.ndarray, runs: np.ndarray, asked: int, slack: float, x: np.ndarray,
    y: np.ndarray, total: np.ndarray, series: np.ndarray, kept: np.ndarray,
) -> tuple[int, float]:  # fmt: skip
    """The same with a dense matrix and without stopping early."""
    matrix = _dense(
        start, column, left_row, left_column, pattern, values, left, stay
    )  # fmt: skip
    y[:] = x
    total[:] = 0.0
    for k, weight in enumerate(weights):
        for first, last, group in runs.reshape(-1, 3):
            series[k, group] += y[first:last].sum()
        if len(kept):
            kept[k] = y
        total += weight * y
        y[:] = matrix @ y
    return len(weights) - 1, 0.0


def trace_flows_reference(
    start: np.ndarray, column: np.ndarray, left_start: np.ndarray,
    left_row: np.ndarray, left_column: np.ndarray, pattern: np.ndarray,
    values: np.ndarray, left: np.ndarray, stay: np.ndarray, weights: np.ndarray,
    kept: np.ndarray, final: np.ndarray, x: np.ndarray, y: np.ndarray,
    flow: np.ndarray, left_flow: np.ndarray,
) -> None:  # fmt: skip
    """The same with a dense matrix, all powers of it times `final` at hand."""
    matrix = _dense(
        start, column, left_row, left_column, pattern, values, left, stay
    )  # fmt: skip
    powers = [final]
    for _ in weights[1:]:
        powers.append(matrix @ powers[-1])
    x[:] = weights @ np.array(powers)
    lanes = np.arange(WIDTH)
    for k in range(len(weights) - 1):
        later = weights[k + 1 :] @ np.array(powers[: len(weights) - 1 - k])
        for s in range(len(start) - 1):
            rows = WIDTH * (s + 1) + lanes
            for e in range(start[s], start[s + 1]):
                gain = later[column[e] + lanes] - later[rows]
                flow[WIDTH * e + lanes] += kept[k, rows] * gain
        left_flow += kept[k, left_row] * (later[left_column] - later[left_row])
