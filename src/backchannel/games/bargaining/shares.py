"""What a side would take: the least share worth a given value, and points on a line."""

from __future__ import annotations

from scipy.optimize import brentq

from backchannel.base.errors import ModelError
from backchannel.games.bargaining.scope import Curve

_LARGEST = 2.0**40


def least_share(utility: Curve, value: float) -> float:
    """Smallest share of at least 0 that is worth a value; above 1 where none below is.

    Parameters
    ----------
    utility : worth of an own share, rising
    value : worth asked for

    Returns
    -------
    float : share of the pie, unitless

    Raises
    ------
    ModelError : no share, however large, is worth that much.

    >>> least_share(lambda share: share**0.5, 0.5)
    0.25
    """
    if utility(0.0) >= value:
        return 0.0
    high = 1.0
    while utility(high) < value:
        high *= 2.0
        if high > _LARGEST:
            raise ModelError(
                f"behaviour.game.utility: no share is worth {value:g}; a larger share "
                "must be worth more without end"
            )
    root = brentq(
        lambda s: utility(s) - value, 0.0, high, xtol=1e-15, rtol=8.9e-16, maxiter=500
    )
    return float(root)


def accepted_interval(ideal: float, status_quo: float) -> tuple[float, float]:
    """Points at least as near to an ideal point as the status quo is: a win set.

    Source: Romer and Rosenthal (1978), Public Choice 33(4), 27-43.

    >>> accepted_interval(0.25, 0.0)
    (0.0, 0.5)
    """
    mirrored = 2.0 * ideal - status_quo
    return min(status_quo, mirrored), max(status_quo, mirrored)
