"""Offer games: L0 where everybody knows everything, L1 where a cost is private."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from backchannel.base.errors import ModelError
from backchannel.base.result import Certificate, Status
from backchannel.crisis.behaviour import Offers, Range
from backchannel.games.bargaining import offers, screening
from backchannel.games.bargaining.offer_terms import (
    OfferTerms,
    implied_rates,
    read_rates,
    read_terms,
)
from backchannel.games.bargaining.scope import Curve, Scope
from backchannel.games.bargaining.solution import Solution
from backchannel.games.bargaining.solve_small import hazard_path

# Share of the stake within which the proposer hardly minds: P(war) is told over it.
NEAR_OPTIMAL = 5e-4
_GRIDS = (screening.N_GRID, 2 * screening.N_GRID)


def solve_offers(game: Offers, scope: Scope) -> Solution:
    """Choose the level of an offer game from what is private, and solve it.

    Parameters
    ----------
    game : the offer game of a file
    scope : its numbers

    Returns
    -------
    Solution : level L1 where `private_cost` is given, else L0
    """
    if game.private_cost is not None:
        return _screen(game, game.private_cost, scope)
    return _bargain(game, scope)


def _bargain(game: Offers, scope: Scope) -> Solution:
    terms = read_terms(game, scope)
    rates = read_rates(game, scope)
    if rates is not None:
        if rates.fastest <= 0.0:
            raise ModelError(
                "behaviour.game.hazard_rate: neither a hazard nor impatience makes "
                "waiting costly; give one of them"
            )
        terms = replace(terms.with_rates(rates, 1.0 / rates.fastest), rounds=None)
    if game.incidents is not None and terms.rounds is None:
        raise ModelError(
            "behaviour.game.rounds: is null; a hazard from incidents changes from "
            "round to round and needs a number of rounds, such as 200"
        )
    if terms.rounds is None:
        hazard, path = None, offers.settle_without_end(terms)
    else:
        hazard = _hazard(game, terms.rounds, scope)
        path = offers.induce(terms, hazard)
    values = _values(terms, path, scope)
    values |= _limit_values(game, terms, rates, scope)
    is_fixed_point = terms.rounds is None
    gap = offers.offer_regret(terms, path, hazard)
    return Solution(
        level="L0",
        protocol=game.protocol,
        values=values,
        status=Status.CONVERGED if is_fixed_point else Status.EXACT,
        method=(
            "fixed point of two rounds of backward induction"
            if is_fixed_point
            else f"backward induction over {terms.rounds} rounds"
        ),
        certificate=Certificate(
            "largest gain from another offer", gap, 1e-9, "every share of a grid tried"
        ),
        selection="unique by backward induction",
        prob_war_range=(values["prob_war"], values["prob_war"]),
    )


def _hazard(game: Offers, n_rounds: int, scope: Scope) -> Curve:
    """Chance of war in each round, by formula or from incidents."""
    if game.incidents is None:
        return scope.curve("hazard", game.hazard, "round")
    path = hazard_path(game.incidents, n_rounds, scope)
    return lambda index: float(path[int(index)])


def _values(terms: OfferTerms, path: offers.OfferPath, scope: Scope) -> dict[str, Any]:
    first, second = scope.parties[:2]
    opening = path.opening
    values: dict[str, Any] = {
        "least_share": dict(zip((first, second), path.asks, strict=True)),
        "share": opening.share,
        "payoff": dict(zip((first, second), opening.values, strict=True)),
        "prob_ratified": opening.prob_passes,
        "prob_war": 0.0 if opening.is_taken else 1.0,
        "share_by_proposer": {
            party: None if one is None else one.share
            for party, one in zip((first, second), path.by, strict=True)
        },
        "is_bound_by_vote": any(
            one.is_bound_by_vote for one in path.by if one is not None
        ),
    }
    if terms.rounds is None:
        values["disagreement"] = dict(
            zip((first, second), terms.disagreement, strict=True)
        )
    return values


def _limit_values(
    game: Offers, terms: OfferTerms, rates: Any, scope: Scope
) -> dict[str, Any]:
    """What ever faster offers lead to, and a demand made in public."""
    if terms.rounds is not None or terms.proposer != "alternating":
        return {}
    rates = rates or implied_rates(terms)
    if rates is None:
        return {}
    share, error = offers.limit_share(terms, rates)
    values: dict[str, Any] = {"limit_share": share, "limit_error": error}
    slope = scope.value("public_demand", game.public_demand)
    if slope is not None:
        demand, share = offers.best_public_demand(terms, rates, float(slope))
        values |= {"public_demand": demand, "share_after_demand": share}
    return values


def _screen(game: Offers, cost: Range, scope: Scope) -> Solution:
    first, second = scope.parties[:2]
    own_war, base = _war_worths(game, scope)
    low = scope.number("private_cost.low", cost.low)
    high = scope.number("private_cost.high", cost.high)
    if low > high:
        raise ModelError(
            f"behaviour.game.private_cost: low {low:g} is above high {high:g}; give "
            "them in ascending order"
        )
    fallback = scope.value("fallback", game.fallback)
    kept = 0.0 if fallback is None else float(fallback)
    rounds = scope.count("rounds", game.rounds)
    if rounds is None:
        raise ModelError(
            "behaviour.game.rounds: is null; offers to a side with a private cost need "
            "a number of rounds, such as 40"
        )
    # A type's limit, as the proposer's gain over war if it takes exactly that.
    shift = 1.0 - base - own_war
    screen = screening.ScreeningGame(
        low + shift,
        high + shift,
        scope.chance("hazard", game.hazard, round=0),
        rounds,
        1.0 - kept - own_war if fallback is not None or _is_pie(game) else float("inf"),
    )
    return _screened(game, screen, own_war, (first, second))


def _is_pie(game: Offers) -> bool:
    """Whether demands are shares of a pie; a war worth of 0 to both measures gains."""
    return bool(game.war)


def _war_worths(game: Offers, scope: Scope) -> tuple[float, float]:
    """The proposer's worth of war, and the responder's before its cost."""
    if game.proposer != "first" or game.utility or game.ratification:
        raise ModelError(
            "behaviour.game: offers to a side with a private cost are made by the "
            "first party, in shares; set proposer: first, no utility, no ratification"
        )
    first, second = scope.parties[:2]
    own = scope.number("war", game.war[first]) if first in game.war else 0.0
    if second not in game.war:
        return own, 1.0
    place = f"war.{second}"
    at_zero = scope.number(place, game.war[second], cost=0.0)
    at_one = scope.number(place, game.war[second], cost=1.0)
    if abs(at_zero - at_one - 1.0) > 1e-9:
        raise ModelError(
            f"behaviour.game.{place}: '{game.war[second]}' must fall by 1 for each "
            "unit of cost; write for example 1 - p - cost"
        )
    return own, at_zero


def _screened(
    game: Offers,
    screen: screening.ScreeningGame,
    own_war: float,
    parties: tuple[str, str],
) -> Solution:
    by_grid = []
    for n_grid in _GRIDS:
        rules = screening.skim(screen, n_grid)
        path = screening.follow(screen, rules)
        by_grid.append(screening.weigh(screen, path).prob_war)
    worth = screening.weigh(screen, path)
    stake = max(screen.high, 1e-12)
    near = screening.near_optimal_range(screen, rules, NEAR_OPTIMAL * stake)
    gap = max(
        screening.proposer_regret(screen, rules),
        screening.responder_regret(screen, path),
    )
    mean_type = (screen.low + screen.high) / 2
    width = screen.high - screen.low
    refused = (path.belief[1] - screen.low) / width if width > 0 else worth.prob_war
    values = {
        "demand": own_war + float(path.demand[0]),
        "offer": 1.0 - own_war - float(path.demand[0]),
        "demand_gain": float(path.demand[0]),
        "demands": [own_war + float(d) for d in path.demand],
        "prob_refused": float(refused),
        "prob_war": worth.prob_war,
        "prob_war_by_grid": by_grid,
        "gain": worth.gain,
        "payoff": {
            parties[0]: own_war + worth.gain,
            parties[1]: 1.0 - own_war - mean_type + worth.mean_left,
        },
    }
    bound = 1e-9 if screen.is_exact else 1e-2
    return Solution(
        level="L1",
        protocol=game.protocol,
        values=values,
        status=Status.EXACT if screen.is_exact else Status.TRUNCATED,
        method=f"skimming equilibrium, endogenous grid of {_GRIDS[1]} points, "
        f"{screen.n_rounds} rounds",
        certificate=Certificate(
            "largest gain from another demand or answer",
            gap,
            bound * max(stake, 1.0),
            "801 demands and 201 types tried, later rounds played out",
        ),
        selection="the skimming equilibrium"
        if screen.is_exact
        else "approximate: with a gap and more than 3 rounds, off-path mixing matters",
        prob_war_range=near,
    )
