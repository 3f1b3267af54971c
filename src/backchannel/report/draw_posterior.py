"""What a log of incidents taught: each quantity before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backchannel.escalation.calibrate import (
    QUANTITIES,
    UNITS,
    Calibration,
    Quantity,
)
from backchannel.report import figures as canvas

if TYPE_CHECKING:
    from backchannel.report.figures import Axes, Figure

_TITLES = {
    "base": "incidents nothing has excited",
    "branching": "further incidents brought about by one",
    "cooling": "mean life of heat",
}
_HEIGHT = 2.5
_N_POINTS = 400


def draw_posterior(found: Calibration) -> str:
    """Draw prior and posterior of base rate, branching ratio and cooling.

    Parameters
    ----------
    found : posterior of a log

    Returns
    -------
    SVG element: three panels, the prior dashed, the posterior filled between the ends
    of its 90 % interval
    """

    def fill(figure: Figure) -> None:
        for i, quantity in enumerate(QUANTITIES):
            axes = figure.add_axes((0.045 + 0.325 * i, 0.3, 0.28, 0.52))
            _panel(axes, found, quantity)

    return canvas.draw_svg("posterior", _HEIGHT, fill)


def _panel(axes: Axes, found: Calibration, quantity: Quantity) -> None:
    is_log = quantity != "branching"
    law = found.priors.law(quantity)
    low, high = (float(v) for v in law.quantile(np.array([0.01, 0.99])))
    first, last = found.interval(quantity, 0.998)
    low, high = min(low, first), max(high, last)
    edges = (
        np.geomspace(low, high, _N_POINTS)
        if is_log
        else np.linspace(low, high, _N_POINTS)
    )
    width = np.diff(np.log(edges) if is_log else edges)
    prior_share = law.cdf(edges)
    before = np.diff(prior_share) / width
    after = _smooth(np.diff(found.grid.cdf(quantity, prior_share)) / width)
    middle = np.sqrt(edges[1:] * edges[:-1]) if is_log else (edges[1:] + edges[:-1]) / 2
    ends = found.interval(quantity)
    inside = (middle >= ends[0]) & (middle <= ends[1])
    axes.fill_between(middle, after, where=inside, color=canvas.DEAL, alpha=0.18, lw=0)
    axes.plot(middle, after, color=canvas.DEAL, lw=1.8, label="after the log")
    axes.plot(middle, before, color=canvas.MUTED, lw=1.2, ls="--", label="before")
    if is_log:
        axes.set_xscale("log")
        axes.minorticks_off()
        decades = 10.0 ** np.arange(np.ceil(np.log10(low)), np.log10(high))
        axes.set_xticks(decades, [f"{value:g}" for value in decades])
    axes.set_ylim(0, 1.15 * max(after.max(), before.max()))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    unit = UNITS[quantity]
    axes.set_xlabel(
        canvas.wrapped(_TITLES[quantity], 24, 2) + (f", {unit}" if unit else "")
    )
    if quantity == "base":
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1.02), ncols=2, frameon=False,
            fontsize=canvas.SMALL, borderaxespad=0,
        )  # fmt: skip


def _smooth(density: np.ndarray) -> np.ndarray:
    """Take the steps of the grid's cells out of a curve."""
    kernel = np.hanning(17)
    padded = np.pad(density, 8, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")
