"""The same sweep in plain NumPy: what the compiled ones are tested against."""

from __future__ import annotations

import numpy as np

from backchannel.settlement.method import BoolArray, IntArray


def sweep_many(points: IntArray) -> BoolArray:
    """Sweep points of any number of coordinates; see the compiled sweeps."""
    keep = np.zeros(len(points), dtype=bool)
    for i, point in enumerate(points):
        keep[i] = not (points[:i][keep[:i]] >= point).all(axis=1).any()
    return keep
