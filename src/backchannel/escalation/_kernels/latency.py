"""Latencies by the law that the file declares, from one uniform number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.elementary import (
    exponential_of,
    log_positive,
    normal_quantile,
    unit_53,
)
from backchannel.escalation._kernels.philox import philox

FIXED, EXPONENTIAL, LOGNORMAL, TABLE, STEPS = 0, 1, 2, 3, 4
# Stages of one wait that have blocks of their own.
MOST_STAGES = 64


@njit(cache=True)
def latency(kind: Any, a: Any, b: Any, low: Any, high: Any, u: Any, table: Any) -> Any:
    """Hours that one stage takes.

    Parameters
    ----------
    kind : FIXED (a hours), EXPONENTIAL (mean a), LOGNORMAL (median a, log sd b), TABLE
        (quantiles at equal steps of probability, straight lines in between) or STEPS
        (values at `low`..`high`, their cumulative probabilities right after them)
    a, b : of the law, hours
    low, high : part of `table` that belongs to the law
    u : uniform number inside (0, 1)
    table : of all laws
    """
    if kind == FIXED:
        return a
    if kind == EXPONENTIAL:
        return -a * log_positive(u)
    if kind == LOGNORMAL:
        return a * exponential_of(b * normal_quantile(u))
    if kind == TABLE:
        place = u * (high - low - 1)
        k = low + np.int64(place)
        part = place - np.int64(place)
        return table[k] + part * (table[k + 1] - table[k])
    k = low
    while k < high - 1 and table[k + high - low] < u:
        k += 1
    return table[k]


@njit(cache=True)
def wait_of(
    path: Any,
    occasion: Any,
    stream: Any,
    key: Any,
    first: Any,
    last: Any,
    law: Any,
    table: Any,
) -> Any:
    """Total hours of the stages `first` to `last` of one wait, and a uniform number.

    Parameters
    ----------
    path, occasion, stream, key : which random numbers: the path, how many waits of
        this source went before, and the source
    first, last : stages, rows of `law`
    law : (n_stages, 5): kind, a, b, low, high
    table : of all laws

    Returns
    -------
    hours, and a uniform number that the hours do not depend on
    """
    hours, mark = 0.0, 0.0
    for stage in range(first, last):
        event = np.uint64(occasion * MOST_STAGES + stage - first)
        a, b, c, d = philox(path, event, stream, key)
        if stage == first:
            mark = unit_53(c, d)
        hours += latency(
            np.int64(law[stage, 0]),
            law[stage, 1],
            law[stage, 2],
            np.int64(law[stage, 3]),
            np.int64(law[stage, 4]),
            unit_53(a, b),
            table,
        )
    return hours, mark
