"""All extreme equilibria of a table in fractions, where rounded numbers cannot tell.

Payoffs that lie very far apart, or nearly together, put vertices where sums of rounded
numbers see none or merge two. Small tables are then listed without any rounding.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from backchannel.games.bimatrix import Exact, solve_exactly
from backchannel.games.strategic import StrategicForm

MOST_SUPPORTS = 30_000
"""Choices of a support and of as many best replies that are still looked through."""
_CLOSE = 1e-8  # of the payoffs' range: ten times what rounded vertices tell apart
Labels = frozenset[int]


def is_told_apart(game: StrategicForm) -> bool:
    """Say whether rounded numbers tell all payoffs of a table apart.

    Parameters
    ----------
    game : a table of any size

    Returns
    -------
    bool : False where two payoffs of a player differ by less than 1e-8 of their range;
        True where no fractions are known to compare with
    """
    if game.exact_payoffs is None:
        return True
    for table in game.exact_payoffs:
        values = sorted(set(table.ravel().tolist()))
        gaps = [b - a for a, b in pairwise(values)]
        if gaps and min(gaps) < _CLOSE * float(values[-1] - values[0]):
            return False
    return True


def extreme_equilibria_exactly(
    game: StrategicForm,
) -> list[tuple[Exact, Exact]] | None:
    """List all extreme equilibria of two players by a search through all supports.

    Parameters
    ----------
    game : of two players, with exact payoffs

    Returns
    -------
    list of (first player's probabilities, second player's), each once; None where there
    are no fractions or more than `MOST_SUPPORTS` choices

    Notes: shares only the solver of linear equations with `extreme_equilibria`.
    Source: Mangasarian (1964), SIAM Journal 12(4), 778-780.
    """
    n_first, n_second = map(len, game.strategies)
    if (
        game.exact_payoffs is None
        or math.comb(n_first + n_second, n_first) > MOST_SUPPORTS
    ):
        return None
    first, second = game.exact_payoffs
    own, other = _vertices(second), _vertices(first.T)
    return [
        (x, y)
        for x, best_of_second in own.items()
        for y, best_of_first in other.items()
        if _played(x) <= best_of_first and _played(y) <= best_of_second
    ]


def _played(side: Exact) -> Labels:
    return frozenset(i for i, value in enumerate(side) if value)


def _vertices(payoffs: npt.NDArray[Any]) -> dict[Exact, Labels]:
    """Strategies at which the other is as indifferent as can be, with its best replies.

    `payoffs` (n_own, n_other) are the other player's.
    """
    n_own, n_other = payoffs.shape
    found: dict[Exact, Labels] = {}
    for size in range(1, min(n_own, n_other) + 1):
        for support in combinations(range(n_own), size):
            for tight in combinations(range(n_other), size):
                side = _side(payoffs, support, tight)
                if side is not None and side not in found:
                    worth = np.array(side, dtype=object) @ payoffs
                    if worth.max() == worth[tight[0]]:
                        best = np.flatnonzero(worth == worth.max())
                        found[side] = frozenset(best.tolist())
    return found


def _side(
    payoffs: npt.NDArray[Any], support: tuple[int, ...], tight: tuple[int, ...]
) -> Exact | None:
    """The one strategy with a support at which some replies are equally good."""
    rows = [
        [payoffs[i, j] - payoffs[i, tight[0]] for i in support] + [Fraction(0)]
        for j in tight[1:]
    ]
    solved = solve_exactly([*rows, [Fraction(1)] * (len(support) + 1)])
    if solved is None or min(solved) <= 0:
        return None
    side = [Fraction(0)] * len(payoffs)
    for i, value in zip(support, solved, strict=True):
        side[i] = value
    return tuple(side)
