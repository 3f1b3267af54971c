"""Whether one state holds, draw by draw, with sets of states."""

from __future__ import annotations

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.stability.methods import BoolArray, Int32Array, IntArray

Movers = frozenset[int]


def judge_state(
    worth: FloatArray,
    state: int,
    replaced: int,
    by: FloatArray,
    cell: Int32Array,
    start: IntArray,
    member: Int32Array,
    above_start: IntArray,
    above: Int32Array,
    is_once: bool,
) -> tuple[BoolArray, Int32Array, Int32Array]:
    """Judge one state by five concepts in every draw.

    Parameters and result as of the compiled search.
    """
    n_actors, n_draws, _ = worth.shape
    holds = np.ones((n_actors, n_draws, 5), np.bool_)
    tempted = np.full((n_actors, n_draws), -1, np.int32)
    leaves_for = np.full((n_actors, n_draws), -1, np.int32)

    def moves(j: int, here: int) -> list[int]:
        own = cell[j, here]
        cells = [own, *above[above_start[own] : above_start[own + 1]]]
        found = [int(q) for c in cells for q in member[start[c] : start[c + 1]]]
        return [q for q in found if q != here]

    def replies(first: int, others: Movers, likes: FloatArray | None) -> set[int]:
        met: set[tuple[int, Movers]] = set()
        new = {(first, others)}
        while new:
            new = {
                (q, (able if is_once else others) - {j})
                for here, able in new
                for j in able
                for q in moves(j, here)
                if likes is None or likes[j, q] > likes[j, here]
            } - met
            met |= new
        return {q for q, _ in met}

    for d in range(n_draws):
        own = worth[:, d].copy()
        own[:, replaced] = by[:, d]
        for i in range(n_actors):
            others = frozenset(range(n_actors)) - {i}
            is_spoilt = own[i] <= own[i, state]
            better = [q for q in moves(i, state) if not is_spoilt[q]]
            free = []
            for improvement in better:
                holds[i, d, 0] = False
                for caught, spoilt, likes in ((1, 2, own), (3, 4, None)):
                    found = replies(improvement, others, likes)
                    ends = [q for q in found if is_spoilt[q]]
                    holds[i, d, spoilt] &= bool(ends)
                    holds[i, d, caught] &= any(
                        is_spoilt[moves(i, q)].all() for q in ends
                    )
                    if likes is own and not ends:
                        free.append(improvement)
            if better:
                tempted[i, d] = max(better, key=lambda q: own[i, q])
            if free:
                leaves_for[i, d] = max(free, key=lambda q: own[i, q])
    return holds, tempted, leaves_for
