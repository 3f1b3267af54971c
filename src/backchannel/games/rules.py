"""Unfold a game from its rules, a whole level at a time.

The rules see many positions at once, as rows of whole numbers, so that a game of a
million nodes is built in a handful of array operations per level.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from backchannel.base.errors import ModelError
from backchannel.games.build import require_lottery
from backchannel.games.tree import CHANCE, FloatArray, GameTree, IntArray

Positions = npt.NDArray[np.int64]
END = -2
"""Who moves where the game is over."""


class AbstractRules(ABC):
    """What can happen in a game, for many positions (n, n_fields) at once."""

    title: str
    players: tuple[str, ...]

    @abstractmethod
    def start(self) -> Positions:
        """(1, n_fields), where the game begins."""

    @abstractmethod
    def movers(self, positions: Positions) -> IntArray:
        """(n,), who moves: a player, `CHANCE` or `END`."""

    @abstractmethod
    def n_choices(self, positions: Positions) -> IntArray:
        """(n,), how many actions there are; not asked where the game is over."""

    @abstractmethod
    def sights(self, positions: Positions) -> Positions:
        """(n, n_columns), what the mover knows: equal rows are one information set."""

    @abstractmethod
    def after(self, positions: Positions, choices: Positions) -> Positions:
        """(n, n_fields), the positions after one choice each."""

    @abstractmethod
    def chances(self, positions: Positions, choices: Positions) -> FloatArray:
        """(n,), probability of one choice each, where chance moves."""

    @abstractmethod
    def payoffs(self, positions: Positions) -> FloatArray:
        """(n_players, n), what everybody gets where the game is over."""

    def action_name(self, sight: Positions, choice: int) -> str:
        """Name a choice; its number unless the rules know better."""
        return f"{choice}" if len(sight) else "-"


def unfold(rules: AbstractRules, *, max_nodes: int = 20_000_000) -> GameTree:
    """Build the tree of a game from its rules.

    Parameters
    ----------
    rules : of the game
    max_nodes : refuse to grow further

    Returns
    -------
    GameTree : information sets named by what their player knows

    Raises
    ------
    ModelError : more nodes than allowed, or chances that do not sum to 1.
    """
    positions = rules.start()
    node_sets, counts, lotteries, leaf_rows = [], [], [], []
    sets = _SetList()
    n_nodes = 0
    while len(positions):
        n_nodes += len(positions)
        if n_nodes > max_nodes:
            raise ModelError(
                f"{rules.title}: more than {max_nodes} nodes; shorten the game or "
                "raise max_nodes"
            )
        movers = rules.movers(positions)
        is_open = movers != END
        going = positions[is_open]
        node_set = np.full(len(positions), -1, dtype=np.int32)
        count = np.zeros(len(positions), dtype=np.int32)
        count[is_open] = rules.n_choices(going)
        sights = rules.sights(going)
        node_set[is_open] = sets.number(movers[is_open], sights, count[is_open])
        node_sets.append(node_set)
        counts.append(count)
        leaf_rows.append(rules.payoffs(positions[~is_open]))
        above = np.repeat(positions[is_open], count[is_open], axis=0)
        ends = np.cumsum(count[is_open])
        choices = np.arange(len(above), dtype=np.int64) - np.repeat(
            ends - count[is_open], count[is_open]
        )
        lotteries.append(
            _lottery(rules, above, choices, np.repeat(movers[is_open], count[is_open]))
        )
        positions = rules.after(above, choices)
    return _assemble(rules, sets, node_sets, counts, lotteries, leaf_rows)


class _SetList:
    """Numbers information sets in the order in which they are met."""

    def __init__(self) -> None:
        self.known: dict[bytes, int] = {}
        self.players: list[int] = []
        self.n_actions: list[int] = []
        self.sights: list[Positions] = []

    def number(self, movers: IntArray, sights: Positions, counts: IntArray) -> IntArray:
        """(n,), the set of every row, new ones added."""
        if not len(movers):
            return np.empty(0, dtype=np.int32)
        keys = np.column_stack([movers.astype(np.int64), sights])
        keys = np.ascontiguousarray(keys)
        packed = keys.view(np.dtype((np.void, keys.dtype.itemsize * keys.shape[1])))
        _, first, inverse = np.unique(
            packed.ravel(), return_index=True, return_inverse=True
        )
        number = np.empty(len(first), dtype=np.int32)
        for group in np.argsort(first, kind="stable").tolist():
            row = int(first[group])
            key = keys[row].tobytes()
            if key not in self.known:
                self.known[key] = len(self.players)
                self.players.append(int(movers[row]))
                self.n_actions.append(int(counts[row]))
                self.sights.append(sights[row])
            number[group] = self.known[key]
        return number[inverse]


def _lottery(
    rules: AbstractRules, above: Positions, choices: Positions, movers: IntArray
) -> FloatArray:
    found = np.ones(len(above))
    by_chance = movers == CHANCE
    found[by_chance] = rules.chances(above[by_chance], choices[by_chance])
    return found


def _assemble(
    rules: AbstractRules,
    sets: _SetList,
    node_sets: list[IntArray],
    counts: list[IntArray],
    lotteries: list[FloatArray],
    leaf_rows: list[FloatArray],
) -> GameTree:
    node_set, count = np.concatenate(node_sets), np.concatenate(counts)
    first_action = np.cumsum([0, *sets.n_actions]).astype(np.int32)
    first_child = np.concatenate([[1], 1 + np.cumsum(count)]).astype(np.int32)
    chance = np.ones(first_action[-1])
    edges = np.concatenate(lotteries)
    inner = np.flatnonzero(node_set >= 0)
    starts = np.repeat(first_action[node_set[inner]], count[inner])
    place = np.arange(len(edges)) - np.repeat(first_child[inner] - 1, count[inner])
    chance[starts + place] = edges
    players = np.array(sets.players, dtype=np.int32)
    for s in np.flatnonzero(players == CHANCE).tolist():
        lottery = chance[first_action[s] : first_action[s + 1]]
        require_lottery(lottery.tolist(), len(lottery), f"{rules.title}: chance")
    return GameTree(
        title=rules.title,
        players=rules.players,
        set_player=players,
        set_names=tuple(_name(s, p) for s, p in zip(sets.sights, players, strict=True)),
        first_action=first_action,
        action_names=tuple(
            rules.action_name(sight, choice)
            for sight, n in zip(sets.sights, sets.n_actions, strict=True)
            for choice in range(n)
        ),
        chance=chance,
        node_set=node_set,
        first_child=first_child,
        payoffs=np.concatenate(leaf_rows, axis=1),
    )


def _name(sight: Positions, player: int) -> str:
    seen = " ".join(str(value) for value in sight.tolist())
    return f"chance {seen}" if player == CHANCE else seen
