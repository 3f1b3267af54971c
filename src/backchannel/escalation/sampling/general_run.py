"""Counts of how general paths end, by hour."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation._kernels.general_lanes import follow_in_lanes
from backchannel.escalation._kernels.vectors import WIDTH
from backchannel.escalation.problem import FloatArray
from backchannel.escalation.sampling.markov_run import guesses
from backchannel.escalation.sampling.path_tables import PathTables

N_LANES = 32


def count_histories(
    tables: PathTables,
    draw: int,
    key: np.uint64,
    first: int,
    last: int,
    grid: FloatArray,
    *,
    n_chains: int = 0,
    n_lanes: int = N_LANES,
) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    """Follow some paths of one draw and count their ends.

    Parameters
    ----------
    tables, draw : which numbers
    key : of the random numbers
    first, last : numbers of paths; `last` is not among them
    grid : (n_hours,) ascending, the last one the horizon
    n_chains : paths to war of which to note what raised each rung, at most
    n_lanes : paths in flight, at least; never changes a count

    Returns
    -------
    (2, n_hours) ends in war, and settled, by the first hour of the grid that is not
    before them; and (n, n_rungs) causes, -1 for none, in any order. A pure function of
    its arguments, so it may run anywhere
    """
    counts = np.zeros((2, len(grid)), np.int64)
    chains = np.zeros((n_chains, len(tables.rungs)), np.int16)
    # Lanes come in whole vectors.
    in_flight = -(-n_lanes // WIDTH) * WIDTH
    n_sources = len(tables.sources.stream)
    ahead = np.zeros((n_sources, WIDTH)), np.zeros((n_sources, WIDTH), np.uint64)
    n_wars = follow_in_lanes(
        first, last, key, int(np.diff(tables.sources.first).max(initial=0)),
        tables.of_draw(draw), tables.scratch(in_flight), _flight(in_flight), ahead,
        grid, guesses(grid), counts, chains,
    )  # fmt: skip
    return counts, chains[:n_wars]


def _flight(n: int) -> tuple[Any, ...]:
    """Path, context, piece, hour, hour of what is due, way, and number of each lane."""
    path, context, piece, way = np.zeros((4, n), np.uint64)
    hour, due = np.zeros((2, n))
    return path, context, piece, hour, due, way, np.arange(n, dtype=np.uint64)
