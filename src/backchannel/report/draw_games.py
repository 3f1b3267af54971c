"""Figures of a game: its tree with how it is played, and how noisy play sharpens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backchannel.report import figures as canvas
from backchannel.report.figure_records import PrecisionFigure, TreeFigure

if TYPE_CHECKING:
    from backchannel.report.figures import Axes, Figure

_COLOURS = (canvas.DEAL, canvas.WAR, canvas.THIRD, canvas.FOURTH, canvas.FIFTH)
_END = -2
_PLAYED = 5e-4


def tree_height(shown: TreeFigure) -> float:
    """Inches: enough for the ends, one under the other."""
    ends = sum(node.player == _END for node in shown.nodes)
    return max(2.2, 0.6 + 0.24 * ends)


def draw_tree(figure: Figure, shown: TreeFigure) -> None:
    """Moves from left to right; what is played is drawn strong."""
    axes = canvas.blank_axes(figure, 0.03, 0.02, 0.80, 0.90)
    for members in shown.sets:
        _join(axes, shown, members)
    for edge in shown.edges:
        start, end = shown.nodes[edge.start], shown.nodes[edge.end]
        is_played = edge.probability > _PLAYED
        axes.plot(
            [start.x, end.x],
            [start.y, end.y],
            color=canvas.INK if is_played else canvas.MUTED,
            lw=0.7 + 1.8 * edge.probability if is_played else 0.5,
            alpha=1.0 if is_played else 0.6,
            zorder=1,
        )
        axes.text(
            0.45 * start.x + 0.55 * end.x,
            0.45 * start.y + 0.55 * end.y,
            canvas.wrapped(f"{edge.title} {edge.probability:.3g}", 22, 1),
            size=6.5,
            color=canvas.INK if is_played else canvas.MUTED,
            ha="center",
            va="center",
            # The branch passes behind its words, not through them.
            bbox={"facecolor": canvas.PAPER, "edgecolor": "none", "pad": 0.8},
        )
    for node in shown.nodes:
        if node.player == _END:
            axes.text(node.x + 0.03, node.y, node.text, size=7, va="center")
            continue
        colour = _colour(node.player)
        axes.scatter([node.x], [node.y], s=22, color=colour, lw=0, zorder=3)
    _name_players(axes, shown)


def _colour(player: int) -> str:
    return canvas.MUTED if player < 0 else _COLOURS[player % len(_COLOURS)]


def _join(axes: Axes, shown: TreeFigure, members: tuple[int, ...]) -> None:
    """A dotted line through the nodes that their player cannot tell apart."""
    nodes = sorted((shown.nodes[m] for m in members), key=lambda node: node.y)
    axes.plot(
        [node.x for node in nodes],
        [node.y for node in nodes],
        color=_colour(nodes[0].player),
        lw=0.9,
        ls=":",
        zorder=0,
    )


def _name_players(axes: Axes, shown: TreeFigure) -> None:
    width = 1.0 / max(1, len(shown.players))
    for player, name in enumerate(shown.players):
        axes.text(
            player * width,
            1.03,
            f"● {canvas.wrapped(name, 24, 1)}",
            transform=axes.transAxes,
            color=_colour(player),
            size=canvas.SMALL,
        )


def draw_precision(figure: Figure, shown: PrecisionFigure) -> None:
    """Probability of each action by the precision of choices."""
    axes = figure.add_axes((0.095, 0.14, 0.575, 0.80))
    colours = (*_COLOURS, canvas.INK)
    for i, line in enumerate(shown.actions):
        axes.plot(
            shown.precision,
            line.values,
            color=colours[i % len(colours)],
            ls="-" if i < len(colours) else canvas.DASHES[i % len(canvas.DASHES)],
            lw=1.3,
        )
    axes.set_xscale("symlog", linthresh=0.1)
    axes.set_xlim(0, max(shown.precision[-1], 1.0))
    # Text is not set as mathematics here: plain numbers, not powers of ten.
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.set_ylim(-0.02, 1.02)
    canvas.percent_axis(axes, "y")
    axes.set_xlabel("precision of choices, per unit of payoff")
    places = canvas.spread([line.values[-1] for line in shown.actions], 0.075, 0, 1)
    for i, (line, at) in enumerate(zip(shown.actions, places, strict=True)):
        axes.annotate(
            canvas.wrapped(line.title, 30, 1),
            (1.0, line.values[-1]),
            xycoords=("axes fraction", "data"),
            xytext=(1.04, at),
            textcoords=("axes fraction", "data"),
            size=canvas.SMALL,
            va="center",
            color=colours[i % len(colours)],
            arrowprops=canvas.leader(colours[i % len(colours)]),
            annotation_clip=False,
        )
