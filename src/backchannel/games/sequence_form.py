"""The sequence form: what each player can do in a row, and which leaf needs what.

A leaf is reached where chance and every player's sequence of own actions allow it. Its
weight is the product of one number per player, so that a payoff is multilinear in the
players' plans. All solvers for larger games work on this record alone; it can be built
without a tree, for games of ten million nodes.
Source: von Stengel (1996), Games and Economic Behavior 14(2), 220-246.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from backchannel.games.tree import (
    CHANCE,
    FloatArray,
    GameTree,
    IntArray,
    last_own_action,
    require_perfect_recall,
)

PARENT, FIRST, COUNT = 0, 1, 2
"""Columns of `sets`: parent sequence, first sequence, number of actions."""


@dataclass(frozen=True, eq=False)
class SequenceForm:
    """A game with perfect recall as a list of leaves and a sequence tree per player.

    Parameters
    ----------
    title : what the game is called
    players : names
    sets : per player (n_sets, 3), parent sequence, first sequence, number of actions;
        parents first. Sequence 0 is empty
    leaf_sequences : (n_players, n_leaves), the last own sequence on the way to a leaf
    leaf_chance : (n_leaves,), product of the chances on the way
    payoffs : (n_players, n_leaves)
    sequence_action : per player (n_sequences,), the tree's number of the action that
        ends a sequence, -1 for the empty one; None where there is no tree
    """

    title: str
    players: tuple[str, ...]
    sets: tuple[IntArray, ...]
    leaf_sequences: IntArray
    leaf_chance: FloatArray
    payoffs: FloatArray
    sequence_action: tuple[IntArray, ...] | None = None

    @property
    def n_players(self) -> int:
        """How many players decide."""
        return len(self.players)

    @property
    def n_leaves(self) -> int:
        """How many ends the game has."""
        return len(self.leaf_chance)

    @property
    def n_sequences(self) -> tuple[int, ...]:
        """Sequences of every player, the empty one included."""
        return tuple(1 + int(sets[:, COUNT].sum()) for sets in self.sets)

    def matrix(self, player: int) -> csr_array:
        """Payoffs of one of two players, (own sequences, the other's sequences).

        Each entry is weighted with the chance of its leaves.
        """
        own, other = self.leaf_sequences[player], self.leaf_sequences[1 - player]
        shape = (self.n_sequences[player], self.n_sequences[1 - player])
        weighted = self.leaf_chance * self.payoffs[player]
        return csr_array((weighted, (own, other)), shape=shape)

    def uniform_plans(self) -> tuple[FloatArray, ...]:
        """Plans under which everybody takes every action equally often."""
        return tuple(
            plan_of(sets, np.repeat(1.0 / sets[:, COUNT], sets[:, COUNT]))
            for sets in self.sets
        )

    def expected_payoffs(self, plans: tuple[FloatArray, ...]) -> FloatArray:
        """(n_players,), what everybody gets on average."""
        weight = self.leaf_chance.copy()
        for sequences, plan in zip(self.leaf_sequences, plans, strict=True):
            weight *= plan[sequences]
        return np.asarray(self.payoffs @ weight)

    def gradient(self, player: int, plans: tuple[FloatArray, ...]) -> FloatArray:
        """(n_sequences,), what each own sequence earns against the others' plans."""
        weight = self.leaf_chance * self.payoffs[player]
        for other in range(self.n_players):
            if other != player:
                weight = weight * plans[other][self.leaf_sequences[other]]
        own = self.leaf_sequences[player]
        length = self.n_sequences[player]
        return np.asarray(np.bincount(own, weights=weight, minlength=length), float)


def sequence_form(tree: GameTree, *, method: str = "the sequence form") -> SequenceForm:
    """Collect the sequences of a tree's players and the leaves that they lead to.

    Parameters
    ----------
    tree : with perfect recall
    method : who asks, for the message

    Returns
    -------
    SequenceForm : sequences in the order of the tree's actions

    Raises
    ------
    ModelError : a player forgets what it did.
    """
    require_perfect_recall(tree, method)
    leaves = tree.leaves
    sets, rows, actions = [], [], []
    for player in range(tree.n_players):
        own = np.flatnonzero(tree.player_of_action == player)
        number = np.full(tree.n_actions + 1, 0, dtype=np.int32)
        number[own] = np.arange(1, len(own) + 1)
        last = last_own_action(tree, player)
        mine = tree.sets_of(player)
        starts = tree.first_action[mine]
        first_node = _first_nodes(tree)[mine]
        # The last place of `number` stands for "not moved": last[...] is -1 there.
        table = np.empty((len(mine), 3), dtype=np.int32)
        table[:, PARENT] = number[last[first_node]]
        table[:, FIRST] = number[starts]
        table[:, COUNT] = tree.first_action[mine + 1] - starts
        sets.append(table)
        rows.append(number[last[leaves]])
        actions.append(np.concatenate([[-1], own]).astype(np.int32))
    return SequenceForm(
        title=tree.title,
        players=tree.players,
        sets=tuple(sets),
        leaf_sequences=np.array(rows, dtype=np.int32).reshape(-1, len(leaves)),
        leaf_chance=_leaf_chance(tree),
        payoffs=tree.payoffs,
        sequence_action=tuple(actions),
    )


def _first_nodes(tree: GameTree) -> npt.NDArray[np.intp]:
    first = np.full(tree.n_sets, -1, dtype=np.intp)
    inner = np.flatnonzero(tree.node_set >= 0)[::-1]
    first[tree.node_set[inner]] = inner
    return first


def _leaf_chance(tree: GameTree) -> FloatArray:
    return reach(tree, np.where(tree.player_of_action == CHANCE, tree.chance, 1.0))[
        tree.leaves
    ]


def reach(tree: GameTree, probabilities: FloatArray) -> FloatArray:
    """Find the chance of coming to every node.

    Parameters
    ----------
    tree : any game
    probabilities : (n_actions,), of every action at its information set

    Returns
    -------
    (n_nodes,) : products along the way
    """
    found = np.ones(tree.n_nodes)
    into = tree.action_in
    for here in tree.levels[1:]:
        found[here] = found[tree.parent[here]] * probabilities[into[here]]
    return found


def plan_of(sets: IntArray, probabilities: FloatArray) -> FloatArray:
    """Turn choice probabilities into the weights of sequences.

    Parameters
    ----------
    sets : (n_sets, 3), one player's sequence tree
    probabilities : (n_sequences - 1,), of every action at its information set

    Returns
    -------
    (n_sequences,) : products along own actions, 1 for the empty sequence
    """
    plan = np.ones(len(probabilities) + 1)
    for parent, first, count in sets.tolist():
        end = first + count
        plan[first:end] = plan[parent] * probabilities[first - 1 : end - 1]
    return plan


def behaviour_of(sets: IntArray, plan: FloatArray) -> FloatArray:
    """Turn the weights of sequences into choice probabilities.

    Parameters
    ----------
    sets : (n_sets, 3), one player's sequence tree
    plan : (n_sequences,), non-negative

    Returns
    -------
    (n_sequences - 1,) : uniform at sets that the plan itself never reaches
    """
    counts = sets[:, COUNT]
    if not len(sets):
        return np.empty(0)
    # Sequences of one set stand side by side, in the order of the sets.
    total = np.add.reduceat(plan[1:], sets[:, FIRST] - 1)
    spread = np.repeat(total, counts)
    even = np.repeat(1.0 / counts, counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 0, plan[1:] / spread, even)


def plans_of(form: SequenceForm, probabilities: FloatArray) -> tuple[FloatArray, ...]:
    """Split the tree's vector of probabilities into a plan per player.

    Parameters
    ----------
    form : made from a tree
    probabilities : (n_actions,), in the tree's order

    Raises
    ------
    ValueError : the form has no tree.
    """
    if form.sequence_action is None:
        raise ValueError("the form was not made from a tree")
    return tuple(
        plan_of(sets, probabilities[actions[1:]])
        for sets, actions in zip(form.sets, form.sequence_action, strict=True)
    )


def probabilities_of(
    tree: GameTree, form: SequenceForm, plans: tuple[FloatArray, ...]
) -> FloatArray:
    """Join a plan per player into the tree's vector of probabilities.

    Parameters
    ----------
    tree, form : a game and its sequence form
    plans : per player (n_sequences,)

    Returns
    -------
    (n_actions,) : with the chances of the tree where nobody decides

    Raises
    ------
    ValueError : the form has no tree.
    """
    if form.sequence_action is None:
        raise ValueError("the form was not made from a tree")
    joined = tree.chance.copy()
    for sets, actions, plan in zip(form.sets, form.sequence_action, plans, strict=True):
        joined[actions[1:]] = behaviour_of(sets, plan)
    return joined
