"""Systems of questions without a horizon: sparse LU, or sweeps with a proven bound.

With A = -Q among the states that count, every question asks for A x = b with b >= 0,
and A has an inverse without negative entries. So for any y with A y >= c > 0 the error
of x is at most max|b - A x| max(y) / c, in every state.

Source: Berman and Plemmons (1994), Nonnegative Matrices in the Mathematical Sciences,
chapter 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from backchannel.base.errors import NotConvergedError
from backchannel.base.laws import FloatArray
from backchannel.escalation._kernels.sweeps import sweep

# Beyond this fill-in takes gigabytes; sweeps are then the faster way too.
MOST_FACTORISED = 20_000
_SWEEPS_AT_A_TIME = 10
_MOST_SWEEPS = 20_000
_GOAL = 1e-12
# A residual cannot be told from rounding below a few units in the last place.
_ROUNDING = 8 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Solved:
    """Solutions (n, n_questions), a bound on the error of each, and how it was done."""

    x: FloatArray
    bounds: FloatArray
    route: str


def solve_inner(among: sparse.csr_array, exits: FloatArray, b: FloatArray) -> Solved:
    """Solve diag(exits) x - among x = b.

    Parameters
    ----------
    among : (n, n), rates between the states that count, nothing on the diagonal
    exits : (n,), exit rates, those to other states included; every state must lead out
    b : (n, n_questions), not negative

    Returns
    -------
    Solved : `bounds` (n_questions,) absolute, rounding of the check aside

    Raises
    ------
    NotConvergedError : the sweeps reach neither 1e-12 of the largest solution nor
        the rounding of the residual.
    """
    if len(exits) <= MOST_FACTORISED:
        matrix = sparse.csc_array(sparse.diags_array(exits) - among)
        factors = splu(matrix)
        x = factors.solve(b)
        x += factors.solve(b - _applied(among, exits, x))
        y = factors.solve(np.ones(len(exits)))
        return Solved(x, _bounds(among, exits, b, x, y), "sparse LU")
    y = _swept(among, exits, np.ones(len(exits)), None)
    x = np.stack([_swept(among, exits, column, y) for column in b.T], axis=1)
    return Solved(x, _bounds(among, exits, b, x, y), "Gauss-Seidel sweeps")


def _rows(rates: sparse.csr_array) -> tuple[np.ndarray, np.ndarray, FloatArray]:
    """The three arrays of a matrix, in the types of the kernel."""
    indptr, indices = rates.indptr.astype(np.int32), rates.indices.astype(np.int32)
    return indptr, indices, rates.data


def _applied(among: sparse.csr_array, exits: FloatArray, x: FloatArray) -> FloatArray:
    scaled = exits * x if x.ndim == 1 else exits[:, None] * x
    result: FloatArray = scaled - among @ x
    return result


def _bounds(
    among: sparse.csr_array,
    exits: FloatArray,
    b: FloatArray,
    x: FloatArray,
    y: FloatArray,
) -> FloatArray:
    floor = _applied(among, exits, y).min(initial=1.0)
    off = np.abs(b - _applied(among, exits, x)).max(axis=0, initial=0.0)
    return np.asarray(off * y.max(initial=0.0) / floor)


def _swept(
    among: sparse.csr_array, exits: FloatArray, b: FloatArray, y: FloatArray | None
) -> FloatArray:
    """Sweep until the bound is small; without y until A x >= 1/2, for use as y."""
    x, rows = np.zeros(len(b)), _rows(among)
    b = np.ascontiguousarray(b)
    for _ in range(_MOST_SWEEPS // _SWEEPS_AT_A_TIME):
        sweep(*rows, exits, b, x, _SWEEPS_AT_A_TIME)
        residual = float(np.abs(b - _applied(among, exits, x)).max())
        if y is None:
            if residual <= 0.5:
                return x
            continue
        goal = _GOAL * x.max() / (2.0 * y.max())
        if residual <= max(goal, _ROUNDING * float((exits * x).max())):
            return x
    raise NotConvergedError(
        f"{_MOST_SWEEPS} Gauss-Seidel sweeps over {len(b)} states leave a residual of "
        f"{residual:.1e}; ask with a horizon, or fewer states",
        partial=x,
    )


def long_run(rates: sparse.csr_array, earned: FloatArray) -> tuple[float, float, str]:
    """Mean of what an irreducible chain earns per unit of time.

    Parameters
    ----------
    rates : (n, n), every state leads to every other
    earned : (n,), per unit of time

    Returns
    -------
    mean, bound on its error, route

    Raises
    ------
    NotConvergedError : the sweeps do not close the gap.

    Notes: for any h the mean lies between the least and the largest of earned + Q h.
    With h from the two parts of a cycle (what it earns, how long it takes) both meet.
    Source: Puterman (1994), Markov Decision Processes, theorem 8.5.6.
    """
    exits = np.asarray(rates.sum(axis=1)).ravel()
    if len(exits) > MOST_FACTORISED:
        return _swept_mean(rates, exits, earned)
    # Nothing is lost by rounding where the cycle begins at a state that is often met.
    matrix = sparse.csc_array(sparse.diags_array(exits) - rates)
    first = _often(rates, exits)
    inner = np.delete(np.arange(len(exits)), first)
    x = np.zeros((len(exits), 2))
    if len(inner):
        factors = splu(sparse.csc_array(matrix[inner][:, inner]))
        b = np.stack([earned, np.ones(len(exits))], axis=1)[inner]
        x[inner] = factors.solve(b)
        x[inner] += factors.solve(b - matrix[inner][:, inner] @ x[inner])
    cycle = np.array([earned[first], 1.0]) + rates[[first]].toarray()[0] @ x
    mean = float(cycle[0] / cycle[1])
    low, high = _between(rates, exits, earned, x[:, 0] - mean * x[:, 1])
    return mean, max(high - mean, mean - low), "sparse LU"


def _often(rates: sparse.csr_array, exits: FloatArray) -> int:
    """A state that is met often: the likeliest after some hundred jumps."""
    top = float(exits.max()) or 1.0
    share = np.full(len(exits), 1.0 / len(exits))
    backward = rates.T.tocsr()
    for _ in range(200):
        share = share + (backward @ share - exits * share) / top
    return int(share.argmax())


def _between(
    rates: sparse.csr_array, exits: FloatArray, earned: FloatArray, h: FloatArray
) -> tuple[float, float]:
    gain = earned - _applied(rates, exits, h)
    return float(gain.min()), float(gain.max())


def _swept_mean(
    rates: sparse.csr_array, exits: FloatArray, earned: FloatArray
) -> tuple[float, float, str]:
    h, rows = np.zeros(len(exits)), _rows(rates)
    low, high = float(earned.min()), float(earned.max())
    for _ in range(_MOST_SWEEPS // _SWEEPS_AT_A_TIME):
        mean = 0.5 * (low + high)
        sweep(*rows, exits, earned - mean, h, _SWEEPS_AT_A_TIME)
        h -= h[0]
        low, high = _between(rates, exits, earned, h)
        floor = _ROUNDING * float((exits * np.abs(h)).max())
        if high - low <= max(2.0 * _GOAL * abs(high), floor):
            return 0.5 * (low + high), 0.5 * (high - low), "Gauss-Seidel sweeps"
    raise NotConvergedError(
        f"{_MOST_SWEEPS} Gauss-Seidel sweeps over {len(h)} states leave the mean "
        f"between {low:.15g} and {high:.15g}; ask with a horizon, or fewer states",
        partial=0.5 * (low + high),
    )
