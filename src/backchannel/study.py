"""One crisis and one plan of draws: every engine asked once, all in one record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.draws import Draws, draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.crisis.sensitivity import MIN_DRAWS, Sensitivity, rank_numbers
from backchannel.escalation import EscalationResult, simulate_escalation
from backchannel.settlement import (
    ChannelPlan,
    Exhaustive,
    Settlements,
    Timetable,
    TwoLevel,
    find_settlements,
    nominal_game,
    plan_channels,
    plan_timetable,
)
from backchannel.settlement.stream import StreamedSettlements, stream_settlements

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Study:
    """What the engines say about one crisis, from one set of draws.

    `escalation` is None where the file has no escalation section. `timetables` hold
    the best package and the historical one, where there is one.
    """

    crisis: Crisis
    draws: Draws
    escalation: EscalationResult | None
    settlements: Settlements
    channels: ChannelPlan
    timetables: dict[str, Timetable]
    sensitivity: Sensitivity | None

    @property
    def seed(self) -> int:
        """The seed of every draw."""
        return self.draws.seed

    @property
    def n_draws(self) -> int:
        """How many joint samples."""
        return self.draws.n_draws

    def __str__(self) -> str:
        parts = [self.escalation, self.settlements, self.channels]
        return "\n\n".join(str(part) for part in parts if part is not None)


def run_study(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    hours: tuple[float, ...] | None = None,
    progress: Progress | None = None,
) -> Study:
    """Ask every engine about one crisis.

    Parameters
    ----------
    crisis : a loaded crisis
    n_draws : joint samples of the uncertain numbers
    seed : the only source of randomness; same seed, same answers
    hours : times at which to report the risk, hours from `now`; chosen where None
    progress : called with the name of each stage as it begins

    Returns
    -------
    Study : all answers, each with its status, method, seed and certificate

    Raises
    ------
    ModelError : the crisis is too large for the exact engines, or has no way to war.
    MethodError : n_draws, seed or hours out of range.
    """
    progress = progress or _silent
    progress("drawing the uncertain numbers")
    draws = draw_numbers(crisis, n_draws, seed)
    escalation = None
    if crisis.escalation is not None:
        progress("following the escalation")
        escalation = simulate_escalation(
            crisis, draws=draws, hours=hours, progress=progress
        )
        risk = escalation.risk
    else:
        risk = RiskCurve.without_risk(crisis, n_draws)
    progress("weighing every package")
    settlements = find_settlements(crisis, draws=draws, risk=risk)
    progress("planning channels and dates")
    channels = plan_channels(crisis, draws=draws, risk=risk, settlements=settlements)
    timetables = {
        role: plan_timetable(crisis, settlements.packages.terms(row), draws=draws)
        for role, row in _rows_to_plan(settlements).items()
    }
    progress("ranking the uncertain numbers")
    answers = _answers(escalation, settlements)
    sensitivity = rank_numbers(draws, answers) if n_draws >= MIN_DRAWS else None
    return Study(
        crisis, draws, escalation, settlements, channels, timetables, sensitivity
    )


def settle_crisis(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    method: Exhaustive | None = None,
    progress: Progress | None = None,
) -> Settlements:
    """Ask only for the settlements of a crisis, the risk of war with them.

    Parameters and errors as `run_study`; `method` as `find_settlements` takes it.
    """
    draws, risk = _draws_and_risk(crisis, n_draws, seed, progress or _silent)
    (progress or _silent)("weighing every package")
    return find_settlements(
        crisis, draws=draws, risk=risk, method=method or Exhaustive()
    )


def stream_crisis(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    progress: Progress | None = None,
) -> StreamedSettlements:
    """Ask for the settlements of a crisis with more packages than memory holds.

    Parameters and errors as `run_study`; see `stream_settlements`.
    """
    draws, risk = _draws_and_risk(crisis, n_draws, seed, progress or _silent)
    return stream_settlements(crisis, draws=draws, risk=risk, progress=progress)


def settle_nominally(
    crisis: Crisis,
    *,
    n_draws: int = 2000,
    seed: int = 1,
    progress: Progress | None = None,
) -> TwoLevel:
    """Write a crisis as a game on two levels, at the medians of its draws.

    Parameters and errors as `run_study`; see `nominal_game` for what is left out.
    """
    draws, risk = _draws_and_risk(crisis, n_draws, seed, progress or _silent)
    horizon = np.full(n_draws, crisis.horizon.median())
    prob_war = float(np.median(risk.at(horizon)))
    return nominal_game(crisis, draws=draws, prob_war=prob_war)


def _draws_and_risk(
    crisis: Crisis, n_draws: int, seed: int, progress: Progress
) -> tuple[Draws, RiskCurve]:
    progress("drawing the uncertain numbers")
    draws = draw_numbers(crisis, n_draws, seed)
    if crisis.escalation is None:
        return draws, RiskCurve.without_risk(crisis, n_draws)
    progress("following the escalation")
    return draws, simulate_escalation(crisis, draws=draws, progress=progress).risk


def _silent(_stage: str) -> None:
    """Report progress to nobody."""


def _rows_to_plan(settlements: Settlements) -> dict[str, int]:
    """The best package, and the historical one where there is one."""
    if settlements.n_packages == 0:
        return {}
    rows = {"best": settlements.best}
    if settlements.historical is not None:
        rows["historical"] = settlements.historical
    return rows


def _answers(
    escalation: EscalationResult | None, settlements: Settlements
) -> dict[str, FloatArray]:
    """What the numbers are ranked by, (n_draws,) each."""
    answers = {}
    if escalation is not None:
        answers["prob_war"] = escalation.risk.prob_war[:, -1]
    if settlements.n_packages:
        answers["prob_settled"] = settlements.prob_settled_of(settlements.best)
    return answers
