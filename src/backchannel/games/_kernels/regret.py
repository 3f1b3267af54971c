"""Regret minimisation over flat arrays: the compiled loops.

Sets of one group are handled together: their first actions stand side by side, then
their second ones, so that every inner loop runs over sets and fits vector instructions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.games._kernels.blocks import earn_columns, earn_rest, earn_rows
from backchannel.games.tree import FloatArray, IntArray

PLUS, PREDICTIVE, DISCOUNTED = 0, 1, 2
"""Rules of the update: CFR+, predictive CFR+, discounted CFR."""


@njit(cache=True, nogil=True, boundscheck=False)
def step_group(
    n: int,
    count: int,
    gradient: FloatArray,
    regrets: FloatArray,
    behaviour: FloatArray,
    value: FloatArray,
    positive: FloatArray,
    rule: int,
    keep: float,
) -> None:
    """Update the regrets and the behaviour of one group; `value` takes their worth."""
    value[:n] = 0.0
    positive[:n] = 0.0
    for a in range(count):
        g, b = gradient[a * n : (a + 1) * n], behaviour[a * n : (a + 1) * n]
        for i in range(n):
            value[i] += b[i] * g[i]
    for a in range(count):
        g, b = gradient[a * n : (a + 1) * n], behaviour[a * n : (a + 1) * n]
        r = regrets[a * n : (a + 1) * n]
        if rule == 2:
            for i in range(n):
                old = r[i]
                regret = old * (keep if old > 0.0 else 0.5) + (g[i] - value[i])
                r[i] = regret
                regret = max(regret, 0.0)
                b[i] = regret
                positive[i] += regret
        elif rule == 1:
            for i in range(n):
                gain = g[i] - value[i]
                regret = max(r[i] + gain, 0.0)
                r[i] = regret
                regret = max(regret + gain, 0.0)
                b[i] = regret
                positive[i] += regret
        else:
            for i in range(n):
                regret = max(r[i] + (g[i] - value[i]), 0.0)
                r[i] = regret
                b[i] = regret
                positive[i] += regret
    even = 1.0 / count
    for a in range(count):
        b = behaviour[a * n : (a + 1) * n]
        for i in range(n):
            b[i] = b[i] / positive[i] if positive[i] > 0.0 else even


@njit(cache=True, nogil=True, boundscheck=False)
def update(
    groups: Any,
    parents: IntArray,
    state: Any,
    weight: float,
    rule: int,
    step: float,
) -> None:
    """Take one step of one player: regrets upwards, then the plan downwards.

    Parameters
    ----------
    groups : (n_groups, 4), first place, sets, actions, where its parents begin
    parents : (n_sets,), place of the sequence before every set
    state : (gradient, regrets, behaviour, plan, total), each (n_sequences + 1,), the
        gradient is what each sequence earns; all changed in place
    weight : of this plan in the average that `total` collects
    rule : `PLUS`, `PREDICTIVE` or `DISCOUNTED`
    step : number of the iteration, from 1
    """
    gradient, regrets, behaviour, plan, total = state
    grown = step**1.5
    keep = grown / (grown + 1.0)
    widest = 0
    for g in range(len(groups)):
        widest = max(widest, groups[g, 1])
    value, positive = np.empty(widest), np.empty(widest)
    for g in range(len(groups) - 1, -1, -1):
        first, n, count, at = groups[g, 0], groups[g, 1], groups[g, 2], groups[g, 3]
        end = first + n * count
        step_group(
            n,
            count,
            gradient[first:end],
            regrets[first:end],
            behaviour[first:end],
            value,
            positive,
            rule,
            keep,
        )
        above = parents[at : at + n]
        for i in range(n):
            gradient[above[i]] += value[i]
    total[0] += weight * plan[0]
    for g in range(len(groups)):
        first, n, count, at = groups[g, 0], groups[g, 1], groups[g, 2], groups[g, 3]
        above = parents[at : at + n]
        for i in range(n):
            value[i] = plan[above[i]]
        for a in range(count):
            start, end = first + a * n, first + (a + 1) * n
            b, p, t = behaviour[start:end], plan[start:end], total[start:end]
            for i in range(n):
                p[i] = value[i] * b[i]
                t[i] += weight * p[i]


@njit(cache=True, nogil=True, boundscheck=False)
def gain(
    groups: Any, parents: IntArray, plan: FloatArray, gradient: FloatArray
) -> float:
    """What a best response earns more than a plan.

    Parameters
    ----------
    groups, parents : as in `update`
    plan : (n_sequences + 1,), of the same player
    gradient : (n_sequences + 1,), what each sequence earns; overwritten
    """
    earned = 0.0
    for s in range(len(plan)):
        earned += gradient[s] * plan[s]
    for g in range(len(groups) - 1, -1, -1):
        first, n, count, at = groups[g, 0], groups[g, 1], groups[g, 2], groups[g, 3]
        best = gradient[first : first + n]
        for a in range(1, count):
            here = gradient[first + a * n : first + (a + 1) * n]
            for i in range(n):
                best[i] = max(best[i], here[i])
        for i in range(n):
            gradient[parents[at + i]] += best[i]
    return float(gradient[0] - earned)


@njit(cache=True, nogil=True)
def earn(player: int, blocks: Any, plan: FloatArray, gradient: FloatArray) -> None:
    """What each place of one of two players earns against the other's plan.

    Parameters
    ----------
    player : 0 or 1
    blocks : shapes, rows, columns, values of both, sign, rest of both
    plan : (n_other + 1,), of the other
    gradient : (n_own + 1,), overwritten
    """
    shapes, rows, columns, first, second, sign, rest, other_rest = blocks
    gradient[:] = 0.0
    if player == 0:
        earn_rows(shapes, rows, columns, first, plan, gradient)
        earn_rest(rest[0], rest[1], rest[2], rest[3], plan, gradient)
    else:
        earn_columns(shapes, rows, columns, second, sign, plan, gradient)
        earn_rest(
            other_rest[0], other_rest[1], other_rest[2], other_rest[3], plan, gradient
        )


@njit(cache=True, nogil=True)
def run_pair(
    blocks: Any,
    orders: Any,
    state: Any,
    first_step: int,
    n_steps: int,
    rule: int,
    power: float,
) -> None:
    """Iterate a game of two players, who learn in turn.

    Parameters
    ----------
    blocks : payoffs, see `earn`
    orders : per player (groups, parents)
    state : per player (gradient, regrets, behaviour, plan, total), changed in place
    first_step, n_steps : number of the first iteration, and how many follow
    rule : of the update
    power : the plan of iteration t counts t to this power
    """
    for step in range(first_step, first_step + n_steps):
        weight = float(step) ** power
        earn(0, blocks, state[1][3], state[0][0])
        update(orders[0][0], orders[0][1], state[0], weight, rule, float(step))
        earn(1, blocks, state[0][3], state[1][0])
        update(orders[1][0], orders[1][1], state[1], weight, rule, float(step))
