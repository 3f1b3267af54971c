"""An interval for the mean of a skewed sample, such as chances over many draws."""

from __future__ import annotations

import numpy as np

from backchannel.base.laws import FloatArray

Interval = tuple[float, float]
Z95 = 1.959963984540054
"""Quantile of the normal law that leaves 2.5 % on either side."""
_NO_SKEW = 1e-9


def mean_interval(values: FloatArray, z: float) -> Interval:
    """Interval for the mean of a law of chances, corrected for its skewness.

    Parameters
    ----------
    values : (n,), in [0, 1], an independent sample
    z : quantile of the normal law that gives the wanted coverage

    Returns
    -------
    low, high : within [0, 1]; further above the mean than below it where the sample is
        skewed to the right, for it then tends to miss the large values

    Notes: the cubic transformation that takes the skewness out of Student's ratio and
    can be inverted. Source: Hall (1992), Journal of the Royal Statistical Society B
    54(1), 221-228.

    >>> low, high = mean_interval(np.array([0.1, 0.1, 0.1, 0.1, 0.6]), 1.96)
    >>> bool(0.2 - low < high - 0.2)
    True
    """
    n, mean, spread = len(values), float(values.mean()), float(values.std())
    if spread == 0.0:
        return mean, mean
    skew = float((((values - mean) / spread) ** 3).mean())
    low = mean - spread * _untwisted(z / np.sqrt(n), skew, n)
    high = mean - spread * _untwisted(-z / np.sqrt(n), skew, n)
    return max(0.0, low), min(1.0, high)


def _untwisted(x: float, skew: float, n: int) -> float:
    """Ratio W whose transform W + skew W^2 / 3 + skew^2 W^3 / 27 + skew / 6n is x."""
    if abs(skew) < _NO_SKEW:
        return x
    return float(3.0 / skew * (np.cbrt(1.0 + skew * (x - skew / (6.0 * n))) - 1.0))
