"""Fit worths to what was seen: two moves with disturbances, by maximum likelihood.

A case is a first move (status quo or not) and, if not, its answer (give in, or war).
Each worth is a weighted sum of what is known of the case; the weights are sought. The
likelihood is not concave: several starts are made and how many agree is told. Weights
run off to infinity where an outcome can be told for certain (separation); a `ridge`
holds them, and a flat likelihood is reported, never hidden.

Source: Signorino (1999), APSR 93, 279-297; Signorino (2003), Political Analysis 11,
316-344; Kenkel and Signorino (2014), Journal of Statistical Software 56(8).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, log_expit, log_ndtr, ndtr

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.games.bargaining.noisy import Link

_STEP = 1e-5
_N_NEWTON = 6
_SAME = 1e-4  # log-likelihoods this near are one maximum
_GRADIENT = 1e-3
_FLAT = 1e-9  # smallest over largest curvature, weights in units of their spread
STATUS_QUO, GIVE_IN, WAR = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Cases:
    """What was seen, and what is known of each case.

    Parameters
    ----------
    outcome : (n_cases,), 0 status quo, 1 the second side gave in, 2 war
    status_quo, give_in, war : (n_cases, n_weights), for the first side's worths; no
        column makes a worth 0
    war_second : (n_cases, n_weights), for the second side's worth of war over giving in
    """

    outcome: npt.NDArray[np.int64]
    status_quo: FloatArray
    give_in: FloatArray
    war: FloatArray
    war_second: FloatArray

    @property
    def tables(self) -> tuple[FloatArray, ...]:
        """The four tables, in the order of the weights."""
        return self.status_quo, self.give_in, self.war, self.war_second

    @property
    def n_weights(self) -> int:
        """How many weights there are."""
        return sum(table.shape[1] for table in self.tables)


@dataclass(frozen=True)
class Disturbance:
    """Law of the disturbances, as in the game `noisy_choices`.

    Parameters
    ----------
    law : probit or logit
    disturbed : each choice (agent), or each worth and private (private)
    scale : size of a disturbance; the logit of the R package games has sqrt(2)
    """

    law: Link = "probit"
    disturbed: Literal["agent", "private"] = "agent"
    scale: float = 1.0


@dataclass(frozen=True, eq=False)
class ChoiceFit:
    """Weights that make what was seen likeliest.

    `weights` and `standard_errors` (n_weights,), in the order of `Cases.tables`, the
    latter infinite where the likelihood is flat. `log_likelihoods` are those of all
    starts, best first; `is_flat` says whether some combination of weights hardly
    matters, as under separation.
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
    cases: Cases = field(repr=False)

    @property
    def n_agree(self) -> int:
        """How many starts led to the best maximum."""
        best = self.log_likelihood
        return sum(best - value < _SAME for value in self.log_likelihoods)

    def __str__(self) -> str:
        flat = "; flat: weights are not determined" if self.is_flat else ""
        shown = {
            "cases": f"{len(self.cases.outcome):,}, {len(self.weights)} weights",
            "likelihood": f"{self.log_likelihood:.4f} (logarithm){flat}",
            "starts": f"{self.n_agree} of {len(self.log_likelihoods)} led there",
            "status": f"{self.status}, {self.method}",
            "certificate": str(self.certificate),
        }
        return "\n".join(f"{name:<12}{text}" for name, text in shown.items())


def log_likelihood(
    cases: Cases, weights: FloatArray, disturbance: Disturbance | None = None
) -> float:
    """Logarithm of the chance of what was seen.

    Parameters
    ----------
    cases : what was seen
    weights : (n_weights,), in the order of `Cases.tables`
    disturbance : law of the disturbances; probit of each choice where None

    Returns
    -------
    float : at most 0

    Raises
    ------
    ModelError : another number of weights.

    >>> one = np.ones((2, 1))
    >>> none = np.zeros((2, 0))
    >>> seen = Cases(np.array([0, 2]), none, one, none, one)
    >>> round(log_likelihood(seen, np.array([0.0, 0.0])), 6)
    -2.079442
    """
    if len(weights) != cases.n_weights:
        raise ModelError(
            f"weights: are {len(weights)}; must be {cases.n_weights}, one for each "
            "column of the tables"
        )
    return float(_logs(cases, np.asarray(weights), disturbance or Disturbance()).sum())


def _logs(cases: Cases, weights: FloatArray, law: Disturbance) -> FloatArray:
    """Logarithm of the chance of each case, (n_cases,)."""
    ends = np.cumsum([table.shape[1] for table in cases.tables])[:-1]
    quo, give, own_war, other_war = (
        table @ part
        for table, part in zip(cases.tables, np.split(weights, ends), strict=True)
    )
    fight, log_fight, log_yield = _chances(other_war, law, np.full(len(quo), 2.0))
    spread = np.full(len(quo), 2.0)
    if law.disturbed == "private":
        spread = 1.0 + fight**2 + (1.0 - fight) ** 2
    gain = (1.0 - fight) * give + fight * own_war - quo
    _, log_act, log_stay = _chances(gain, law, spread)
    by_outcome = np.array([log_stay, log_act + log_yield, log_act + log_fight])
    return np.asarray(by_outcome[cases.outcome, np.arange(len(quo))])


def _chances(
    gain: FloatArray, law: Disturbance, variance: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Chance of acting on a gain, its logarithm, and that of not acting."""
    if law.law == "logit":
        x = gain / law.scale
        return expit(x), log_expit(x), log_expit(-x)
    x = gain / (law.scale * np.sqrt(variance))
    return ndtr(x), log_ndtr(x), log_ndtr(-x)


def fit_choices(
    cases: Cases,
    disturbance: Disturbance | None = None,
    *,
    n_starts: int = 4,
    ridge: float = 0.0,
    seed: int = 1,
) -> ChoiceFit:
    """Find the weights that make what was seen likeliest.

    Parameters
    ----------
    cases : what was seen
    disturbance : law of the disturbances; probit of each choice where None
    n_starts : the first from fitting the answer alone, then the move; others drawn
    ridge : half of this times the sum of squared weights is taken from the logarithm
    seed : of the drawn starts

    Returns
    -------
    ChoiceFit

    Raises
    ------
    ModelError : no cases, an outcome or a number that cannot be, or a bad setting.
    """
    law = disturbance or Disturbance()
    _check(cases, law, n_starts, ridge)

    def loss(weights: FloatArray) -> float:
        seen = float(_logs(cases, weights, law).sum())
        return ridge / 2.0 * float(weights @ weights) - seen

    rng = np.random.default_rng(seed)
    draws = rng.standard_normal((n_starts - 1, cases.n_weights)) / 2.0
    starts = [_backward_start(cases, law), *draws]
    found = [_climb(loss, start) for start in starts]
    found.sort(key=loss)
    best = found[0]
    curvature = _curvature(loss, best)
    errors, is_flat = _errors(cases, curvature)
    slope = float(np.abs(_slope(loss, best, 10.0 * _STEP)).max())
    is_done = slope <= _GRADIENT and not is_flat
    values = tuple(float(_logs(cases, weights, law).sum()) for weights in found)
    return ChoiceFit(
        weights=best,
        standard_errors=errors,
        log_likelihood=values[0],
        log_likelihoods=values,
        is_flat=is_flat,
        status=Status.CONVERGED if is_done else Status.TRUNCATED,
        method=f"{law.law} of {law.disturbed} disturbances, BFGS, then Newton",
        seed=seed,
        certificate=Certificate(
            "largest slope of the likelihood", slope, _GRADIENT, "wider differences"
        ),
        cases=cases,
    )


def _check(cases: Cases, law: Disturbance, n_starts: int, ridge: float) -> None:
    n = len(cases.outcome)
    if n == 0 or not np.isin(cases.outcome, (STATUS_QUO, GIVE_IN, WAR)).all():
        raise ModelError(
            f"cases.outcome: has {n} entries in {np.unique(cases.outcome).tolist()}; "
            "must be 0 (status quo), 1 (gave in) or 2 (war), one for each case"
        )
    for table in cases.tables:
        if table.ndim != 2 or len(table) != n or not np.isfinite(table).all():
            raise ModelError(
                f"cases: a table has shape {table.shape}; must be finite numbers of "
                f"shape ({n}, n_weights). Leave out cases with gaps"
            )
    if law.law not in ("probit", "logit") or law.disturbed not in ("agent", "private"):
        raise ModelError(
            f"disturbance: law '{law.law}', disturbed '{law.disturbed}'; law is probit "
            "or logit, disturbed is agent or private"
        )
    if law.scale <= 0.0 or n_starts < 1 or ridge < 0.0 or cases.n_weights == 0:
        raise ModelError(
            "fit_choices: scale must be above 0, n_starts at least 1, ridge at least "
            "0, and there must be a weight to find"
        )


Loss = Callable[[FloatArray], float]


def _backward_start(cases: Cases, law: Disturbance) -> FloatArray:
    """Fit the answers alone, then the moves given the answers: two concave problems.

    Source: Bas, Signorino and Walker (2008), Political Analysis 16, 21-40.
    """
    n_second = cases.war_second.shape[1]
    moved = cases.outcome != STATUS_QUO
    answers = cases.war_second[moved]
    says_war = np.where(cases.outcome[moved] == WAR, 1.0, -1.0)
    second = _one_choice(answers, says_war, law)
    fight = _chances(cases.war_second @ second, law, np.full(len(moved), 2.0))[0]
    weighted = np.hstack(
        [
            -cases.status_quo,
            (1.0 - fight)[:, None] * cases.give_in,
            fight[:, None] * cases.war,
        ]
    )
    first = _one_choice(weighted, np.where(moved, 1.0, -1.0), law)
    return np.concatenate([first, second[:n_second]])


def _one_choice(table: FloatArray, sign: FloatArray, law: Disturbance) -> FloatArray:
    """Weights of one choice by itself, pulled a little to 0 so that they are finite."""
    if not table.size:
        return np.zeros(table.shape[1])

    def loss(weights: FloatArray) -> float:
        logs = _chances(sign * (table @ weights), law, np.full(len(sign), 2.0))[1]
        return 1e-3 * float(weights @ weights) - float(logs.sum())

    return np.asarray(minimize(loss, np.zeros(table.shape[1]), method="BFGS").x)


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


def _errors(cases: Cases, curvature: FloatArray) -> tuple[FloatArray, bool]:
    """Standard errors, and whether the likelihood is flat in some direction."""
    size = np.concatenate([np.sqrt((table**2).mean(axis=0)) for table in cases.tables])
    size = np.where(size > 0.0, size, 1.0)
    scaled = curvature / np.outer(size, size)
    bends = np.linalg.eigvalsh(scaled)
    if bends[0] <= _FLAT * max(bends[-1], 1.0):
        return np.full(len(size), math.inf), True
    return np.sqrt(np.diag(np.linalg.inv(scaled))) / size, False
