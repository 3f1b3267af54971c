"""The least weight that legal sequences of moves can lead to, by iteration.

What mover j reaches first from a state is the least, over its moves, of the weight
there and of what the other movers reach from there. Iterated until nothing changes.
"""

from __future__ import annotations

import numpy as np

from backchannel.stability._kernels.moves_reference import least_after_move
from backchannel.stability.methods import NOWHERE, Int32Array, IntArray


def least_reachable(
    rank: Int32Array,
    weight: Int32Array,
    order: IntArray,
    cell: Int32Array,
    start: IntArray,
    member: Int32Array,
    below_start: IntArray,
    below: Int32Array,
    movers: IntArray,
    is_improving: bool,
) -> Int32Array:
    """Find the least weight among the states that some actors can lead to together.

    Parameters and result as of the compiled search, which alone needs `order`.
    """
    above_start, above = turn_round(below_start, below)
    n_states = rank.shape[1]
    by_mover = np.full((len(movers), n_states), NOWHERE, np.int32)
    while True:
        before = by_mover.copy()
        for m, j in enumerate(movers):
            others = np.delete(by_mover, m, axis=0)
            onward = np.minimum(weight, others.min(axis=0, initial=NOWHERE))
            first, last = int(cell[j].min()), int(cell[j].max()) + 1
            by_mover[m] = least_after_move(
                rank[j],
                onward.astype(np.int32),
                start,
                member,
                above_start,
                above,
                first,
                last,
                is_improving,
            )
        if np.array_equal(before, by_mover):
            least: Int32Array = by_mover.min(axis=0, initial=NOWHERE)
            return least


def turn_round(starts: IntArray, targets: Int32Array) -> tuple[IntArray, Int32Array]:
    """Turn round a relation between cells: who leads to whom, by target."""
    n_cells = len(starts) - 1
    sources = np.repeat(np.arange(n_cells, dtype=np.int32), np.diff(starts))
    by_target = np.argsort(targets, kind="stable")
    counts = np.bincount(targets, minlength=n_cells)
    return np.concatenate([[0], np.cumsum(counts)]), sources[by_target]
