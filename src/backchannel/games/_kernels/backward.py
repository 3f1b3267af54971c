"""Backward induction over a breadth-first tree: the compiled loop."""

from __future__ import annotations

from numba import njit

from backchannel.games.tree import FloatArray, IntArray


@njit(cache=True, nogil=True, boundscheck=False)
def induct(
    first_child: IntArray,
    movers: IntArray,
    chance: FloatArray,
    values: FloatArray,
    choice: IntArray,
) -> None:
    """Fill in values and choices from the last node to the root.

    Parameters
    ----------
    first_child : (n_nodes + 1,), children stand side by side, after their parent
    movers : (n_nodes,), a player, -1 for chance; not read at leaves
    chance : (n_nodes,), probability of coming to a node from a chance node above it
    values : (n_nodes, n_players), filled in at leaves
    choice : (n_nodes,), the child taken, -1 at leaves and chance nodes
    """
    n_players = values.shape[1]
    for node in range(len(movers) - 1, -1, -1):
        first, end = first_child[node], first_child[node + 1]
        if first == end:
            continue
        mover = movers[node]
        if mover < 0:
            for player in range(n_players):
                total = 0.0
                for child in range(first, end):
                    total += chance[child] * values[child, player]
                values[node, player] = total
            continue
        best = first
        for child in range(first + 1, end):
            if values[child, mover] > values[best, mover]:
                best = child
        for player in range(n_players):
            values[node, player] = values[best, player]
        choice[node] = best
