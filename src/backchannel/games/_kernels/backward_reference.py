"""The same induction in plain NumPy: what the compiled loop is tested against."""

from __future__ import annotations

import numpy as np

from backchannel.games.tree import FloatArray, IntArray


def induct(
    first_child: IntArray,
    movers: IntArray,
    chance: FloatArray,
    values: FloatArray,
    choice: IntArray,
) -> None:
    """Fill in values and choices from the last node to the root."""
    for node in reversed(range(len(movers))):
        children = slice(first_child[node], first_child[node + 1])
        if children.start == children.stop:
            continue
        if movers[node] < 0:
            values[node] = chance[children] @ values[children]
        else:
            best = children.start + int(np.argmax(values[children, movers[node]]))
            values[node], choice[node] = values[best], best
