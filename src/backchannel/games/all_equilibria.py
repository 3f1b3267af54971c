"""Every equilibrium of a small tree, and which of them are credible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.games.beliefs import fill_unplanned
from backchannel.games.bimatrix import exact_pair, extreme_equilibria
from backchannel.games.methods import AllEquilibria
from backchannel.games.reduced import ReducedForm, reduced_form
from backchannel.games.sequence_form import PARENT, probabilities_of
from backchannel.games.support_equations import polynomial_equilibria
from backchannel.games.tree import CHANCE, BoolArray, FloatArray, GameTree
from backchannel.games.watch import Watch


@dataclass(frozen=True, eq=False)
class Enumerated:
    """Every profile found; `is_exact` where fractions prove it.

    `is_complete` is False where a continuum or a limit leaves some out.
    """

    profiles: tuple[FloatArray, ...]
    is_exact: tuple[bool, ...]
    is_complete: bool
    n_steps: int


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
    is_exact: list[bool] = []
    if tree.n_players == 2:
        pairs = extreme_equilibria(reduced.game)
        mixed = []
        for pair in pairs:
            exact = exact_pair(reduced.game, pair)
            is_exact.append(exact is not None)
            sides = pair if exact is None else exact
            mixed.append(tuple(np.array(side, dtype=np.float64) for side in sides))
        is_complete, n_steps = True, len(pairs)
    else:
        found = polynomial_equilibria(reduced.game, method.max_supports, watch)
        mixed, is_complete, n_steps = (
            found.profiles,
            found.is_complete,
            found.n_supports,
        )
        is_exact = [False] * len(mixed)
    profiles = tuple(_behaviour(reduced, sides) for sides in mixed)
    return Enumerated(profiles, tuple(is_exact), is_complete, n_steps)


def _behaviour(reduced: ReducedForm, mixed: tuple[FloatArray, ...]) -> FloatArray:
    """Turn probabilities of strategies into those of actions."""
    plans = tuple(
        weights @ table for weights, table in zip(mixed, reduced.plans, strict=True)
    )
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
