"""A game in strategic form: everybody chooses one strategy, once."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from backchannel.base.errors import ModelError
from backchannel.games.build import End, Move, build_tree
from backchannel.games.tree import FloatArray, GameTree


@dataclass(frozen=True, eq=False)
class StrategicForm:
    """A table of payoffs.

    Parameters
    ----------
    title : what the game is called
    players : names
    strategies : per player, their names
    payoffs : (n_players, *n_strategies), the player axis first
    exact_payoffs : (n_players, *n_strategies), the same as fractions, where known
    """

    title: str
    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    payoffs: FloatArray
    exact_payoffs: npt.NDArray[Any] | None = field(default=None, repr=False)

    @property
    def n_players(self) -> int:
        """How many players choose."""
        return len(self.players)

    def __post_init__(self) -> None:
        wanted = (len(self.players), *map(len, self.strategies))
        if self.payoffs.shape != wanted:
            raise ModelError(
                f"payoffs: must have shape (n_players, *n_strategies) = {wanted}, but "
                f"has {self.payoffs.shape}; the player axis comes first"
            )
        if not np.isfinite(self.payoffs).all():
            raise ModelError("payoffs: one is not a finite number; every one must be")


def tree_of(game: StrategicForm) -> GameTree:
    """Write a table as a tree: one player after the other, nobody seeing anything.

    Parameters
    ----------
    game : a table of any size that a tree can hold

    Returns
    -------
    GameTree : one information set for each player, its actions the strategies
    """
    exact = game.exact_payoffs
    held = game.payoffs if exact is None else exact
    below: dict[tuple[int, ...], Move | End] = {}
    for profile in product(*(range(len(names)) for names in game.strategies)):
        values = tuple(held[(p, *profile)] for p in range(game.n_players))
        below[profile] = End(
            values if exact is not None else tuple(float(v) for v in values)
        )
    for player in reversed(range(game.n_players)):
        names = game.strategies[player]
        above = product(*(range(len(n)) for n in game.strategies[:player]))
        below = {
            profile: Move(
                player,
                "strategy",
                names,
                tuple(below[*profile, i] for i in range(len(names))),
            )
            for profile in above
        }
    return build_tree(game.title, game.players, below[()])
