"""The same worths and slopes in plain NumPy: what the compiled are tested against."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from backchannel.games.tree import FloatArray, IntArray


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
    """Find what each action is worth to its player; see the compiled loop."""
    shape = (len(log_chance), len(owner))
    ways = csr_array((np.ones(len(actions)), actions, starts), shape=shape)
    log_reach[:] = log_chance + ways @ log_play
    leaf = np.repeat(np.arange(len(log_chance)), np.diff(starts))
    top[:] = -np.inf
    np.maximum.at(top, actions, log_reach[leaf])
    weight = np.exp(log_reach[leaf] - top[actions])
    scale[:] = np.bincount(actions, weight, len(owner))
    paid = weight * payoffs[owner[actions], leaf]
    total = np.bincount(actions, paid, len(owner))
    worth[:] = np.divide(total, scale, out=np.zeros(len(owner)), where=scale > 0)


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
    """Differentiate each action's worth; see the compiled loop."""
    n_leaves, n = len(log_reach), len(owner)
    ways = csr_array((np.ones(len(actions)), actions, starts), shape=(n_leaves, n))
    below = ways.toarray().T
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(
            below > 0, np.exp(log_reach[None, :] - top[:, None]) / scale[:, None], 0.0
        )
    slope[:] = (share * (payoffs[owner] - worth[:, None])) @ below.T


def newton_matrix(
    first: IntArray,
    play: FloatArray,
    slope: FloatArray,
    precision: float,
    matrix: FloatArray,
) -> None:
    """Differentiate the logit equations; see the compiled loop."""
    n_sets = len(first) - 1
    counts = np.diff(first)
    base = np.repeat(first[:-1], counts)
    is_base = np.zeros(len(play), dtype=bool)
    is_base[first[:-1]] = True
    against = slope - slope[base]
    total = np.add.reduceat(against, first[:-1], axis=1)
    of_set = np.repeat(np.arange(n_sets), counts)
    part = against - play[None, :] * total[:, of_set]
    matrix[:] = np.eye(len(matrix)) - precision * part[~is_base][:, ~is_base]
