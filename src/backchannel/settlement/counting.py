"""Chance that enough independent members assent: by number, or by weight."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.settlement.method import TOLERANCE

MAX_SUBSETS = 12
"""Members whose subsets are listed one by one: 4,096 of them."""


def prob_quota(assents: Sequence[FloatArray], quota: int) -> FloatArray:
    """Chance that at least `quota` members assent.

    Parameters
    ----------
    assents : one array per member, all of one shape, probabilities
    quota : number needed

    Notes: exact, one convolution per member.
    Source: Poisson-binomial law; Barlow and Heidtmann (1984), IEEE Trans. Reliability.
    """
    # short[n] is the chance of exactly n so far, for all n below the quota.
    short = [np.ones(np.shape(assents[0]))] if quota > 0 else []
    for assent in assents:
        refusal = 1.0 - assent
        ahead = [short[-1] * assent] if 0 < len(short) < quota else []
        for n in range(len(short) - 1, 0, -1):
            short[n] = short[n] * refusal + short[n - 1] * assent
        if short:
            short[0] = short[0] * refusal
        short += ahead
    # Rounding must not make a chance negative.
    return np.maximum(1.0 - sum(short, np.zeros(np.shape(assents[0]))), 0.0)


def prob_weight(
    assents: Sequence[FloatArray],
    weights: Sequence[FloatArray],
    share: FloatArray,
    *,
    is_exact: bool,
) -> FloatArray:
    """Chance that the assenting weight reaches a share of the whole weight.

    Parameters
    ----------
    assents : one array (..., n_draws) per member, probabilities
    weights : one array (n_draws,) per member
    share : (n_draws,), in [0, 1]
    is_exact : whether weights and share are the same in every draw

    Raises
    ------
    ModelError : more than 12 members and weights that vary.

    Notes: exact. Dynamic programming on the sums that occur where weights are fixed,
    all subsets of members otherwise.
    """
    if is_exact:
        return _by_sums(assents, [float(w[0]) for w in weights], float(share[0]))
    if len(assents) > MAX_SUBSETS:
        raise ModelError(
            f"ratification: {len(assents)} members with uncertain weights; at most "
            f"{MAX_SUBSETS} can be listed. Give exact weights and an exact share"
        )
    needed = share * sum(weights) - TOLERANCE
    total = np.zeros(np.shape(assents[0]))
    for picks in itertools.product((False, True), repeat=len(assents)):
        pairs = list(zip(picks, assents, weights, strict=True))
        reached = sum((w for pick, _, w in pairs if pick), np.zeros(len(share)))
        passes = reached >= needed
        if passes.any():
            chance = np.broadcast_to(passes.astype(float), total.shape)
            for pick, assent, _ in pairs:
                chance = chance * (assent if pick else 1.0 - assent)
            total += chance
    return total


def _by_sums(
    assents: Sequence[FloatArray], weights: Sequence[float], share: float
) -> FloatArray:
    needed = share * sum(weights) - TOLERANCE
    chances: dict[float, FloatArray] = {0.0: np.ones(np.shape(assents[0]))}
    for assent, weight in zip(assents, weights, strict=True):
        ahead: dict[float, FloatArray] = {}
        for reached, chance in chances.items():
            for step, part in ((0.0, 1.0 - assent), (weight, assent)):
                # Rounded, so that equal sums reached by two ways are one.
                key = round(reached + step, 9)
                more = chance * part
                ahead[key] = ahead[key] + more if key in ahead else more
        chances = ahead
    passing = [c for reached, c in chances.items() if reached >= needed]
    return np.asarray(sum(passing, np.zeros(np.shape(assents[0]))))
