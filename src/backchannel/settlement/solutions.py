"""Four named ways to single out packages that are good for all parties.

All of them look at the packages on the frontier that nobody expects to lose by and
somebody expects to gain by, keep ties, and report them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.frontier import pareto_frontier
from backchannel.settlement.method import TOLERANCE, IntArray


@dataclass(frozen=True)
class Solution:
    """The packages that one rule singles out, equally good by that rule.

    `value` is what they maximise; `source` where the rule comes from.
    """

    name: str
    title: str
    packages: tuple[int, ...]
    value: float
    source: str

    @property
    def package(self) -> int:
        """The first of them by declaration."""
        return self.packages[0]

    @property
    def n_tied(self) -> int:
        """How many there are."""
        return len(self.packages)


def find_solutions(gains: FloatArray) -> tuple[Solution, ...]:
    """Find the four named solutions.

    Parameters
    ----------
    gains : (n_packages, n_parties), expected gains over no deal

    Returns
    -------
    Nash, Kalai-Smorodinsky, egalitarian, utilitarian; none where every package makes
    some party expect a loss, or brings nobody a gain

    Notes: exact for these gains; values within 1e-9 of the best count as tied.
    """
    candidates = rational_frontier(gains)
    if not len(candidates):
        return ()
    return (
        nash_solution(gains, candidates),
        kalai_smorodinsky_solution(gains, candidates),
        egalitarian_solution(gains, candidates),
        utilitarian_solution(gains, candidates),
    )


def rational_frontier(gains: FloatArray) -> IntArray:
    """Rows on the frontier at which no party expects a loss and one expects a gain.

    A package that is never carried home brings 0 to all: it is no deal by another name.

    >>> rational_frontier(np.array([[0.0, 0.0], [-3.0, 9.0]]))
    array([], dtype=int64)
    """
    rows = pareto_frontier(gains)
    own = gains[rows]
    suits = (own >= -TOLERANCE).all(axis=1) & (own > TOLERANCE).any(axis=1)
    return np.asarray(rows[suits])


def nash_solution(gains: FloatArray, candidates: IntArray) -> Solution:
    """Maximise the product of gains.

    Source: Nash (1950), Econometrica 18(2), 155-162.

    >>> gains = np.array([[9.0, 1.0], [6.0, 6.0], [1.0, 9.0]])
    >>> nash_solution(gains, np.arange(3)).packages
    (1,)
    """
    products = np.maximum(gains[candidates], 0.0).prod(axis=1)
    source = "Nash (1950), Econometrica 18(2), 155-162"
    return _largest("nash", "Nash", products, candidates, source)


def kalai_smorodinsky_solution(gains: FloatArray, candidates: IntArray) -> Solution:
    """Maximise the least share that a party gets of the most it could gain.

    Source: Kalai and Smorodinsky (1975), Econometrica 43(3), 513-518; max-min ratio on
    finite sets, where equal shares need not exist.
    """
    ideal = gains[candidates].max(axis=0)
    # A party that can gain nothing does not hold the others back.
    able = ideal > TOLERANCE
    shares = gains[candidates][:, able] / ideal[able]
    least = shares.min(axis=1) if able.any() else np.zeros(len(candidates))
    source = "Kalai and Smorodinsky (1975), Econometrica 43(3), 513-518"
    return _largest("kalai_smorodinsky", "Kalai-Smorodinsky", least, candidates, source)


def egalitarian_solution(gains: FloatArray, candidates: IntArray) -> Solution:
    """Maximise the least gain.

    Source: Kalai (1977), Econometrica 45(7), 1623-1630.
    """
    least = gains[candidates].min(axis=1)
    source = "Kalai (1977), Econometrica 45(7), 1623-1630"
    return _largest("egalitarian", "Egalitarian", least, candidates, source)


def utilitarian_solution(gains: FloatArray, candidates: IntArray) -> Solution:
    """Maximise the sum of gains; it compares the scales of the parties.

    Source: Harsanyi (1955), Journal of Political Economy 63(4), 309-321.
    """
    totals = gains[candidates].sum(axis=1)
    source = "Harsanyi (1955), Journal of Political Economy 63(4), 309-321"
    return _largest("utilitarian", "Utilitarian", totals, candidates, source)


def _largest(
    name: str, title: str, values: FloatArray, candidates: IntArray, source: str
) -> Solution:
    best = float(values.max())
    tied = candidates[values >= best - TOLERANCE * max(1.0, abs(best))]
    return Solution(name, title, tuple(int(row) for row in tied), best, source)
