"""A proof in fractions that a rounded equilibrium of two players has an exact one.

Which sequences are played and which replies are equally good is read from the rounded
profile; what remains are linear equations, solved in fractions. The exact plans are
then held against every reply, in fractions too.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from backchannel.games.reduced import exact_leaf_chance
from backchannel.games.sequence_form import (
    COUNT,
    FIRST,
    PARENT,
    SequenceForm,
    plans_of,
    sequence_form,
)
from backchannel.games.tree import FloatArray, GameTree, IntArray

Exact = tuple[Fraction, ...]
Row = dict[int, Fraction]
_MOST_LEAVES = 20_000
_PLAYED, _EQUAL = 1e-9, 1e-8  # a weight that counts; a loss, of the payoffs' range


def prove_exactly(
    tree: GameTree, probabilities: FloatArray
) -> tuple[Exact, ...] | None:
    """Find the fractions behind an equilibrium, and prove it.

    Parameters
    ----------
    tree : of two players, with perfect recall
    probabilities : (n_actions,), an equilibrium to about nine digits

    Returns
    -------
    a plan per player, weights of sequences, to which no plan is a better reply, at
    the payoffs and chances as they are stored; None where the rounded profile leads to
    none, or the game is too large
    """
    if tree.n_players != 2 or len(tree.leaves) > _MOST_LEAVES:
        return None
    form = sequence_form(tree)
    table = _Leaves(tree, form)
    plans = plans_of(form, probabilities)
    sides = [_exact_side(form, table, plans, player) for player in (0, 1)]
    if sides[0] is None or sides[1] is None:
        return None
    exact = (sides[0], sides[1])
    for player in (0, 1):
        earned = table.earned(player, exact[1 - player])
        own = sum(
            (e * w for e, w in zip(earned, exact[player], strict=True) if w),
            Fraction(0),
        )
        if _worths(form.sets[player], earned)[1] != own:
            return None
    return exact


class _Leaves:
    """Payoffs weighted with chance, in fractions, for both players."""

    def __init__(self, tree: GameTree, form: SequenceForm) -> None:
        self.ends = [row.tolist() for row in form.leaf_sequences]
        self.n_sequences = form.n_sequences
        if tree.exact_payoffs is not None and tree.exact_chance is not None:
            chance, payoffs = exact_leaf_chance(tree), tree.exact_payoffs
        else:
            chance = list(map(Fraction, form.leaf_chance.tolist()))
            payoffs = tuple(tuple(map(Fraction, row)) for row in tree.payoffs.tolist())
        self.weighted = [
            [c * v for c, v in zip(chance, row, strict=True)] for row in payoffs
        ]

    def earned(self, player: int, other: Exact) -> list[Fraction]:
        """(n_sequences,), what each own sequence earns against a plan."""
        found = [Fraction(0)] * self.n_sequences[player]
        ends = zip(
            self.ends[player], self.ends[1 - player], self.weighted[player], strict=True
        )
        for own, theirs, value in ends:
            if other[theirs] and value:
                found[own] += value * other[theirs]
        return found


def _worths(sets: IntArray, earned: list[Fraction]) -> tuple[list[Fraction], Fraction]:
    """Worth of every set under best choices, and of the whole; `earned` is kept."""
    total, worth = list(earned), [Fraction(0)] * len(sets)
    for row in reversed(range(len(sets))):
        first, count = int(sets[row, FIRST]), int(sets[row, COUNT])
        worth[row] = max(total[first : first + count])
        total[int(sets[row, PARENT])] += worth[row]
    return worth, total[0]


def _exact_side(
    form: SequenceForm,
    table: _Leaves,
    plans: tuple[FloatArray, ...],
    player: int,
) -> Exact | None:
    """A player's exact plan: what makes the other's good replies equally good.

    Unknown are the weights of the sequences played, then the worths of the other's
    sets.
    """
    other = 1 - player
    own, sets = plans[player], form.sets[player]
    played = np.flatnonzero(own > _PLAYED).tolist()
    number = {sequence: k for k, sequence in enumerate(played)}
    rows = _plan_rows(sets, number)
    rows += _reply_rows(form, table, plans, player, number)
    n = len(played) + len(form.sets[other])
    guess = [Fraction(float(own[s])).limit_denominator(10**6) for s in played]
    solved = solve_sparsely(rows, n, guess + [Fraction(0)] * len(form.sets[other]))
    if solved is None or min(solved[: len(played)]) < 0:
        return None
    found = [Fraction(0)] * len(own)
    for sequence, k in number.items():
        found[sequence] = solved[k]
    return tuple(found)


_RIGHT = -1
"""Place of the right-hand side in a row."""


def _plan_rows(sets: IntArray, number: dict[int, int]) -> list[Row]:
    """The empty sequence weighs 1, and what follows a sequence weighs as much as it."""
    rows: list[Row] = [{number[0]: Fraction(1), _RIGHT: Fraction(1)}]
    for parent, first, count in sets.tolist():
        if parent in number:
            row = {
                number[s]: Fraction(1)
                for s in range(first, first + count)
                if s in number
            }
            rows.append(row | {number[parent]: Fraction(-1)})
    return rows


def _reply_rows(
    form: SequenceForm,
    table: _Leaves,
    plans: tuple[FloatArray, ...],
    player: int,
    number: dict[int, int],
) -> list[Row]:
    """Each good reply of the other is worth what its set is worth."""
    other = 1 - player
    sets, n = form.sets[other], len(number)
    earned = form.gradient(other, plans)
    scale = float(np.ptp(form.payoffs[other])) or 1.0
    earned_rows: list[Row] = [{} for _ in range(len(earned))]
    ends = zip(
        table.ends[other], table.ends[player], table.weighted[other], strict=True
    )
    for theirs, own, value in ends:
        if own in number and value:
            row = earned_rows[theirs]
            row[number[own]] = row.get(number[own], Fraction(0)) + value
    rows = []
    for at in reversed(range(len(sets))):
        parent, first, count = sets[at].tolist()
        best = float(earned[first : first + count].max())
        rows += [
            earned_rows[s] | {n + at: Fraction(-1)}
            for s in range(first, first + count)
            if earned[s] >= best - _EQUAL * scale
        ]
        earned[parent] += best
        earned_rows[parent][n + at] = Fraction(1)
    return rows


def solve_sparsely(rows: list[Row], n: int, guess: list[Fraction]) -> Exact | None:
    """Solve sparse linear equations in fractions.

    Parameters
    ----------
    rows : coefficients by unknown, the right-hand side under -1
    n : how many unknowns there are
    guess : (n,), what an unknown is where the equations leave it open

    Returns
    -------
    one solution; None where there is none
    """
    active = [dict(row) for row in rows]
    order: list[tuple[int, Row]] = []
    while active:
        active.sort(key=len, reverse=True)
        row = {k: v for k, v in active.pop().items() if v}
        columns = [k for k in row if k != _RIGHT]
        if not columns:
            if row:
                return None
            continue
        counts = {c: sum(c in other for other in active) for c in columns}
        pivot = min(columns, key=lambda c: (counts[c], c))
        scale = row[pivot]
        row = {k: v / scale for k, v in row.items()}
        order.append((pivot, row))
        if counts[pivot]:
            active = [_without(other, row, pivot) for other in active]
    found = list(guess)
    for pivot, row in reversed(order):
        value = row.get(_RIGHT, Fraction(0))
        for k, v in row.items():
            if k not in (pivot, _RIGHT):
                value -= v * found[k]
        found[pivot] = value
    return tuple(found[:n])


def _without(row: Row, pivot: Row, column: int) -> Row:
    """A row less a multiple of the pivot's, so that the column is gone."""
    factor = row.get(column)
    if not factor:
        row.pop(column, None)
        return row
    found = dict(row)
    for k, v in pivot.items():
        value = found.get(k, Fraction(0)) - factor * v
        if value:
            found[k] = value
        else:
            found.pop(k, None)
    return found
