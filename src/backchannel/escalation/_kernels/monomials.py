"""Rates of one draw, summed over the monomials of each cell."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int16, int32, int64, njit, types

_F = types.Array(float64, 1, "C")
_N = types.Array(int32, 1, "C")
# Factors are kept in narrow integers where there are millions of entries.
_SIGNATURES = [
    types.void(_N, _F, types.Array(kind, 2, "C"), _F, _F) for kind in (int16, int64)
]


@njit(_SIGNATURES, nogil=True, cache=True, error_model="numpy")
def sum_monomials(cell: Any, mult: Any, factor: Any, theta: Any, rates: Any) -> None:
    """Add each monomial to the rate of its cell; NumPy needs 10x as long.

    Parameters
    ----------
    cell : (n,) which rate it belongs to
    mult, factor : (n,), (n, 3) as in `Entries`
    theta : (n_rows,) one column of parameters and clocks
    rates : (n_cells,), added to
    """
    for i in range(len(cell)):
        value = mult[i] * theta[factor[i, 0]]
        rates[cell[i]] += value * theta[factor[i, 1]] * theta[factor[i, 2]]


def sum_monomials_reference(
    cell: np.ndarray,
    mult: np.ndarray,
    factor: np.ndarray,
    theta: np.ndarray,
    rates: np.ndarray,
) -> None:
    """The same by NumPy."""
    np.add.at(rates, cell, mult * theta[factor].prod(axis=1))
