"""Every equilibrium of a small tree, and which of them are credible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backchannel.games.beliefs import fill_unplanned
from backchannel.games.bimatrix import exact_pair, extreme_equilibria
from backchannel.games.exact_enumeration import (
    extreme_equilibria_exactly,
    is_told_apart,
)
from backchannel.games.methods import AllEquilibria
from backchannel.games.reduced import ReducedForm, reduced_form
from backchannel.games.sequence_form import PARENT, probabilities_of
from backchannel.games.strategic import StrategicForm
from backchannel.games.support_equations import polynomial_equilibria
from backchannel.games.tree import CHANCE, BoolArray, FloatArray, GameTree
from backchannel.games.watch import Watch

Sides = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Enumerated:
    """Every profile found, each once; `is_exact` where fractions prove it.

    `is_complete` is False where a continuum or a limit leaves some out. `n_in_table`
    counts mixed strategies, of which several may mean the same behaviour.
    """

    profiles: tuple[FloatArray, ...]
    is_exact: tuple[bool, ...]
    is_complete: bool
    n_steps: int
    n_in_table: int


def enumerate_equilibria(
    tree: GameTree, method: AllEquilibria, *, watch: Watch | None = None
) -> Enumerated:
    """List the equilibria of a game of any number of players.

    Parameters
    ----------
    tree : with perfect recall and few strategies
    method : limits
    watch : how long, and whom to tell

    Returns
    -------
    Enumerated : in behaviour; where a player's own plan never leads, the best choice

    Raises
    ------
    ModelError : a player forgets what it did, or the game is too large.
    """
    watch = watch or Watch()
    reduced = reduced_form(tree, max_profiles=method.max_profiles)
    watch.tell(f"strategies: {' x '.join(str(len(p)) for p in reduced.plans)}")
    if tree.n_players == 2:
        mixed, is_exact, is_complete = _of_two(reduced.game)
        n_steps = len(mixed)
    else:
        found = polynomial_equilibria(reduced.game, method.max_supports, watch)
        mixed, n_steps = list(found.profiles), found.n_supports
        is_exact, is_complete = [False] * len(mixed), found.is_complete
    profiles: dict[object, tuple[FloatArray, bool]] = {}
    for sides, exact in zip(mixed, is_exact, strict=True):
        plans = _plans(reduced, sides)
        key = _key(plans, is_exact=exact)
        if key not in profiles:
            profiles[key] = (_behaviour(reduced, plans), exact)
    return Enumerated(
        tuple(profile for profile, _ in profiles.values()),
        tuple(exact for _, exact in profiles.values()),
        is_complete,
        n_steps,
        len(mixed),
    )


def _of_two(game: StrategicForm) -> tuple[list[Sides], list[bool], bool]:
    """Pairs of mixed strategies, which are proved in fractions, and whether all."""
    pairs = extreme_equilibria(game)
    proved = [exact_pair(game, pair) for pair in pairs]
    is_sure = is_told_apart(game)
    is_all = game.exact_payoffs is None or (is_sure and None not in proved)
    if not is_all:
        whole = extreme_equilibria_exactly(game)
        if whole is not None:
            return list(whole), [True] * len(whole), True
    mixed: list[Sides] = [
        pair if exact is None else exact
        for pair, exact in zip(pairs, proved, strict=True)
    ]
    return mixed, [exact is not None for exact in proved], is_all


def _plans(reduced: ReducedForm, sides: Sides) -> tuple[npt.NDArray[Any], ...]:
    """Weights of each player's sequences, in fractions where the sides are."""
    return tuple(
        np.array(
            [
                sum(w for w, is_in in zip(side, column, strict=True) if is_in)
                for column in (table > 0).T.tolist()
            ]
        )
        for side, table in zip(sides, reduced.plans, strict=True)
    )


def _key(plans: tuple[npt.NDArray[Any], ...], *, is_exact: bool) -> object:
    """What two mixed strategies share that mean the same behaviour."""
    joined = np.concatenate(plans)
    return tuple(joined) if is_exact else np.round(joined.astype(float), 9).tobytes()


def _behaviour(
    reduced: ReducedForm, exact_plans: tuple[npt.NDArray[Any], ...]
) -> FloatArray:
    """Turn weights of sequences into probabilities of actions."""
    plans = tuple(plan.astype(np.float64) for plan in exact_plans)
    joined = probabilities_of(reduced.tree, reduced.form, plans)
    return fill_unplanned(reduced.tree, joined, _planned(reduced, plans))


def _planned(reduced: ReducedForm, plans: tuple[FloatArray, ...]) -> BoolArray:
    """(n_sets,), whether the own plan of a set's player leads there."""
    tree = reduced.tree
    planned = tree.set_player == CHANCE
    for player, plan in enumerate(plans):
        parents = reduced.form.sets[player][:, PARENT]
        planned[tree.sets_of(player)] = plan[parents] > 0
    return np.asarray(planned)
