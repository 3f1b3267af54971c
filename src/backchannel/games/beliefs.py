"""Which beliefs support a profile where play never comes, and whether any do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from backchannel.games.certificate import node_values
from backchannel.games.sequence_form import reach
from backchannel.games.tree import CHANCE, BoolArray, FloatArray, GameTree, IntArray

_UNREACHED = 1e-12  # a chance below which Bayes' rule is not asked


@dataclass(frozen=True, eq=False)
class BeliefInterval:
    """What may be believed at one information set off the path.

    Parameters
    ----------
    information_set : its number
    nodes : (n,), its nodes
    belief : (n,), one such belief, well inside where there are many
    low, high : (n,), least and largest probability of each node among all beliefs at
        which the set's actions are best; empty intervals (nan) where no belief does it
    """

    information_set: int
    nodes: IntArray
    belief: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def is_credible(self) -> bool:
        """Whether some belief makes the actions taken here best."""
        return bool(np.isfinite(self.low).all())


def belief_intervals(
    tree: GameTree, probabilities: FloatArray, *, tolerance: float = 1e-9
) -> tuple[BeliefInterval, ...]:
    """Find the beliefs that make a profile perfect Bayesian.

    Parameters
    ----------
    tree : any game
    probabilities : (n_actions,), of every action at its information set
    tolerance : gain that counts as none, as a share of the payoffs' range

    Returns
    -------
    one interval for each information set that play does not reach, in their order

    Notes: on the path Bayes' rule leaves nothing open. Off the path nodes that follow
    the same mistakes keep their odds, as chance and planned play say nothing new about
    who erred; how likely each kind of mistake was is open. Every set is looked at by
    itself, with play from there on as it is; each bound is a small linear programme.
    Source: Fudenberg and Tirole (1991), Game Theory, section 8.2 (nobody signals what
    he does not know); a necessary part of consistency in Kreps and Wilson (1982),
    Econometrica 50(4), 863-894.
    """
    values = node_values(tree, probabilities)
    chance_of = reach(tree, probabilities)
    slack = tolerance * (float(np.ptp(tree.payoffs)) or 1.0)
    found = []
    for information_set in range(tree.n_sets):
        player = int(tree.set_player[information_set])
        nodes = np.flatnonzero(tree.node_set == information_set).astype(np.int32)
        if player == CHANCE or chance_of[nodes].sum() > _UNREACHED:
            continue
        actions = probabilities[tree.actions(information_set)]
        children = tree.first_child[nodes][:, None] + np.arange(len(actions))
        gains = _gains(values[player][children], actions)
        shares = _shares(tree, probabilities, nodes)
        belief, low, high = _bounds(gains @ shares, slack)
        if np.isfinite(low).all():
            belief, low, high = shares @ belief, shares @ low, shares @ high
        else:
            belief = low = high = np.full(len(nodes), np.nan)
        found.append(BeliefInterval(information_set, nodes, belief, low, high))
    return tuple(found)


def _shares(tree: GameTree, probabilities: FloatArray, nodes: IntArray) -> FloatArray:
    """(n_nodes, n_kinds), odds of the nodes that follow each kind of mistakes."""
    played = np.where(tree.player_of_action == CHANCE, tree.chance, probabilities)
    kinds: dict[tuple[int, ...], dict[int, float]] = {}
    for row, node in enumerate(nodes.tolist()):
        mistakes, weight = [], 1.0
        while node:
            action = int(tree.action_in[node])
            if played[action] <= 0 and tree.player_of_action[action] != CHANCE:
                mistakes.append(action)
            else:
                weight *= float(played[action])
            node = int(tree.parent[node])
        if weight > 0:
            kinds.setdefault(tuple(sorted(mistakes)), {})[row] = weight
    if not kinds:
        # Chance never comes here: nothing is known about anything.
        return np.eye(len(nodes))
    shares = np.zeros((len(nodes), len(kinds)))
    for column, weights in enumerate(kinds.values()):
        shares[list(weights), column] = list(weights.values())
    return np.asarray(shares / shares.sum(axis=0))


def _gains(worth: FloatArray, actions: FloatArray) -> FloatArray:
    """(n_constraints, n_nodes), what any action pays more than one that is taken."""
    taken = np.flatnonzero(actions > 0)
    rows = [worth - worth[:, [t]] for t in taken]
    return np.concatenate(rows, axis=1).T


def _bounds(
    gains: FloatArray, slack: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A belief inside, then the least and the largest probability of each node."""
    n_nodes = gains.shape[1]
    if n_nodes == 1:
        value = 1.0 if gains.max() <= slack else np.nan
        return (np.array([value]),) * 3
    low, high = np.full(n_nodes, np.nan), np.full(n_nodes, np.nan)
    inside = np.zeros(n_nodes)
    for node in range(n_nodes):
        for sign, into in ((1.0, low), (-1.0, high)):
            solved = linprog(
                sign * np.eye(n_nodes)[node],
                A_ub=gains,
                b_ub=np.full(len(gains), slack),
                A_eq=np.ones((1, n_nodes)),
                b_eq=[1.0],
                bounds=(0, 1),
                method="highs",
            )
            if solved.status != 0:
                return (np.full(n_nodes, np.nan),) * 3
            into[node] = sign * solved.fun
            # All corners together lie inside, as the set of beliefs is convex.
            inside += solved.x / (2 * n_nodes)
    return inside, low, high


def fill_unplanned(
    tree: GameTree, probabilities: FloatArray, planned: BoolArray
) -> FloatArray:
    """Complete a profile where a player's own plan never leads, by best choices.

    Parameters
    ----------
    tree : with perfect recall
    probabilities : (n_actions,), of every action at its information set
    planned : (n_sets,), whether the plan of a set's player leads there

    Returns
    -------
    (n_actions,) : unchanged at planned sets; elsewhere the best action at the
        beliefs that the others' play gives, last moves first
    """
    from_end = np.flatnonzero(~planned & (tree.set_player != CHANCE))
    filled = probabilities.copy()
    for information_set in from_end[::-1].tolist():
        actions = tree.actions(information_set)
        player = int(tree.set_player[information_set])
        nodes = np.flatnonzero(tree.node_set == information_set)
        values = node_values(tree, filled)[player]
        others = np.where(tree.player_of_action == player, 1.0, filled)
        weight = reach(tree, others)[nodes]
        weight = weight if weight.sum() > _UNREACHED else np.ones(len(nodes))
        children = tree.first_child[nodes][:, None] + np.arange(
            actions.stop - actions.start
        )
        worth = weight @ values[children]
        filled[actions] = 0.0
        filled[actions.start + int(np.argmax(worth))] = 1.0
    return filled
