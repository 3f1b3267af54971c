"""Every vertex of a player's best-response polytope, with its labels."""

from __future__ import annotations

import numpy as np

from backchannel.games._kernels.vertex_walk import walk
from backchannel.games._kernels.vertices import Masks, cut
from backchannel.games.tree import FloatArray

MAX_LABELS = 62
"""Strategies of both players together: one bit each."""
_MOST_VERTICES = 20_000_000


def labelled_vertices(payoffs: FloatArray) -> tuple[FloatArray, Masks]:
    """List a player's mixed strategies at which the other is as indifferent as can be.

    Parameters
    ----------
    payoffs : (n_own, n_other), what the other player gets

    Returns
    -------
    strategies : (n_vertices, n_own), probabilities
    labels : (n_vertices,), bit i where own strategy i is not played, bit n_own + j
        where the other's strategy j is a best response
    """
    spread = float(np.ptp(payoffs)) or 1.0
    scaled = (payoffs - payoffs.min()) / spread
    found = _by_walking(scaled + 1.0)
    return _by_description(scaled) if found is None else found


def _by_description(payoffs: FloatArray) -> tuple[FloatArray, Masks]:
    """The cone of (x, v) with x >= 0 and v >= what every answer pays, cut by cut."""
    n_own, n_other = payoffs.shape
    one = np.uint64(1)
    not_played = [one << np.uint64(i) for i in range(n_own)]
    best = [one << np.uint64(n_own + j) for j in range(n_other)]
    everything = np.bitwise_or.reduce(np.array(not_played, dtype=np.uint64))
    rays = np.zeros((n_own + 1, n_own + 1))
    rays[:n_own, :n_own] = np.eye(n_own)
    rays[:n_own, -1] = payoffs[:, 0]
    rays[-1, -1] = 1.0
    masks = np.array(
        [everything ^ own | best[0] for own in not_played], dtype=np.uint64
    )
    masks = np.append(masks, everything).astype(np.uint64)
    for j in range(1, n_other):
        slack = rays[:, -1] - rays[:, :-1] @ payoffs[:, j]
        rays, masks = cut(rays, masks, slack, best[j], n_own - 1)
    total = rays[:, :-1].sum(axis=1)
    is_vertex = total > 1e-12  # the rest is the direction of a larger v alone
    strategies = rays[is_vertex, :-1] / total[is_vertex, None]
    return np.maximum(strategies, 0.0), masks[is_vertex]


def _by_walking(payoffs: FloatArray) -> tuple[FloatArray, Masks] | None:
    """The same for games in general position; None for all others.

    With payoffs made positive and v = 1 the polytope {x >= 0, payoffs' x <= 1} is
    bounded and has the origin as one vertex, which is no strategy.
    Source: Dyer (1983), Mathematics of Operations Research 8(3), 381-402.
    """
    n_other = payoffs.shape[1]
    system = np.concatenate([payoffs.T, np.eye(n_other)], axis=1)
    points, masks, is_general = walk(system, _MOST_VERTICES)
    if not is_general:
        return None
    points, masks = points[1:], masks[1:]
    return points / points.sum(axis=1)[:, None], masks
