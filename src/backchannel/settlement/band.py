"""A number over the draws: middle value and 90 % band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray


@dataclass(frozen=True)
class Band:
    """Median, and the values below which 5 % and 95 % of the draws lie."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.3g} ({self.low:.3g} to {self.high:.3g})"


def band(values: FloatArray) -> Band:
    """Summarise an answer over the draws, (n_draws,).

    >>> print(band(np.arange(101.0)))
    50 (5 to 95)
    """
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95])
    return Band(float(median), float(low), float(high))
