"""Complementary pivoting on a full tableau: the compiled loop."""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.games.tree import FloatArray, IntArray

_ZERO = 1e-11


@njit(cache=True, nogil=True, boundscheck=False)
def leaving_row(tableau: FloatArray, column: int, n: int, ray: int) -> int:
    """Find the row that keeps all basic variables non-negative, ties lexicographic.

    Parameters
    ----------
    tableau : (n, 2 n + 2), its first n columns those of the first basis, the last the
        right-hand side
    column : of the variable that enters
    n : rows
    ray : row of the artificial variable, preferred in a tie; -1 for none

    Returns
    -------
    int : the row, -1 where nothing stops the variable
    """
    last = tableau.shape[1] - 1
    best, best_ratio = -1, np.inf
    for row in range(n):
        pivot = tableau[row, column]
        if pivot <= _ZERO:
            continue
        ratio = tableau[row, last] / pivot
        if best < 0 or ratio < best_ratio - _ZERO:
            best, best_ratio = row, ratio
        elif ratio <= best_ratio + _ZERO:
            if row == ray:
                best, best_ratio = row, min(ratio, best_ratio)
                continue
            if best == ray:
                continue
            for k in range(n):
                here = tableau[row, k] / pivot
                there = tableau[best, k] / tableau[best, column]
                if abs(here - there) > _ZERO:
                    if here < there:
                        best, best_ratio = row, min(ratio, best_ratio)
                    break
    return best


@njit(cache=True, nogil=True, boundscheck=False)
def pivot(tableau: FloatArray, row: int, column: int) -> None:
    """Bring a column into the basis at a row."""
    n, width = tableau.shape
    scale = 1.0 / tableau[row, column]
    for k in range(width):
        tableau[row, k] *= scale
    for other in range(n):
        factor = tableau[other, column]
        if other != row and factor != 0.0:
            for k in range(width):
                tableau[other, k] -= factor * tableau[row, k]
            tableau[other, column] = 0.0


@njit(cache=True, nogil=True, boundscheck=False)
def follow(
    tableau: FloatArray, basis: IntArray, entering: int, n_pivots: int
) -> tuple[int, int]:
    """Pivot along the complementary path.

    Parameters
    ----------
    tableau : (n, 2 n + 2), columns w, z, the artificial variable, right-hand side
    basis : (n,), the variable of each row; w is 0 to n - 1, z is n to 2 n - 1
    entering : the variable that comes in next
    n_pivots : at most so many

    Returns
    -------
    entering : the next variable, -1 when the artificial one has left, -2 on a ray
    done : pivots made
    """
    n = len(basis)
    for done in range(n_pivots):
        ray = -1
        for row in range(n):
            if basis[row] == 2 * n:
                ray = row
        row = leaving_row(tableau, entering, n, ray)
        if row < 0:
            return -2, done
        leaving = basis[row]
        pivot(tableau, row, entering)
        basis[row] = entering
        if leaving == 2 * n:
            return -1, done + 1
        entering = leaving + n if leaving < n else leaving - n
    return entering, n_pivots
