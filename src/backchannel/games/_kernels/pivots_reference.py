"""The same pivot in plain NumPy: what the compiled loop is tested against."""

from __future__ import annotations

import numpy as np

from backchannel.games.tree import FloatArray


def pivot(tableau: FloatArray, row: int, column: int) -> None:
    """Bring a column into the basis at a row."""
    tableau[row] /= tableau[row, column]
    factor = tableau[:, column].copy()
    factor[row] = 0.0
    tableau -= np.outer(factor, tableau[row])
