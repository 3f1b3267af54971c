"""Subgame perfect equilibria of games in which everybody sees everything."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.games._kernels.backward import induct
from backchannel.games.methods import BackwardInduction
from backchannel.games.tree import CHANCE, FloatArray, GameTree, IntArray

_TIE = 1e-12  # of the payoffs' range: what floating sums may differ by in a tie


@dataclass(frozen=True, eq=False)
class Inducted:
    """Every profile found, and whether there are more.

    `profiles` holds (n_actions,) arrays; `n_equilibria` counts all, as a float where
    the count is beyond listing.
    """

    profiles: tuple[FloatArray, ...]
    n_equilibria: float


def require_perfect_information(tree: GameTree) -> None:
    """Refuse a game in which somebody does not see what happened.

    Parameters
    ----------
    tree : any game

    Raises
    ------
    ModelError : names the information set and a method that fits.
    """
    if tree.is_perfect_information:
        return
    counts = np.bincount(tree.node_set[tree.node_set >= 0], minlength=tree.n_sets)
    unsure = np.flatnonzero((counts > 1) & (tree.set_player != CHANCE))[0]
    raise ModelError(
        f"{tree.title or 'game'}: player '{tree.players[tree.set_player[unsure]]}' "
        f"cannot tell {counts[unsure]} nodes apart at information set "
        f"'{tree.set_names[unsure]}'; BackwardInduction needs perfect information. "
        "AllEquilibria() (small games) or LogitTrace() fit"
    )


def induct_backward(tree: GameTree, method: BackwardInduction) -> Inducted:
    """Find what best choices from the end of the game lead to.

    Parameters
    ----------
    tree : with perfect information
    method : whether ties are followed, and how far

    Returns
    -------
    Inducted : the equilibrium of first choices first

    Raises
    ------
    ModelError : somebody does not see what happened.
    """
    require_perfect_information(tree)
    if method.all_ties:
        return _with_ties(tree, method.max_equilibria)
    choice = first_choices(tree)
    return Inducted((_profile(tree, choice),), 1.0)


def first_choices(tree: GameTree) -> IntArray:
    """Find the first best child of every node where a player moves.

    Parameters
    ----------
    tree : with perfect information

    Returns
    -------
    (n_nodes,) : a child, -1 at leaves and where chance moves
    """
    values = np.zeros((tree.n_nodes, tree.n_players))
    values[tree.leaves] = tree.payoffs.T
    movers = np.where(
        tree.node_set >= 0, tree.set_player[np.maximum(tree.node_set, 0)], -1
    ).astype(np.int32)
    chance = np.ones(tree.n_nodes)
    chance[1:] = tree.chance[tree.action_in[1:]]
    choice = np.full(tree.n_nodes, -1, dtype=np.int32)
    induct(tree.first_child, movers, chance, values, choice)
    return choice


def _profile(tree: GameTree, choice: IntArray) -> FloatArray:
    found = np.where(tree.player_of_action == CHANCE, tree.chance, 0.0)
    taken = choice[choice >= 0]
    found[tree.action_in[taken]] = 1.0
    return found


Numbers = tuple[Fraction | float, ...]


def _with_ties(tree: GameTree, most: int) -> Inducted:
    """Every way to play on from every node: (values, choices below)."""
    exact = tree.exact_payoffs is not None and tree.exact_chance is not None
    spread = float(np.ptp(tree.payoffs)) if tree.payoffs.size else 0.0
    tie = 0.0 if exact else _TIE * spread
    ways: dict[int, list[tuple[Numbers, dict[int, int]]]] = {}
    is_cut = False
    leaf = len(tree.leaves)
    for node in reversed(range(tree.n_nodes)):
        if tree.node_set[node] < 0:
            leaf -= 1
            rows = tree.exact_payoffs if exact else tree.payoffs.tolist()
            ways[node] = [(tuple(row[leaf] for row in rows or ()), {})]
            continue
        children = range(tree.first_child[node], tree.first_child[node + 1])
        found: list[tuple[Numbers, dict[int, int]]] = []
        for combination in product(*(ways[child] for child in children)):
            below = {k: v for _, part in combination for k, v in part.items()}
            values = [values for values, _ in combination]
            for total, taken in _steps(tree, node, children, values, tie, exact):
                found.append((total, below if taken < 0 else {**below, node: taken}))
            if len(found) >= most:
                is_cut = True
                break
        for child in children:
            del ways[child]
        ways[node] = found[:most]
    profiles = []
    for _, chosen in ways[0]:
        choice = np.full(tree.n_nodes, -1, dtype=np.int32)
        choice[list(chosen)] = list(chosen.values())
        profiles.append(_profile(tree, choice))
    return Inducted(tuple(profiles), np.inf if is_cut else float(len(profiles)))


def _steps(
    tree: GameTree,
    node: int,
    children: range,
    values: list[Numbers],
    tie: float,
    exact: bool,
) -> list[tuple[Numbers, int]]:
    """What the mover may do here: (values, child), child -1 for chance."""
    mover = int(tree.set_player[tree.node_set[node]])
    if mover == CHANCE:
        chances = tree.exact_chance if exact else tree.chance
        shares = [chances[tree.action_in[child]] for child in children]  # type: ignore[index]
        total = tuple(
            sum(s * v[p] for s, v in zip(shares, values, strict=True))
            for p in range(tree.n_players)
        )
        return [(total, -1)]
    best = max(v[mover] for v in values)
    return [
        (v, child)
        for v, child in zip(values, children, strict=True)
        if v[mover] >= best - tie
    ]
