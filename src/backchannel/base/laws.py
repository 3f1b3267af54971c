"""Probability laws of one uncertain number: quantile, distribution function, median.

All draws go through the quantile function, so that one uniform per draw and number
decides everything and what-ifs share their luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

FloatArray = NDArray[np.float64]


class AbstractLaw:
    """A law on the real line, in canonical units."""

    def quantile(self, p: FloatArray) -> FloatArray:
        """Value below which the share p of the law lies, elementwise."""
        raise NotImplementedError

    def cdf(self, x: FloatArray) -> FloatArray:
        """Probability of a value of at most x, elementwise."""
        raise NotImplementedError

    def support(self) -> tuple[float, float]:
        """Least and largest value that can occur."""
        ends = self.quantile(np.array([0.0, 1.0]))
        return float(ends[0]), float(ends[1])


@dataclass(frozen=True)
class Exact(AbstractLaw):
    """One value, known."""

    value: float

    def quantile(self, p: FloatArray) -> FloatArray:
        """The value itself."""
        return np.full(np.shape(p), self.value)

    def cdf(self, x: FloatArray) -> FloatArray:
        """A step at the value."""
        return np.asarray(np.asarray(x) >= self.value, dtype=float)


@dataclass(frozen=True)
class Uniform(AbstractLaw):
    """Every value between two ends equally likely; an interval in the file is this."""

    low: float
    high: float

    def quantile(self, p: FloatArray) -> FloatArray:
        """Straight line from low to high."""
        return np.asarray(self.low + (self.high - self.low) * np.asarray(p))

    def cdf(self, x: FloatArray) -> FloatArray:
        """Ramp from 0 at low to 1 at high."""
        return np.asarray(
            np.clip((np.asarray(x) - self.low) / (self.high - self.low), 0.0, 1.0)
        )


@dataclass(frozen=True)
class LogUniform(AbstractLaw):
    """Every order of magnitude between two positive ends equally likely."""

    low: float
    high: float

    def quantile(self, p: FloatArray) -> FloatArray:
        """Straight line in the logarithm."""
        return np.asarray(self.low * (self.high / self.low) ** np.asarray(p))

    def cdf(self, x: FloatArray) -> FloatArray:
        """Ramp in the logarithm."""
        ratio = np.maximum(np.asarray(x), self.low) / self.low
        return np.asarray(
            np.clip(np.log(ratio) / np.log(self.high / self.low), 0.0, 1.0)
        )


@dataclass(frozen=True)
class Normal(AbstractLaw):
    """Normal law with mean and standard deviation, cut to [low, high]."""

    mean: float
    sd: float
    low: float = float("-inf")
    high: float = float("inf")

    def _ends(self) -> tuple[float, float]:
        below = float(special.ndtr((self.low - self.mean) / self.sd))
        return below, float(special.ndtr((self.high - self.mean) / self.sd))

    def quantile(self, p: FloatArray) -> FloatArray:
        """Inverse of the cut normal distribution function."""
        a, b = self._ends()
        # Six standard deviations at most, so that a draw is never infinite.
        z = np.clip(special.ndtri(a + (b - a) * np.asarray(p)), -6.0, 6.0)
        return np.asarray(np.clip(self.mean + self.sd * z, self.low, self.high))

    def cdf(self, x: FloatArray) -> FloatArray:
        """Cut normal distribution function."""
        a, b = self._ends()
        here = special.ndtr((np.asarray(x) - self.mean) / self.sd)
        return np.asarray(np.clip((here - a) / (b - a), 0.0, 1.0))


@dataclass(frozen=True)
class LogNormal(AbstractLaw):
    """Law whose logarithm is normal, by its median and the sd of the logarithm."""

    median: float
    log_sd: float
    high: float = float("inf")

    def quantile(self, p: FloatArray) -> FloatArray:
        """Inverse of the distribution function, at most six log sd from the median."""
        z = np.clip(special.ndtri(np.asarray(p)), -6.0, 6.0)
        return np.asarray(np.minimum(self.median * np.exp(self.log_sd * z), self.high))

    def cdf(self, x: FloatArray) -> FloatArray:
        """Lognormal distribution function."""
        positive = np.maximum(np.asarray(x, dtype=float), 1e-300)
        return np.asarray(special.ndtr(np.log(positive / self.median) / self.log_sd))


@dataclass(frozen=True)
class Beta(AbstractLaw):
    """Beta law with shapes a and b, stretched from [0, 1] to [low, high]."""

    a: float
    b: float
    low: float = 0.0
    high: float = 1.0

    def quantile(self, p: FloatArray) -> FloatArray:
        """Inverse of the incomplete beta function."""
        unit = special.betaincinv(self.a, self.b, np.asarray(p))
        return np.asarray(self.low + (self.high - self.low) * unit)

    def cdf(self, x: FloatArray) -> FloatArray:
        """Incomplete beta function."""
        unit = np.clip((np.asarray(x) - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.asarray(special.betainc(self.a, self.b, unit))


@dataclass(frozen=True)
class Triangular(AbstractLaw):
    """Triangular law by least, most likely and largest value."""

    low: float
    mode: float
    high: float

    def quantile(self, p: FloatArray) -> FloatArray:
        """Inverse of the piecewise quadratic distribution function."""
        p = np.asarray(p)
        width, rise = self.high - self.low, self.mode - self.low
        left = self.low + np.sqrt(p * width * rise)
        right = self.high - np.sqrt((1 - p) * width * (self.high - self.mode))
        return np.where(p <= rise / width, left, right)

    def cdf(self, x: FloatArray) -> FloatArray:
        """Piecewise quadratic distribution function."""
        x = np.clip(np.asarray(x, dtype=float), self.low, self.high)
        width = self.high - self.low
        rise, fall = self.mode - self.low, self.high - self.mode
        left = (x - self.low) ** 2 / (width * rise) if rise else np.zeros_like(x)
        right = 1 - (self.high - x) ** 2 / (width * fall) if fall else np.ones_like(x)
        return np.where(x < self.mode, left, right)


def pert(low: float, mode: float, high: float) -> Beta:
    """PERT law: the beta law whose mean is (low + 4 mode + high) / 6.

    Source: Malcolm et al. (1959), Operations Research 7(5), 646-669.
    """
    width = high - low
    return Beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, low, high)


@dataclass(frozen=True)
class Discrete(AbstractLaw):
    """Finitely many values with their probabilities, values ascending."""

    values: tuple[float, ...]
    probs: tuple[float, ...]

    def quantile(self, p: FloatArray) -> FloatArray:
        """Least value whose cumulative probability reaches p."""
        edges = np.cumsum(self.probs)[:-1]
        return np.asarray(self.values)[np.searchsorted(edges, np.asarray(p), "right")]

    def cdf(self, x: FloatArray) -> FloatArray:
        """Sum of the probabilities of the values up to x."""
        steps = np.concatenate([[0.0], np.cumsum(self.probs)])
        return np.asarray(steps[np.searchsorted(self.values, np.asarray(x), "right")])


@dataclass(frozen=True)
class Unknown(AbstractLaw):
    """Declared unknown, in a field without a natural range: nothing can be computed."""

    def quantile(self, p: FloatArray) -> FloatArray:
        """Refuse: nothing is known. Raises ValueError."""
        raise ValueError(f"unknown: no engine may draw it (shape {np.shape(p)})")

    def cdf(self, x: FloatArray) -> FloatArray:
        """Refuse: nothing is known. Raises ValueError."""
        raise ValueError(f"unknown: no engine may ask it (shape {np.shape(x)})")
