"""Backward induction over a breadth-first tree: the compiled loop."""

from __future__ import annotations

from numba import njit

from backchannel.games.tree import FloatArray, IntArray


@njit(cache=True, nogil=True, boundscheck=False)
def _induct_any(
    first_child: IntArray,
    movers: IntArray,
    chance: FloatArray,
    values: FloatArray,
    choice: IntArray,
) -> None:
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


@njit(cache=True, nogil=True, boundscheck=False)
def _induct_two(
    first_child: IntArray,
    movers: IntArray,
    chance: FloatArray,
    values: FloatArray,
    choice: IntArray,
) -> None:
    for node in range(len(movers) - 1, -1, -1):
        first, end = first_child[node], first_child[node + 1]
        if first == end:
            continue
        mover = movers[node]
        if end - first != 2:
            if mover < 0:
                one, two = 0.0, 0.0
                for child in range(first, end):
                    one += chance[child] * values[child, 0]
                    two += chance[child] * values[child, 1]
                values[node, 0], values[node, 1] = one, two
                continue
            best = first
            for child in range(first + 1, end):
                if values[child, mover] > values[best, mover]:
                    best = child
            values[node, 0], values[node, 1] = values[best, 0], values[best, 1]
            choice[node] = best
            continue
        # NOTE: no branch on who moves or which is better, 1.5x: both are guesses that
        # a processor gets wrong half the time. All payoffs are finite, so 0 * x is 0.
        one, two = values[first, 0], values[first, 1]
        other_one, other_two = values[first + 1, 0], values[first + 1, 1]
        fair, unfair = chance[first], chance[first + 1]
        is_second = other_two > two if mover == 1 else other_one > one
        fair = fair if mover < 0 else (0.0 if is_second else 1.0)
        unfair = unfair if mover < 0 else (1.0 if is_second else 0.0)
        values[node, 0] = fair * one + unfair * other_one
        values[node, 1] = fair * two + unfair * other_two
        choice[node] = -1 if mover < 0 else (first + 1 if is_second else first)


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
    if values.shape[1] == 2:
        _induct_two(first_child, movers, chance, values, choice)
        return
    _induct_any(first_child, movers, chance, values, choice)
