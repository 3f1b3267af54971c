"""Units as written in the file, and the canonical ones used inside.

Durations are hours inside, rates are per hour, the rest is as declared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Mean Gregorian month, 365.2425 / 12 days: '4 mo' is a length of time, not a date.
_DURATIONS = {
    "s": 1 / 3600,
    "min": 1 / 60,
    "h": 1.0,
    "d": 24.0,
    "wk": 168.0,
    "mo": 24 * 365.2425 / 12,
    "y": 24 * 365.2425,
}
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*([%/A-Za-z]*)\s*")


# Compared by identity: there are seven, and pydantic needs annotations that hash.
@dataclass(frozen=True, eq=False)
class Dimension:
    """A kind of number: what it counts, its units and its natural range."""

    name: str
    canonical: str
    factors: dict[str, float]
    low: float = float("-inf")
    high: float = float("inf")
    example: str = "1"
    unknown_range: tuple[float, float] | None = None

    def parse(self, text: str) -> float:
        """Read one number with its unit into the canonical unit.

        Raises
        ------
        ValueError : no number, an unknown unit, a missing unit, or out of range.
        """
        match = _QUANTITY.fullmatch(text)
        if match is None:
            raise ValueError(
                f"'{text}' is not a number; write for example {self.example}"
            )
        number, unit = float(match[1]), match[2]
        if unit not in self.factors:
            what = f"has the unit '{unit}'" if unit else "has no unit"
            known = ", ".join(u for u in self.factors if u)
            right = (
                f"a {self.name} is in {known}" if known else f"a {self.name} has none"
            )
            raise ValueError(f"'{text}' {what}; {right}, e.g. {self.example}")
        return self.check(number * self.factors[unit])

    def check(self, value: float) -> float:
        """Return the value if it lies in the natural range of this dimension.

        Raises
        ------
        ValueError : it does not, or is not finite.
        """
        if not self.low <= value <= self.high or abs(value) == float("inf"):
            raise ValueError(
                f"is {value:g}; a {self.name} lies in [{self.low:g}, {self.high:g}]"
            )
        return value


_TIMES = dict(_DURATIONS)
_PER = {f"/{unit}": 1 / hours for unit, hours in _DURATIONS.items()}
_BARE = {"": 1.0}
_SHARE = {"": 1.0, "%": 0.01}

DURATION = Dimension("duration", "h", _TIMES, 0.0, 1e7, "6 h")
RATE = Dimension("rate", "/h", _PER, 0.0, 1e5, "0.27 /h")
PROBABILITY = Dimension("probability", "", _SHARE, 0.0, 1.0, "0.3", (0.0, 1.0))
WORTH = Dimension("worth", "", _BARE, -1e4, 1e4, "-15", (-100.0, 100.0))
COST = Dimension("cost", "", _BARE, 0.0, 1e4, "5", (0.0, 100.0))
FACTOR = Dimension("factor", "", _BARE, 0.0, 1e6, "1.5")
COUNT = Dimension("count", "", _BARE, 0.0, 1e12, "9")
DEATHS = Dimension("number of deaths", "", _BARE, 0.0, 1e11, "2e6")
