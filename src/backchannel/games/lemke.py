"""One equilibrium of a two-player tree by Lemke's method on the sequence form."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.games._kernels.pivots import follow, pivot
from backchannel.games.exact_finish import constraints
from backchannel.games.methods import LemkeSequenceForm
from backchannel.games.sequence_form import (
    SequenceForm,
    probabilities_of,
    sequence_form,
)
from backchannel.games.tree import FloatArray, GameTree, IntArray
from backchannel.games.watch import Watch

_MAX_ROWS = 6000  # a tableau of 600 MB
_AT_ONCE = 50


@dataclass(frozen=True, eq=False)
class Pivoted:
    """What the path led to.

    `is_converged` is False where the limit came first; the profile is then a guess.
    """

    probabilities: FloatArray
    n_pivots: int
    is_converged: bool


def pivot_sequence_form(
    tree: GameTree, method: LemkeSequenceForm, *, watch: Watch | None = None
) -> Pivoted:
    """Solve the linear complementarity problem of a game of two players.

    Parameters
    ----------
    tree : with perfect recall
    method : limits
    watch : how long, and whom to tell

    Returns
    -------
    Pivoted : an equilibrium, where the path came to its end

    Raises
    ------
    ModelError : there are not two players, one forgets, or the tableau is too large.
    """
    watch = watch or Watch()
    if tree.n_players != 2:
        raise ModelError(
            f"{tree.title or 'game'}: LemkeSequenceForm needs 2 players, this game has "
            f"{tree.n_players}; LogitTrace() accepts any number"
        )
    form = sequence_form(tree, method="LemkeSequenceForm")
    tableau, basis = _first_tableau(form)
    n = len(basis)
    row = int(np.argmin(tableau[:, -1]))
    entering = int(basis[row]) + n
    pivot(tableau, row, 2 * n)
    basis[row] = 2 * n
    n_pivots = 1
    try:
        while entering >= 0 and n_pivots < method.max_pivots and not watch.is_over:
            entering, done = follow(tableau, basis, entering, _AT_ONCE)
            n_pivots += done
            watch.tell(f"{n_pivots} pivots")
    except KeyboardInterrupt:
        watch.tell("stopped before the end of the path")
    z = np.zeros(2 * n + 1)
    z[basis] = tableau[:, -1]
    lengths = form.n_sequences
    own = np.maximum(z[n : n + lengths[0]], 0.0)
    other = np.maximum(z[n + lengths[0] : n + sum(lengths)], 0.0)
    found = probabilities_of(tree, form, (own, other))
    return Pivoted(found, n_pivots, entering == -1)


def _first_tableau(form: SequenceForm) -> tuple[FloatArray, IntArray]:
    """W - M z - z0 = q with w basic; q is negative in two rows only.

    z holds both plans, then the worth of each information set as a difference of two
    non-negative numbers. Payoffs are shifted below zero, which the proof of termination
    asks for and which changes no choice.
    """
    first, second = (form.matrix(p) for p in (0, 1))
    ways = SequenceForm(
        form.title,
        form.players,
        form.sets,
        form.leaf_sequences,
        form.leaf_chance,
        np.ones_like(form.payoffs),
    ).matrix(0)
    shifts = form.payoffs.max(axis=1) + 0.1 * (np.ptp(form.payoffs, axis=1) + 1.0)
    own_pay = (first - shifts[0] * ways).toarray()
    other_pay = (second - shifts[1] * ways.T).toarray()
    own_pay /= np.abs(own_pay).max()
    other_pay /= np.abs(other_pay).max()
    own_rows = constraints(form.sets[0], len(own_pay)).toarray()
    other_rows = constraints(form.sets[1], len(other_pay)).toarray()
    sizes = [len(own_pay), len(other_pay), *[len(own_rows)] * 2, *[len(other_rows)] * 2]
    at = np.cumsum([0, *sizes])
    n = int(at[-1])
    if n > _MAX_ROWS:
        raise ModelError(
            f"{form.title or 'game'}: the tableau of LemkeSequenceForm would have {n} "
            f"rows (at most {_MAX_ROWS}); LogitTrace() or RegretMinimisation() fit"
        )
    matrix, right = np.zeros((n, n)), np.zeros(n)
    blocks = [slice(a, b) for a, b in pairwise(at)]
    x, y, own_up, own_down, other_up, other_down = blocks
    matrix[x, y], matrix[y, x] = -own_pay, -other_pay
    for plan, rows, up, down in (
        (x, own_rows, own_up, own_down),
        (y, other_rows, other_up, other_down),
    ):
        matrix[plan, up], matrix[plan, down] = rows.T, -rows.T
        matrix[up, plan], matrix[down, plan] = -rows, rows
        right[up.start], right[down.start] = 1.0, -1.0
    tableau = np.zeros((n, 2 * n + 2))
    tableau[:, :n] = np.eye(n)
    tableau[:, n : 2 * n] = -matrix
    tableau[:, 2 * n] = -1.0
    tableau[:, -1] = right
    return tableau, np.arange(n, dtype=np.int32)
