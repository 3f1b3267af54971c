"""Markov paths on a CUDA card: the function of the processor, one path a thread.

Numba compiles `follow_path` and all that it calls for the card as they stand. A thread
takes the next path of its stride when one has ended. Nothing else in the package
imports this file; it needs numba's CUDA target and, outside the simulator, a card.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cuda

from backchannel.escalation._kernels.markov_paths import follow_path

_THREADS = 128
_BLOCKS = 512


@cuda.jit
def _follow_all(
    first: Any,
    key: Any,
    start_ways: Any,
    start_others: Any,
    n_states: Any,
    ends: Any,
    row: Any,
    jump: Any,
    waits: Any,
    ways: Any,
    others: Any,
    state: Any,
    hour: Any,
) -> None:
    start = start_ways, start_others
    model = ends, row, jump, waits, ways, others
    for k in range(cuda.grid(1), len(state), cuda.gridsize(1)):
        state[k], hour[k] = follow_path(
            np.uint64(first + k), key, start, n_states, model
        )


def follow_on_card(
    first: int,
    n_paths: int,
    key: np.uint64,
    start: tuple[Any, Any],
    n_states: int,
    model: tuple[Any, ...],
    *,
    blocks: int = _BLOCKS,
    threads: int = _THREADS,
) -> tuple[Any, Any]:
    """Follow paths on the card.

    Parameters
    ----------
    first, n_paths : paths `first` to `first + n_paths - 1`
    key, start, n_states, model : as in `follow_path`
    blocks, threads : of the launch; they never change a result

    Returns
    -------
    state and hour at the end of each path, (n_paths,)
    """
    state, hour = np.zeros(n_paths, np.int64), np.zeros(n_paths)
    _follow_all[blocks, threads](
        first, key, *start, np.uint64(n_states), *model, state, hour
    )
    return state, hour
