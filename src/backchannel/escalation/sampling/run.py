"""Follow the paths of many draws: in batches, on threads, processes or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation.checkpoint import Checkpoint
from backchannel.escalation.forward import n_free_cores
from backchannel.escalation.problem import FloatArray
from backchannel.escalation.sampling.general_run import count_histories
from backchannel.escalation.sampling.path_tables import PathTables

# Paths in a batch: a tenth of a second of work, so that a core that is busy elsewhere
# holds up nobody.
BATCH = 65_536
# Batches in the hands of workers at once.
_AHEAD = 4
_DRAW_BITS = 32

Task = tuple[int, int, int]
Part = tuple[int, NDArray[np.int64]]


@dataclass(frozen=True)
class Sample:
    """What is asked of one world.

    `tables` and `key` decide the paths, `grid` (n_hours,) how ends are counted,
    `n_replications` how many paths each of `n_draws` draws gets.
    """

    tables: PathTables
    key: np.uint64
    grid: FloatArray
    n_draws: int
    n_replications: int

    def batches(self) -> list[list[Task]]:
        """Tasks (draw, first, last) in batches that depend on nothing but the size."""
        batches: list[list[Task]] = [[]]
        room = BATCH
        for draw in range(self.n_draws):
            first = 0
            while first < self.n_replications:
                last = min(self.n_replications, first + room)
                batches[-1].append((draw, first, last))
                room -= last - first
                first = last
                if room == 0:
                    batches.append([])
                    room = BATCH
        return [batch for batch in batches if batch]


def count_batch(sample: Sample, tasks: list[Task]) -> list[Part]:
    """Count the ends of some paths.

    Parameters
    ----------
    sample : of one world
    tasks : (draw, first, last)

    Returns
    -------
    for each task its draw and counts (2, n_hours); a pure function, so a task that is
    lost with its worker can be done again anywhere
    """
    parts: list[Part] = []
    for draw, first, last in tasks:
        base = draw << _DRAW_BITS
        counts, _ = count_histories(
            sample.tables, draw, sample.key, base + first, base + last, sample.grid
        )
        parts.append((draw, counts))
    return parts


def run_sample(
    sample: Sample,
    name: str,
    checkpoint: Checkpoint,
    *,
    executor: Executor | None = None,
    n_threads: int | None = None,
    report: Callable[[float], None] | None = None,
) -> NDArray[np.int64]:
    """Follow all paths of one world.

    Parameters
    ----------
    sample : of the world
    name : of the world, in the checkpoint
    checkpoint : where counts are kept, and may already be
    executor : of concurrent.futures, or one like it; threads of this process where
        None
    n_threads : how many of them; all cores where None
    report : called with the share that is done

    Returns
    -------
    (n_draws, 2, n_hours) ends in war and settled; sums of whole numbers, so the order
    in which batches come back does not matter
    """
    batches = sample.batches()
    shape = (sample.n_draws, 2, len(sample.grid))
    counts, done = checkpoint.run(name, shape, len(batches))
    pool = executor or ThreadPoolExecutor(n_threads or n_free_cores())
    todo = np.flatnonzero(np.logical_not(done)).tolist()
    is_whole = True
    try:
        for k, parts in _results(pool, sample, batches, todo):
            # Stopped between the two, counts and batches would not fit each other.
            is_whole = False
            for draw, part in parts:
                counts[draw] += part
            done[k] = True
            is_whole = True
            checkpoint.save()
            if report is not None:
                report(float(done.mean()))
    finally:
        if executor is None:
            pool.shutdown(cancel_futures=True)
        if is_whole:
            checkpoint.save(is_last=True)
    return counts


def _results(
    pool: Executor, sample: Sample, batches: list[list[Task]], todo: list[int]
) -> Iterator[tuple[int, list[Part]]]:
    """Batches as they come back; only a few more are handed out than workers hold."""
    ahead = _AHEAD * n_free_cores()
    running: dict[Future[list[Part]], int] = {}
    for k in todo:
        running[pool.submit(count_batch, sample, batches[k])] = k
        if len(running) >= ahead:
            first = next(as_completed(running))
            yield running.pop(first), first.result()
    while running:
        first = next(as_completed(running))
        yield running.pop(first), first.result()
