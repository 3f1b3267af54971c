"""Gauss-Seidel sweeps for systems too large to factorise.

Source: Stewart (1994), Introduction to the Numerical Solution of Markov Chains,
section 3.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int32, int64, njit, types
from scipy import sparse

_F = types.Array(float64, 1, "C")
_I = types.Array(int32, 1, "C")


@njit(
    types.void(_I, _I, _F, _F, _F, _F, int64),
    nogil=True,
    cache=True,
    error_model="numpy",
)
def sweep(
    row_start: Any, target: Any, rate: Any, exit_rate: Any, b: Any, x: Any, n_times: Any
) -> None:
    """Improve x in exit_rate[i] x[i] - sum over j of rate[i, j] x[j] = b[i], in place.

    Parameters
    ----------
    row_start, target, rate : (n, n) rows, not negative, without a diagonal
    exit_rate : (n,), above 0
    b, x : (n,)
    n_times : how often to go down and up again
    """
    n = len(x)
    for _ in range(n_times):
        for i in range(n):
            value = b[i]
            for j in range(row_start[i], row_start[i + 1]):
                value += rate[j] * x[target[j]]
            x[i] = value / exit_rate[i]
        for i in range(n - 1, -1, -1):
            value = b[i]
            for j in range(row_start[i], row_start[i + 1]):
                value += rate[j] * x[target[j]]
            x[i] = value / exit_rate[i]


def sweep_reference(
    row_start: np.ndarray,
    target: np.ndarray,
    rate: np.ndarray,
    exit_rate: np.ndarray,
    b: np.ndarray,
    x: np.ndarray,
    n_times: int,
) -> None:
    """The same with triangular solves."""
    n = len(x)
    inflow = sparse.csr_array((rate, target, row_start), (n, n))
    lower = sparse.csr_array(sparse.diags_array(exit_rate) - sparse.tril(inflow, -1))
    upper = sparse.csr_array(sparse.diags_array(exit_rate) - sparse.triu(inflow, 1))
    for _ in range(n_times):
        x[:] = sparse.linalg.spsolve_triangular(
            lower, b + (inflow + lower) @ x - exit_rate * x
        )
        x[:] = sparse.linalg.spsolve_triangular(
            upper, b + (inflow + upper) @ x - exit_rate * x, lower=False
        )
