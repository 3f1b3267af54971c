"""Figure of the second question: every package by what two parties gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backchannel.report import figures as canvas
from backchannel.report.figure_records import FrontierFigure, FrontierPoint

if TYPE_CHECKING:
    from backchannel.report.figures import Axes, Figure


def draw_frontier(figure: Figure, shown: FrontierFigure) -> None:
    """Every package by two parties' gains; frontier, win-set and names stand out."""
    axes = figure.add_axes((0.095, 0.125, 0.575, 0.80))
    axes.axhline(0, color=canvas.MUTED, lw=0.8)
    axes.axvline(0, color=canvas.MUTED, lw=0.8)
    plain = [p for p in shown.points if not p.is_on_frontier]
    front = sorted((p for p in shown.points if p.is_on_frontier), key=lambda p: p.x)
    axes.scatter(
        [p.x for p in plain],
        [p.y for p in plain],
        s=7,
        color=canvas.MUTED,
        alpha=0.45,
        lw=0,
    )
    axes.scatter(
        [p.x for p in front],
        [p.y for p in front],
        s=20,
        color=canvas.DEAL,
        lw=0,
        zorder=3,
    )
    won = [p for p in plain if p.is_in_win_set]
    axes.scatter(
        [p.x for p in won],
        [p.y for p in won],
        s=16,
        facecolor="none",
        edgecolor=canvas.DEAL,
        lw=0.6,
        alpha=0.7,
    )
    _limits(axes, shown)
    axes.set_xlabel(canvas.wrapped(f"{shown.x_title}: gain over no deal", 62, 1))
    axes.set_ylabel(canvas.wrapped(f"{shown.y_title}: gain over no deal", 50, 1))
    _note_corner(axes, plain, front, shown.n_parties)
    _name_points(axes, shown)


def _limits(axes: Axes, shown: FrontierFigure) -> None:
    xs = [p.x for p in shown.points] + [p.x for p in shown.named] + [0.0]
    ys = [p.y for p in shown.points] + [p.y for p in shown.named] + [0.0]
    for values, put in ((xs, axes.set_xlim), (ys, axes.set_ylim)):
        margin = 0.07 * (max(values) - min(values)) or 1.0
        put(min(values) - margin, max(values) + margin)


def _note_corner(
    axes: Axes, plain: list[FrontierPoint], front: list[FrontierPoint], n_parties: int
) -> None:
    """Say above the picture what the two kinds of dot are."""
    notes = []
    if front:
        whom = "both" if n_parties == 2 else f"all {n_parties} parties"
        text = f"● on the frontier: no package is better for {whom}"
        notes.append((canvas.DEAL, text))
    if plain:
        ring = "; ○ passed at home" if any(p.is_in_win_set for p in plain) else ""
        notes.append((canvas.MUTED, f"• other packages{ring}"))
    for i, (colour, text) in enumerate(notes):
        axes.text(
            0.0 if i == 0 else 1.03,
            1.03,
            text,
            transform=axes.transAxes,
            color=colour,
            size=7.5,
        )


def _name_points(axes: Axes, shown: FrontierFigure) -> None:
    """Name points in a column at the right, a thin line leading to each."""
    spots: dict[tuple[float, float], list[str]] = {}
    for point in shown.named:
        spots.setdefault((point.x, point.y), []).append(point.title)
    low, high = axes.get_ylim()
    shares = [(y - low) / (high - low) for _, y in spots]
    texts = [canvas.wrapped(", ".join(names), 30, 4) for names in spots.values()]
    n_lines = max((t.count("\n") + 1 for t in texts), default=1)
    gap = 0.035 + 0.045 * n_lines
    for (x, y), at, text in zip(
        spots, canvas.spread(shares, gap, 0.05, 0.95), texts, strict=True
    ):
        axes.scatter(
            [x], [y], s=46, facecolor="none", edgecolor=canvas.INK, lw=1.3, zorder=4
        )
        axes.annotate(
            text,
            (x, y),
            xytext=(1.03, at),
            textcoords="axes fraction",
            size=canvas.SMALL,
            va="center",
            linespacing=1.05,
            arrowprops=canvas.leader(canvas.MUTED, 4),
            annotation_clip=False,
        )
