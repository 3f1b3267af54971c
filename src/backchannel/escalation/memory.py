"""Follow a process together with a memory of what brought it where it is.

The pair (state, memory) is again a Markov process, with the same rates, so questions
about paths are one more forward solution on a larger graph.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from backchannel.escalation._kernels.reference import spread
from backchannel.escalation.problem import (
    Entries,
    FloatArray,
    IntArray,
    MarkovProblem,
    Theta,
)

Advance = Callable[[int, Entries], tuple[IntArray, IntArray]]


def follow(
    problem: MarkovProblem,
    theta: Theta,
    first: FloatArray,
    advance: Advance,
    *,
    draw: int = 0,
    tail: float = 1e-14,
) -> FloatArray:
    """Joint probability of state and memory at the horizon.

    Parameters
    ----------
    problem, theta, draw : the process, and which column of parameters to use
    first : (n_memories, n_states), joint probability at the start
    advance : for a memory and entries, which rows of the entries apply while it is
        held, and the memory that each of these rows leads to
    tail : Poisson probability left out per stretch

    Returns
    -------
    (n_memories, n_states)
    """
    n_memories, n = first.shape
    moves = _Paired(problem.entries, n, n_memories, advance)
    jumps = [_Paired(atom, n, n_memories, advance) for atom in problem.atoms]
    x = first.ravel()
    for piece in problem.pieces:
        column = theta.regime(piece.regime, draw)
        off = moves.matrix(column)
        stay = sparse.diags_array(np.asarray(off.sum(axis=0)).ravel())
        x, _ = spread((off - stay).tocsr(), x, piece.hours, tail)
        if piece.atom >= 0:
            shift = jumps[piece.atom].matrix(column)
            x = x - np.asarray(shift.sum(axis=0)).ravel() * x + shift @ x
    return x.reshape(n_memories, n)


class _Paired:
    """Entries between pairs of state and memory; rows by target."""

    def __init__(
        self, entries: Entries, n_states: int, n_memories: int, advance: Advance
    ) -> None:
        self._entries = entries
        self._size = n_states * n_memories
        parts = [(m, *advance(m, entries)) for m in range(n_memories)]
        self._row = np.concatenate([rows for _, rows, _ in parts])
        self._src = np.concatenate(
            [m * n_states + entries.src[rows] for m, rows, _ in parts]
        )
        self._dst = np.concatenate(
            [after * n_states + entries.dst[rows] for _, rows, after in parts]
        )

    def matrix(self, theta: FloatArray) -> sparse.csr_array:
        values = self._entries.values(theta)[self._row]
        shape = (self._size, self._size)
        return sparse.coo_array((values, (self._dst, self._src)), shape).tocsr()
