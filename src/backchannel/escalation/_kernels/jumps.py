"""One chain, one draw: a mixture of the powers of its jump matrix.

Where `uniformisation` keeps sixteen draws side by side, a large chain that is asked one
question wants its rows read once per jump: 1 to 2 ns per non-zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int32, int64, njit, types
from scipy import sparse

_F = types.Array(float64, 1, "C")
_I = types.Array(int32, 1, "C")


@njit(
    types.Tuple((int64, float64))(_I, _I, _F, _F, _F, _F, _F, _F, _F, int64, float64),
    nogil=True,
    cache=True,
    error_model="numpy",
)
def mix_jumps(
    row_start: Any, target: Any, step: Any, stay: Any, weights: Any, rest: Any,
    x: Any, y: Any, total: Any, start: Any, slack: Any,
) -> tuple[int, float]:  # fmt: skip
    """Add sum over k of weights[k] P^k x to `total`; count the products.

    Parameters
    ----------
    row_start, target, step : rows by source of P, without its diagonal
    stay : (n,) the diagonal
    weights : (n_terms,), not negative
    rest : (n_terms,), sum of the weights from k on
    x, y : (n,), the values to begin with, and workspace; both are overwritten
    total : (n,), added to
    start : the state that the caller asks about
    slack : error allowed, relative to total[start]

    Returns
    -------
    products done, and the most that `total` can be off by for stopping early

    Notes: the span of P^k x never grows, so once it is small enough all terms that are
    left equal its middle. The bound is exact, whatever the chain.
    """
    n_terms, last = len(weights), len(x) - 1
    for k in range(n_terms):
        weight = weights[k]
        low, high = x[last], x[last]
        for i in range(last + 1):
            low, high = min(low, x[i]), max(high, x[i])
            total[i] += weight * x[i]
        if k == n_terms - 1:
            return k, 0.0
        left = rest[k + 1]
        off = 0.5 * (high - low) * left
        if off <= slack * abs(total[start] + 0.5 * (high + low) * left):
            for i in range(last + 1):
                total[i] += left * 0.5 * (low + high)
            return k, off
        for i in range(last + 1):
            value = stay[i] * x[i]
            for j in range(row_start[i], row_start[i + 1]):
                value += step[j] * x[target[j]]
            y[i] = value
        x, y = y, x
    return 0, 0.0


def mix_jumps_reference(
    row_start: np.ndarray,
    target: np.ndarray,
    step: np.ndarray,
    stay: np.ndarray,
    weights: np.ndarray,
    rest: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    total: np.ndarray,
    start: int,
    slack: float,
) -> tuple[int, float]:
    """The same with SciPy's sparse product and without stopping early."""
    n = len(x)
    matrix = sparse.csr_array((step, target, row_start), (n, n))
    matrix = matrix + sparse.diags_array(stay)
    y[:] = x
    for weight in weights[:-1]:
        total += weight * y
        y[:] = matrix @ y
    total += weights[-1] * y
    return len(weights) - 1, 0.0
