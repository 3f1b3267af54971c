"""Questions with a horizon: values at a time, and sums up to it, by uniformisation.

Source: Jensen (1953), Skandinavisk Aktuarietidskrift 36, 87-91; weights from the mode
outwards as in Fox and Glynn (1988), Communications of the ACM 31(4), 440-445.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.escalation._kernels.slices import mix_slices
from backchannel.escalation.poisson import TAIL, poisson_window
from backchannel.escalation.problem import IntArray
from backchannel.escalation.slices import aligned, lay_out

# At 0.5 ns per non-zero and jump, a chain of 10^5 non-zeros takes half an hour.
MAX_JUMPS = 4e7
_SLACK = 1e-14


@dataclass(frozen=True)
class Carried:
    """Values of all states (n_states,), the products done, and a bound on the error.

    `bound` is what was left out, at the state asked about; rounding comes on top.
    """

    values: FloatArray
    n_products: int
    bound: float


def values_after(
    rates: sparse.csr_array,
    values: FloatArray,
    hours: float,
    start: int,
    order: IntArray | None = None,
) -> Carried:
    """Expected value at a time, from every state: exp(Q t) v.

    Parameters
    ----------
    rates : (n, n), rows by source, nothing on the diagonal, per unit of time
    values : (n,)
    hours : the time, in the model's unit
    start : the state that is asked about
    order : (n,) states in an order in which neighbours do alike; it saves time and
        changes no value beyond rounding

    Returns
    -------
    Carried

    Raises
    ------
    ModelError : too many jumps.
    """
    weights = poisson_window(_jumps(rates, hours))
    return _mixed(rates, values, weights, start, order)


def total_until(
    rates: sparse.csr_array,
    earned: FloatArray,
    hours: float,
    start: int,
    order: IntArray | None = None,
) -> Carried:
    """Expected sum of what is earned up to a time, from every state.

    Parameters
    ----------
    rates, hours, start, order : as in `values_after`
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
    return _mixed(rates, earned, more / top, start, order)


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
    rates: sparse.csr_array,
    values: FloatArray,
    weights: FloatArray,
    start: int,
    order: IntArray | None,
) -> Carried:
    cells = rates.tocoo()
    rank = np.arange(len(values))
    if order is not None:
        rank[order] = np.arange(len(values))
    layout = lay_out(rank[cells.row], rank[cells.col], len(values))
    jumps, slices = layout.jumps(cells.data), layout.backward
    x, room, total = (aligned(layout.width) for _ in range(3))
    mixed = np.empty_like(values)
    mixed[rank] = values
    x[:] = layout.spread_out(mixed)
    n_products, off = mix_slices(
        *slices.arrays(), *jumps.arrays(), weights,
        np.cumsum(weights[::-1])[::-1].copy(), np.zeros(0, dtype=np.int64),
        int(layout.place[rank[start]]), _SLACK, x, room, total,
        np.zeros((len(weights), 1)), np.zeros((0, 0)),
    )  # fmt: skip
    tails = 2.0 * TAIL * float(weights.sum()) * float(np.abs(values).max())
    return Carried(total[layout.place][rank], int(n_products), float(off) + tails)
