"""The same loops in plain NumPy: what the compiled ones are tested against."""

from __future__ import annotations

from typing import Any

import numpy as np

from backchannel.games._kernels.blocks_reference import (
    earn_columns,
    earn_rest,
    earn_rows,
)
from backchannel.games._kernels.regret import DISCOUNTED, PREDICTIVE
from backchannel.games.tree import FloatArray, IntArray


def update(
    groups: Any,
    parents: IntArray,
    state: Any,
    weight: float,
    rule: int,
    step: float,
) -> None:
    """Take one step of one player, set by set; see the compiled loop."""
    gradient, regrets, behaviour, plan, total = state
    keep = step**1.5 / (step**1.5 + 1.0)
    for first, n, count, at in groups[::-1].tolist():
        for i in range(n):
            here = slice(first + i, first + i + n * count, n)
            value = float(behaviour[here] @ gradient[here])
            gradient[parents[at + i]] += value
            gains = gradient[here] - value
            if rule == DISCOUNTED:
                old = regrets[here]
                regrets[here] = np.where(old > 0, old * keep, old * 0.5) + gains
            else:
                regrets[here] = np.maximum(regrets[here] + gains, 0.0)
            guess = regrets[here] + (gains if rule == PREDICTIVE else 0.0)
            positive = np.maximum(guess, 0.0)
            summed = positive.sum()
            behaviour[here] = positive / summed if summed > 0 else 1.0 / count
    for first, n, count, at in groups.tolist():
        above = plan[parents[at : at + n]]
        here = slice(first, first + n * count)
        plan[here] = np.tile(above, count) * behaviour[here]
    total += weight * plan


def gain(
    groups: Any, parents: IntArray, plan: FloatArray, gradient: FloatArray
) -> float:
    """What a best response earns more than a plan; see the compiled loop."""
    earned = float(gradient @ plan)
    for first, n, count, at in groups[::-1].tolist():
        best = gradient[first : first + n * count].reshape(count, n).max(axis=0)
        np.add.at(gradient, parents[at : at + n], best)
    return float(gradient[0]) - earned


def earn(player: int, blocks: Any, plan: FloatArray, gradient: FloatArray) -> None:
    """What each place earns against the other's plan; see the compiled loop."""
    shapes, rows, columns, first, second, sign, rest, other_rest = blocks
    gradient[:] = 0.0
    if player == 0:
        earn_rows(shapes, rows, columns, first, plan, gradient)
        starts, own, others, cells = rest
        earn_rest(starts, own, others, cells, plan, gradient)
    else:
        earn_columns(shapes, rows, columns, second, sign, plan, gradient)
        starts, own, others, cells = other_rest
        earn_rest(starts, own, others, cells, plan, gradient)


def run_pair(
    blocks: Any,
    orders: Any,
    state: Any,
    first_step: int,
    n_steps: int,
    rule: int,
    power: float,
) -> None:
    """Iterate a game of two players, who learn in turn; see the compiled loop."""
    for step in range(first_step, first_step + n_steps):
        for player in (0, 1):
            earn(player, blocks, state[1 - player][3], state[player][0])
            weight = float(step) ** power
            groups, parents = orders[player]
            update(groups, parents, state[player], weight, rule, float(step))
