"""Rounds of offers over packages: the level follows from types and size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.formula import Formula
from backchannel.base.laws import FloatArray
from backchannel.crisis.behaviour import ByParty, Rounds
from backchannel.games.bargaining.play_rounds import RoundsPlay, play_rounds
from backchannel.games.bargaining.rounds import RoundsGame
from backchannel.games.bargaining.scope import Scope
from backchannel.games.bargaining.solution import Solution
from backchannel.games.bargaining.solve_small import hazard_path


def solve_rounds(game: Rounds, scope: Scope) -> Solution:
    """Solve rounds of offers: L0 without private types, else L3 or L4 by size.

    Parameters
    ----------
    game : of a file
    scope : its numbers

    Returns
    -------
    Solution

    Raises
    ------
    ModelError : a number is out of its range, or the tree too large.
    """
    numbers = read_rounds(game, scope)
    play = play_rounds(numbers, watch=scope.watch, resume=scope.resume)
    return Solution(
        level=play.level,
        protocol=game.protocol,
        values=_values(numbers, play),
        status=play.status,
        method=play.method,
        certificate=play.certificate,
        n_equilibria=play.n_equilibria,
        selection=play.selection,
        prob_war_range=play.prob_war_range,
        state=play.answer.state if play.level == "L4" else None,
    )


def _values(game: RoundsGame, play: RoundsPlay) -> dict[str, Any]:
    first, second = game.players
    named = [*game.packages, "wait"]
    return {
        "prob_war": play.prob_war,
        "prob_war_by_gap": list(play.prob_war_by_gap),
        "prob_taken": play.prob_taken,
        "payoff": {first: play.payoffs[0], second: play.payoffs[1]},
        "opening": [
            dict(zip(named, row.tolist(), strict=True)) for row in play.opening
        ],
        "nash_gap": play.nash_gap,
        "off_path_regret": play.regret,
        "hazard": game.hazard.tolist(),
        "prob_war_mediated": play.mediated.prob_war,
        "mediated": dict(
            zip(game.packages, play.mediated.shares.tolist(), strict=True)
        ),
        "made_by_the_procedure": max(play.prob_war - play.mediated.prob_war, 0.0),
    }


def read_rounds(game: Rounds, scope: Scope) -> RoundsGame:
    """Work out the numbers of rounds of offers.

    Parameters
    ----------
    game : of a file
    scope : its parameters

    Returns
    -------
    RoundsGame

    Raises
    ------
    ModelError : a number is out of its range; the message names its place.
    """
    if not game.packages:
        raise ModelError("behaviour.game.packages: is empty; name at least one package")
    n_rounds = scope.count("rounds", game.rounds) or 1
    types = tuple(_list(game.types, "types", p, scope) for p in scope.parties[:2])
    priors = [
        _prior(game, party, len(own), scope)
        for party, own in zip(scope.parties[:2], types, strict=True)
    ]
    war = _worths("war", game.war, types, scope)
    no_deal = _worths("no_deal", game.no_deal, types, scope) if game.no_deal else war
    columns = [
        _worths(f"packages.{name}", worth, types, scope)
        for name, worth in game.packages.items()
    ]
    begins = 1 if game.proposer == "second" else 0
    turns = 1 if game.proposer == "alternating" else 0
    return RoundsGame(
        title="behaviour.game",
        players=scope.parties[:2],
        packages=tuple(game.packages),
        worth=(
            np.column_stack([pair[0] for pair in columns]),
            np.column_stack([pair[1] for pair in columns]),
        ),
        war=war,
        no_deal=no_deal,
        prob_types=np.outer(*priors),
        settled=np.array([_settled(game, name, scope) for name in game.packages]),
        hazard=_hazards(game, n_rounds, scope),
        prob_war_at_end=scope.chance("prob_war_at_end", game.prob_war_at_end),
        offering=tuple((begins + turns * k) % 2 for k in range(n_rounds)),
    )


def _hazards(game: Rounds, n_rounds: int, scope: Scope) -> FloatArray:
    if game.incidents is not None:
        return hazard_path(game.incidents, n_rounds, scope)
    return np.array(
        [scope.chance("hazard", game.hazard, round=k) for k in range(n_rounds)]
    )


def _settled(game: Rounds, name: str, scope: Scope) -> float:
    if name not in game.settled:
        return 1.0
    return scope.chance(f"settled.{name}", game.settled[name])


def _list(
    formulas: dict[str, Formula], place: str, party: str, scope: Scope
) -> FloatArray:
    if party not in formulas:
        return np.zeros(1)
    return scope.column(f"{place}.{party}", formulas[party])


def _prior(game: Rounds, party: str, n_types: int, scope: Scope) -> FloatArray:
    if party not in game.prob_type:
        return np.full(n_types, 1.0 / n_types)
    prior = scope.column(f"prob_type.{party}", game.prob_type[party])
    if len(prior) != n_types or (prior < 0).any() or not math.isclose(prior.sum(), 1.0):
        raise ModelError(
            f"behaviour.game.prob_type.{party}: is {prior.tolist()} for {n_types} "
            "types; give one chance each, which sum to 1"
        )
    return np.asarray(prior / prior.sum())


def _worths(
    place: str, worth: ByParty, types: tuple[FloatArray, ...], scope: Scope
) -> tuple[FloatArray, FloatArray]:
    """Worth by type, for both parties; 0 where a party is left out."""
    first, second = (
        np.array(
            [
                scope.number(f"{place}.{party}", worth[party], type=float(own))
                if party in worth
                else 0.0
                for own in types[side]
            ]
        )
        for side, party in enumerate(scope.parties[:2])
    )
    return first, second
