"""How far a profile is from an equilibrium, on the path and off it.

Three measures, each found node by node in a few passes over the tree, so that they
share no code with the solvers that work on the sequence form:

- the Nash gap: the largest gain of one player who changes its whole plan;
- the regret at each information set: the largest gain of whoever stands there and
  changes one choice, at the beliefs that small equal mistakes lead to, so that threats
  nobody would carry out are found even where play never comes;
- the beliefs themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.games.sequence_form import reach
from backchannel.games.tree import (
    CHANCE,
    FloatArray,
    GameTree,
    IntArray,
    last_own_action,
)


@dataclass(frozen=True, eq=False)
class Audit:
    """What a profile is worth as an equilibrium, in units of payoffs.

    Parameters
    ----------
    payoffs : (n_players,), what everybody gets on average
    gains : (n_players,), what the best other plan would add
    set_regret : (n_sets,), what the best other choice at each information set would add
    beliefs : (n_nodes,), probability of a node at its information set
    reach : (n_nodes,), probability of coming to a node
    """

    payoffs: FloatArray
    gains: FloatArray
    set_regret: FloatArray
    beliefs: FloatArray
    reach: FloatArray

    @property
    def nash_gap(self) -> float:
        """The largest gain of one player who changes its whole plan."""
        return float(self.gains.max(initial=0.0))

    @property
    def regret(self) -> float:
        """The largest gain of one choice at one information set, off the path too."""
        return float(self.set_regret.max(initial=0.0))


def audit(
    tree: GameTree, probabilities: FloatArray, beliefs: FloatArray | None = None
) -> Audit:
    """Measure a profile against the best that each player could do.

    Parameters
    ----------
    tree : with perfect recall, or the gains mean one choice of a plan at a time
    probabilities : (n_actions,), of every action at its information set
    beliefs : (n_nodes,), of a node at its set; None takes those of equal mistakes

    Returns
    -------
    Audit : in units of payoffs
    """
    if beliefs is None:
        beliefs = tremble_beliefs(tree, probabilities)
    values = node_values(tree, probabilities)
    played = np.where(tree.player_of_action == CHANCE, tree.chance, probabilities)
    gains = np.array(
        [
            best_response_value(tree, played, player) - values[player, 0]
            for player in range(tree.n_players)
        ]
    )
    return Audit(
        payoffs=values[:, 0],
        gains=np.maximum(gains, 0.0),
        set_regret=_set_regret(tree, played, beliefs, values),
        beliefs=beliefs,
        reach=reach(tree, played),
    )


def node_values(tree: GameTree, probabilities: FloatArray) -> FloatArray:
    """Find what each player expects at every node.

    Parameters
    ----------
    tree : any game
    probabilities : (n_actions,), of every action at its information set

    Returns
    -------
    (n_players, n_nodes) : expected payoffs from there on
    """
    values = np.zeros((tree.n_players, tree.n_nodes))
    values[:, tree.leaves] = tree.payoffs
    into, parent = tree.action_in, tree.parent
    for here in tree.levels[:0:-1]:
        weight = probabilities[into[here]]
        for row in values:
            np.add.at(row, parent[here], weight * row[here])
    return values


def tremble_beliefs(tree: GameTree, probabilities: FloatArray) -> FloatArray:
    """Find what everybody believes where equal small mistakes are made everywhere.

    Parameters
    ----------
    tree : any game
    probabilities : (n_actions,), of every action at its information set

    Returns
    -------
    (n_nodes,) : probability of a node at its information set, 0 at leaves

    Notes: an action of probability 0 is taken with a vanishing chance that is the same
    for all choices of its set. A node's reach is then a coefficient times a power of
    that chance; at every set the nodes of the lowest power share the belief. This is
    the limit of completely mixed play, hence a consistent assessment.
    Source: Kreps and Wilson (1982), Econometrica 50(4), 863-894.
    """
    share = 1.0 / np.diff(tree.first_action)[tree.set_of_action]
    is_mistake = probabilities <= 0.0
    weight = np.where(is_mistake, share, probabilities)
    weight[(tree.player_of_action == CHANCE) & is_mistake] = 0.0
    power = np.zeros(tree.n_nodes, dtype=np.int32)
    # A logarithm, so that a long chain of mistakes does not vanish.
    with np.errstate(divide="ignore"):
        log_weight = np.log(weight)
    size = np.zeros(tree.n_nodes)
    into, parent = tree.action_in, tree.parent
    for here in tree.levels[1:]:
        power[here] = power[parent[here]] + is_mistake[into[here]]
        size[here] = size[parent[here]] + log_weight[into[here]]
    return _normalised(tree, size, power)


def log_beliefs(tree: GameTree, log_probabilities: FloatArray) -> FloatArray:
    """Find the beliefs of completely mixed play from its logarithms.

    Parameters
    ----------
    tree : any game
    log_probabilities : (n_actions,), natural logarithms, chance included

    Returns
    -------
    (n_nodes,) : probability of a node at its information set, 0 at leaves
    """
    size = np.zeros(tree.n_nodes)
    into, parent = tree.action_in, tree.parent
    for here in tree.levels[1:]:
        size[here] = size[parent[here]] + log_probabilities[into[here]]
    return _normalised(tree, size, np.zeros(tree.n_nodes, dtype=np.int32))


def _normalised(tree: GameTree, size: FloatArray, power: IntArray) -> FloatArray:
    """Share one among the nodes of each set, by `exp(size)` at the lowest `power`."""
    inner = np.flatnonzero(tree.node_set >= 0)
    sets = tree.node_set[inner]
    lowest = np.full(tree.n_sets, np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(lowest, sets, power[inner])
    counts = power[inner] == lowest[sets]
    top = np.full(tree.n_sets, -np.inf)
    np.maximum.at(top, sets[counts], size[inner][counts])
    with np.errstate(invalid="ignore"):
        raw = np.where(counts, np.exp(size[inner] - top[sets]), 0.0)
    raw = np.nan_to_num(raw)
    total = np.bincount(sets, weights=raw, minlength=tree.n_sets)
    beliefs = np.zeros(tree.n_nodes)
    n_nodes = np.bincount(sets, minlength=tree.n_sets)
    with np.errstate(invalid="ignore", divide="ignore"):
        beliefs[inner] = np.where(
            total[sets] > 0, raw / total[sets], 1.0 / n_nodes[sets]
        )
    return beliefs


def action_values(
    tree: GameTree, beliefs: FloatArray, values: FloatArray
) -> FloatArray:
    """Find what each action is worth to who takes it, given beliefs.

    Parameters
    ----------
    tree : any game
    beliefs : (n_nodes,), of a node at its information set
    values : (n_players, n_nodes), what follows a node

    Returns
    -------
    (n_actions,) : expected payoff of the player who moves, 0 for chance
    """
    into = tree.action_in[1:]
    owner = tree.player_of_action[into]
    nodes = np.arange(1, tree.n_nodes)
    worth = np.where(owner == CHANCE, 0.0, values[np.maximum(owner, 0), nodes])
    weight = beliefs[tree.parent[1:]]
    return np.asarray(np.bincount(into, weight * worth, tree.n_actions), float)


def quantal_gap(
    tree: GameTree, probabilities: FloatArray, beliefs: FloatArray, precision: float
) -> float:
    """Measure how far a profile is from a quantal response to itself.

    Parameters
    ----------
    tree : with perfect recall
    probabilities : (n_actions,), of every action at its information set
    beliefs : (n_nodes,), of a node at its information set
    precision : per unit of payoffs

    Returns
    -------
    float : largest difference between a probability and what the logit rule makes of
        the worths of the actions

    Source: McKelvey and Palfrey (1998), Experimental Economics 1, 9-41, equation 5.
    """
    if not tree.n_sets:
        return 0.0
    worth = action_values(tree, beliefs, node_values(tree, probabilities))
    of_set = tree.set_of_action
    starts = tree.first_action[:-1]
    odds = np.exp(precision * (worth - np.maximum.reduceat(worth, starts)[of_set]))
    reply = odds / np.add.reduceat(odds, starts)[of_set]
    is_own = tree.player_of_action != CHANCE
    return float(np.abs(reply - probabilities)[is_own].max(initial=0.0))


def _set_regret(
    tree: GameTree, played: FloatArray, beliefs: FloatArray, values: FloatArray
) -> FloatArray:
    if not tree.n_sets:
        return np.zeros(0)
    worth = action_values(tree, beliefs, values)
    starts = tree.first_action[:-1]
    best = np.maximum.reduceat(worth, starts)
    mean = np.add.reduceat(worth * played, starts)
    return np.where(tree.set_player == CHANCE, 0.0, np.maximum(best - mean, 0.0))


def best_response_value(
    tree: GameTree, probabilities: FloatArray, player: int
) -> float:
    """Find the most that one player can get against the others' play.

    Parameters
    ----------
    tree : with perfect recall
    probabilities : (n_actions,), of every action at its information set
    player : who answers

    Returns
    -------
    float : expected payoff of a best response

    Notes: the weight that chance and the others put on a node; then, deepest own sets
    first, the action with the largest weighted value takes all.
    """
    is_own = tree.player_of_action == player
    others = reach(tree, np.where(is_own, 1.0, probabilities))
    flow = np.zeros(tree.n_nodes)
    flow[tree.leaves] = tree.payoffs[player] * others[tree.leaves]
    # Gain of the leaves below every own action, handed up from set to set.
    last = last_own_action(tree, player)
    leaf_last = last[tree.leaves]
    worth = np.bincount(leaf_last + 1, weights=flow[tree.leaves])
    total = np.zeros(tree.n_actions + 1)
    total[: len(worth)] = worth
    firsts = {}
    for node in np.flatnonzero(tree.node_set >= 0)[::-1]:
        firsts[int(tree.node_set[node])] = int(node)
    for information_set in tree.sets_of(player)[::-1].tolist():
        actions = tree.actions(information_set)
        best = total[actions.start + 1 : actions.stop + 1].max()
        total[last[firsts[information_set]] + 1] += best
    return float(total[0])
