"""Paths of Markov problems on a CUDA card; needs one, and numba's CUDA target.

Nothing else imports this file. The paths are those of `sample_markov`, to the last one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import cuda

from backchannel.base.errors import MethodError
from backchannel.escalation._kernels.on_cuda import count_on_card
from backchannel.escalation.problem import FloatArray, MarkovProblem, Theta
from backchannel.escalation.sampling.markov_run import guesses
from backchannel.escalation.sampling.markov_sample import (
    Counts,
    MarkovSample,
    sample_by,
)
from backchannel.escalation.sampling.markov_tables import MarkovTables


def sample_on_card(
    problem: MarkovProblem,
    theta: Theta,
    *,
    draw: int = 0,
    n_paths: int = 100_000_000,
    hours: Sequence[float] | FloatArray | None = None,
    seed: int = 1,
) -> MarkovSample:
    """Follow paths of a Markov problem on the card.

    Parameters
    ----------
    problem, theta, draw, n_paths, hours, seed : as for `sample_markov`

    Returns
    -------
    MarkovSample

    Raises
    ------
    MethodError : there is no card, or hours, the draw or the number of paths are out
        of range.
    """
    if not cuda.is_available():
        raise MethodError(
            "sample_on_card: finds no CUDA card; sample_markov follows the same paths "
            "on the processor"
        )

    def count(tables: MarkovTables, key: np.uint64, grid: FloatArray) -> Counts:
        counts: Counts = count_on_card(
            0, n_paths, key, tables.start, tables.n_states, tables.model, grid,
            guesses(grid),
        )  # fmt: skip
        return counts

    return sample_by(
        count, problem, theta, draw=draw, n_paths=n_paths, hours=hours, seed=seed
    )
