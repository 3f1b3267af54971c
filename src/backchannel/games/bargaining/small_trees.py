"""L0, small games under complete information, by backward induction.

Source: Powell (2006), International Organization 60, 169-203 (shifting power); Powell
(1987), APSR 81, 717-735 (steps of rising risk).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from backchannel.base.errors import ModelError
from backchannel.games.bargaining.offers import best_point
from backchannel.games.bargaining.scope import Curve

_SLACK = 1e-12
MAX_STEPS = 5_000_000


@dataclass(frozen=True)
class PowerShift:
    """A pie of 1 a period, less `upkeep`; the first side makes every offer.

    `power` is the first side's chance of winning, by period, the last for ever.
    """

    power: tuple[float, ...]
    discount: float
    war_cost: tuple[float, float]
    upkeep: float
    is_proposer_free_to_attack: bool

    def war(self, period: int) -> tuple[float, float]:
        """Worth of a war that begins in a period, to each."""
        power = self.power[min(period, len(self.power) - 1)]
        rest = 1.0 - self.discount
        return power / rest - self.war_cost[0], (1.0 - power) / rest - self.war_cost[1]

    def value(
        self, period: int, later: tuple[float, float]
    ) -> tuple[float, float, bool]:
        """Worth of a period to each, and whether there is war in it.

        The responder fights unless what it can be given now and what follows are worth
        a war to it; at most the whole pie can be given.
        """
        own_war, other_war = self.war(period)
        pie = 1.0 - self.upkeep
        waits = self.discount * later[1]
        needed = other_war - waits
        if needed > pie + _SLACK:
            return own_war, other_war, True
        given = min(max(needed, 0.0), pie)
        peace = pie - given + self.discount * later[0]
        if self.is_proposer_free_to_attack and own_war > peace + _SLACK:
            return own_war, other_war, True
        return peace, given + waits, False


def follow_power(game: PowerShift) -> tuple[int | None, tuple[float, float]]:
    """Period of the first war (None for peace), and the worth of the game to each."""
    last = len(game.power) - 1
    # After the path all periods are alike: the responder holds its war, or nothing.
    rest = 1.0 - game.discount
    held = max(game.war(last)[1], 0.0)
    later = ((1.0 - game.upkeep) / rest - held, held)
    is_war = game.value(last, later)[2]
    if is_war:
        later = game.war(last)
    first = last if is_war else None
    for period in range(last, -1, -1):
        own, other, is_war = game.value(period, later)
        later = (own, other)
        first = period if is_war else first
    return first, later


@dataclass(frozen=True)
class RiskLadder:
    """Steps in turn, the first side first; step k has k times the risk of step 1."""

    prize: tuple[float, float]
    disaster: tuple[float, float]
    step_risk: float

    def critical_risk(self, side: int) -> float:
        """Largest risk worth running once, if the other side then gives way."""
        return self.prize[side] / (self.prize[side] + self.disaster[side])

    @property
    def n_steps(self) -> int:
        """Steps until disaster is certain."""
        return math.ceil(1.0 / self.step_risk)


def climb(game: RiskLadder) -> tuple[int, float, tuple[int, int]]:
    """Steps taken, chance of disaster, and each side's last step worth a sure win.

    Raises
    ------
    ModelError : more steps than `MAX_STEPS`.
    """
    if game.n_steps > MAX_STEPS:
        raise ModelError(
            f"behaviour.game.step_risk: is {game.step_risk:g}, which takes "
            f"{game.n_steps:,} steps; at most {MAX_STEPS:,} fit"
        )
    # Worth to each of step k being reached, and what follows from there.
    worth = (0.0, 0.0)
    taken, risk = 0, 0.0
    for step in range(game.n_steps + 1, 0, -1):
        mover, other = (step - 1) % 2, step % 2
        hazard = min(step * game.step_risk, 1.0)
        going = (1.0 - hazard) * worth[mover] - hazard * game.disaster[mover]
        if going > _SLACK:
            stays = (1.0 - hazard) * worth[other] - hazard * game.disaster[other]
            taken, risk = taken + 1, hazard + (1.0 - hazard) * risk
            pair = (going, stays)
        else:
            taken, risk = 0, 0.0
            pair = (0.0, game.prize[other])
        worth = pair if mover == 0 else (pair[1], pair[0])
    return taken, risk, (_last_step(game, 0), _last_step(game, 1))


def _last_step(game: RiskLadder, side: int) -> int:
    most = game.critical_risk(side) / game.step_risk
    step = math.ceil(most - _SLACK) - 1
    return max(step - (step - 1 - side) % 2, 0)


def press(gain: Curve, risk: Curve, loss: float, most: float) -> tuple[float, float]:
    """The pressure with the best balance of gain and risk, and its worth.

    Parameters
    ----------
    gain, risk : chances of prevailing, and of disaster, at a pressure
    loss : loss in a disaster
    most : largest pressure

    Returns
    -------
    pressure in [0, most], and its worth
    """

    def worth(pressure: float) -> float:
        chance = risk(pressure)
        return (1.0 - chance) * gain(pressure) - chance * loss

    best = best_point(worth, 0.0, most)
    return best, worth(best)
