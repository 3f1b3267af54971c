"""The same list by trying every choice of tight inequalities: for small polytopes."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from backchannel.games._kernels.vertices import Masks
from backchannel.games.tree import FloatArray


def walk(system: FloatArray, most: int) -> tuple[FloatArray, Masks, bool]:
    """List the vertices of {x >= 0, rows of x at most 1}; see the compiled walk."""
    n, width = system.shape
    m = width - n
    points, masks = [], []
    for tight in combinations(range(width), m):
        basic = [k for k in range(width) if k not in tight]
        if abs(np.linalg.det(system[:, basic])) < 1e-12:
            continue
        values = np.zeros(width)
        values[basic] = np.linalg.solve(system[:, basic], np.ones(n))
        if values.min() < -1e-11:
            continue
        points.append(values[:m])
        masks.append(sum(1 << k for k in tight))
    is_general = len(points) <= most
    return np.array(points), np.array(masks, dtype=np.uint64), is_general
