"""Figure of the fifth question: what could be offered, and how likely it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backchannel.report import figures as canvas
from backchannel.report.figure_records import OfferFigure
from backchannel.report.wording import percent

if TYPE_CHECKING:
    from backchannel.report.figures import Axes, Figure

_CURVES = (0.25, 0.5, 0.75, 1.0)
# Characters between the plot and the edge of the figure.
_LABEL_WIDTH = 28


def draw_offer(figure: Figure, shown: OfferFigure) -> None:
    """Gain if accepted against the chance of it; along a thin line offers are equal."""
    axes = figure.add_axes((0.095, 0.14, 0.575, 0.78))
    xs = [p.prob_accepted for p in shown.points]
    ys = [p.own_gain for p in shown.points]
    top = 1.12 * max(*ys, 1.0)
    best = max(p.mean_gain for p in shown.points)
    grid = np.linspace(0.02, 1.0, 200)
    for share in _CURVES:
        axes.plot(grid, share * best / grid, color=canvas.RULE, lw=0.8, zorder=1)
    axes.scatter(xs[1:], ys[1:], s=26, color=canvas.MUTED, lw=0, zorder=3)
    axes.scatter(xs[:1], ys[:1], s=60, color=canvas.DEAL, lw=0, zorder=4)
    axes.axhline(0, color=canvas.MUTED, lw=0.8)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(min(*ys, 0.0) - 0.05 * top, top)
    canvas.percent_axis(axes, "x")
    axes.set_xlabel("chance that it is accepted")
    axes.set_ylabel(canvas.wrapped(f"{shown.proposer}: gain if accepted", 40, 1))
    axes.text(
        1.0,
        1.02,
        "thin lines: equal mean gain, refusals counted",
        transform=axes.transAxes,
        color=canvas.MUTED,
        size=canvas.SMALL,
        ha="right",
    )
    _name_points(axes, shown)


def _name_points(axes: Axes, shown: OfferFigure) -> None:
    """Name the offers beside the plot, with the chance of war after each."""
    named = [p for p in shown.points if p.title]
    low, top = axes.get_ylim()
    span = top - low
    said = [f"{percent(p.prob_war)} war: {p.title}" for p in named]
    texts = [canvas.wrapped(text, _LABEL_WIDTH, 3) for text in said]
    gap = span * (0.06 + 0.05 * max(text.count("\n") + 1 for text in texts))
    wanted = [p.own_gain for p in named]
    placed = canvas.spread(wanted, gap, low, low + 0.97 * span)
    for point, text, y in zip(named, texts, placed, strict=True):
        is_best = point is shown.points[0]
        colour = canvas.DEAL if is_best else canvas.MUTED
        axes.annotate(
            text,
            (point.prob_accepted, point.own_gain),
            xytext=(1.04, (y - low) / span),
            textcoords="axes fraction",
            color=colour,
            size=canvas.SMALL,
            va="center",
            linespacing=1.0,
            weight="bold" if is_best else "normal",
            arrowprops=canvas.leader(colour),
            annotation_clip=False,
        )
