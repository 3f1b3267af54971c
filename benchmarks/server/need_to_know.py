"""Ten thousand pairs of games through the whole application: no byte may differ.

    python -m benchmarks.server.need_to_know [--pairs 10000] [--workers 2]

Each pair of games differs only in what one role may not see. Every page, part of a
page, error, refusal, export, answer to a move and stream of that role is asked of the
real application, headers and all, once for each game of the pair. The figures are
counts, and the CPU seconds that they took.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from benchmarks.measured_run import write_result
from tests.exercise.seeded_bugs import BUGS
from tests.exercise.surfaces import Desk
from tests.exercise.test_surfaces import WATCHERS, differing

PAIRS_AT_ONCE = 50


def some_pairs(seed: int) -> tuple[Counter[str], float]:
    """Differences in some pairs, by surface, and the CPU seconds of looking."""
    begin = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), WATCHERS)
        found = differing(desk, random.Random(seed), PAIRS_AT_ONCE)
        desk.hall.ledger.close()
    return found, time.process_time() - begin


def pairs_until_caught(name: str, most: int = 100) -> int:
    """How many pairs it takes to see one of the seeded bugs; 0 where none did."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        BUGS[name](patch)
        desk, luck = Desk(Path(folder), WATCHERS), random.Random(7)
        n_pairs = next((n for n in range(1, most + 1) if differing(desk, luck, 1)), 0)
        desk.hall.ledger.close()
    return n_pairs


def main() -> None:
    """Compare, print and write the counts; a difference or a missed bug fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    caught = {name: pairs_until_caught(name) for name in BUGS}
    print(f"{sum(n > 0 for n in caught.values())} of {len(caught)} bugs caught")
    different: Counter[str] = Counter()
    cpu = 0.0
    n_parts = -(-asked.pairs // PAIRS_AT_ONCE)
    with ProcessPoolExecutor(asked.workers) as pool:
        for i, (found, taken) in enumerate(pool.map(some_pairs, range(n_parts)), 1):
            different += found
            cpu += taken
            if i % 20 == 0:
                print(
                    f"{i * PAIRS_AT_ONCE} pairs, {different.total()} differ", flush=True
                )
    figures: dict[str, Any] = {
        "pairs": n_parts * PAIRS_AT_ONCE,
        "different": dict(different),
        "bugs": len(caught),
        "bugs_caught": sum(n > 0 for n in caught.values()),
        "most_pairs_until_caught": max(caught.values()),
        "cpu_s": round(cpu, 1),
    }
    print(figures)
    assert not different
    assert all(caught.values())
    print("wrote", write_result("need_to_know", figures))


if __name__ == "__main__":
    main()
