"""Figures of the fourth and seventh question: channels, timetable, sensitivity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backchannel.report import figures as canvas
from backchannel.report.figure_records import (
    Bar,
    ChannelFigure,
    SensitivityFigure,
    SwingPanel,
    TimetableFigure,
)
from backchannel.report.wording import correlation, shorten, span_of_time

if TYPE_CHECKING:
    from backchannel.report.figures import Axes, Figure

_RISKS = (1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)


def draw_channels(figure: Figure, shown: ChannelFigure) -> None:
    """Round trip against the risk that runs meanwhile, each with its band."""
    axes = figure.add_axes((0.115, 0.14, 0.545, 0.82))
    axes.set_xscale("log")
    for point in shown.points:
        colour = canvas.DEAL if point.is_available else canvas.MUTED
        axes.errorbar(
            [point.hours.median],
            [point.risk.median],
            xerr=[
                [point.hours.median - point.hours.low],
                [point.hours.high - point.hours.median],
            ],
            yerr=[
                [point.risk.median - point.risk.low],
                [point.risk.high - point.risk.median],
            ],
            fmt="o" if point.is_available else "s",
            mfc=colour if point.is_available else canvas.PAPER,
            color=colour,
            ms=6,
            lw=1,
        )
    low = min([p.hours.low for p in shown.points] + [h for h, _ in shown.deadlines])
    high = max([p.hours.high for p in shown.points] + [h for h, _ in shown.deadlines])
    axes.set_xlim(max(low, 1e-3) / 1.5, high * 1.5)
    _risk_axis(axes, shown)
    _time_ticks(axes)
    axes.grid(color=canvas.RULE, lw=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("round trip: message, decision and answer")
    axes.set_ylabel("chance of war meanwhile")
    for i, (hour, title) in enumerate(shown.deadlines):
        axes.axvline(hour, color=canvas.WAR, lw=1, ls="--")
        axes.annotate(
            canvas.wrapped(title, 18, 3),
            (hour, 0.98 - 0.16 * (i % 3)),
            xycoords=axes.get_xaxis_transform(),
            xytext=(-3, 0),
            textcoords="offset points",
            ha="right",
            va="top",
            size=7.5,
            color=canvas.WAR,
            bbox={"facecolor": canvas.PAPER, "alpha": 0.8, "lw": 0, "pad": 1},
        )
    _name_channels(axes, shown)


def _risk_axis(axes: Axes, shown: ChannelFigure) -> None:
    """Linear, or logarithmic where the ends of the bands dwarf the middle values."""
    top = max(*(p.risk.high for p in shown.points), 0.001)
    middle = max(p.risk.median for p in shown.points)
    least = min(p.risk.median for p in shown.points)
    if top < 6 * middle or least <= 0:
        axes.set_ylim(0, top * 1.08)
        canvas.percent_axis(axes, "y")
        return
    axes.set_yscale("log")
    low = min(p.risk.low for p in shown.points)
    # Below one in ten thousand nobody needs the difference.
    bottom = max(min(max(low / 2, 1e-4), least / 2), 1e-6)
    axes.set_ylim(bottom, top * 1.5)
    steps = [s for s in _RISKS if bottom <= s <= top * 1.5]
    axes.set_yticks(steps, [f"{100 * s:g} %" for s in steps])
    axes.minorticks_off()


def _time_ticks(axes: Axes) -> None:
    low, high = axes.get_xlim()
    steps = [0.05, 0.25, 1, 3, 6, 12, 24, 48, 96, 240, 720, 2160, 8766]
    inside = [s for s in steps if low <= s <= high]
    axes.set_xticks(inside or [low], [span_of_time(s) for s in inside or [low]])
    axes.minorticks_off()


def _name_channels(axes: Axes, shown: ChannelFigure) -> None:
    # Where a point stands on the page, whatever the scale of the axis.
    to_page = axes.transData + axes.transAxes.inverted()
    wanted = [
        float(to_page.transform((p.hours.median, p.risk.median))[1])
        for p in shown.points
    ]
    for point, at in zip(
        shown.points, canvas.spread(wanted, 0.158, 0.06, 0.94), strict=True
    ):
        prefix = "" if point.is_available else "Not available: "
        axes.annotate(
            canvas.wrapped(f"{prefix}{point.title}", 34, 3),
            (point.hours.median, point.risk.median),
            xytext=(1.03, at),
            textcoords="axes fraction",
            size=canvas.SMALL,
            va="center",
            linespacing=1.0,
            color=canvas.INK if point.is_available else canvas.MUTED,
            arrowprops=canvas.leader(canvas.MUTED, 4),
            annotation_clip=False,
        )


def timetable_height(shown: TimetableFigure) -> float:
    """Inches: a line of text and a bar for each piece of work, and the axis."""
    return 0.6 + 0.42 * len(shown.bars)


def draw_timetable(figure: Figure, shown: TimetableFigure) -> None:
    """A bar per piece of work, its band of ends, the deciding chain in colour."""
    height = timetable_height(shown)
    axes = figure.add_axes((0.02, 0.48 / height, 0.95, 1 - 0.52 / height))
    last = max(bar.end.high for bar in shown.bars)
    unit, name = canvas.time_axis(axes, last * 1.02)
    axes.set_ylim(len(shown.bars), 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=canvas.RULE, lw=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(f"{name} from agreement; thin line: 90 % band of the end")
    for i, bar in enumerate(shown.bars):
        _bar(axes, i, bar, unit, last / unit)


def _bar(axes: Axes, row: int, bar: Bar, unit: float, last: float) -> None:
    colour = canvas.WAR if bar.is_critical else canvas.DEAL
    start, end = bar.start / unit, bar.end.median / unit
    y = row + 0.70
    if end - start < last / 400:
        axes.plot([start], [y], marker="D", color=colour, ms=5)
    else:
        axes.barh(y, end - start, 0.34, start, color=colour, lw=0)
    axes.plot(
        [bar.end.low / unit, bar.end.high / unit], [y, y], color=canvas.INK, lw=1.2
    )
    marks = [shorten(bar.by, 30)] if bar.by else []
    if bar.is_private:
        marks.append("private")
    if bar.is_critical:
        marks.append("decides the end")
    suffix = f"  ({', '.join(marks)})" if marks else ""
    # About 4.5 units to a character, 451 units to the axis.
    text = canvas.wrapped(bar.title, 104 - len(suffix), 1) + suffix
    runs_over = start / last + len(text) * 4.5 / 451 > 1.0
    axes.text(
        last if runs_over else start,
        row + 0.28,
        text,
        ha="right" if runs_over else "left",
        va="center",
        size=canvas.SMALL,
        color=colour if bar.is_critical else canvas.INK,
    )


def sensitivity_height(shown: SensitivityFigure) -> float:
    """Inches: for each panel a title, its rows and an axis."""
    return sum(0.75 + 0.40 * len(panel.rows) for panel in shown.panels)


def draw_sensitivity(figure: Figure, shown: SensitivityFigure) -> None:
    """For each answer, how far the strongest numbers move it from low to high."""
    height = sensitivity_height(shown)
    top = height
    for panel in shown.panels:
        rows = 0.40 * len(panel.rows)
        bottom = (top - 0.28 - rows) / height
        _swings(figure.add_axes((0.03, bottom, 0.90, rows / height)), panel)
        top -= 0.75 + rows


def _swings(axes: Axes, panel: SwingPanel) -> None:
    ends = [v for row in panel.rows for v in (row.low, row.high)]
    low, high = min(ends), max(ends)
    margin = 0.14 * (high - low) or 0.01
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(len(panel.rows), 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    canvas.percent_axis(axes, "x")
    axes.grid(axis="x", color=canvas.RULE, lw=0.6)
    axes.set_axisbelow(True)
    axes.set_title(panel.title, loc="left", size=canvas.SIZE, color=canvas.INK, pad=5)
    for i, row in enumerate(panel.rows):
        y = i + 0.70
        axes.plot([row.low, row.high], [y, y], color=canvas.MUTED, lw=2)
        axes.plot(
            [row.low], [y], "o", color=canvas.DEAL, ms=6, mfc=canvas.PAPER, mew=1.6
        )
        axes.plot([row.high], [y], "o", color=canvas.DEAL, ms=6)
        for value, word in ((row.low, "low"), (row.high, "high")):
            outward = -1 if (value <= max(row.low, row.high) - 1e-12) else 1
            if row.low == row.high:
                outward = -1 if word == "low" else 1
            axes.annotate(
                word,
                (value, y),
                xytext=(6 * outward, 0),
                textcoords="offset points",
                ha="right" if outward < 0 else "left",
                va="center",
                size=7,
                color=canvas.MUTED,
            )
        axes.text(
            0.0,
            i + 0.28,
            f"{canvas.wrapped(row.title, 82, 1)} {correlation(row.rank_correlation)}",
            transform=axes.get_yaxis_transform(),
            va="center",
            size=canvas.SMALL,
        )
