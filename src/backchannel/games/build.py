"""Write a small game down in Python, move by move, and turn it into arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.games.tree import CHANCE, GameTree

Number = int | float | Fraction
_ROUNDING = 1e-9  # how far the chances of a lottery may be from 1


@dataclass(frozen=True)
class End:
    """Where the game ends, with a payoff for each player."""

    payoffs: tuple[Number, ...]


@dataclass(frozen=True)
class Move:
    """Where a player, or chance, chooses.

    Parameters
    ----------
    player : index of the player, `CHANCE` for nobody
    information_set : moves of one player with the same name cannot be told apart
    actions : names of the choices
    after : what follows each choice
    chances : probability of each choice, for chance only
    place : where a file says so, for messages
    """

    player: int
    information_set: str
    actions: tuple[str, ...]
    after: tuple[Move | End, ...]
    chances: tuple[Number, ...] = ()
    place: str = ""


def build_tree(title: str, players: Sequence[str], root: Move | End) -> GameTree:
    """Turn moves into the flat arrays that every solver reads.

    Parameters
    ----------
    title : what the game is called
    players : names, in the order of the payoffs
    root : the first move

    Returns
    -------
    GameTree : with the numbers as fractions too, where all of them are rational

    Raises
    ------
    ModelError : a payoff or a chance is no number, the chances of a lottery do not sum
        to 1, or moves of one information set offer different actions.

    >>> from backchannel.games.build import End, Move, build_tree
    >>> answer = Move(1, "answer", ("yes", "no"), (End((1, 1)), End((0, 0))))
    >>> tree = build_tree("offer", ["a", "b"], Move(0, "ask", ("go",), (answer,)))
    >>> tree.n_nodes, tree.n_players
    (4, 2)
    """
    order: list[Move | End] = [root]
    for node in order:
        if isinstance(node, Move):
            order.extend(node.after)
    # Lotteries with one name and other chances are different sets.
    sets: dict[tuple[int, str, tuple[Number, ...]], int] = {}
    firsts: list[Move] = []
    node_set = np.full(len(order), -1, dtype=np.int32)
    for i, node in enumerate(order):
        if isinstance(node, Move):
            key = (node.player, node.information_set, node.chances)
            if key not in sets:
                sets[key] = len(firsts)
                firsts.append(_checked(node, len(players)))
            node_set[i] = sets[key]
            _require_same(firsts[sets[key]], node)
    ends = [_checked_end(n, len(players)) for n in order if isinstance(n, End)]
    n_children = [len(n.after) if isinstance(n, Move) else 0 for n in order]
    chances = [
        c
        for move in firsts
        for c in (move.chances if move.player == CHANCE else [1] * len(move.actions))
    ]
    n_actions = [len(move.actions) for move in firsts]
    rows = list(zip(*ends, strict=True)) if ends else [()] * len(players)
    return GameTree(
        title=title,
        players=tuple(players),
        set_player=np.array([move.player for move in firsts], dtype=np.int32),
        set_names=tuple(move.information_set for move in firsts),
        first_action=np.cumsum([0, *n_actions]).astype(np.int32),
        action_names=tuple(name for move in firsts for name in move.actions),
        chance=np.array([float(c) for c in chances]),
        node_set=node_set,
        first_child=np.cumsum([1, *n_children]).astype(np.int32),
        payoffs=np.array([[float(v) for v in row] for row in rows]),
        exact_chance=_exact(chances),
        exact_payoffs=_exact_rows(rows),
    )


def _exact(numbers: Sequence[Number]) -> tuple[Fraction, ...] | None:
    if any(isinstance(n, float) for n in numbers):
        return None
    return tuple(Fraction(n) for n in numbers)


def _exact_rows(
    rows: Sequence[Sequence[Number]],
) -> tuple[tuple[Fraction, ...], ...] | None:
    exact = tuple(_exact(row) for row in rows)
    return None if None in exact else tuple(row for row in exact if row is not None)


def _place(node: Move) -> str:
    return node.place or f"information set '{node.information_set}'"


def _checked(node: Move, n_players: int) -> Move:
    if not CHANCE <= node.player < n_players:
        raise ModelError(
            f"{_place(node)}: player is {node.player}; the game has {n_players}, "
            f"numbered from 0, and {CHANCE} stands for chance"
        )
    if not node.actions or len(node.after) != len(node.actions):
        raise ModelError(
            f"{_place(node)}: {len(node.actions)} actions and {len(node.after)} "
            "branches; every action needs one branch, and a move at least one action"
        )
    if node.player == CHANCE:
        require_lottery(node.chances, len(node.actions), _place(node))
    return node


def _require_same(first: Move, node: Move) -> None:
    if len(node.actions) != len(first.actions) or len(node.after) != len(node.actions):
        raise ModelError(
            f"{_place(node)}: {len(node.after)} branches where its information set "
            f"offers {len(first.actions)}; moves that cannot be told apart offer the "
            "same actions"
        )


def _checked_end(node: End, n_players: int) -> tuple[Number, ...]:
    if len(node.payoffs) != n_players:
        raise ModelError(
            f"an end has {len(node.payoffs)} payoffs; the game has {n_players} players"
        )
    for value in node.payoffs:
        if not math.isfinite(value):
            raise ModelError(f"a payoff is {value}; it must be a finite number")
    return node.payoffs


def require_lottery(chances: Sequence[Number], n_actions: int, place: str) -> None:
    """Refuse chances that are no distribution.

    Parameters
    ----------
    chances : probability of each branch
    n_actions : how many branches there are
    place : where, for the message

    Raises
    ------
    ModelError : a chance is missing, negative or no number, or they do not sum to 1.
    """
    if len(chances) != n_actions:
        raise ModelError(f"{place}: {len(chances)} chances for {n_actions} branches")
    for value in chances:
        if not (math.isfinite(value) and value >= 0):
            raise ModelError(
                f"{place}: a chance is {value}; it must be a number from 0 to 1"
            )
    total = float(sum(chances))
    if abs(total - 1) > _ROUNDING:
        raise ModelError(
            f"{place}: the chances sum to {total:.10g}; they must sum to 1"
        )
