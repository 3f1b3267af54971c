"""The same loops in plain NumPy: what the compiled ones are tested against."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from backchannel.games._kernels.regret import DISCOUNTED, PREDICTIVE
from backchannel.games.tree import FloatArray, IntArray


def gather(
    starts: IntArray,
    columns: IntArray,
    values: FloatArray,
    plan: FloatArray,
    gradient: FloatArray,
) -> None:
    """Multiply a sparse matrix in rows with a plan; see the compiled loop."""
    shape = (len(gradient), len(plan))
    gradient[:] = csr_array((values, columns, starts), shape=shape) @ plan


def update(
    sets: IntArray,
    gradient: FloatArray,
    regrets: FloatArray,
    behaviour: FloatArray,
    plan: FloatArray,
    total: FloatArray,
    weight: float,
    rule: int,
    step: float,
) -> None:
    """Take one step of one player; see the compiled loop."""
    keep = step**1.5 / (step**1.5 + 1.0)
    for parent, first, count in sets[::-1].tolist():
        here = slice(first, first + count)
        value = float(behaviour[here] @ gradient[here])
        gradient[parent] += value
        gains = gradient[here] - value
        if rule == DISCOUNTED:
            old = regrets[here]
            regrets[here] = np.where(old > 0, old * keep, old * 0.5) + gains
        else:
            regrets[here] = np.maximum(regrets[here] + gains, 0.0)
        guess = regrets[here] + (gains if rule == PREDICTIVE else 0.0)
        positive = np.maximum(guess, 0.0)
        sum_positive = positive.sum()
        behaviour[here] = positive / sum_positive if sum_positive > 0 else 1.0 / count
    for parent, first, count in sets.tolist():
        here = slice(first, first + count)
        plan[here] = plan[parent] * behaviour[here]
    total += weight * plan


def best_value(sets: IntArray, gradient: FloatArray) -> float:
    """Value of a best response to a gradient, which is overwritten."""
    for parent, first, count in sets[::-1].tolist():
        gradient[parent] += gradient[first : first + count].max()
    return float(gradient[0])
