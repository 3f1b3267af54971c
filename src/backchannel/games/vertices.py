"""Every vertex of a player's best-response polytope, with its labels."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from backchannel.games._kernels.vertices import Masks, cut
from backchannel.games.tree import FloatArray

MAX_LABELS = 62
"""Strategies of both players together: one bit each."""
_QUICKHULL_FROM = 21  # labels from which Quickhull is faster, where it applies


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
    if sum(payoffs.shape) >= _QUICKHULL_FROM:
        found = _by_quickhull(scaled + 1.0)
        if found is not None:
            return found
    return _by_description(scaled)


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


def _by_quickhull(payoffs: FloatArray) -> tuple[FloatArray, Masks] | None:
    """The same for games in general position; None for all others.

    With payoffs made positive and v = 1 the polytope is bounded. Its polar is a convex
    hull of one point per inequality, whose facets are the vertices.
    Source: Barber, Dobkin and Huhdanpaa (1996), ACM Trans. Math. Software 22, 469-483.
    """
    n_own, n_other = payoffs.shape
    centre = np.full(n_own, 0.5 / (n_own * payoffs.max()))
    normals = np.concatenate([-np.eye(n_own), payoffs.T])
    offsets = np.concatenate([np.zeros(n_own), np.ones(n_other)])
    points = normals / (offsets - normals @ centre)[:, None]
    try:
        hull = ConvexHull(points)
    except QhullError:
        return None
    planes = hull.equations
    slack = planes[:, :-1] @ points.T + planes[:, -1:]
    is_on = slack > -1e-9 * np.abs(planes[:, -1:])
    if (is_on.sum(axis=1) != n_own).any():
        return None  # more than n_own labels: facets are split, so count them exactly
    vertices = centre - planes[:, :-1] / planes[:, -1:]
    bits = np.uint64(1) << np.arange(n_own + n_other, dtype=np.uint64)
    labels = (is_on.astype(np.uint64) * bits).sum(axis=1, dtype=np.uint64)
    vertices = np.where(is_on[:, :n_own], 0.0, vertices)
    total = vertices.sum(axis=1)
    is_real = total > 1e-12
    return vertices[is_real] / total[is_real, None], labels[is_real]
