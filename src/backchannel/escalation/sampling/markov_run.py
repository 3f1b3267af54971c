"""Counts of how paths of a Markov process end, by hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation._kernels.markov_lanes import follow_lanes
from backchannel.escalation._kernels.vectors import WIDTH
from backchannel.escalation.problem import FloatArray
from backchannel.escalation.sampling.markov_tables import MarkovTables

N_LANES = 32
# Equal parts of the horizon, for finding an hour of the grid: 8 KiB.
_N_PARTS = 1024


def guesses(grid: FloatArray) -> NDArray[np.int64]:
    """Index of an hour not after each of equal parts of the time to the horizon."""
    parts = np.linspace(0.0, grid[-1], _N_PARTS + 1)
    below = np.searchsorted(grid, parts, side="right") - 2
    return np.maximum(below, 0).astype(np.int64)


def count_markov(
    tables: MarkovTables,
    key: np.uint64,
    first: int,
    last: int,
    grid: FloatArray,
    n_lanes: int = N_LANES,
) -> NDArray[np.int64]:
    """Follow some paths and count their ends.

    Parameters
    ----------
    tables : of one draw
    key : of the random numbers
    first, last : numbers of paths; `last` is not among them
    grid : (n_hours,) ascending, the last one the horizon
    n_lanes : paths in flight, at least; never changes a result

    Returns
    -------
    (2, n_hours) ends in war, and settled, by the first hour of the grid that is not
    before them; a pure function of its arguments, so it may run anywhere
    """
    counts = np.zeros((2, len(grid)), np.int64)
    # Lanes come in whole vectors.
    in_flight = -(-n_lanes // WIDTH) * WIDTH
    follow_lanes(
        first, last, key, tables.start, tables.n_states,
        tables.model, grid, guesses(grid), counts, in_flight,
    )  # fmt: skip
    return counts
