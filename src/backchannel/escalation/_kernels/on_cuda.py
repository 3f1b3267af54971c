"""Markov paths on a CUDA card: the functions of the processor, one path a thread.

Numba compiles `step` and all that it calls for the card as they stand. A thread takes
the next path of its stride when one has ended, so none waits for the longest path of
its neighbours. Only `sampling/on_card.py` imports this file; it needs numba's CUDA
target and, outside the simulator, a card.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import cuda

from backchannel.escalation._kernels.markov_paths import EVENTS, bin_of, start_of, step
from backchannel.escalation._kernels.philox import philox

_THREADS = 128
_BLOCKS = 2048
_ONE, _NONE = np.uint64(1), np.uint64(0)


@cuda.jit
def _count_all(
    first: Any,
    last: Any,
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
    grid: Any,
    guess: Any,
    counts: Any,
) -> None:
    model = ends, row, jump, waits, ways, others
    n_pieces, stride = len(ends), np.uint64(cuda.gridsize(1))
    path = first + np.uint64(cuda.grid(1))
    state, piece, hour = start_of(path, key, start_ways, start_others), 0, 0.0
    block = _NONE
    while path < last:
        a, b, c, d = philox(path, block, EVENTS, key)
        block += _ONE
        state, piece, hour = step(state, piece, hour, a, b, model)
        if state < n_states and piece < n_pieces:
            state, piece, hour = step(state, piece, hour, c, d, model)
        if state >= n_states or piece >= n_pieces:
            if state >= n_states:
                end = np.int64(state - n_states), bin_of(hour, grid, guess)
                cuda.atomic.add(counts, end, 1)
            path += stride
            block, piece, hour = _NONE, 0, 0.0
            state = start_of(path, key, start_ways, start_others)


def count_on_card(
    first: int,
    last: int,
    key: np.uint64,
    start: tuple[Any, Any],
    n_states: int,
    model: tuple[Any, ...],
    grid: Any,
    guess: Any,
    *,
    blocks: int = _BLOCKS,
    threads: int = _THREADS,
) -> Any:
    """Follow paths on the card and count their ends.

    Parameters
    ----------
    first, last : numbers of paths; `last` is not among them
    key, start, n_states, model, grid, guess : as in `follow_lanes`
    blocks, threads : of the launch; they never change a result

    Returns
    -------
    (2, n_hours) int64, ends in war, and settled, by hour of the grid
    """
    tables = [cuda.to_device(part) for part in model]
    begin = [cuda.to_device(part) for part in start]
    hours = [cuda.to_device(part) for part in (grid, guess)]
    counts = cuda.to_device(np.zeros((2, len(grid)), np.int64))
    paths = np.uint64(first), np.uint64(last), key
    _count_all[blocks, threads](
        *paths, *begin, np.uint64(n_states), *tables, *hours, counts
    )
    return counts.copy_to_host()
