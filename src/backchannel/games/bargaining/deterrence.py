"""L3, deterrence between two sides that are each hard or soft.

Source: Zagare and Kilgour (2000), Perfect Deterrence, Cambridge University Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray

Kind = Literal["certain_deterrence", "separating", "attack", "bluff"]
_SLACK = 1e-12


@dataclass(frozen=True)
class DeterrenceGame:
    """Payoffs and chances of being hard, the challenger's first.

    `conflict` is as the hard challenger and the soft defender see it.
    """

    prob_hard: tuple[float, float]
    status_quo: tuple[float, float]
    defender_yields: tuple[float, float]
    challenger_retreats: tuple[float, float]
    conflict: tuple[float, float]
    conflict_hard: float

    def limits(self) -> tuple[float, float, float]:
        """Chances at which each type changes its mind.

        Returns
        -------
        chance of resistance up to which a hard, and a soft, challenger defies; chance
        of a hard challenger from which a soft defender gives in

        Raises
        ------
        ModelError : the payoffs are not in the order of the game.
        """
        yields, quo = self.defender_yields[0], self.status_quo[0]
        retreat, conflict = self.challenger_retreats[0], self.conflict[0]
        own, other = self.challenger_retreats[1], self.defender_yields[1]
        if not yields > quo > conflict > retreat or not own > other > self.conflict[1]:
            raise ModelError(
                "behaviour.game: a challenger must rank yielding of the other above "
                "the status quo, that above conflict if hard, that above retreat; a "
                "soft defender ranks retreat of the other above yielding above conflict"
            )
        return (
            (yields - quo) / (yields - conflict),
            (yields - quo) / (yields - retreat),
            (own - other) / (own - self.conflict[1]),
        )


@dataclass(frozen=True)
class DeterrencePlay:
    """One perfect Bayesian equilibrium.

    Chances that a hard and a soft challenger defies and that a soft defender resists;
    `belief_hard` is the range of beliefs about a defier that supports it.
    """

    kind: Kind
    hard_defies: float
    soft_defies: float
    soft_resists: float
    belief_hard: tuple[float, float]


def every_deterrence_play(game: DeterrenceGame) -> tuple[DeterrencePlay, ...]:
    """All perfect Bayesian equilibria up to the off-path mixtures of the defender.

    The first is the one whose belief about an unexpected defier is that it is hard:
    a hard challenger gains from defying wherever a soft one does (criterion D1 of
    Banks and Sobel 1987, Econometrica 55, 647-661).
    """
    hard_limit, soft_limit, give_in = game.limits()
    prob_c, prob_d = game.prob_hard
    found = []
    if prob_d >= hard_limit - _SLACK:
        found.append(
            DeterrencePlay("certain_deterrence", 0.0, 0.0, 0.0, (give_in, 1.0))
        )
    elif prob_d >= soft_limit - _SLACK:
        found.append(DeterrencePlay("separating", 1.0, 0.0, 0.0, (1.0, 1.0)))
    elif prob_c >= give_in - _SLACK:
        found.append(DeterrencePlay("attack", 1.0, 1.0, 0.0, (prob_c, prob_c)))
    else:
        soft = prob_c * (1.0 - give_in) / (give_in * (1.0 - prob_c))
        resists = (soft_limit - prob_d) / (1.0 - prob_d)
        belief = (give_in, give_in)
        found.append(DeterrencePlay("bluff", 1.0, soft, resists, belief))
    # Whatever the types, nobody defies if every defier is thought soft.
    found.append(DeterrencePlay("certain_deterrence", 0.0, 0.0, 1.0, (0.0, give_in)))
    return tuple(found)


def play_regret(game: DeterrenceGame, play: DeterrencePlay) -> float:
    """Largest gain of any type from another move, beliefs by Bayes on the path."""
    prob_c, prob_d = game.prob_hard
    z = prob_d + (1.0 - prob_d) * play.soft_resists
    yields, quo = game.defender_yields[0], game.status_quo[0]
    worst = 0.0
    for chance, fights in (
        (play.hard_defies, game.conflict[0]),
        (play.soft_defies, game.challenger_retreats[0]),
    ):
        defy = (1.0 - z) * yields + z * fights
        worst = max(worst, max(defy, quo) - chance * defy - (1.0 - chance) * quo)
    defied = prob_c * play.hard_defies + (1.0 - prob_c) * play.soft_defies
    belief = prob_c * play.hard_defies / defied if defied else play.belief_hard[0]
    resist = belief * game.conflict[1] + (1.0 - belief) * game.challenger_retreats[1]
    give = game.defender_yields[1]
    mixed = play.soft_resists * resist + (1.0 - play.soft_resists) * give
    return max(worst, max(resist, give) - mixed)


def normal_form(game: DeterrenceGame) -> tuple[FloatArray, FloatArray]:
    """Expected payoffs (4, 2): plans of both challengers, soft defender's move."""
    prob_c, prob_d = game.prob_hard
    first, second = np.zeros((4, 2)), np.zeros((4, 2))
    for row, plan in enumerate(((1, 1), (1, 0), (0, 1), (0, 0))):
        for column, soft_resists in enumerate((0.0, 1.0)):
            for is_hard, defies in zip((True, False), plan, strict=True):
                weight = prob_c if is_hard else 1.0 - prob_c
                for hard_defender in (True, False):
                    share = weight * (prob_d if hard_defender else 1.0 - prob_d)
                    resists = 1.0 if hard_defender else soft_resists
                    a, b = _outcome(game, bool(defies), resists, is_hard, hard_defender)
                    first[row, column] += share * a
                    second[row, column] += share * b
    return first, second


def _outcome(
    game: DeterrenceGame, defies: bool, resists: float, hard: bool, hard_defender: bool
) -> tuple[float, float]:
    if not defies:
        return game.status_quo
    if not resists:
        return game.defender_yields
    if not hard:
        return game.challenger_retreats
    own = game.conflict_hard if hard_defender else game.conflict[1]
    return game.conflict[0], own


def count_extreme_equilibria(first: FloatArray, second: FloatArray) -> int:
    """Count the extreme Nash equilibria of a small bimatrix game.

    Every vertex of each side's best-reply polytope is tried; a pair is an equilibrium
    if every action is unplayed or a best reply (Mangasarian 1964, SIAM Journal 12,
    778-780). Exponential in the number of actions: meant for a handful.
    """
    rows = _vertices(second.T)
    columns = _vertices(first)
    return sum(_is_complementary(x, y, first, second) for x in rows for y in columns)


def _is_complementary(
    x: FloatArray, y: FloatArray, first: FloatArray, second: FloatArray
) -> bool:
    mine, theirs = first @ y, x @ second
    return bool(mine.max() - x @ mine < 1e-9 and theirs.max() - theirs @ y < 1e-9)


def _vertices(payoff: FloatArray) -> list[FloatArray]:
    """Mixed strategies of the column side at vertices of {z >= 0, payoff z <= v}."""
    n_rows, n_columns = payoff.shape
    conditions = np.vstack(
        [
            np.hstack([payoff, -np.ones((n_rows, 1))]),
            np.hstack([-np.eye(n_columns), np.zeros((n_columns, 1))]),
        ]
    )
    total = np.append(np.ones(n_columns), 0.0)
    found: list[FloatArray] = []
    for tight in combinations(range(n_rows + n_columns), n_columns):
        system = np.vstack([conditions[list(tight)], total])
        if abs(np.linalg.det(system)) < 1e-12:
            continue
        point = np.linalg.solve(system, np.append(np.zeros(n_columns), 1.0))
        is_inside = (conditions @ point <= 1e-9).all()
        if is_inside and not any(np.allclose(point[:-1], z, atol=1e-9) for z in found):
            found.append(point[:-1])
    return found
