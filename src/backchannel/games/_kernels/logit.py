"""Worths of actions and their derivatives under mixed play: the compiled loops."""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.games.tree import FloatArray, IntArray


@njit(cache=True, nogil=True, boundscheck=False)
def worths(
    starts: IntArray,
    actions: IntArray,
    log_chance: FloatArray,
    payoffs: FloatArray,
    owner: IntArray,
    log_play: FloatArray,
    log_reach: FloatArray,
    top: FloatArray,
    scale: FloatArray,
    worth: FloatArray,
) -> None:
    """Find what each action is worth to its player, given that it is taken.

    Parameters
    ----------
    starts, actions : the players' actions on the way to each leaf, in compressed rows
    log_chance : (n_leaves,)
    payoffs : (n_players, n_leaves)
    owner : (n_actions,), who takes an action
    log_play : (n_actions,), logarithm of every action's probability
    log_reach : (n_leaves,), filled in
    top, scale, worth : (n_actions,), filled in: the largest log reach below an action,
        the sum of reaches relative to it, and the expected payoff

    Notes: reach is kept relative to the likeliest leaf below each action, so that
    nothing underflows however unlikely the action is.
    """
    for a in range(len(owner)):
        top[a] = -np.inf
        scale[a] = 0.0
        worth[a] = 0.0
    for leaf in range(len(log_chance)):
        total = log_chance[leaf]
        for k in range(starts[leaf], starts[leaf + 1]):
            total += log_play[actions[k]]
        log_reach[leaf] = total
        for k in range(starts[leaf], starts[leaf + 1]):
            top[actions[k]] = max(top[actions[k]], total)
    for leaf in range(len(log_chance)):
        for k in range(starts[leaf], starts[leaf + 1]):
            a = actions[k]
            weight = np.exp(log_reach[leaf] - top[a])
            scale[a] += weight
            worth[a] += weight * payoffs[owner[a], leaf]
    for a in range(len(owner)):
        if scale[a] > 0.0:
            worth[a] /= scale[a]


@njit(cache=True, nogil=True, boundscheck=False)
def slopes(
    starts: IntArray,
    actions: IntArray,
    payoffs: FloatArray,
    owner: IntArray,
    log_reach: FloatArray,
    top: FloatArray,
    scale: FloatArray,
    worth: FloatArray,
    slope: FloatArray,
) -> None:
    """Differentiate each action's worth by every log probability.

    `slope` (n_actions, n_actions) is filled in; the other arrays come from `worths`.
    """
    slope[:, :] = 0.0
    for leaf in range(len(log_reach)):
        for k in range(starts[leaf], starts[leaf + 1]):
            a = actions[k]
            weight = np.exp(log_reach[leaf] - top[a]) / scale[a]
            part = weight * (payoffs[owner[a], leaf] - worth[a])
            for j in range(starts[leaf], starts[leaf + 1]):
                slope[a, actions[j]] += part


@njit(cache=True, nogil=True, boundscheck=False)
def newton_matrix(
    first: IntArray,
    play: FloatArray,
    slope: FloatArray,
    precision: float,
    matrix: FloatArray,
) -> None:
    """Differentiate the logit equations by the log odds against each first action.

    Parameters
    ----------
    first : (n_sets + 1,), first action of every set
    play : (n_actions,), probabilities
    slope : (n_actions, n_actions), from `slopes`
    precision : of the choices
    matrix : (n_actions - n_sets, n_actions - n_sets), filled in
    """
    row = 0
    for h in range(len(first) - 1):
        base = first[h]
        for a in range(base + 1, first[h + 1]):
            column = 0
            for g in range(len(first) - 1):
                total = 0.0
                for b in range(first[g], first[g + 1]):
                    total += slope[a, b] - slope[base, b]
                for b in range(first[g] + 1, first[g + 1]):
                    part = slope[a, b] - slope[base, b] - play[b] * total
                    matrix[row, column] = -precision * part
                    column += 1
            matrix[row, row] += 1.0
            row += 1
