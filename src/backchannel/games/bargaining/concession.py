"""L2, a war of nerves: one concession equation for every model of two waiting sides.

A side waits only if the other concedes at the rate that makes waiting worth its cost:

    h_j(t) [V_i(t) - C_i(t)] = r_i C_i(t) + eta(t) [C_i(t) - W_i] - C_i'(t)

with V the prize, C the worth of conceding, W that of war and eta the rate of war. It
ends when one side has nobody left who would concede; the other concedes at once with
the chance that makes both ends meet.

Source: Fearon (1994), APSR 88, 577-592; Abreu and Gul (2000), Econometrica 68, 85-117;
Nalebuff (1986), Conflict Management and Peace Science 9, 19-30.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_simpson, quad, solve_ivp
from scipy.optimize import brentq

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.games.bargaining.scope import Curve

Pair = tuple[float, float]
_STEP = 1e-3
_LONG = 2.0**10
_LATEST = 2.0**40
# A chance that both still wait below this adds nothing that a double can hold.
_NOBODY = math.log(1e-18)


@dataclass(frozen=True)
class Waiting:
    """The two sides as functions of time, in order of the parties."""

    prize: tuple[Curve, Curve]
    concede: tuple[Curve, Curve]
    war: Pair
    discount: Pair
    hazard: Curve
    never: tuple[Curve, Curve]

    def concession_rate(self, side: int, t: float) -> float:
        """Rate at which a side concedes, so that the other is willing to wait.

        Raises
        ------
        ModelError : the other gains nothing by waiting.
        """
        other = 1 - side
        worth = self.concede[other](t)
        stake = self.prize[other](t) - worth
        if stake <= 0.0:
            raise ModelError(
                "behaviour.game.prize: is not above the worth of conceding, so nobody "
                "waits; the demands must be incompatible"
            )
        cost = self.discount[other] * worth - _slope(self.concede[other], t)
        return (cost + self.hazard(t) * (worth - self.war[other])) / stake

    def log_survival(self, side: int, t: float) -> float:
        """Logarithm of the chance that a side has not conceded by t, none at once."""
        return -_integral(lambda s: self.concession_rate(side, s), 0.0, t)

    def calm(self, t: float) -> float:
        """Chance that the hazard has not struck by t."""
        return math.exp(-_integral(self.hazard, 0.0, t))

    def rates(self, t: float) -> tuple[float, float, float]:
        """Rates at which each side concedes and at which the hazard strikes."""
        return (
            self.concession_rate(0, t),
            self.concession_rate(1, t),
            self.hazard(t),
        )


def _slope(curve: Curve, t: float) -> float:
    near = curve(t + _STEP) - curve(t - _STEP)
    far = curve(t + 2 * _STEP) - curve(t - 2 * _STEP)
    return (8.0 * near - far) / (12.0 * _STEP)


def _integral(curve: Curve, low: float, high: float) -> float:
    found = quad(curve, low, high, epsabs=1e-13, epsrel=1e-12, limit=200, full_output=1)
    value, error = float(found[0]), float(found[1])
    if not error <= 1e-6 * max(1.0, abs(value)):
        raise ModelError(
            f"behaviour.game: an integral up to t = {high:g} is known only to within "
            f"{error:.1g}; the numbers are too far apart, choose other units"
        )
    return value


@dataclass(frozen=True)
class Ending:
    """How the waiting ends.

    `horizon` is when nobody who would concede is left (infinite where that never
    comes), `atoms` the chance of conceding at once, `prob_wins` of prevailing.
    """

    horizon: float
    rates: Pair
    atoms: Pair
    never: Pair
    survival: Pair
    prob_war: float
    prob_wins: Pair
    payoffs: Pair


def wait_it_out(game: Waiting) -> Ending:
    """Solve the war of nerves.

    Parameters
    ----------
    game : both sides as functions of time

    Returns
    -------
    Ending

    Raises
    ------
    ModelError : the demands are compatible, or war is better than conceding.
    """
    _check(game)
    rates = (game.concession_rate(0, 0.0), game.concession_rate(1, 0.0))
    for side, rate in enumerate(rates):
        if rate < 0.0:
            raise ModelError(
                f"behaviour.game.war: side {2 - side} prefers war to conceding, so "
                "nobody concedes to it; lower its worth of war"
            )
    horizon = min(_exhausted(game, side) for side in (0, 1))
    is_endless = math.isinf(horizon)
    survival = (0.0, 0.0) if is_endless else _each(game, horizon)
    never = (0.0, 0.0) if is_endless else _floors(game, horizon)
    atoms = (0.0, 0.0) if is_endless else _atoms(never, survival)
    stay = (1.0 - atoms[0]) * (1.0 - atoms[1])
    ends = _ends(game, horizon)
    by_hand = 0.0 if is_endless else never[0] * never[1] * game.calm(horizon)
    won = [atoms[1 - side] + stay * ends[1 - side] for side in (0, 1)]
    payoffs = tuple(
        atoms[1 - side] * game.prize[side](0.0)
        + (1.0 - atoms[1 - side]) * game.concede[side](0.0)
        for side in (0, 1)
    )
    return Ending(
        horizon,
        rates,
        atoms,
        never,
        survival,
        stay * ends[2] + by_hand,
        (won[0], won[1]),
        (payoffs[0], payoffs[1]),
    )


def _check(game: Waiting) -> None:
    if game.hazard(0.0) < 0.0:
        raise ModelError(
            f"behaviour.game.hazard_rate: is {game.hazard(0.0):g} at t = 0; a rate is "
            "at least 0"
        )
    for chance in _floors(game, 0.0):
        if not 0.0 <= chance <= 1.0:
            raise ModelError(
                f"behaviour.game.never_concedes: is {chance:g} at t = 0; must lie in "
                "[0, 1]"
            )


def _ends(game: Waiting, horizon: float) -> tuple[float, float, float]:
    """Chances that the first, the second side or the hazard ends it, none at once.

    One system of equations carries the three running integrals with the chance that
    both still wait. Time is counted in units of the fastest rate, so that a war of
    microseconds and one of years take the same steps.
    """
    scale = sum(game.rates(0.0))
    if scale <= 0.0 or horizon <= 0.0:
        return 0.0, 0.0, 0.0

    def slopes(s: float, y: FloatArray) -> list[float]:
        pace = [rate / scale for rate in game.rates(s / scale)]
        left = math.exp(y[0])
        return [-sum(pace), *(rate * left for rate in pace)]

    def nobody(_s: float, y: FloatArray) -> float:
        return float(y[0]) - _NOBODY

    nobody.terminal = True  # type: ignore[attr-defined]
    run = solve_ivp(
        slopes,
        (0.0, min(horizon * scale, _LATEST)),
        [0.0, 0.0, 0.0, 0.0],
        method="DOP853",
        events=nobody,
        rtol=1e-12,
        atol=1e-15,
    )
    first, second, war = run.y[1:, -1]
    return float(first), float(second), float(war)


def _each(game: Waiting, t: float) -> Pair:
    return math.exp(game.log_survival(0, t)), math.exp(game.log_survival(1, t))


def _floors(game: Waiting, t: float) -> Pair:
    return game.never[0](t), game.never[1](t)


def _atoms(never: Pair, survival: Pair) -> Pair:
    first, second = (
        max(1.0 - floor / left, 0.0) if left > 0.0 else 0.0
        for floor, left in zip(never, survival, strict=True)
    )
    return first, second


def _exhausted(game: Waiting, side: int) -> float:
    """First time at which only those who never concede are left on a side."""

    def excess(t: float) -> float:
        return math.exp(game.log_survival(side, t)) - game.never[side](t)

    if game.never[side](0.0) >= 1.0:
        return 0.0
    late = 1.0
    # Compared in logarithms: the chance itself is rounded to 0 long before a side
    # without obstinate types is exhausted, which it never is.
    while not _is_past(game, side, late):
        late *= 2.0
        if late > _LATEST or (late > _LONG and game.never[side](late) <= 0.0):
            return math.inf
    return float(brentq(excess, 0.0, late, xtol=1e-15, rtol=8.9e-16, maxiter=500))


def waiting_regret(game: Waiting, ending: Ending, n_points: int = 1001) -> float:
    """How far the worth of conceding at t differs over [0, horizon], both sides.

    A side that mixes over these times must be indifferent among them; recomputed by
    Simpson's rule on a grid of times.
    """
    if ending.horizon == 0.0:
        return 0.0
    scale = sum(game.rates(0.0))
    finite = ending.horizon if math.isfinite(ending.horizon) else 5.0 / (scale or 1.0)
    # Closest together at the start, where an impatient side's worth falls fastest.
    t = finite * np.linspace(0.0, 1.0, n_points) ** 3
    worst = 0.0
    for side in (0, 1):
        worth = _worth_of_conceding(game, ending, side, t)
        worst = max(worst, float(np.ptp(worth)))
        if math.isfinite(ending.horizon):
            # Those left at the end are those who never concede.
            left = (1.0 - ending.atoms[side]) * math.exp(
                game.log_survival(side, finite)
            )
            worst = max(worst, abs(left - ending.never[side]))
    return worst


def _worth_of_conceding(
    game: Waiting, ending: Ending, side: int, t: FloatArray
) -> FloatArray:
    other = 1 - side
    rate = np.array([game.concession_rate(other, x) for x in t])
    eta = np.array([game.hazard(x) for x in t])
    prize = np.array([game.prize[side](x) for x in t])
    concede = np.array([game.concede[side](x) for x in t])
    drain = cumulative_simpson(rate + eta + game.discount[side], x=t, initial=0.0)
    alive = (1.0 - ending.atoms[other]) * np.exp(-drain)
    flow = alive * (rate * prize + eta * game.war[side])
    gained = cumulative_simpson(flow, x=t, initial=0.0)
    return np.asarray(ending.atoms[other] * prize[0] + gained + alive * concede)


def _is_past(game: Waiting, side: int, t: float) -> bool:
    never = game.never[side](t)
    return never > 0.0 and game.log_survival(side, t) <= math.log(never)


@dataclass(frozen=True)
class RiskLimits:
    """A symmetric war of nerves over a private prize, uniform on [low, high].

    `disaster` is what a disaster costs. Only risk accrues, so time does not matter:
    a side gives way when the risk run so far reaches its limit.
    """

    low: float
    high: float
    disaster: float

    def hazard_limit(self, prize: float) -> float:
        """Cumulated hazard at which a side with this prize gives way.

        The concession equation for the marginal prize v reads
        h v = eta D, with h = v' f / (1 - F), and integrates over v.
        """
        value = quad(
            lambda v: v / ((self.high - v) * self.disaster),
            self.low,
            prize,
            epsabs=1e-13,
            epsrel=1e-13,
        )[0]
        return float(value)

    def risk_limit(self, prize: float) -> float:
        """Chance of disaster that a side with this prize runs before giving way."""
        return -math.expm1(-self.hazard_limit(prize))

    def prob_disaster(self) -> float:
        """Chance that disaster comes before the weaker side gives way."""
        width = self.high - self.low

        def calm(v: float) -> float:
            weaker = 2.0 * (self.high - v) / width**2
            return weaker * math.exp(-self.hazard_limit(v))

        return 1.0 - _integral(calm, self.low, self.high)

    def regret(self, n_types: int = 201) -> float:
        """Largest gain from posing as another prize, by sums over a grid."""
        grid = np.linspace(self.low, self.high, 4001)[:-1]
        step = grid[1] - grid[0]
        mid = grid + step / 2
        rate = mid / ((self.high - mid) * self.disaster)
        at_mid = np.cumsum(rate * step) - rate * step / 2
        calm, density = np.exp(-at_mid), 1.0 / (self.high - self.low)
        won = np.concatenate([[0.0], np.cumsum(calm * density * step)])
        lost = np.concatenate([[0.0], np.cumsum((1.0 - calm) * density * step)])
        ends = np.concatenate([[self.low], grid + step])
        limits = np.concatenate([[0.0], 1.0 - np.exp(-np.cumsum(rate * step))])
        above = (self.high - ends) * density
        worst = 0.0
        for prize in np.linspace(self.low, self.high, n_types)[1:-1]:
            worth = prize * won - self.disaster * (lost + above * limits)
            own = np.interp(prize, ends, worth)
            worst = max(worst, float(worth.max() - own))
        return worst
