"""A game in extensive form as flat arrays, breadth first: the nouns of this room.

Nodes are numbered level by level from the root (0), so that parents come before
children and the children of a node stand side by side. Information sets are numbered by
their first node, so that a player's earlier sets come before later ones. The actions of
an information set stand side by side too, and an action's number is its place in every
array of probabilities: one flat vector says how everybody behaves, chance included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backchannel.base.errors import ModelError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]
BoolArray = npt.NDArray[np.bool_]

CHANCE = -1
"""Who moves where nobody decides."""


@dataclass(frozen=True, eq=False)
class GameTree:
    """An extensive game with payoffs at its leaves.

    Parameters
    ----------
    title : what the game is called
    players : names, in the order of the payoff rows
    set_player : (n_sets,), who moves there, `CHANCE` for nobody
    set_names, action_names : labels of information sets and of actions
    first_action : (n_sets + 1,), the first action of every set
    chance : (n_actions,), probability of a chance action, 1 for those of players
    node_set : (n_nodes,), the information set of a node, -1 at a leaf
    first_child : (n_nodes + 1,), the first child of every node
    payoffs : (n_players, n_leaves), the leaves in the order of their nodes
    exact_chance, exact_payoffs : the same numbers as fractions, where a file gave them
    """

    title: str
    players: tuple[str, ...]
    set_player: IntArray
    set_names: tuple[str, ...]
    first_action: IntArray
    action_names: tuple[str, ...]
    chance: FloatArray
    node_set: IntArray
    first_child: IntArray
    payoffs: FloatArray
    exact_chance: tuple[Fraction, ...] | None = field(default=None, repr=False)
    exact_payoffs: tuple[tuple[Fraction, ...], ...] | None = field(
        default=None, repr=False
    )

    @property
    def n_players(self) -> int:
        """How many players decide; chance is none of them."""
        return len(self.players)

    @property
    def n_nodes(self) -> int:
        """How many nodes, leaves included."""
        return len(self.node_set)

    @property
    def n_sets(self) -> int:
        """How many information sets, those of chance included."""
        return len(self.set_player)

    @property
    def n_actions(self) -> int:
        """How many actions over all information sets, those of chance included."""
        return int(self.first_action[-1])

    @cached_property
    def leaves(self) -> IntArray:
        """(n_leaves,), the nodes at which the game ends."""
        return np.flatnonzero(self.node_set < 0).astype(np.int32)

    @cached_property
    def parent(self) -> IntArray:
        """(n_nodes,), the node above; -1 above the root."""
        counts = np.diff(self.first_child)
        above = np.repeat(np.arange(self.n_nodes, dtype=np.int32), counts)
        return np.concatenate([np.array([-1], dtype=np.int32), above])

    @cached_property
    def action_in(self) -> IntArray:
        """(n_nodes,), the action that leads to a node; -1 to the root."""
        if self.n_nodes == 1:
            return np.array([-1], dtype=np.int32)
        above = self.parent[1:]
        place = np.arange(1, self.n_nodes, dtype=np.int32) - self.first_child[above]
        into = self.first_action[self.node_set[above]] + place
        return np.concatenate([[-1], into]).astype(np.int32)

    @cached_property
    def levels(self) -> tuple[slice, ...]:
        """The nodes of every level, the root's first."""
        starts = [0, 1]
        while (following := int(self.first_child[starts[-1]])) > starts[-1]:
            starts.append(following)
        return tuple(slice(first, end) for first, end in pairwise(starts))

    @cached_property
    def set_of_action(self) -> IntArray:
        """(n_actions,), the information set of every action."""
        sets = np.arange(self.n_sets, dtype=np.int32)
        return np.repeat(sets, np.diff(self.first_action))

    @cached_property
    def player_of_action(self) -> IntArray:
        """(n_actions,), who takes an action, `CHANCE` for nobody."""
        return self.set_player[self.set_of_action]

    @cached_property
    def is_perfect_information(self) -> bool:
        """Whether everybody knows all that happened: one node in every set."""
        inner = self.node_set[self.node_set >= 0]
        decided = inner[self.set_player[inner] != CHANCE]
        return len(np.unique(decided)) == len(decided)

    def actions(self, information_set: int) -> slice:
        """The places of a set's actions in an array of probabilities."""
        first = self.first_action
        return slice(int(first[information_set]), int(first[information_set + 1]))

    def sets_of(self, player: int) -> IntArray:
        """Information sets of one player, earlier ones first."""
        return np.flatnonzero(self.set_player == player).astype(np.int32)

    def uniform(self) -> FloatArray:
        """(n_actions,), every player takes every action equally often."""
        share = 1.0 / np.diff(self.first_action)[self.set_of_action]
        return np.where(self.player_of_action == CHANCE, self.chance, share)

    def label(self, action: int) -> str:
        """Name an action with its information set, for messages."""
        return f"{self.set_names[self.set_of_action[action]]}: " + str(
            self.action_names[action]
        )


def last_own_action(tree: GameTree, player: int) -> IntArray:
    """Find which action of its own a player took last on the way to every node.

    Parameters
    ----------
    tree : any game
    player : whose actions; `CHANCE` is allowed

    Returns
    -------
    (n_nodes,) : an action's number, -1 where the player has not moved
    """
    into = tree.action_in
    is_own = np.zeros(tree.n_nodes, dtype=np.bool_)
    is_own[1:] = tree.player_of_action[into[1:]] == player
    last = np.full(tree.n_nodes, -1, dtype=np.int32)
    for here in tree.levels[1:]:
        last[here] = np.where(is_own[here], into[here], last[tree.parent[here]])
    return last


def require_perfect_recall(tree: GameTree, method: str) -> None:
    """Refuse a game in which a player forgets what it did.

    Parameters
    ----------
    tree : any game
    method : who needs recall, for the message

    Raises
    ------
    ModelError : two nodes of one information set follow different own actions.
    """
    for player in range(tree.n_players):
        last = last_own_action(tree, player)
        nodes = np.flatnonzero(tree.node_set >= 0)
        nodes = nodes[tree.set_player[tree.node_set[nodes]] == player]
        sets = tree.node_set[nodes]
        known = np.full(tree.n_sets, -2, dtype=np.int32)
        known[sets[::-1]] = last[nodes[::-1]]
        forgotten = np.flatnonzero(known[sets] != last[nodes])
        if len(forgotten):
            node, held = nodes[forgotten[0]], known[sets[forgotten[0]]]
            after = [
                f"'{tree.label(a)}'" if a >= 0 else "no move of its own"
                for a in (held, last[node])
            ]
            raise ModelError(
                f"{tree.title or 'game'}: player '{tree.players[player]}' forgets at "
                f"information set '{tree.set_names[tree.node_set[node]]}', which can "
                f"be reached after {after[0]} and after {after[1]}; {method} needs "
                "perfect recall. Split the set, so that a player knows what it did"
            )
