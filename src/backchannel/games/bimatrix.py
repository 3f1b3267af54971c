"""All extreme equilibria of a game of two players in strategic form."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from backchannel.base.errors import ModelError
from backchannel.games._kernels.vertices import Masks
from backchannel.games.strategic import StrategicForm
from backchannel.games.tree import FloatArray
from backchannel.games.vertices import MAX_LABELS, labelled_vertices

Exact = tuple[Fraction, ...]


def extreme_equilibria(game: StrategicForm) -> list[tuple[FloatArray, FloatArray]]:
    """List the pairs of vertices in which every strategy is unplayed or a best reply.

    Parameters
    ----------
    game : of two players, at most 62 strategies in all

    Returns
    -------
    list of (first player's probabilities, second player's)

    Raises
    ------
    ModelError : too many strategies to list.

    Notes: every equilibrium is a mixture of those listed that can be combined; a game
    in general position has no others.
    """
    first, second = game.payoffs
    if sum(first.shape) > MAX_LABELS:
        raise ModelError(
            f"{game.title or 'game'}: {first.shape[0]} x {first.shape[1]} strategies "
            f"are too many to list all equilibria (at most {MAX_LABELS} together); "
            "lemke or logit-trace finds one"
        )
    own, own_labels = labelled_vertices(second)
    other, other_labels = labelled_vertices(np.ascontiguousarray(first.T))
    other_labels = _turned(other_labels, first.shape)
    pairs = _complete_pairs(own_labels, other_labels, sum(first.shape))
    return [(own[i], other[j]) for i, j in sorted(pairs)]


def _turned(labels: Masks, shape: tuple[int, ...]) -> Masks:
    """Labels of the second polytope in the first one's order."""
    m, n = shape
    low = labels & np.uint64((1 << n) - 1)
    return (low << np.uint64(m)) | (labels >> np.uint64(n))


def _complete_pairs(
    first: Masks, second: Masks, n_labels: int
) -> list[tuple[int, int]]:
    everything = np.uint64((1 << n_labels) - 1)
    # In general position every vertex has one partner: the complement of its labels.
    missing = everything ^ first
    order = np.argsort(second, kind="stable")
    ranked = second[order]
    at = np.searchsorted(ranked, missing)
    at = np.minimum(at, len(ranked) - 1)
    if _is_general(first, second, n_labels):
        hits = np.flatnonzero(ranked[at] == missing)
        return [(int(i), int(order[at[i]])) for i in hits]
    pairs = []
    for i, mask in enumerate(first):
        partners = np.flatnonzero(second | mask == everything)
        pairs += [(i, int(j)) for j in partners]
    return pairs


def _is_general(first: Masks, second: Masks, n_labels: int) -> bool:
    """Whether no vertex carries more labels than it needs."""
    a, b = np.bitwise_count(first), np.bitwise_count(second)
    return (
        bool(a.min() == a.max() and b.min() == b.max())
        and int(a[0]) + int(b[0]) == n_labels
    )


def exact_pair(
    game: StrategicForm, pair: tuple[FloatArray, FloatArray]
) -> tuple[Exact, Exact] | None:
    """Find the fractions behind an equilibrium, and prove it.

    Parameters
    ----------
    game : with exact payoffs
    pair : an extreme equilibrium, rounded

    Returns
    -------
    two tuples of fractions that are an equilibrium to the last digit; None where the
    rounded one does not lead to any
    """
    if game.exact_payoffs is None:
        return None
    first, second = game.exact_payoffs
    own = _exact_side(second, pair[0], pair[1])
    other = _exact_side(first.T, pair[1], pair[0])
    if own is None or other is None:
        return None
    x, y = np.array(own, dtype=object), np.array(other, dtype=object)
    if (first @ y).max() != x @ first @ y or (x @ second).max() != x @ second @ y:
        return None
    return own, other


def _exact_side(
    payoffs: npt.NDArray[Any], own: FloatArray, other: FloatArray
) -> Exact | None:
    """Solve for the strategy that makes the other's best replies equally good."""
    worth = own @ payoffs.astype(np.float64)
    spread = float(np.ptp(payoffs.astype(np.float64))) or 1.0
    best = np.flatnonzero(worth >= worth.max() - 1e-7 * spread)
    if not set(np.flatnonzero(other > 1e-9)) <= set(best):
        return None
    played = np.flatnonzero(own > 1e-9)
    rows = [
        [payoffs[i, j] - payoffs[i, best[0]] for i in played] + [Fraction(0)]
        for j in best[1:]
    ]
    rows.append([Fraction(1)] * (len(played) + 1))
    solved = solve_exactly(rows)
    if solved is None or min(solved) < 0:
        return None
    found = [Fraction(0)] * len(own)
    for i, value in zip(played, solved, strict=True):
        found[i] = value
    return tuple(found)


def solve_exactly(rows: list[list[Fraction]]) -> Exact | None:
    """Solve linear equations in fractions.

    Parameters
    ----------
    rows : each the coefficients, then the right-hand side

    Returns
    -------
    the only solution; None where there is none or more than one
    """
    rows = [list(map(Fraction, row)) for row in rows]
    n = len(rows[0]) - 1
    pivots: list[list[Fraction]] = []
    for column in range(n):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            return None
        rows.remove(pivot)
        scale = pivot[column]
        pivot = [value / scale for value in pivot]
        pivots = [_less(row, pivot, column) for row in pivots] + [pivot]
        rows = [_less(row, pivot, column) for row in rows]
    if any(row[-1] for row in rows):
        return None
    return tuple(row[-1] for row in pivots)


def _less(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    factor = row[column]
    if not factor:
        return row
    return [a - factor * b for a, b in zip(row, pivot, strict=True)]
