"""Weights that make what was seen likeliest: climb, and how sure the top is.

Source: Nocedal and Wright (2006), Numerical Optimization, ch. 6 (BFGS).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status

Loss = Callable[[FloatArray], float]
_STEP = 1e-5
_N_NEWTON = 6
_SAME = 1e-4  # log-likelihoods this near are one maximum
_GRADIENT = 1e-3
_FLAT = 1e-9  # smallest over largest curvature, weights in units of their spread


@dataclass(frozen=True, eq=False)
class Fit:
    """Weights that make what was seen likeliest.

    `weights` and `standard_errors` (n_weights,), the latter infinite where the
    likelihood is flat. `log_likelihoods` are those of all starts, best first; `is_flat`
    says whether some combination of weights hardly matters, as under separation.
    """

    weights: FloatArray
    standard_errors: FloatArray
    log_likelihood: float
    log_likelihoods: tuple[float, ...]
    is_flat: bool
    status: Status
    method: str
    seed: int
    certificate: Certificate
    n_cases: int

    @property
    def n_agree(self) -> int:
        """How many starts led to the best maximum."""
        best = self.log_likelihood
        return sum(best - value < _SAME for value in self.log_likelihoods)

    def __str__(self) -> str:
        flat = "; flat: weights are not determined" if self.is_flat else ""
        shown = {
            "cases": f"{self.n_cases:,}, {len(self.weights)} weights",
            "likelihood": f"{self.log_likelihood:.4f} (logarithm){flat}",
            "starts": f"{self.n_agree} of {len(self.log_likelihoods)} led there",
            "status": f"{self.status}, {self.method}",
            "certificate": str(self.certificate),
        }
        return "\n".join(f"{name:<12}{text}" for name, text in shown.items())


@dataclass(frozen=True, eq=False)
class Likelihood:
    """What is to be made largest.

    Parameters
    ----------
    logs : weights -> (n_cases,), the logarithm of the chance of each case
    sizes : (n_weights,), usual size of what each weight multiplies
    n_cases : how many cases there are
    ridge : half of this times the sum of squared weights is taken from the logarithm
    """

    logs: Callable[[FloatArray], FloatArray]
    sizes: FloatArray
    n_cases: int
    ridge: float = 0.0

    def total(self, weights: FloatArray) -> float:
        """Logarithm of the chance of all cases."""
        return float(self.logs(weights).sum())

    def loss(self, weights: FloatArray) -> float:
        """What the climb makes smallest."""
        return self.ridge / 2.0 * float(weights @ weights) - self.total(weights)


def check_table(table: FloatArray, n_cases: int) -> None:
    """Refuse a table that does not hold a row of numbers for each case.

    Raises
    ------
    ModelError : another shape, or a gap.
    """
    if table.ndim != 2 or len(table) != n_cases or not np.isfinite(table).all():
        raise ModelError(
            f"cases: a table has shape {table.shape}; must be finite numbers of "
            f"shape ({n_cases}, n_weights). Leave out cases with gaps"
        )


def table_sizes(tables: tuple[FloatArray, ...]) -> FloatArray:
    """Root mean square of each column, 1 for a column of zeros; (n_weights,)."""
    columns = [np.sqrt((table**2).mean(axis=0)) for table in tables]
    size = np.concatenate([*columns, np.zeros(0)])
    return np.where(size > 0.0, size, 1.0)


def maximise(
    likelihood: Likelihood, starts: list[FloatArray], *, method: str, seed: int
) -> Fit:
    """Climb from every start and keep the best top.

    Parameters
    ----------
    likelihood : what is to be made largest
    starts : each (n_weights,)
    method : what to call the climb
    seed : of the starts that were drawn

    Returns
    -------
    Fit : converged only where the slope has vanished and the top is no ridge
    """
    loss = likelihood.loss
    found = sorted((_climb(loss, start) for start in starts), key=loss)
    best = found[0]
    errors, is_flat = _errors(likelihood.sizes, _curvature(loss, best))
    slope = float(np.abs(_slope(loss, best, 10.0 * _STEP)).max())
    is_done = slope <= _GRADIENT and not is_flat
    values = tuple(likelihood.total(weights) for weights in found)
    return Fit(
        weights=best,
        standard_errors=errors,
        log_likelihood=values[0],
        log_likelihoods=values,
        is_flat=is_flat,
        status=Status.CONVERGED if is_done else Status.TRUNCATED,
        method=method,
        seed=seed,
        certificate=Certificate(
            "largest slope of the likelihood", slope, _GRADIENT, "wider differences"
        ),
        n_cases=likelihood.n_cases,
    )


def _climb(loss: Loss, start: FloatArray) -> FloatArray:
    """A minimum of the loss near a start; Newton's steps finish what BFGS leaves."""
    with np.errstate(over="ignore", invalid="ignore"):
        weights = np.asarray(minimize(loss, start, method="BFGS").x)
    for _ in range(_N_NEWTON):
        slope = _slope(loss, weights, _STEP)
        if np.abs(slope).max() < 1e-6:
            break
        step = np.linalg.lstsq(_curvature(loss, weights), slope, rcond=1e-10)[0]
        if not loss(weights - step) < loss(weights):
            break
        weights = weights - step
    return weights


def _slope(loss: Loss, weights: FloatArray, step: float) -> FloatArray:
    units = step * np.eye(len(weights))
    return np.array(
        [(loss(weights + u) - loss(weights - u)) / (2 * step) for u in units]
    )


def _curvature(loss: Loss, weights: FloatArray) -> FloatArray:
    """Second differences of the loss, (n_weights, n_weights)."""
    wide = 1e-3
    units = wide * np.eye(len(weights))
    rows = np.array(
        [
            _slope(loss, weights + u, wide) - _slope(loss, weights - u, wide)
            for u in units
        ]
    )
    return np.asarray((rows + rows.T) / (4.0 * wide))


def _errors(size: FloatArray, curvature: FloatArray) -> tuple[FloatArray, bool]:
    """Standard errors, and whether the likelihood is flat in some direction."""
    scaled = curvature / np.outer(size, size)
    bends = np.linalg.eigvalsh(scaled)
    if bends[0] <= _FLAT * max(bends[-1], 1.0):
        return np.full(len(size), math.inf), True
    return np.sqrt(np.diag(np.linalg.inv(scaled))) / size, False
