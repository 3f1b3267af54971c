"""Two ways to doubt a frontier that share no code with what found it."""

from __future__ import annotations

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.crisis.domain import Domain
from backchannel.settlement.additive import RESOLUTION
from backchannel.settlement.frontier import pareto_frontier

_BOUND = 10 * RESOLUTION
_N_WEIGHTS = 64
_MOST_SUMS = 5_000_000
# Multiples of square roots of primes: weights that no table is made to meet.
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71)


def spans_of(domain: Domain) -> FloatArray:
    """Best less worst utility of each party; 1 where they are equal."""
    spans = np.sum([np.ptp(table, axis=1) for table in domain.utilities], axis=0)
    return np.where(spans > 0, spans, 1.0)


def certify_weighted(domain: Domain, utilities: FloatArray) -> Certificate:
    """Compare weighted sums with their true maxima, found issue by issue.

    Parameters
    ----------
    utilities : (n_points, n_parties), the frontier found

    Returns
    -------
    Certificate : the largest shortfall or excess over the weights tried, as a share of
        the parties' spans; it sees every error in the convex part of a frontier
    """
    spans = spans_of(domain)
    n_parties = len(domain.parties)
    steps = np.arange(1, _N_WEIGHTS + 1)[:, None]
    primes = np.array([_PRIMES[p % len(_PRIMES)] + p // 20 for p in range(n_parties)])
    weights = np.modf(steps * np.sqrt(primes))[0] + 1e-3
    weights /= weights.sum(axis=1, keepdims=True)
    scaled = weights / spans
    true = np.zeros(_N_WEIGHTS)
    for table in domain.utilities:
        true += (scaled @ table).max(axis=1)
    found = (scaled @ utilities.T).max(axis=1)
    return Certificate(
        claim=f"{_N_WEIGHTS} weighted sums of utilities reach their maxima",
        value=float(np.abs(true - found).max()),
        bound=_BOUND,
        route="maxima taken issue by issue, without packages",
    )


def certify_other_way(domain: Domain, utilities: FloatArray) -> Certificate:
    """Find the frontier again by halving the issues, and compare point by point.

    Returns
    -------
    Certificate : the most by which a point of one frontier exceeds all of the other
        in some party's utility, as a share of that party's span

    Raises
    ------
    MethodError : the halves have too many points to be joined this plain way.
    """
    spans = spans_of(domain)
    tables = [(table / spans[:, None]).T for table in domain.utilities]
    again = _in_halves(tables, domain.title)
    found = utilities / spans
    worst = max(_excess(again, found), _excess(found, again))
    return Certificate(
        claim="both frontiers have the same points",
        value=worst,
        bound=_BOUND,
        route="issues halved, halves joined, plain dominance filter",
    )


def _in_halves(tables: list[FloatArray], title: str) -> FloatArray:
    if len(tables) == 1:
        points = tables[0]
    else:
        middle = len(tables) // 2
        left = _in_halves(tables[:middle], title)
        right = _in_halves(tables[middle:], title)
        if len(left) * len(right) > _MOST_SUMS:
            raise MethodError(
                f"check: {title}: joining halves of {len(left)} and {len(right)} "
                f"points passes {_MOST_SUMS} sums; the certificate of the answer "
                "itself needs none"
            )
        points = (left[:, None, :] + right[None, :, :]).reshape(-1, left.shape[1])
    # Far finer than what counts as equal, so that rounding makes no extra points.
    points = np.unique(np.round(points, 12), axis=0)
    return np.asarray(points[pareto_frontier(points)])


def _excess(ours: FloatArray, theirs: FloatArray) -> float:
    """The most by which one of our points exceeds the nearest of theirs somewhere."""
    return max(float((point - theirs).max(axis=1).min()) for point in ours)
