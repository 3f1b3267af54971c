"""Whether sampled paths occur at the rates that the file says: time rescaling."""

from __future__ import annotations

import numpy as np
from scipy import special

from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate
from backchannel.escalation._kernels.general_paths import follow_history
from backchannel.escalation.problem import IntArray
from backchannel.escalation.sampling.path_tables import PathTables

_N_PATHS = 300
_MOST_NOTED = 5_000
# Of a true sampler; the same as 4.5 standard errors at each of four hours.
FALSE_ALARM = 1 / 35_000


def compare_rates(tables: PathTables, draw: int, key: np.uint64) -> Certificate:
    """Compare what occurs on some paths with the integral of its rate.

    Parameters
    ----------
    tables : of a world under the settings to be tested
    draw : column of theta
    key : of the random numbers

    Returns
    -------
    Certificate : the Kolmogorov-Smirnov distance of the rescaled waits from the
        exponential law, times the root of their number; a true sampler passes the
        bound once in 35,000 tests

    Notes: the integral of the rate of a source, from one occurrence to the next, is
    exponential with mean 1 whatever else happens. Sources are joined end to end, each
    with all paths, so that no wait is cut off but the last. Countermands are left out.
    Source: Papangelou (1972), Trans. Am. Math. Soc. 165, 483-506; Ogata (1988), J. Am.
    Stat. Assoc. 83, 9-27; Stephens (1970), J. R. Stat. Soc. B 32(1), 115-122.
    """
    waits = rescaled_waits(tables, draw, key)
    n = len(waits)
    distance = 0.0
    if n > 0:
        share, steps = np.sort(-np.expm1(-waits)), np.arange(n + 1) / n
        distance = float(max((steps[1:] - share).max(), (share - steps[:-1]).max()))
        # Stephens (1970): the limit law then holds for few waits too.
        distance *= np.sqrt(n) + 0.12 + 0.11 / np.sqrt(n)
    claim = f"rates of {n:,} occurrences, rescaled, Kolmogorov-Smirnov"
    bound = float(special.kolmogi(FALSE_ALARM))
    return Certificate(claim, distance, bound, "integrals of the rates, in NumPy")


def rescaled_waits(tables: PathTables, draw: int, key: np.uint64) -> FloatArray:
    """Integrals of rates between occurrences, all sources of all paths.

    Parameters
    ----------
    tables, draw, key : as for `compare_rates`

    Returns
    -------
    (n_occurrences,) exponential with mean 1, if paths are as they should be
    """
    columns = np.stack(
        [tables.theta.regime(r, draw) for r in range(len(tables.timeline.regimes))]
    )
    rates = tables.sources.rates(columns)
    cooling = columns[0][tables.cooling]
    n_sources = int(tables.sources.part[1 + len(cooling)])
    starts = tables.sources.part[: 1 + len(cooling)].astype(np.int64)
    part = np.searchsorted(starts, np.arange(n_sources), side="right") - 1
    model, scratch = tables.of_draw(draw), tables.scratch()
    log = np.empty(_MOST_NOTED), *np.empty((2, _MOST_NOTED), np.int64)
    spent, occurred = [], []
    for path in range(_N_PATHS):
        _, _, n = follow_history(np.uint64(path), key, model, scratch, *log)
        hour, way, context = (column[:n] for column in log)
        gone = np.diff(hour)
        row = _regimes(tables, hour) * tables.n_contexts + context[:-1]
        level = _levels(tables, gone, way, cooling)
        spent.append(rates[row, :n_sources] * level[:, part])
        source = np.searchsorted(tables.sources.first, way[1:], side="right") - 1
        occurred.append(np.where(way[1:] < 0, -1, source))
    total = np.concatenate(spent).T.ravel().cumsum()
    which = np.concatenate(occurred)
    at = np.flatnonzero(which[None, :] == np.arange(n_sources)[:, None])
    return np.diff(total[at], prepend=0.0)


def _regimes(tables: PathTables, hour: FloatArray) -> IntArray:
    """Regime of each stretch between notes; every end of a piece is noted."""
    pieces = tables.timeline.pieces
    ends = np.cumsum([piece.hours for piece in pieces])
    middle = 0.5 * (hour[1:] + hour[:-1])
    at = np.minimum(np.searchsorted(ends, middle), len(pieces) - 1)
    return np.array([piece.regime for piece in pieces], np.int64)[at]


def _levels(
    tables: PathTables, gone: FloatArray, way: IntArray, cooling: FloatArray
) -> FloatArray:
    """Integral of 1 and of the heat of each kind over each stretch."""
    found = tables.sources
    heat = tables.beginning.heat.astype(np.float64)
    spent = np.empty((len(gone), 1 + len(heat)))
    spent[:, 0] = gone
    for i, hours in enumerate(gone.tolist()):
        if tables.is_kernel:
            left = np.exp(-cooling * hours)
            spent[i, 1:] = heat * (1.0 - left) / cooling
            heat = heat * left
        else:
            spent[i, 1:] = heat * hours
        w = way[i + 1]
        if w >= 0 and found.kind[w] >= 0:
            k = found.kind[w]
            heat[k] = min(heat[k] + found.change[w], tables.cap[k])
    return spent
