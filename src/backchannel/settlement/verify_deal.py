"""Doubt a proven deal: evaluate it literally, and look around it for a better one."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.settlement.additive import unpack
from backchannel.settlement.method import IntArray
from backchannel.settlement.two_level import TwoLevel, pass_literally

_MOST_NEIGHBOURS = 200_000
_MOST_JUDGED = 2_000_000


def certify_deal(
    game: TwoLevel, package: IntArray, criterion: str, bound: float
) -> Certificate:
    """Whether the package passes by the definitions and stays within the bound."""
    return _certificate(game, package[None], criterion, bound, "the package passes")


def certify_around(
    game: TwoLevel, package: IntArray, criterion: str, bound: float
) -> Certificate:
    """Whether the package passes, and none that passes exceeds the bound.

    Notes: all packages are judged where there are at most two millions. Beyond that its
    neighbours; these differ in one or two issues; the first 200,000 are looked at. The
    share of Kalai and Smorodinsky depends on what leaders could gain at most, which no
    neighbourhood shows; there, and in every case, passing is checked.
    """
    n_packages = game.domain.n_packages
    if n_packages <= _MOST_JUDGED:
        every = unpack(np.arange(n_packages), game.domain.n_levels)
        claim = f"the package passes; none of all {n_packages:,} is better"
        judged = np.concatenate([package[None], every])
        return _certificate(game, judged, criterion, bound, claim)
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
    is_all = len(packages) > game.domain.n_packages
    rivals = _values(game, packages[passes], criterion, has_ideals=is_all)
    if len(rivals):
        worst = max(worst, float((rivals - bound).max()) / max(abs(bound), 1e-12))
    return Certificate(claim, max(worst, 0.0), 1e-6, "literal rules, plain comparison")


def _values(
    game: TwoLevel, packages: IntArray, criterion: str, *, has_ideals: bool
) -> FloatArray:
    """What the criterion makes of packages, all that there are if `has_ideals`."""
    rows = game.leader_rows
    fallback = game.domain.disagreement_point[rows]
    gains = game.domain.utilities_of(packages)[:, rows] - fallback
    if criterion == "nash":
        return np.asarray(np.prod(np.maximum(gains, 0.0), axis=1))
    if criterion == "egalitarian":
        return np.asarray(gains.min(axis=1)) if len(gains) else np.zeros(0)
    if criterion == "utilitarian":
        return np.asarray(gains.sum(axis=1))
    ideals = gains.max(axis=0, initial=0.0)
    if not has_ideals or (ideals <= 1e-9).any():
        return np.zeros(0)
    return np.asarray((gains / ideals).min(axis=1))
