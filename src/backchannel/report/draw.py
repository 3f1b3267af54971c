"""From what a figure shows to its picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backchannel.report import figures as canvas
from backchannel.report.draw_channels import (
    draw_channels,
    draw_sensitivity,
    draw_timetable,
    sensitivity_height,
    timetable_height,
)
from backchannel.report.draw_frontier import draw_frontier
from backchannel.report.draw_games import draw_precision, draw_tree, tree_height
from backchannel.report.draw_hours_left import draw_hours_left, hours_left_height
from backchannel.report.draw_offer import draw_offer
from backchannel.report.draw_risk import draw_paths, draw_risk, paths_height
from backchannel.report.draw_secrecy import (
    draw_knowers,
    draw_secrecy,
    knowers_height,
    secrecy_height,
)
from backchannel.report.figure_records import (
    AnyFigure,
    ChannelFigure,
    FrontierFigure,
    HoursLeftFigure,
    KnowersFigure,
    OfferFigure,
    PathsFigure,
    PrecisionFigure,
    RiskFigure,
    SecrecyFigure,
    SensitivityFigure,
    TimetableFigure,
    TreeFigure,
)

if TYPE_CHECKING:
    from backchannel.report.figures import Figure

_DRAW: dict[type, Callable[[Figure, Any], None]] = {
    RiskFigure: draw_risk,
    HoursLeftFigure: draw_hours_left,
    PathsFigure: draw_paths,
    FrontierFigure: draw_frontier,
    OfferFigure: draw_offer,
    SecrecyFigure: draw_secrecy,
    KnowersFigure: draw_knowers,
    ChannelFigure: draw_channels,
    TimetableFigure: draw_timetable,
    SensitivityFigure: draw_sensitivity,
    TreeFigure: draw_tree,
    PrecisionFigure: draw_precision,
}
_HEIGHT: dict[type, Callable[[Any], float]] = {
    RiskFigure: lambda _: 3.3,
    HoursLeftFigure: hours_left_height,
    PathsFigure: paths_height,
    FrontierFigure: lambda _: 3.7,
    OfferFigure: lambda _: 3.2,
    SecrecyFigure: secrecy_height,
    KnowersFigure: knowers_height,
    ChannelFigure: lambda _: 3.2,
    TimetableFigure: timetable_height,
    SensitivityFigure: sensitivity_height,
    TreeFigure: tree_height,
    PrecisionFigure: lambda _: 3.3,
}
_OPEN = re.compile(r"<svg [^>]*>", re.DOTALL)


def draw(figure: AnyFigure) -> str:
    """Draw a figure of a brief as an SVG element.

    Parameters
    ----------
    figure : any of the figure records

    Returns
    -------
    str : `<svg ...>...</svg>` with text as text, without size, so that a page scales it
    """
    kind = type(figure)
    height = _HEIGHT[kind](figure)
    return canvas.draw_svg(
        figure.head.key, height, lambda page: _DRAW[kind](page, figure)
    )


def standalone(svg: str) -> str:
    """Turn an element into a file of its own, on white paper."""
    opening = _OPEN.match(svg)
    end = opening.end() if opening else 0
    paper = f'<rect width="100%" height="100%" fill="{canvas.PAPER}"/>'
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f"{head}{svg[:end]}{paper}{svg[end:]}"
