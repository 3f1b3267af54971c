"""The risk that runs while nobody agrees, as the other rooms read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.model import Crisis


@dataclass(frozen=True)
class RiskCurve:
    """Probability of war and of an end without war, by hour and draw.

    `hours` (n_hours,) ascend strictly from 0 to the horizon; `prob_war` and
    `prob_settled` are (n_draws, n_hours). Between points the curve is a straight line.
    The escalation room gives a point every quarter of an hour (for horizons up to four
    days), wherever a hazard changes, and on both sides of a jump; the line is then off
    by less than 1e-4.
    """

    hours: FloatArray
    prob_war: FloatArray
    prob_settled: FloatArray

    @classmethod
    def without_risk(cls, crisis: Crisis, n_draws: int) -> RiskCurve:
        """Draw the curve of a crisis whose file has no escalation section: no war."""
        hours = np.array([0.0, crisis.horizon.median()])
        nothing = np.zeros((n_draws, 2))
        return cls(hours, nothing, nothing)

    def first(self, n_draws: int) -> RiskCurve:
        """The curve of the first so many draws."""
        return RiskCurve(
            self.hours, self.prob_war[:n_draws], self.prob_settled[:n_draws]
        )

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.prob_war)

    @property
    def horizon(self) -> float:
        """Last hour of the curve."""
        return float(self.hours[-1])

    def at(self, hours: FloatArray) -> FloatArray:
        """Probability of war by given hours, draw by draw.

        Parameters
        ----------
        hours : (n_draws,) or (n_draws, n_questions), hours from `now`; before 0 there
            is no risk, beyond the horizon the last value stands

        Returns
        -------
        same shape as `hours`, unitless
        """
        asked = np.asarray(hours, dtype=float)
        table = asked.reshape(len(asked), -1)
        return _interpolate(self.hours, self.prob_war, table).reshape(asked.shape)

    def settled_at(self, hours: FloatArray) -> FloatArray:
        """Probability of an end without war by given hours; shapes as in `at`."""
        asked = np.asarray(hours, dtype=float)
        table = asked.reshape(len(asked), -1)
        return _interpolate(self.hours, self.prob_settled, table).reshape(asked.shape)


def _interpolate(grid: FloatArray, values: FloatArray, asked: FloatArray) -> FloatArray:
    """Values (n_draws, n_hours) at asked (n_draws, n), along straight lines."""
    right = np.clip(np.searchsorted(grid, asked, side="right"), 1, len(grid) - 1)
    left = right - 1
    share = (asked - grid[left]) / (grid[right] - grid[left])
    low = np.take_along_axis(values, left, axis=1)
    high = np.take_along_axis(values, right, axis=1)
    mixed: FloatArray = low + np.clip(share, 0.0, 1.0) * (high - low)
    return mixed
