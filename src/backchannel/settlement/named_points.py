"""Named solutions among the points of a frontier, however the points were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from backchannel.base.errors import ModelError, NoAgreementError
from backchannel.base.laws import FloatArray
from backchannel.settlement.method import IntArray
from backchannel.settlement.solutions import (
    Solution,
    egalitarian_solution,
    kalai_smorodinsky_solution,
    nash_solution,
    utilitarian_solution,
)

_RULES = (
    nash_solution,
    kalai_smorodinsky_solution,
    egalitarian_solution,
    utilitarian_solution,
)


def name_points(
    utilities: FloatArray, least: FloatArray, fallback: FloatArray
) -> tuple[IntArray, tuple[Solution, ...]]:
    """Find the points that suit everybody, and the named solutions among them.

    Parameters
    ----------
    utilities : (n_points, n_parties), points of a frontier
    least : (n_parties,), what each party takes at least
    fallback : (n_parties,), the disagreement point

    Returns
    -------
    points that suit everybody, and the solutions among them, the tied point with the
    largest sum of gains first; no solution where no point suits
    """
    rational = np.flatnonzero((utilities >= least).all(axis=1))
    if not len(rational):
        return rational, ()
    gains = np.maximum(utilities - fallback, 0.0)
    return rational, tuple(_first_best(rule(gains, rational), gains) for rule in _RULES)


def _first_best(solution: Solution, gains: FloatArray) -> Solution:
    """Put the tied point with the largest sum of gains first."""
    points = np.array(solution.packages)
    by_total = points[np.argsort(-gains[points].sum(axis=1), kind="stable")]
    return replace(solution, packages=tuple(by_total.tolist()))


def solution_named(solutions: Sequence[Solution], name: str, title: str) -> Solution:
    """One solution of a domain by its name.

    Parameters
    ----------
    title : of the domain, for the error

    Raises
    ------
    NoAgreementError : no package leaves every party its reservation value.
    ModelError : no solution has this name.
    """
    if not solutions:
        raise NoAgreementError(
            f"{title}: no package gives every party its reservation value; "
            "lower one of them to see a solution"
        )
    for solution in solutions:
        if solution.name == name:
            return solution
    names = ", ".join(solution.name for solution in solutions)
    raise ModelError(f"no solution is named '{name}'; there are {names}")
