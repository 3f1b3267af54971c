"""Stability by matrix products: the published alternative to searching.

In option form only: a sanction that leads back to the state itself is left out of the
formulas, and only there can the others never undo what an actor did.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backchannel.stability import CONCEPTS, Conflict
from backchannel.stability.literal import LiteralConflict

Matrix = NDArray[np.float32]
"""(n_states, n_states), 1 where something holds from a row to a column."""


def move_matrices(conflict: Conflict) -> Matrix:
    """The moves of every actor, (n_actors, n_states, n_states)."""
    shape = (conflict.n_actors, conflict.n_states, conflict.n_states)
    literal, moves = LiteralConflict(conflict), np.zeros(shape, np.float32)
    for actor in range(conflict.n_actors):
        for state in range(conflict.n_states):
            moves[actor, state, list(literal.moves(actor, state))] = 1.0
    return moves


def matrix_verdicts(conflict: Conflict, moves: Matrix) -> NDArray[np.bool_]:
    """Every verdict, (n_actors, n_concepts, n_states), as the engine orders them.

    Source: Xu, Hipel and Kilgour (2009), IEEE Trans. SMC A 39(5), 1049-1061.
    """
    n_states, n_actors = conflict.n_states, conflict.n_actors
    rank = conflict.preference
    better = (rank[:, None, :] > rank[:, :, None]).astype(np.float32)
    no_better = 1.0 - better
    stable = np.empty((n_actors, len(CONCEPTS), n_states), np.bool_)
    for i in range(n_actors):
        others = [j for j in range(n_actors) if j != i]
        improving = moves[i] * better[i]
        spoils = no_better[i].T.copy()
        np.fill_diagonal(spoils, 0.0)
        has_escape = _sign(moves[i] @ better[i].T)
        free = _joint(moves[others])
        credible = _joint((moves * better)[others])
        for c, concept in enumerate(CONCEPTS):
            weighed = spoils * (1.0 - has_escape) if concept.has_escape else spoils
            joint = credible if concept.is_credible else free
            spoilt = _sign(joint @ weighed) if concept != "nash" else 0.0 * spoils
            stable[i, c] = (improving * (1.0 - spoilt).T).sum(axis=1) == 0.0
    return stable


def _joint(moves: Matrix) -> Matrix:
    """Where legal sequences of some actors lead: nobody moves twice running."""
    first = moves.copy()
    while True:
        onward = [
            _sign(own @ np.delete(first, j, axis=0).max(axis=0, initial=0.0))
            for j, own in enumerate(moves)
        ]
        longer = np.maximum(first, onward)
        if np.array_equal(longer, first):
            return np.asarray(first.max(axis=0))
        first = longer


def _sign(matrix: Matrix) -> Matrix:
    return (matrix > 0.0).astype(np.float32)
