"""The moves of a conflict, gathered: states that one actor can move among freely.

A cell holds states between which one actor moves both ways at will. What it cannot
undo leads from one cell to others, which are `above` it. In option form a million
states have some ten thousand cells, where they have a hundred million moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.stability.graph_model import Conflict
from backchannel.stability.methods import Int32Array, IntArray


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of all actors, numbered through; actor j has `first[j]` to `first[j + 1]`.

    `cell` (n_actors, n_states) is the cell of each state and `start` (n_cells + 1,)
    where its members begin. `above_start`, `above` list the other cells that a cell can
    be left for, `below_start`, `below` those from which it can be entered.
    """

    cell: Int32Array
    first: IntArray
    start: IntArray
    above_start: IntArray
    above: Int32Array
    below_start: IntArray
    below: Int32Array

    def members(self, rank: Int32Array) -> Int32Array:
        """States cell by cell, those of a cell by ascending rank of its actor.

        Parameters
        ----------
        rank : (n_actors, n_states)

        Returns
        -------
        member : (n_actors * n_states,)
        """
        rows = []
        for own, values in zip(self.cell, rank, strict=True):
            if len(own) == own.max() - own.min() + 1:  # each state is a cell
                rows.append(np.argsort(own))
                continue
            by_rank = np.argsort(values, kind="stable")
            rows.append(by_rank[np.argsort(own[by_rank], kind="stable")])
        return np.concatenate(rows).astype(np.int32)


def gather_cells(conflict: Conflict) -> Cells:
    """Gather the moves of a conflict into cells."""
    keep = _from_options if conflict.options else _from_moves
    kept = [keep(conflict, j) for j in range(conflict.n_actors)]
    sizes = [int(cell.max()) + 1 for cell, _, _ in kept]
    first = np.concatenate([[0], np.cumsum(sizes)])
    cell = np.array([own + f for (own, _, _), f in zip(kept, first, strict=False)])
    low = np.concatenate([a + f for (_, a, _), f in zip(kept, first, strict=False)])
    high = np.concatenate([b + f for (_, _, b), f in zip(kept, first, strict=False)])
    n_cells = int(first[-1])
    counts = np.bincount(cell.ravel(), minlength=n_cells)
    return Cells(
        cell.astype(np.int32),
        first.astype(np.int64),
        np.concatenate([[0], np.cumsum(counts)]),
        *_listed(low, high, n_cells),
        *_listed(high, low, n_cells),
    )


def _listed(keys: IntArray, values: IntArray, n: int) -> tuple[IntArray, Int32Array]:
    """Values by key, one after the other, and where those of each key begin."""
    order = np.argsort(keys, kind="stable")
    counts = np.bincount(keys, minlength=n)
    return np.concatenate([[0], np.cumsum(counts)]), values[order].astype(np.int32)


def _from_options(conflict: Conflict, j: int) -> tuple[IntArray, IntArray, IntArray]:
    """Cells of one actor: states that differ in what it can change both ways."""
    free, taken, dropped = 0, 0, 0
    for k, option in enumerate(conflict.options):
        if option.actor == conflict.actors[j]:
            free |= (option.final == "no") << k
            taken |= (option.final == "taken") << k
            dropped |= (option.final == "dropped") << k
    keys, cell = np.unique(conflict.codes & ~np.int64(free), return_inverse=True)
    low, high = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for flip in _subsets(taken | dropped):
        # Final options can only go their one way: up where final when taken.
        able = np.flatnonzero((keys & flip) == (flip & dropped))
        wanted = keys[able] ^ flip
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        exists = keys[found] == wanted
        low.append(able[exists])
        high.append(found[exists])
    return cell, np.concatenate(low), np.concatenate(high)


def _subsets(mask: int) -> list[int]:
    """Every mask within one, the empty one left out."""
    found, sub = [], mask
    while sub:
        found.append(sub)
        sub = (sub - 1) & mask
    return found


def _from_moves(conflict: Conflict, j: int) -> tuple[IntArray, IntArray, IntArray]:
    """Cells of one actor whose moves are listed: each state by itself."""
    moves = conflict.moves[j]
    return np.arange(conflict.n_states), moves[:, 0], moves[:, 1]
