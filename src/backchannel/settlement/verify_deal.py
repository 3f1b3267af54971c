"""Doubt a proven deal: evaluate it literally, and look around it for a better one."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.settlement.method import IntArray
from backchannel.settlement.two_level import TwoLevel, pass_literally

_MOST_NEIGHBOURS = 200_000


def certify_deal(
    game: TwoLevel, package: IntArray, criterion: str, bound: float
) -> Certificate:
    """Whether the package passes by the definitions and stays within the bound."""
    return _certificate(game, package[None], criterion, bound, "the package passes")


def certify_neighbours(
    game: TwoLevel, package: IntArray, criterion: str, bound: float
) -> Certificate:
    """Whether the package passes, and no neighbour that passes exceeds the bound.

    Notes: neighbours differ in one or two issues; the first 200,000 are looked at. The
    share of Kalai and Smorodinsky depends on what leaders could gain at most, which no
    neighbourhood shows; there, and in every case, passing is checked.
    """
    around = neighbours(game, package)
    claim = f"the package passes; none of {len(around) - 1:,} neighbours is better"
    return _certificate(game, around, criterion, bound, claim)


def neighbours(game: TwoLevel, package: IntArray) -> IntArray:
    """The package first, then all that differ from it in one or two issues."""
    found = [package]
    n_levels = game.domain.n_levels
    for pair in combinations(range(len(n_levels)), min(2, len(n_levels))):
        for levels in product(*(range(n_levels[i]) for i in pair)):
            if len(found) > _MOST_NEIGHBOURS:
                return np.array(found)
            other = package.copy()
            other[list(pair)] = levels
            found.append(other)
    return np.array(found)


def _certificate(
    game: TwoLevel, packages: IntArray, criterion: str, bound: float, claim: str
) -> Certificate:
    passes = pass_literally(game, packages)
    worst = 0.0 if passes[0] else float("inf")
    rivals = _values(game, packages[passes], criterion)
    if len(rivals):
        worst = max(worst, float((rivals - bound).max()) / max(abs(bound), 1e-12))
    return Certificate(claim, max(worst, 0.0), 1e-6, "literal rules, plain comparison")


def _values(game: TwoLevel, packages: IntArray, criterion: str) -> FloatArray:
    rows = game.leader_rows
    fallback = game.domain.disagreement_point[rows]
    gains = game.domain.utilities_of(packages)[:, rows] - fallback
    if criterion == "nash":
        return np.asarray(np.prod(np.maximum(gains, 0.0), axis=1))
    if criterion == "egalitarian":
        return np.asarray(gains.min(axis=1)) if len(gains) else np.zeros(0)
    if criterion == "utilitarian":
        return np.asarray(gains.sum(axis=1))
    return np.zeros(0)
