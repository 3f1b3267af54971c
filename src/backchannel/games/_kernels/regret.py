"""Regret minimisation over flat arrays: the compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.games.tree import FloatArray, IntArray

PLUS, PREDICTIVE, DISCOUNTED = 0, 1, 2
"""Rules of the update: CFR+, predictive CFR+, discounted CFR."""


@njit(cache=True, nogil=True, boundscheck=False, fastmath={"contract", "reassoc"})
def gather(
    starts: IntArray,
    columns: IntArray,
    values: FloatArray,
    plan: FloatArray,
    gradient: FloatArray,
) -> None:
    """Multiply a sparse matrix in rows with a plan, into `gradient`."""
    for row in range(len(starts) - 1):
        total = 0.0
        for k in range(starts[row], starts[row + 1]):
            total += values[k] * plan[columns[k]]
        gradient[row] = total


@njit(cache=True, nogil=True, boundscheck=False)
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
    """Take one step of one player: regrets upwards, then the plan downwards.

    Parameters
    ----------
    sets : (n_sets, 3), parent sequence, first sequence, number of actions
    gradient : (n_sequences,), what each sequence earns; overwritten
    regrets, behaviour, plan, total : (n_sequences,), changed in place
    weight : of this plan in the average that `total` collects
    rule : `PLUS`, `PREDICTIVE` or `DISCOUNTED`
    step : number of the iteration, from 1
    """
    grown = step**1.5
    keep = grown / (grown + 1.0)
    for h in range(len(sets) - 1, -1, -1):
        first = sets[h, 1]
        end = first + sets[h, 2]
        value = 0.0
        for s in range(first, end):
            value += behaviour[s] * gradient[s]
        gradient[sets[h, 0]] += value
        positive = 0.0
        for s in range(first, end):
            gain = gradient[s] - value
            regret = regrets[s]
            if rule == 2:
                regret = regret * keep if regret > 0.0 else regret * 0.5
            regret += gain
            if rule != 2 and regret < 0.0:
                regret = 0.0
            regrets[s] = regret
            if rule == 1:
                regret += gain
            if regret < 0.0:
                regret = 0.0
            behaviour[s] = regret
            positive += regret
        if positive > 0.0:
            share = 1.0 / positive
            for s in range(first, end):
                behaviour[s] *= share
        else:
            even = 1.0 / (end - first)
            for s in range(first, end):
                behaviour[s] = even
    for h in range(len(sets)):
        above = plan[sets[h, 0]]
        for s in range(sets[h, 1], sets[h, 1] + sets[h, 2]):
            plan[s] = above * behaviour[s]
    for s in range(len(plan)):
        total[s] += weight * plan[s]


@njit(cache=True, nogil=True, boundscheck=False)
def best_value(sets: IntArray, gradient: FloatArray) -> float:
    """Value of a best response to a gradient, which is overwritten."""
    for h in range(len(sets) - 1, -1, -1):
        best = -np.inf
        for s in range(sets[h, 1], sets[h, 1] + sets[h, 2]):
            best = max(best, gradient[s])
        gradient[sets[h, 0]] += best
    return float(gradient[0])


@njit(cache=True, nogil=True)
def run_pair(
    tables: Any,
    sets: Any,
    state: Any,
    first_step: int,
    n_steps: int,
    rule: int,
    power: float,
) -> None:
    """Iterate a game of two players.

    Parameters
    ----------
    tables : per player (starts, columns, values), payoffs by own sequence
    sets : per player (n_sets, 3)
    state : per player (gradient, regrets, behaviour, plan, total), changed in place
    first_step, n_steps : number of the first iteration, and how many follow
    rule : of the update
    power : the plan of iteration t counts t to this power
    """
    for step in range(first_step, first_step + n_steps):
        weight = float(step) ** power
        gather(tables[0][0], tables[0][1], tables[0][2], state[1][3], state[0][0])
        update(
            sets[0],
            state[0][0],
            state[0][1],
            state[0][2],
            state[0][3],
            state[0][4],
            weight,
            rule,
            float(step),
        )
        gather(tables[1][0], tables[1][1], tables[1][2], state[0][3], state[1][0])
        update(
            sets[1],
            state[1][0],
            state[1][1],
            state[1][2],
            state[1][3],
            state[1][4],
            weight,
            rule,
            float(step),
        )
