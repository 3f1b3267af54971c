"""The network of works behind a package, solved for every draw at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.settlement.method import BoolArray
from backchannel.settlement.performance import (
    LevelKey,
    performance_order,
    slippage_of,
    step_order,
)

# Hours that differ by less than this, as a share of the total, are equal.
SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class Activity:
    """One piece of work: a step of a level, or its performance (`step` empty).

    `start` and `finish` are (n_draws,), hours from agreement; `is_critical` (n_draws,)
    says where a delay of it delays the whole package.
    """

    issue: str
    level: str
    step: str
    start: FloatArray
    finish: FloatArray
    is_critical: BoolArray

    @property
    def criticality(self) -> float:
        """Share of the draws in which it lies on a critical path."""
        return float(self.is_critical.mean())


_Key = tuple[str, str, str]


class Network:
    """Activities with what they wait for, in an order of work.

    `hours` (n_draws,) by activity; `total` is known once solved.
    """

    def __init__(self, crisis: Crisis, present: list[LevelKey], draws: Draws) -> None:
        self.hours: dict[_Key, FloatArray] = {}
        self.waits: dict[_Key, list[_Key]] = {}
        self.zeros = np.zeros(draws.n_draws)
        for issue, name in performance_order(crisis, present):
            level = crisis.issues[issue].levels[name]
            slippage = slippage_of(level, draws)
            first: list[_Key] = [
                (ref.issue, ref.level, "")
                for ref in level.after
                if (ref.issue, ref.level) in present
            ]
            for step in step_order(f"issues.{issue}.levels.{name}", level):
                record = level.steps[step]
                self.hours[issue, name, step] = draws[record.duration] * slippage
                before: list[_Key] = [(issue, name, other) for other in record.after]
                self.waits[issue, name, step] = first + before
            lead = self.zeros if level.lead_time is None else draws[level.lead_time]
            self.hours[issue, name, ""] = lead * slippage
            steps: list[_Key] = [(issue, name, step) for step in level.steps]
            self.waits[issue, name, ""] = first + steps
        self.total = self.zeros

    def solve(self) -> tuple[Activity, ...]:
        """Earliest dates forwards, latest dates backwards."""
        start: dict[_Key, FloatArray] = {}
        finish: dict[_Key, FloatArray] = {}
        for key, hours in self.hours.items():
            begin = self.zeros
            for before in self.waits[key]:
                begin = np.maximum(begin, finish[before])
            start[key], finish[key] = begin, begin + hours
            self.total = np.maximum(self.total, finish[key])
        latest = dict.fromkeys(self.hours, self.total)
        for key in reversed(self.hours):
            for before in self.waits[key]:
                begin = latest[key] - self.hours[key]
                latest[before] = np.minimum(latest[before], begin)
        slack = SLACK * np.maximum(self.total, 1.0)
        return tuple(
            Activity(*key, start[key], finish[key], latest[key] - finish[key] <= slack)
            for key in self.hours
        )
