"""Fit offers that were taken or left: the strategic ultimatum, by maximum likelihood.

The first side keeps what it does not offer, or has a reservation value if the offer is
refused; the second takes an offer above its own. Both values are weighted sums of what
is known of a case, disturbed by a logistic law and known to their side alone. The
chance that an offer y is taken rises with y, so the best offer is where
`most - y - own = s2 (1 + exp((y - other) / s2))`, or at an end of the range.

Source: Ramsay and Signorino (2009), A Statistical Model of the Ultimatum Game; Kenkel
and Signorino (2014), Journal of Statistical Software 56(8), section 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.special import log_expit

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.games.bargaining.likelihood import (
    Fit,
    Likelihood,
    check_table,
    maximise,
    table_sizes,
)

_EDGE = 1e-8  # an offer this near to an end of the range, in units of it, is that end


@dataclass(frozen=True, eq=False)
class OfferCases:
    """Offers that were made, and what is known of each case.

    Parameters
    ----------
    offer : (n_cases,), in the unit of `most`, from 0 to `most`
    is_taken : (n_cases,), None where only offers were seen
    first, second : (n_cases, n_weights), what the reservation values are sums of
    most : largest offer, the whole of what is shared
    """

    offer: FloatArray
    is_taken: npt.NDArray[np.bool_] | None
    first: FloatArray
    second: FloatArray
    most: float


@dataclass(frozen=True)
class OfferScales:
    """What is known beforehand of the disturbances.

    Parameters
    ----------
    second : size of the second side's; None where it is to be found
    floor : least chance of any one thing seen; the R package games has 2.2e-16
    """

    second: float | None = None
    floor: float = 0.0


def offer_log_likelihood(
    cases: OfferCases, weights: FloatArray, scales: OfferScales | None = None
) -> float:
    """Logarithm of the chance of the offers, and of their answers where seen.

    Parameters
    ----------
    cases : what was seen
    weights : (n_weights,), those of `first`, of `second`, then the logarithms of the
        sizes of the two disturbances, the second only where it is not given
    scales : what is known of the disturbances

    Returns
    -------
    float

    Raises
    ------
    ModelError : another number of weights, or cases that cannot be.

    >>> one = np.ones((2, 1))
    >>> seen = OfferCases(np.array([4.0, 5.0]), np.array([False, True]), one, one, 10.0)
    >>> round(offer_log_likelihood(seen, np.array([1.0, 4.0, 0.0, 0.0])), 6)
    -3.503245
    """
    known = scales or OfferScales()
    _check(cases, known)
    if len(weights) != _n_weights(cases, known):
        raise ModelError(
            f"weights: are {len(weights)}; must be {_n_weights(cases, known)}, one for "
            "each column and one for each size of a disturbance to be found"
        )
    return float(_logs(cases, known, np.asarray(weights)).sum())


def fit_offers(
    cases: OfferCases,
    scales: OfferScales | None = None,
    *,
    n_starts: int = 4,
    ridge: float = 0.0,
    seed: int = 1,
) -> Fit:
    """Find the reservation values that make the offers and answers likeliest.

    Parameters
    ----------
    cases : what was seen
    scales : what is known of the disturbances; both sizes are found where None
    n_starts : the first from the averages of the offers, the others drawn around it
    ridge : half of this times the sum of squared weights is taken from the logarithm
    seed : of the drawn starts

    Returns
    -------
    Fit : weights as in `offer_log_likelihood`

    Raises
    ------
    ModelError : no cases, an offer or a number that cannot be, or a bad setting.
    """
    known = scales or OfferScales()
    _check(cases, known)
    if n_starts < 1 or ridge < 0.0:
        raise ModelError("fit_offers: n_starts must be at least 1 and ridge at least 0")
    rng = np.random.default_rng(seed)
    start = _average_start(cases, known)
    spread = np.where(np.abs(start) > 1.0, np.abs(start), 1.0) / 10.0
    draws = rng.standard_normal((n_starts - 1, len(start))) * spread
    sizes = table_sizes((cases.first, cases.second))
    n_scales = len(start) - len(sizes)
    likelihood = Likelihood(
        partial(_logs, cases, known),
        np.concatenate([sizes, np.ones(n_scales)]),
        len(cases.offer),
        ridge,
    )
    return maximise(
        likelihood,
        [start, *(start + draws)],
        method="logistic reservation values, BFGS, then Newton",
        seed=seed,
    )


def _n_weights(cases: OfferCases, known: OfferScales) -> int:
    n_scales = 2 if known.second is None else 1
    return int(cases.first.shape[1] + cases.second.shape[1] + n_scales)


def _check(cases: OfferCases, known: OfferScales) -> None:
    n = len(cases.offer)
    is_within = (cases.offer >= 0.0) & (cases.offer <= cases.most)
    if n == 0 or not is_within.all():
        raise ModelError(
            f"cases.offer: {int((~is_within).sum())} of {n} lie outside 0 to "
            f"{cases.most:g}; must be shares of it, at least one"
        )
    for table in (cases.first, cases.second):
        check_table(table, n)
    if cases.is_taken is not None and cases.is_taken.shape != (n,):
        raise ModelError(
            f"cases.is_taken: has shape {cases.is_taken.shape}; must be ({n},), or "
            "None where answers were not seen"
        )
    if known.second is not None and not known.second > 0.0:
        raise ModelError(f"scales.second: is {known.second}; must be above 0, or None")
    if not 0.0 <= known.floor < 1.0:
        raise ModelError(f"scales.floor: is {known.floor}; must be in [0, 1)")


def _logs(cases: OfferCases, known: OfferScales, weights: FloatArray) -> FloatArray:
    """Logarithm of the chance of each case, (n_cases,)."""
    n_own, n_other = cases.first.shape[1], cases.second.shape[1]
    own = cases.first @ weights[:n_own]
    other = cases.second @ weights[n_own : n_own + n_other]
    # Sizes beyond these are no longer told apart from none and from chance alone.
    sizes = np.exp(np.clip(weights[n_own + n_other :], -30.0, 30.0))
    second = float(sizes[1]) if known.second is None else known.second
    first = float(sizes[0])

    def short(offer: FloatArray | float) -> FloatArray:
        """Disturbance above which less than this is offered, in its own size."""
        rise = np.exp(np.minimum((offer - other) / second, 700.0))
        return np.asarray((cases.most - offer - own - second * (1.0 + rise)) / first)

    at = short(cases.offer)
    inside = log_expit(at) + log_expit(-at) - np.log(first)
    inside = inside + np.logaddexp(0.0, (cases.offer - other) / second)
    all_of_it = _floored(log_expit(short(cases.most)), known.floor)
    nothing = _floored(log_expit(-short(0.0)), known.floor)
    edge = _EDGE * cases.most
    logs = np.where(cases.offer >= cases.most - edge, all_of_it, inside)
    logs = np.where(cases.offer <= edge, nothing, logs)
    if cases.is_taken is not None:
        sign = np.where(cases.is_taken, 1.0, -1.0)
        taken = log_expit(sign * (cases.offer - other) / second)
        logs = logs + _floored(taken, known.floor)
    return np.asarray(logs)


def _floored(logs: FloatArray, floor: float) -> FloatArray:
    """No chance below the floor, nor above 1 less it."""
    if floor == 0.0:
        return logs
    return np.clip(logs, np.log(floor), np.log1p(-floor))


def _average_start(cases: OfferCases, known: OfferScales) -> FloatArray:
    """Values by least squares, the second high enough to make no offer absurd.

    An offer far above the other's value, in units of its disturbance, would have a
    chance below any number, and the climb would start on a cliff.
    """
    spread = max(float(cases.offer.std()), 1e-3 * cases.most)
    size = known.second or spread
    other = np.linalg.lstsq(cases.second, cases.offer, rcond=None)[0]
    above = float((cases.offer - cases.second @ other).max())
    lift = max(above - size * max(np.log(cases.most / size), 0.0), 0.0)
    other = np.linalg.lstsq(cases.second, cases.offer + lift, rcond=None)[0]
    rise = np.exp(np.minimum((cases.offer - cases.second @ other) / size, 700.0))
    kept = cases.most - cases.offer - size * (1.0 + rise)
    own = np.linalg.lstsq(cases.first, kept, rcond=None)[0]
    n_scales = _n_weights(cases, known) - len(own) - len(other)
    return np.concatenate([own, other, np.full(n_scales, np.log(spread))])
