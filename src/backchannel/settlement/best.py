"""Which package to speak of first, and whether it is a deal at all."""

from __future__ import annotations

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import PASSES_AT, TOLERANCE
from backchannel.settlement.solutions import Solution


def find_best(
    solutions: tuple[Solution, ...],
    gains: FloatArray,
    prob_settled: FloatArray,
    prob_ratified: FloatArray,
) -> int:
    """Find the best package that passes, or the nearest to one where none does.

    Parameters
    ----------
    solutions : the named solutions, Nash first; may be empty
    gains : (n_packages, n_parties), expected gains over no deal
    prob_settled, prob_ratified : (n_packages,)

    Returns
    -------
    row of the Nash solution where it passes; else, of the passing packages by which
    nobody expects to lose, the one with the largest product of gains; else the package
    settled most often. Where several are settled equally rarely, those ratified at
    least as likely as not come first, then the one that, once ratified, costs the party
    worst off least.
    """
    passes = prob_settled >= PASSES_AT
    for solution in solutions[:1]:
        for row in solution.packages:
            if passes[row]:
                return row
    suits = passes & (gains >= -TOLERANCE).all(axis=1)
    if suits.any():
        products = np.maximum(gains, 0.0).prod(axis=1)
        return int(np.argmax(np.where(suits, products, -1.0)))
    near = prob_settled >= prob_settled.max() - TOLERANCE
    # A package that is never passed costs nobody anything: its gain of 0 is no merit.
    near &= prob_ratified >= min(PASSES_AT, prob_ratified[near].max())
    # Nor is it one to be passed rarely, so gains are taken per package passed.
    least = gains.min(axis=1) / np.maximum(prob_ratified, TOLERANCE)
    return int(np.argmax(np.where(near, least, -np.inf)))
