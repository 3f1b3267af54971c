"""Questions with a horizon: values at a time, and sums up to it, by uniformisation.

Source: Jensen (1953), Skandinavisk Aktuarietidskrift 36, 87-91; weights from the mode
outwards as in Fox and Glynn (1988), Communications of the ACM 31(4), 440-445.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.escalation._kernels.jumps import mix_jumps

# At 1 ns per non-zero and jump, a chain of 10^5 non-zeros takes an hour.
MAX_JUMPS = 4e7
_SLACK = 1e-14
# Poisson probability left out at either end.
_TAIL = 1e-17


@dataclass(frozen=True)
class Carried:
    """Values of all states (n_states,), the products done, and a bound on the error.

    `bound` is what was left out, at the state asked about; rounding comes on top.
    """

    values: FloatArray
    n_products: int
    bound: float


def poisson_window(mean: float) -> FloatArray:
    """Poisson probabilities of 0 to the last that counts; below 1e-17 is left out.

    Parameters
    ----------
    mean : expected number of jumps, 0 or more

    Notes: from the mode outwards, then scaled to sum 1, so that the error of each is a
    few units in the last place however large the mean; no exp(-mean) underflows.

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
    last = int(np.flatnonzero(np.cumsum(shares[::-1]) > _TAIL)[0])
    shares = shares[: len(shares) - last]
    return np.concatenate([np.zeros(mode - len(down)), shares])


def values_after(
    rates: sparse.csr_array, values: FloatArray, hours: float, start: int
) -> Carried:
    """Expected value at a time, from every state: exp(Q t) v.

    Parameters
    ----------
    rates : (n, n), rows by source, nothing on the diagonal, per unit of time
    values : (n,)
    hours : the time, in the model's unit
    start : the state that is asked about

    Returns
    -------
    Carried

    Raises
    ------
    ModelError : too many jumps.
    """
    weights = poisson_window(_jumps(rates, hours))
    return _mixed(rates, values, weights, start)


def total_until(
    rates: sparse.csr_array, earned: FloatArray, hours: float, start: int
) -> Carried:
    """Expected sum of what is earned up to a time, from every state.

    Parameters
    ----------
    rates, hours, start : as in `values_after`
    earned : (n,), per unit of time

    Returns
    -------
    Carried

    Raises
    ------
    ModelError : too many jumps.
    """
    top = _top(rates)
    if top * hours == 0.0:
        return Carried(earned * hours, 0, 0.0)
    shares = poisson_window(_jumps(rates, hours))
    # More than k jumps by then: the k-th jump matrix has had its time.
    more = np.cumsum(shares[::-1])[::-1] - shares
    return _mixed(rates, earned, more / top, start)


def _top(rates: sparse.csr_array) -> float:
    return float(rates.sum(axis=1).max(initial=0.0))


def _jumps(rates: sparse.csr_array, hours: float) -> float:
    jumps = _top(rates) * hours
    if not jumps <= MAX_JUMPS:
        raise ModelError(
            f"time: {jumps:.3g} jumps within {hours:g}, at most {MAX_JUMPS:g} can be "
            "followed; ask for an earlier time"
        )
    return jumps


def _mixed(
    rates: sparse.csr_array, values: FloatArray, weights: FloatArray, start: int
) -> Carried:
    exits = np.asarray(rates.sum(axis=1)).ravel()
    top = float(exits.max(initial=0.0)) or 1.0
    total = np.zeros(len(values))
    x = np.array(values, dtype=np.float64)
    rows = rates.indptr.astype(np.int32), rates.indices.astype(np.int32)
    n_products, off = mix_jumps(
        *rows, rates.data / top, 1.0 - exits / top, weights,
        np.cumsum(weights[::-1])[::-1].copy(),
        x, np.empty_like(x), total, start, _SLACK,
    )  # fmt: skip
    tails = 2.0 * _TAIL * float(weights.sum()) * float(np.abs(values).max())
    return Carried(total, int(n_products), float(off) + tails)
