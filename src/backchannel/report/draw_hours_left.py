"""Figure of the hours left: when the risk of war passes each level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backchannel.report import figures as canvas
from backchannel.report.draw_risk import hour_axis
from backchannel.report.figure_records import HoursLeftFigure, HoursLeftRow
from backchannel.report.wording import percent

if TYPE_CHECKING:
    from backchannel.report.figures import Axes, Figure


def hours_left_height(shown: HoursLeftFigure) -> float:
    """Inches that the rows need."""
    return 0.75 + 0.36 * len(shown.rows)


def draw_hours_left(figure: Figure, shown: HoursLeftFigure) -> None:
    """One row a level: 90 % and half of the draws as bars, the median as a mark."""
    n = len(shown.rows)
    bottom = 0.5 / hours_left_height(shown)
    axes = figure.add_axes((0.1, bottom, 0.58, 0.98 - bottom))
    axes.set_xlim(0.0, shown.horizon)
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_yticks(range(n), [percent(row.level) for row in shown.rows])
    axes.set_ylabel("chance of war passes")
    hour_axis(axes, shown.horizon)
    axes.grid(axis="x", color=canvas.RULE, lw=0.6)
    axes.set_axisbelow(True)
    for y, row in enumerate(shown.rows):
        _draw_row(axes, y, row, shown.horizon)


def _draw_row(axes: Axes, y: int, row: HoursLeftRow, horizon: float) -> None:
    ends = ((row.low, row.high, 3.0, 0.35), (row.lower, row.upper, 8.0, 0.6))
    for low, high, width, strength in ends:
        if low is not None:
            last = horizon if high is None else high
            axes.plot(
                [low, last], [y, y], color=canvas.WAR, lw=width, alpha=strength,
                solid_capstyle="butt",
            )  # fmt: skip
    if row.low is not None and row.high is None:
        # Part of the draws lies beyond the look: the bar goes on.
        axes.plot(
            [horizon], [y], color=canvas.WAR, marker=">", ms=6, clip_on=False, alpha=0.6
        )
    if row.median is not None:
        axes.plot([row.median], [y], color=canvas.INK, marker="|", ms=13, mew=2.0)
    axes.annotate(
        canvas.wrapped(row.text, 28, 2),
        (1.04, y),
        xycoords=("axes fraction", "data"),
        va="center",
        size=canvas.SMALL,
        color=canvas.INK if row.median is not None else canvas.MUTED,
        annotation_clip=False,
    )
