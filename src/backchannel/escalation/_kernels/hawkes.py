"""Likelihood of self-exciting incidents on a grid of rates, ratios and coolings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int64, njit, types

_F1, _F3 = types.Array(float64, 1, "C"), types.Array(float64, 3, "C")
_I1 = types.Array(int64, 1, "C")


@njit(
    types.void(_F1, _I1, _F1, _F1, _F1, _F1, _F3),
    nogil=True,
    cache=True,
    error_model="numpy",
    fastmath={"reassoc"},
)
def log_likelihood(
    times: Any, first: Any, hours: Any, base: Any, branching: Any, cooling: Any,
    found: Any,
) -> None:  # fmt: skip
    """Log-likelihood of the times of all incidents, types left out.

    The rate at t is base + (branching / cooling) sum exp(-(t - t_j) / cooling) over the
    earlier incidents j of the same crisis.

    Parameters
    ----------
    times : (n,), hours since the window of their crisis began, ascending in each
    first : (n_crises + 1,), where the incidents of each crisis begin in `times`
    hours : (n_crises,), lengths of the windows
    base, branching, cooling : (n_base,) per hour, (n_branching,), (n_cooling,) hours
    found : (n_base, n_branching, n_cooling), receives the log-likelihoods

    Source: Ozaki (1979), Annals of the Institute of Statistical Mathematics 31(1),
    145-155.
    """
    heat = np.empty(len(times))
    watched = 0.0
    for c in range(len(hours)):
        watched += hours[c]
    for k in range(len(cooling)):
        pace = 1.0 / cooling[k]
        spent = 0.0
        for c in range(len(hours)):
            warm = 0.0
            for i in range(first[c], first[c + 1]):
                if i > first[c]:
                    warm = (warm + pace) * math.exp(-pace * (times[i] - times[i - 1]))
                heat[i] = warm
                spent -= math.expm1(-pace * (hours[c] - times[i]))
        for a in range(len(base)):
            for b in range(len(branching)):
                total = -base[a] * watched - branching[b] * spent
                # One logarithm for eight rates: their product stays in range.
                product = 1.0
                for i in range(len(times)):
                    product *= base[a] + branching[b] * heat[i]
                    if i % 8 == 7:
                        total += math.log(product)
                        product = 1.0
                found[a, b, k] = total + math.log(product)


def log_likelihood_reference(
    times: np.ndarray,
    first: np.ndarray,
    hours: np.ndarray,
    base: np.ndarray,
    branching: np.ndarray,
    cooling: np.ndarray,
    found: np.ndarray,
) -> None:
    """The same by the sum over all pairs of incidents."""
    for k, life in enumerate(cooling):
        total = -base[:, None] * hours.sum() + np.zeros((1, len(branching)))
        for c, end in enumerate(hours):
            t = times[first[c] : first[c + 1]]
            gap = t[:, None] - t[None, :]
            before = np.arange(len(t))[:, None] > np.arange(len(t))[None, :]
            heat = np.where(before, np.exp(-np.abs(gap) / life), 0.0).sum(axis=1) / life
            rate = base[:, None, None] + branching[None, :, None] * heat
            total = total + np.log(rate).sum(axis=2)
            total = total - branching[None, :] * (1 - np.exp(-(end - t) / life)).sum()
        found[:, :, k] = total
