"""How far the chance of an event is open although nobody gives anything up.

A small gap says that payoffs are nearly right. The chance of war can still differ
widely between plans that are equally good to whoever chooses them, so it is told as an
interval.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from backchannel.games.exact_finish import constraints
from backchannel.games.sequence_form import plans_of, sequence_form
from backchannel.games.tree import BoolArray, FloatArray, GameTree


def near_optimal_interval(
    tree: GameTree,
    probabilities: FloatArray,
    ends: BoolArray | FloatArray,
    *,
    slack: float,
) -> tuple[float, float]:
    """Bound the chance of an event over plans that cost their player almost nothing.

    Parameters
    ----------
    tree : with perfect recall
    probabilities : (n_actions,), a profile
    ends : (n_leaves,), where the event has happened, or its chance there
    slack : what a player may give up against its best response, in units of payoffs

    Returns
    -------
    lowest and highest chance when one player at a time takes any plan within the slack,
    the others play on as they do; the profile's own chance is always inside

    Raises
    ------
    ModelError : a player forgets what it did.

    Notes: each bound is a linear programme over one player's plan.
    """
    form = sequence_form(tree, method="near_optimal_interval")
    plans = plans_of(form, probabilities)
    weight = form.leaf_chance * ends
    for sequences, plan in zip(form.leaf_sequences, plans, strict=True):
        weight = weight * plan[sequences]
    low = high = float(weight.sum())
    for player, own in enumerate(plans):
        gradient = form.gradient(player, plans)
        others = form.leaf_chance * ends
        for other, plan in enumerate(plans):
            if other != player:
                others = others * plan[form.leaf_sequences[other]]
        event = np.bincount(form.leaf_sequences[player], others, len(own))
        rows = constraints(form.sets[player], len(own))
        right = np.zeros(rows.shape[0])
        right[0] = 1.0
        best = -linprog(-gradient, A_eq=rows, b_eq=right, method="highs").fun
        # The profile itself stays allowed, whatever it gives up.
        floor = min(best - slack, float(gradient @ own))
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * event,
                A_ub=-gradient[None],
                b_ub=[-floor + 1e-12 * (1.0 + abs(floor))],
                A_eq=rows,
                b_eq=right,
                method="highs",
            )
            if solved.status == 0:
                value = sign * float(solved.fun)
                low, high = min(low, value), max(high, value)
    return max(low, 0.0), min(high, 1.0)
