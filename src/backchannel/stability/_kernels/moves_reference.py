"""The least weight that one move of one actor can lead to, state by state."""

from __future__ import annotations

import numpy as np

from backchannel.stability.methods import NOWHERE, Int32Array, IntArray


def least_after_move(
    rank: Int32Array,
    weight: Int32Array,
    start: IntArray,
    member: Int32Array,
    above_start: IntArray,
    above: Int32Array,
    first: int,
    last: int,
    is_improving: bool,
) -> Int32Array:
    """Find the least weight among the states that one actor can move to.

    Parameters and result as of the compiled scan.
    """
    least = np.full(rank.size, NOWHERE, np.int32)
    for cell in range(first, last):
        cells = [cell, *above[above_start[cell] : above_start[cell + 1]]]
        targets = np.concatenate([member[start[c] : start[c + 1]] for c in cells])
        for state in member[start[cell] : start[cell + 1]]:
            allowed = targets != state
            if is_improving:
                allowed &= rank[targets] > rank[state]
            if allowed.any():
                least[state] = weight[targets[allowed]].min()
    return least
