"""L2: wars of nerves, with known or private prizes."""

from __future__ import annotations

import math

from backchannel.base.errors import ModelError
from backchannel.base.result import Certificate, Status
from backchannel.crisis.behaviour import Concession, Range
from backchannel.games.bargaining.concession import (
    RiskLimits,
    Waiting,
    wait_it_out,
    waiting_regret,
)
from backchannel.games.bargaining.scope import Curve, Scope
from backchannel.games.bargaining.solution import Solution


def solve_concession(game: Concession, scope: Scope) -> Solution:
    """Solve a war of nerves by the concession equation."""
    if game.private_prize is not None:
        return _limits(game, game.private_prize, scope)
    nothing = _constant(0.0)
    waiting = Waiting(
        prize=scope.curves("prize", game.prize, "t", nothing),
        concede=scope.curves("concede", game.concede, "t", nothing),
        war=scope.pair("war", game.war, 0.0),
        discount=scope.pair("discount_rate", game.discount_rate, 0.0),
        hazard=scope.curve("hazard_rate", game.hazard_rate, "t"),
        never=scope.curves("never_concedes", game.never_concedes, "t", nothing),
    )
    ending = wait_it_out(waiting)
    a, b = scope.parties[:2]

    def by_party(pair: tuple[float, float]) -> dict[str, float]:
        return {a: pair[0], b: pair[1]}

    stay = (1.0 - ending.atoms[0]) * (1.0 - ending.atoms[1])
    is_endless = math.isinf(ending.horizon)
    values = {
        "horizon": None if is_endless else ending.horizon,
        "rate": by_party(ending.rates),
        "atom": by_party(ending.atoms),
        "never": by_party(ending.never),
        "prob_concedes_later": by_party(
            (1.0 - ending.survival[0], 1.0 - ending.survival[1])
        ),
        "prob_war": ending.prob_war,
        "prob_war_if_both_wait": ending.prob_war / stay if stay else 0.0,
        "prob_win": by_party(ending.prob_wins),
        "payoff": by_party(ending.payoffs),
        "hazard": waiting.hazard(0.0),
    }
    gap = waiting_regret(waiting, ending)
    return Solution(
        level="L2",
        protocol=game.protocol,
        values=values,
        status=Status.CONVERGED,
        method="concession equation, Dormand-Prince 8(5,3) to 1e-12, horizon by root",
        certificate=Certificate(
            "how far the worth of conceding varies over time",
            gap,
            1e-5,
            "Simpson's rule on 1,001 times",
        ),
        selection="the one in which at most one side concedes at once",
        prob_war_range=(ending.prob_war, ending.prob_war),
    )


def _constant(value: float) -> Curve:
    return lambda _t: value


def _limits(game: Concession, prize: Range, scope: Scope) -> Solution:
    low = scope.number("private_prize.low", prize.low)
    high = scope.number("private_prize.high", prize.high)
    losses = scope.pair("war", game.war, 0.0)
    if not 0.0 <= low < high or losses[0] != losses[1] or losses[0] >= 0.0:
        raise ModelError(
            "behaviour.game: a private prize needs low < high, both at least 0, and "
            "the same negative worth of war for both"
        )
    limits = RiskLimits(low, high, -losses[0])
    war = limits.prob_disaster()
    asked = [scope.number("asked", formula) for formula in game.asked]
    gap = limits.regret()
    return Solution(
        level="L2",
        protocol=game.protocol,
        values={
            "prob_war": war,
            "risk_limit": {
                f"at_{i + 1}": limits.risk_limit(prize) for i, prize in enumerate(asked)
            },
        },
        status=Status.CONVERGED,
        method="concession equation of the marginal prize, quadrature to 1e-13",
        certificate=Certificate(
            "largest gain from posing as another prize",
            gap,
            2e-5 * (high + limits.disaster),
            "sums over a grid of 4,000 prizes",
        ),
        selection="the symmetric one",
        prob_war_range=(war, war),
    )
