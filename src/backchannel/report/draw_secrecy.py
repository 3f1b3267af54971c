"""Figures of the third question: what secrecy buys, and who knows what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backchannel.report import figures as canvas
from backchannel.report.figure_records import (
    KnowersFigure,
    LeakCurve,
    SecrecyFigure,
    SecrecyRow,
)
from backchannel.report.wording import percent

if TYPE_CHECKING:
    from backchannel.report.figures import Axes, Figure

_ROW = 0.62
_CURVES = 2.35


def secrecy_height(shown: SecrecyFigure) -> float:
    """Inches: rows of terms above, one panel of leak curves below."""
    return 0.5 + _ROW * len(shown.rows) + (_CURVES if shown.curves else 0.0)


def draw_secrecy(figure: Figure, shown: SecrecyFigure) -> None:
    """Chance of settlement by how each private term is seen, and how long it keeps."""
    height = secrecy_height(shown)
    base = 0.0
    if shown.curves:
        base = _CURVES
        # A caption and an axis stand between the panels.
        _leak_panel(
            figure.add_axes((0.10, 0.42 / height, 0.585, 1.6 / height)), shown.curves
        )
    axes = figure.add_axes(
        (0.10, (base + 0.4) / height, 0.86, _ROW * len(shown.rows) / height)
    )
    axes.set_ylim(len(shown.rows), 0)
    axes.set_xlim(0, 1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    canvas.percent_axis(axes, "x")
    axes.grid(axis="x", color=canvas.RULE, lw=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("chance that the package is accepted and ratified", labelpad=2)
    for i, row in enumerate(shown.rows):
        _secrecy_row(axes, i, row)


def _secrecy_row(axes: Axes, i: int, row: SecrecyRow) -> None:
    axes.text(0.0, i + 0.17, row.title, size=canvas.SMALL, va="center")
    cases = (
        (row.public, "public", canvas.WAR, "s"),
        (row.leaked, "if it leaks", canvas.FIFTH, "D"),
        (row.private, "private", canvas.DEAL, "o"),
    )
    seen = [(v, name, c, m) for v, name, c, m in cases if v is not None]
    values = [v for v, *_ in seen]
    axes.plot([min(values), max(values)], [i + 0.48] * 2, color=canvas.MUTED, lw=1)
    for value, _, colour, mark in seen:
        axes.plot([value], [i + 0.48], marker=mark, color=colour, ms=6.5, lw=0)
    _case_labels(axes, i + 0.48, seen)


def _case_labels(axes: Axes, y: float, seen: list[tuple[float, str, str, str]]) -> None:
    """Write the cases under their dots, equal ones together, kept apart."""
    groups: dict[str, list[tuple[float, str, str, str]]] = {}
    for case in sorted(seen):
        groups.setdefault(percent(case[0]), []).append(case)
    texts = [
        f"{', '.join(c[1] for c in cases)} {shown}" for shown, cases in groups.items()
    ]
    # About 4 units to a character of small type, 409 units to the axis.
    widths = [len(text) * 4.2 / 409 + 0.02 for text in texts]
    wanted = [
        cases[0][0] - w / 2 for cases, w in zip(groups.values(), widths, strict=True)
    ]
    for text, left, cases in zip(
        texts, _side_by_side(wanted, widths), groups.values(), strict=True
    ):
        axes.annotate(
            text,
            (left, y),
            xytext=(0, -11),
            textcoords="offset points",
            ha="left",
            va="center",
            size=7.5,
            color=cases[0][2],
        )


def _side_by_side(wanted: list[float], widths: list[float]) -> list[float]:
    """Left edges in [0, 1], in order, none running into the next."""
    lefts, at = [], 0.0
    for want, width in zip(wanted, widths, strict=True):
        lefts.append(max(want, at))
        at = lefts[-1] + width
    edge = 1.03
    for i in reversed(range(len(lefts))):
        lefts[i] = min(lefts[i], edge - widths[i])
        edge = lefts[i]
    return lefts


def _leak_panel(axes: Axes, curves: tuple[LeakCurve, ...]) -> None:
    days = max(curve.days[-1] for curve in curves)
    unit, name = canvas.time_axis(axes, days)
    last = days / unit
    top = max(max(curve.was_high) for curve in curves)
    top = min(max(top * 1.08, 0.02), 1.0)
    ends, texts, colours = [], [], []
    for i, curve in enumerate(curves):
        colour = canvas.LINES[i % 4]
        times = [day / unit for day in curve.days]
        axes.fill_between(
            times, curve.was_low, curve.was_high, color=colour, alpha=0.14, lw=0
        )
        axes.plot(times, curve.was, color=colour, lw=2)
        ends.append(curve.was[-1])
        texts.append(f"{curve.title}, as it was")
        colours.append(colour)
        if curve.told is not None:
            axes.plot(times, curve.told, color=colour, lw=1.4, ls="--")
            ends.append(curve.told[-1])
            texts.append(f"{curve.title}, as told")
            colours.append(colour)
        hold = curve.must_hold_days
        axes.plot(
            [hold.low / unit, hold.high / unit],
            [top * 0.015] * 2,
            color=colour,
            lw=5,
            alpha=0.6,
            solid_capstyle="butt",
        )
    axes.set_ylim(0, top)
    canvas.percent_axis(axes, "y")
    axes.set_xlabel(
        f"{name} since agreement; thick line: until when it must hold", labelpad=2
    )
    axes.set_ylabel("chance of a leak")
    for y, end, text, colour in zip(
        canvas.spread(ends, top * 0.19, 0.0, top * 0.95),
        ends,
        texts,
        colours,
        strict=True,
    ):
        axes.annotate(
            f"{percent(end)}  {canvas.wrapped(text, 25)}",
            (last, end),
            xytext=(1.03, y / top),
            textcoords="axes fraction",
            color=colour,
            size=canvas.SMALL,
            va="center",
            linespacing=1.0,
            arrowprops=canvas.leader(colour),
            annotation_clip=False,
        )


def knowers_height(shown: KnowersFigure) -> float:
    """Inches: a head, a row per actor, a line for the legend."""
    return _head_height(shown) + 0.27 * len(shown.actors) + 0.3


def _heads(shown: KnowersFigure) -> tuple[float, list[str]]:
    """Width of a column, and the terms broken to fit it."""
    width = min(68 / max(len(shown.terms), 1), 22)
    per_line = max(int(width * 4.75 / 4.4), 7)
    return width, [canvas.wrapped(term, per_line, 8) for term in shown.terms]


def _head_height(shown: KnowersFigure) -> float:
    lines = max((text.count("\n") + 1 for text in _heads(shown)[1]), default=1)
    return 0.12 + 0.125 * lines


# Characters to a line of the first column.
_ACTOR = 32
_MARKS = {
    "in the secret": ("●", canvas.DEAL),
    "sees it": ("○", canvas.DEAL),
    "sees no change": ("–", canvas.WAR),
}


def draw_knowers(figure: Figure, shown: KnowersFigure) -> None:
    """A row per actor and a column per term: who knows it, who is shown nothing."""
    height = knowers_height(shown)
    axes = canvas.blank_axes(figure, 0.0, 0.0, 1.0, 1.0)
    axes.set_xlim(0, 100)
    axes.set_ylim(height, 0)
    width, heads = _heads(shown)
    head = _head_height(shown)
    for j, text in enumerate(heads):
        axes.text(
            30 + (j + 0.5) * width,
            head - 0.07,
            text,
            ha="center",
            va="bottom",
            size=7.5,
            linespacing=1.1,
            color=canvas.MUTED,
        )
    for i, actor in enumerate(shown.actors):
        y = head + 0.27 * i
        axes.plot([0, 30 + width * len(shown.terms)], [y, y], color=canvas.RULE, lw=0.6)
        is_long = len(actor) > _ACTOR
        axes.text(
            0.4,
            y + 0.135,
            canvas.wrapped(actor, _ACTOR, 2),
            va="center",
            size=6.8 if is_long else canvas.SMALL,
            linespacing=0.95,
        )
        for j, cell in enumerate(shown.cells[i]):
            mark, colour = _MARKS.get(cell, ("", canvas.INK))
            axes.text(
                30 + (j + 0.5) * width,
                y + 0.135,
                mark,
                ha="center",
                va="center",
                color=colour,
                size=10,
            )
    # A page closes up runs of plain spaces.
    gap = " \u00a0 "
    legend = gap.join(("● in the secret", "○ sees it, public", "– sees no change"))
    axes.text(0.4, height - 0.1, legend, size=7.5, color=canvas.MUTED, va="bottom")
