"""The canvas of every figure: size, type, colours, and SVG that is the same each time.

The only module that imports matplotlib. Text stays text, so that it can be read aloud,
searched and coloured by the page.
"""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    # The drawing modules take these names from here: no other knows matplotlib.
    from matplotlib.axes import Axes as Axes
    from matplotlib.figure import Figure as Figure

WIDTH = 6.6
"""Inches; 475 units of SVG, readable at the width of a page and of a tilted phone."""
SIZE, SMALL = 9.0, 8.0

# Okabe and Ito's hues, darkened until text in them has contrast 4.5 on white.
INK, MUTED, RULE, PAPER = "#1b1e23", "#59616b", "#d5d9de", "#fefefe"
WAR, DEAL, THIRD, FOURTH, FIFTH = "#b5440a", "#0a62a3", "#0f7455", "#86489b", "#7d6100"
LINES = (DEAL, THIRD, FOURTH, FIFTH)
DASHES = ("--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)))

_VARIABLES = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    PAPER: "paper",
    WAR: "war",
    DEAL: "deal",
    THIRD: "third",
    FOURTH: "fourth",
    FIFTH: "fifth",
}
_STYLE: Any = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": SIZE,
    "axes.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "lines.solid_capstyle": "round",
}
_ROUND: tuple[float, ...] = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_HOURS: tuple[float, ...] = (0.25, 0.5, 1, 2, 3, 6, 12, 24)
_MAX_TICKS = 8
_FONT = re.compile(r"font: ([\d.]+px) [^;\"]*")
_GROUP_ID = re.compile(r'<g id="[^"]*"(/?)>')
_HEAD = re.compile(r"\A.*?(?=<svg )", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_SIZE = re.compile(r'(<svg [^>]*?) ?width="[^"]*"', re.DOTALL)
_HEIGHT = re.compile(r'(<svg [^>]*?) ?height="[^"]*"', re.DOTALL)


def draw_svg(key: str, height: float, draw: Callable[[Figure], None]) -> str:
    """Draw one figure and return it as an SVG element in the colours of white paper.

    Parameters
    ----------
    key : salts the ids inside, so that two figures on a page never share one
    height : inches
    draw : puts the content on the figure
    """
    # Half a second to load, which the terminal page and the JSON do without.
    from matplotlib import rc_context  # noqa: PLC0415
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with rc_context({**_STYLE, "svg.hashsalt": key}), warnings.catch_warnings():
        # The reader's own fonts draw the text; what DejaVu lacks does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(WIDTH, height))
        FigureCanvasSVG(figure)
        figure.patch.set_alpha(0.0)
        draw(figure)
        held = io.StringIO()
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    return _tidy(held.getvalue())


def _tidy(svg: str) -> str:
    svg = _METADATA.sub("", _HEAD.sub("", svg))
    svg = _FONT.sub(r"font: \1 system-ui, sans-serif", svg)
    svg = _GROUP_ID.sub(r"<g\1>", svg)
    return _HEIGHT.sub(r"\1", _SIZE.sub(r"\1", svg, count=1), count=1)


def themed(svg: str) -> str:
    """Let the page choose the colours: every ink becomes a CSS variable."""
    for colour, name in _VARIABLES.items():
        svg = svg.replace(colour, f"var(--{name})")
    return svg


def blank_axes(figure: Figure, left: float, bottom: float, w: float, h: float) -> Axes:
    """Axes without frame or ticks, in shares of the figure."""
    axes = figure.add_axes((left, bottom, w, h))
    axes.set_axis_off()
    return axes


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """Break a label into at most so many lines."""
    found = textwrap.wrap(text, width, break_long_words=True) or [""]
    if len(found) > lines:
        found = [*found[: lines - 1], found[lines - 1][: width - 1].rstrip() + "…"]
    return "\n".join(found)


def percent_axis(axes: Axes, which: Literal["x", "y"]) -> None:
    """Put round ticks on an axis of chances, in percent, no two with one label."""
    axes.locator_params(axis=which, nbins=_MAX_TICKS, steps=[1, 2, 5, 10])
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(lambda value, _: f"{round(100 * value, 6):g} %")


def time_axis(axes: Axes, last_days: float) -> tuple[float, str]:
    """Choose hours, days or months for an axis from 0, and put round ticks on it.

    Returns
    -------
    days in a unit, and its name; what is drawn is divided by the first
    """
    day, month = 1.0, 365.2425 / 12
    unit, name, steps = month, "months", _ROUND
    if last_days <= 3:
        unit, name, steps = day / 24, "hours", _HOURS
    elif last_days <= 75:
        unit, name, steps = day, "days", _ROUND
    last = last_days / unit
    step = next((s for s in steps if last / s <= _MAX_TICKS), last)
    axes.set_xticks([i * step for i in range(int(last / step + 1e-9) + 1)])
    axes.set_xlim(0, last)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    return unit, name


def leader(colour: str, gap: float = 1.0) -> dict[str, Any]:
    """A thin line from a label's left edge to what it names."""
    return {
        "arrowstyle": "-",
        "color": colour,
        "lw": 0.6,
        "shrinkA": 1.0,
        "shrinkB": gap,
        "relpos": (0.0, 0.5),
    }


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move label positions apart until they are a gap from each other, order kept."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    at = low - gap
    for i in order:
        at = max(wanted[i], at + gap)
        placed[i] = at
    ceiling = high + gap
    for i in reversed(order):
        ceiling = min(placed[i], ceiling - gap)
        placed[i] = ceiling
    return placed
