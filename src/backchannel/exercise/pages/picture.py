"""Small pictures in a page: places on a canvas, for a template to draw as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 640.0, 260.0, 60.0
LANE_HEIGHT, LANE_MARGIN = 52.0, 16.0


@dataclass(frozen=True)
class Axes:
    """Two ranges, laid on a canvas of `WIDTH` by `HEIGHT` with a margin for labels."""

    across: tuple[float, float]
    up: tuple[float, float]

    @classmethod
    def around(cls, across: Sequence[float], up: Sequence[float]) -> Axes:
        """Ranges that hold every value and zero, with a tenth to spare."""
        return cls(_around(across), _around(up))

    @property
    def left(self) -> float:
        """Where the range across begins."""
        return MARGIN

    @property
    def right(self) -> float:
        """Where the range across ends."""
        return WIDTH - MARGIN

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point lies on the canvas, from its upper left corner."""
        (x0, x1), (y0, y1) = self.across, self.up
        right = MARGIN + (WIDTH - 2 * MARGIN) * (x - x0) / (x1 - x0 or 1.0)
        down = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (y - y0) / (y1 - y0 or 1.0)
        return round(right, 1), round(down, 1)

    def point(self, x: float, y: float) -> str:
        """The same as text for a line."""
        right, down = self.place(x, y)
        return f"{right},{down}"

    def ticks(self, which: str) -> list[tuple[float, float]]:
        """Five values along an axis, `across` or `up`, and where they lie."""
        low, high = self.across if which == "across" else self.up
        values = [low + (high - low) * i / 4 for i in range(5)]
        if which == "across":
            return [(value, self.place(value, self.up[0])[0]) for value in values]
        return [(value, self.place(self.across[0], value)[1]) for value in values]


@dataclass(frozen=True)
class Picture:
    """A line, dots and numbered rings on the same axes."""

    axes: Axes
    line: str = ""
    dots: tuple[tuple[float, float], ...] = ()
    rings: tuple[tuple[float, float, str], ...] = ()


@dataclass(frozen=True)
class Lanes:
    """Rows of marks over time: `names` from top to bottom, `hours` across."""

    names: tuple[str, ...]
    hours: tuple[float, float]

    @property
    def height(self) -> float:
        """Of the whole picture, with room for the hours below."""
        return LANE_HEIGHT * len(self.names) + MARGIN

    def across(self, hour: float) -> float:
        """Where an hour lies."""
        first, last = self.hours
        share = (hour - first) / (last - first or 1.0)
        return round(LANE_MARGIN + (WIDTH - 2 * LANE_MARGIN) * share, 1)

    def down(self, name: str) -> float:
        """Where the line of a lane lies, below its name."""
        return LANE_HEIGHT * (self.names.index(name) + 0.75)

    def ticks(self) -> list[float]:
        """Five hours along the foot of it."""
        first, last = self.hours
        return [first + (last - first) * i / 4 for i in range(5)]


def _around(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(0.0, *values), max(0.0, *values)
    spare = 0.1 * (high - low or 1.0)
    return low - spare, high + spare
