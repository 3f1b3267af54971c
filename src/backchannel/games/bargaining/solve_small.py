"""L0 without offers of a share, and stages in which nobody chooses."""

from __future__ import annotations

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.behaviour import (
    ExcitedHazard,
    Incidents,
    Ladder,
    Pressure,
    Proposal,
    Quota,
    ShiftingPower,
    WarStage,
)
from backchannel.games.bargaining import chance_stages, small_trees
from backchannel.games.bargaining.scope import Scope
from backchannel.games.bargaining.shares import accepted_interval
from backchannel.games.bargaining.solution import Solution

_INDUCTION = "unique by backward induction"


def solve_proposal(game: Proposal, scope: Scope) -> Solution:
    """One proposal on a line, against the status quo."""
    setter, ratifier = scope.pair("ideal", game.ideal, 0.0)
    quo = scope.number("status_quo", game.status_quo)
    low, high = accepted_interval(ratifier, quo)
    outcome = min(max(setter, low), high)
    points = np.linspace(low - 1.0, high + 1.0, 20001)
    passes = np.abs(points - ratifier) <= abs(quo - ratifier) + 1e-12
    best = -float(np.abs(points[passes] - setter).min())
    return Solution(
        level="L0",
        protocol=game.protocol,
        values={
            "win_low": low,
            "win_high": high,
            "outcome": outcome,
            "prob_war": 0.0,
        },
        status=Status.EXACT,
        method="nearest point of the win set",
        certificate=Certificate(
            "what another proposal that passes would gain",
            max(best + abs(outcome - setter), 0.0),
            1e-9,
            "20,001 points of the line tried",
        ),
        selection=_INDUCTION,
    )


def solve_shifting_power(game: ShiftingPower, scope: Scope) -> Solution:
    """Peace or war, period by period, while power shifts.

    Raises
    ------
    ModelError : a chance or the discount is out of range.
    """
    first, second = scope.parties[:2]
    power = _path_of_power(game, scope)
    discount = scope.number("discount", game.discount)
    if not 0.0 <= discount < 1.0:
        raise ModelError(
            f"behaviour.game.discount: is {discount:g}; must be at least 0, below 1"
        )
    shift = small_trees.PowerShift(
        power,
        discount,
        scope.pair("war_cost", game.war_cost, 0.0),
        scope.number("upkeep", game.upkeep),
        first in game.attackers,
    )
    period, worth = small_trees.follow_power(shift)
    upkeep = shift.upkeep / (1.0 - discount)
    costs = sum(shift.war_cost)
    return Solution(
        level="L0",
        protocol=game.protocol,
        values={
            "war_period": period,
            "is_war": period is not None,
            "prob_war": float(period is not None),
            "payoff": {first: worth[0], second: worth[1]},
            "upkeep_for_ever": upkeep,
            "critical_upkeep": costs * (1.0 - discount),
        },
        status=Status.EXACT,
        method="backward induction from the periods that are all alike",
        certificate=Certificate(
            "difference to a long finite horizon",
            _difference(shift, period),
            0.0,
            "the same periods from a last one at war",
        ),
        selection=_INDUCTION,
        prob_war_range=(float(period is not None),) * 2,
    )


def _path_of_power(game: ShiftingPower, scope: Scope) -> tuple[float, ...]:
    raw = scope.value("power", game.power)
    entries = raw if isinstance(raw, (list, tuple)) else [raw]
    if not entries or not all(
        isinstance(x, (int, float)) and 0.0 <= x <= 1.0 for x in entries
    ):
        raise ModelError(
            f"behaviour.game.power: '{game.power}' is {raw!r}; must be chances in "
            "[0, 1], at least one"
        )
    return tuple(float(x) for x in entries)


def _difference(shift: small_trees.PowerShift, period: int | None) -> float:
    """Whether induction from a distant last war finds another first war."""
    last = len(shift.power) - 1
    horizon = last + 400
    worth = shift.war(horizon)
    first = None
    for t in range(horizon, -1, -1):
        own, other, is_war = shift.value(t, worth)
        worth = (own, other)
        if is_war and t <= last:
            first = t
    return float(first != period)


def solve_ladder(game: Ladder, scope: Scope) -> Solution:
    """Steps of rising risk, in turn."""
    first, second = scope.parties[:2]
    ladder = small_trees.RiskLadder(
        scope.pair("prize", game.prize, 0.0),
        scope.pair("disaster", game.disaster, 0.0),
        scope.positive("step_risk", game.step_risk),
    )
    taken, risk, last = small_trees.climb(ladder)
    by_resolve = last[0] > last[1]
    return Solution(
        level="L0",
        protocol=game.protocol,
        values={
            "critical_risk": {
                first: ladder.critical_risk(0),
                second: ladder.critical_risk(1),
            },
            "is_challenged": taken > 0,
            "winner": first if taken % 2 else second,
            "n_steps": taken,
            "last_step": {first: last[0], second: last[1]},
            "prob_war": risk,
        },
        status=Status.EXACT,
        method=f"backward induction over {ladder.n_steps} steps",
        certificate=Certificate(
            "difference to comparing each side's last step worth a sure win",
            float(by_resolve != (taken > 0)),
            0.0,
            "the side with the later one prevails",
        ),
        selection=_INDUCTION,
        prob_war_range=(risk, risk),
    )


def solve_pressure(game: Pressure, scope: Scope) -> Solution:
    """How hard one side presses.

    Raises
    ------
    ModelError : the largest pressure is negative.
    """
    gain = scope.curve("gain", game.gain, "pressure")
    risk = scope.curve("risk", game.risk, "pressure")
    loss = scope.number("loss", game.loss)
    most = scope.number("most", game.most)
    if most < 0.0:
        raise ModelError(f"behaviour.game.most: is {most:g}; must be at least 0")
    best, worth = small_trees.press(gain, risk, loss, most)
    grid = np.linspace(0.0, most, 10001)
    tried = max((1.0 - risk(x)) * gain(x) - risk(x) * loss for x in map(float, grid))
    return Solution(
        level="L0",
        protocol=game.protocol,
        values={"pressure": best, "prob_war": risk(best), "payoff": worth},
        status=Status.CONVERGED,
        method="grid of 2,001 pressures, then bounded minimisation (Brent 1973)",
        certificate=Certificate(
            "what another pressure would gain",
            max(tried - worth, 0.0),
            1e-12,
            "10,001 pressures tried",
        ),
        selection=_INDUCTION,
        prob_war_range=(risk(best), risk(best)),
    )


def solve_war_stage(game: WarStage, scope: Scope) -> Solution:
    """A war as a random walk over forts."""
    forts = scope.count("forts", game.forts) or 1
    held = scope.count("held", game.held, least=0) or 0
    prob = scope.chance("prob_battle", game.prob_battle)
    chance, battles = chance_stages.walk_of_forts(forts, held, prob)
    return Solution(
        level="L0",
        protocol=game.protocol,
        values={"prob_win": chance, "n_battles": battles},
        status=Status.EXACT,
        method="first-step equations of the random walk",
        certificate=Certificate(
            "difference to the chance by following the walk",
            abs(chance - _walk(forts, held, prob)),
            1e-6,
            "distribution over forts, battle by battle",
        ),
        selection="nobody chooses",
    )


def _walk(forts: int, held: int, prob: float) -> float:
    """Chance of winning, by stepping the distribution over forts."""
    at = np.zeros(forts + 1)
    at[held] = 1.0
    for _ in range(60 * forts * forts + 100):
        inner = at[1:-1].copy()
        if inner.sum() < 1e-9:
            break
        at[1:-1] = 0.0
        at[2:] += prob * inner
        at[:-2] += (1.0 - prob) * inner
    return float(at[-1])


def solve_excited_hazard(game: ExcitedHazard, scope: Scope) -> Solution:
    """Chance of war from incidents that excite each other."""
    terms = read_incidents(game, scope)
    until = scope.number("until", game.until)
    war, mean = terms.by(until)
    steady = -np.expm1(-terms.base * terms.ignition * until)
    return Solution(
        level="L0",
        protocol=game.protocol,
        values={
            "prob_war": war,
            "mean_incidents": mean,
            "branching": terms.jump / terms.cooling,
            "prob_war_without_jump": float(steady),
        },
        status=Status.CONVERGED,
        method="affine transform of the rate, Dormand-Prince 8(5,3) to 1e-12",
        certificate=Certificate(
            "fall below the chance without excitation",
            max(float(steady) - war, 0.0),
            1e-9,
            "excitation can only raise it",
        ),
        selection="nobody chooses",
        prob_war_range=(war, war),
    )


def read_incidents(
    game: ExcitedHazard | Incidents, scope: Scope
) -> chance_stages.ExcitedIncidents:
    """Work out the numbers of incidents that excite each other.

    Raises
    ------
    ModelError : one is out of its range.
    """
    return chance_stages.ExcitedIncidents(
        scope.number("base_rate", game.base_rate),
        scope.number("jump", game.jump),
        scope.positive("cooling", game.cooling),
        scope.chance("ignition", game.ignition),
    )


def hazard_path(incidents: Incidents, n_rounds: int, scope: Scope) -> FloatArray:
    """Chance of war in each round, from incidents; raises as `read_incidents`."""
    return chance_stages.hazards_by_round(
        read_incidents(incidents, scope),
        scope.positive("incidents.round_time", incidents.round_time),
        n_rounds,
    )


def solve_quota(game: Quota, scope: Scope) -> Solution:
    """Chance that enough members assent."""
    members = scope.count("members", game.members) or 1
    needed = scope.count("needed", game.needed, least=0) or 0
    prob = min(max(scope.number("prob_assent", game.prob_assent), 0.0), 1.0)
    passes = chance_stages.prob_quota(members, needed, prob)
    fails = chance_stages.prob_quota(members, members - needed + 1, 1.0 - prob)
    return Solution(
        level="L0",
        protocol=game.protocol,
        values={"prob_ratified": passes},
        status=Status.EXACT,
        method="distribution of the number of assents, member by member",
        certificate=Certificate(
            "how far passing and failing are from adding up to 1",
            abs(passes + fails - 1.0) if needed <= members else abs(passes),
            1e-12,
            "chance of enough refusals",
        ),
        selection="nobody chooses",
    )
