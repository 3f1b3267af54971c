"""How many jumps happen in a span: Poisson probabilities, however many there are.

Source: weights from the mode outwards as in Fox and Glynn (1988), Communications of the
ACM 31(4), 440-445.
"""

from __future__ import annotations

import math

import numpy as np

from backchannel.base.laws import FloatArray

# Poisson probability left out at the upper end where nothing else is asked for.
TAIL = 1e-17


def poisson_window(mean: float, tail: float = TAIL) -> FloatArray:
    """Poisson probabilities of 0 to the last that counts, summing to 1.

    Parameters
    ----------
    mean : expected number of jumps, 0 or more
    tail : probability left out at the upper end, at least 1e-17

    Returns
    -------
    (n_terms,) probabilities

    Notes: from the mode outwards, then scaled to sum 1 before and after the cut, so
    that the error of each is a few units in the last place however large the mean, the
    cut aside; no exp(-mean) underflows.
    Source: Fox and Glynn (1988), Communications of the ACM 31(4), 440-445.

    >>> poisson_window(2.0)[:3].round(6).tolist()
    [0.135335, 0.270671, 0.270671]
    """
    mode = int(mean)
    reach = int(10.0 * math.sqrt(mean) + 40.0)
    below = np.arange(mode, max(0, mode - reach), -1)
    above = np.arange(mode + 1, mode + reach + 1)
    down = np.cumprod(below / mean)[::-1] if mean > 0 else np.zeros(0)
    shares = np.concatenate([down, [1.0], np.cumprod(mean / above)])
    shares /= shares.sum()
    last = int(np.flatnonzero(np.cumsum(shares[::-1]) > tail)[0])
    shares = shares[: len(shares) - last]
    shares /= shares.sum()
    return np.concatenate([np.zeros(mode - len(down)), shares])
