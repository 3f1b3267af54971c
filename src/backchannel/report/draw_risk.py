"""Figures of the first question: risk over time, and the ways to war."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backchannel.report import figures as canvas
from backchannel.report.figure_records import PathsFigure, PathStep, RiskFigure
from backchannel.report.wording import percent

if TYPE_CHECKING:
    from backchannel.report.figures import Axes, Figure


def draw_risk(figure: Figure, shown: RiskFigure) -> None:
    """Chance of war by each hour with its band, and the medians under each lever."""
    n_rows = max(_rows_of_marks(shown), default=-1) + 1
    # The labels of the marks take their room from the plot.
    height = 0.84 / (1.0 + _LABEL_HEIGHT * n_rows)
    axes = figure.add_axes((0.095, 0.13, 0.59, height))
    axes.fill_between(
        shown.hours, shown.low, shown.high, color=canvas.WAR, alpha=0.16, lw=0
    )
    axes.plot(shown.hours, shown.war.values, color=canvas.WAR, lw=2.2)
    for i, line in enumerate(shown.levers):
        colour, dash = canvas.LINES[i % 4], canvas.DASHES[i % 4]
        axes.plot(shown.hours, line.values, color=colour, lw=1.5, ls=dash)
    highest = max(*shown.high, *(max(line.values) for line in shown.levers), 0.01)
    top = min(highest * 1.06, 1.0)
    axes.set_xlim(0, shown.hours[-1])
    axes.set_ylim(0, top)
    hour_axis(axes, shown.hours[-1])
    canvas.percent_axis(axes, "y")
    axes.set_ylabel("chance of war by then")
    axes.grid(axis="y", color=canvas.RULE, lw=0.6)
    axes.set_axisbelow(True)
    _label_ends(axes, shown, top)
    _mark_hours(axes, shown)


# A label above the plot takes this share of its width, and this share of its height.
_LABEL_WIDTH, _LABEL_HEIGHT = 0.29, 0.14


def _rows_of_marks(shown: RiskFigure) -> list[int]:
    """Row above the plot for each mark, so that no two labels touch."""
    last_in_row: list[float] = []
    rows = []
    for hour, _ in shown.marks:
        start = min(hour / shown.hours[-1], 1.0 - _LABEL_WIDTH)
        free = (i for i, end in enumerate(last_in_row) if start >= end)
        row = next(free, len(last_in_row))
        last_in_row[row : row + 1] = [start + _LABEL_WIDTH]
        rows.append(row)
    return rows


def _mark_hours(axes: Axes, shown: RiskFigure) -> None:
    """Draw deadlines as lines, named above the plot where they hide nothing."""
    for (hour, title), row in zip(shown.marks, _rows_of_marks(shown), strict=True):
        axes.axvline(hour, color=canvas.MUTED, lw=0.8, ls=(0, (1, 2)))
        share = hour / shown.hours[-1]
        is_right = share > 1.0 - _LABEL_WIDTH
        axes.annotate(
            canvas.wrapped(title, 18, 2),
            (share, 1.015 + row * _LABEL_HEIGHT),
            xycoords="axes fraction",
            ha="right" if is_right else "left",
            va="bottom",
            size=canvas.SMALL,
            color=canvas.MUTED,
            annotation_clip=False,
        )


def hour_axis(axes: Axes, last: float) -> None:
    """Put round hours on the axis of time."""
    steps = [s for s in (1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720) if last / s <= 8.5]
    step = steps[0] if steps else last / 6
    axes.set_xticks([i * step for i in range(int(last / step + 1e-9) + 1)])
    axes.set_xlabel("hours from now")


def _label_ends(axes: Axes, shown: RiskFigure, top: float) -> None:
    """Name each line at its end, with its last value, labels kept apart."""
    lines = [shown.war, *shown.levers]
    colours = [canvas.WAR, *(canvas.LINES[i % 4] for i in range(len(shown.levers)))]
    ends = [line.values[-1] for line in lines]
    texts = [canvas.wrapped(line.title, 25, 3) for line in lines]
    gap = top * (0.06 + 0.045 * max(text.count("\n") + 1 for text in texts))
    for y, end, text, colour in zip(
        canvas.spread(ends, gap, 0.0, top * 0.98), ends, texts, colours, strict=True
    ):
        axes.annotate(
            f"{percent(end)}  {text}",
            (shown.hours[-1], end),
            xytext=(1.04, y / top),
            textcoords="axes fraction",
            color=colour,
            size=canvas.SMALL,
            va="center",
            linespacing=1.0,
            weight="bold" if colour == canvas.WAR else "normal",
            arrowprops=canvas.leader(colour),
            annotation_clip=False,
        )


def paths_height(shown: PathsFigure) -> float:
    """Inches that the chains need."""
    return 1.16 * len(shown.chains) + 0.05


def draw_paths(figure: Figure, shown: PathsFigure) -> None:
    """One row per chain: its share of all wars, then its steps from left to right."""
    n = len(shown.chains)
    axes = canvas.blank_axes(figure, 0.0, 0.0, 1.0, 1.0)
    axes.set_xlim(0, 100)
    axes.set_ylim(n, 0)
    longest = max((len(chain.steps) for chain in shown.chains), default=1)
    width = min(90 / max(longest, 1), 30)
    for row, chain in enumerate(shown.chains):
        axes.text(
            0.5, row + 0.5, percent(chain.share), weight="bold", va="center", size=11
        )
        for i, step in enumerate(chain.steps):
            is_last = i == len(chain.steps) - 1
            _box(axes, (10 + i * width, row + 0.08), width - 2.4, step, is_last=is_last)


def _box(
    axes: Axes, at: tuple[float, float], width: float, step: PathStep, *, is_last: bool
) -> None:
    """The rung in bold, under what led to it."""
    left, top = at
    edge = canvas.WAR if is_last else canvas.MUTED
    xs = [left, left + width, left + width, left, left]
    ys = [top, top, top + 0.84, top + 0.84, top]
    axes.plot(xs, ys, color=edge, lw=1.6 if is_last else 0.8)
    # 475 units wide and about 4.4 units to a character of small type.
    per_line = max(int(width * 4.75 / 4.5), 6)
    middle = left + width / 2
    axes.text(
        middle,
        top + 0.26,
        canvas.wrapped(step.cause, per_line, 4),
        ha="center",
        va="center",
        size=7.5,
        linespacing=1.05,
    )
    axes.text(
        middle,
        top + 0.67,
        # Bold letters are wider.
        canvas.wrapped(step.rung, per_line - 3, 3),
        ha="center",
        va="center",
        size=7.5,
        weight="bold",
        linespacing=1.05,
        color=edge if is_last else canvas.INK,
    )
    if not is_last:
        axes.annotate(
            "",
            (left + width + 2.3, top + 0.42),
            (left + width + 0.1, top + 0.42),
            arrowprops={"arrowstyle": "->", "color": canvas.MUTED, "lw": 0.9},
        )
