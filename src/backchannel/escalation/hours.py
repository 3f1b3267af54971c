"""Hours at which a run reports, and the finer grid of its risk curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.escalation.problem import Piece

# Quarter hours up to four days; longer horizons get as many points.
_FINE_STEP_HOURS = 0.25
_MOST_FINE_STEPS = 384
_MOST_REPORTED_STEPS = 96


def reported_hours(
    hours: Sequence[float] | FloatArray | None, pieces: Sequence[Piece]
) -> FloatArray:
    """Check the hours that a caller asks for; every hour where None.

    Raises
    ------
    MethodError : not ascending, or outside 0 to the horizon.
    """
    horizon = sum(piece.hours for piece in pieces)
    if hours is None:
        step = max(1.0, np.ceil(horizon / _MOST_REPORTED_STEPS))
        return np.unique(np.append(np.arange(0.0, horizon, step), horizon))
    asked = np.asarray(hours, dtype=np.float64)
    if asked.ndim != 1 or len(asked) == 0 or not (np.diff(asked) > 0).all():
        raise MethodError(f"hours: are {hours}; must be a list in ascending order")
    if not (asked[0] >= 0 and asked[-1] <= horizon):
        raise MethodError(
            f"hours: run from {asked[0]:g} to {asked[-1]:g}; "
            f"must lie between 0 and the horizon, {horizon:g} h"
        )
    return asked


def fine_hours(pieces: Sequence[Piece], asked: FloatArray) -> FloatArray:
    """Hours of the risk curve: a fine grid, all breaks, both sides of every jump."""
    breaks = np.concatenate([[0.0], np.cumsum([piece.hours for piece in pieces])])
    horizon = sum(piece.hours for piece in pieces)
    step = max(_FINE_STEP_HOURS, horizon / _MOST_FINE_STEPS)
    jumps = [
        np.nextafter(end, 0.0)
        for piece, end in zip(pieces, breaks[1:], strict=True)
        if piece.atom >= 0
    ]
    grid = np.arange(0.0, horizon, step)
    return np.unique(np.concatenate([grid, breaks, jumps, asked]))
