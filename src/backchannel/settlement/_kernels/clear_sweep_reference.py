"""The same sweeps in plain NumPy: what the compiled ones are tested against."""

from __future__ import annotations

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import BoolArray


def sweep_two_clear(sums: FloatArray, clear: FloatArray) -> BoolArray:
    """Mark sums (n, n_parties) that another beats clearly; see the compiled sweeps."""
    beaten = np.zeros(len(sums), dtype=bool)
    for i, point in enumerate(sums):
        # Compared as the compiled sweep does, for what rounding makes of a sum.
        as_good = (sums >= point).all(axis=1)
        beaten[i] = bool((as_good & (sums >= point + clear).any(axis=1)).any())
    return beaten


def sweep_three_clear(sums: FloatArray, clear: FloatArray) -> BoolArray:
    """The same for three parties."""
    return sweep_two_clear(sums, clear)


def mark_hopeful(sums: FloatArray, clear: FloatArray) -> BoolArray:
    """Mark sums (n, 2) that none in a higher slice beats; see the compiled marks."""
    n_slices = len(sums) // 8 + 1
    low, high = sums[:, 0].min(), sums[:, 0].max()
    per = (n_slices - 1) / (high - low) if high > low else 0.0
    slice_of = ((sums[:, 0] - low) * per).astype(np.int64)
    hopeful = np.ones(len(sums), dtype=bool)
    for i, point in enumerate(sums):
        above = sums[slice_of > slice_of[i], 1]
        hopeful[i] = not (above >= point[1] + clear[1]).any()
    return hopeful
