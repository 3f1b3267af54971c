"""How fast a conflict of many options is judged by all five concepts.

    python -m benchmarks.engine.stable_states

Options belong to the actors in turn and every combination is feasible; preferences are
drawn by chance, the hardest kind. Up to 10 options the published matrix formulas, as
dense products in NumPy, do the same work in turn, and every verdict must be the same
before a time is printed; larger conflicts are checked by replaying explanations and by
what the concepts imply of each other. CPU seconds, best of several; compiling is not in
them. Goals: 12 options of 4 actors in 45 ms; 20 options of 4 actors, 2^20 states, in
10 s and 1 GiB.
"""

from __future__ import annotations

import resource
import time
from typing import Any

import numpy as np

from backchannel.stability import CONCEPTS, Conflict, Option, find_stable_states
from benchmarks.measured_run import write_result
from tests.stability.conflicts import random_options
from tests.stability.matrix_form import matrix_verdicts, move_matrices

SEED = 1
# Options, actors, repeats, and limits in seconds and MiB where there is a goal.
SIZES: tuple[tuple[int, int, int, float | None, float | None], ...] = (
    (8, 3, 5, None, None),
    (10, 4, 5, None, None),
    (12, 4, 5, 0.045, None),
    (16, 4, 3, None, None),
    (20, 2, 2, None, None),
    (20, 3, 2, None, None),
    (20, 4, 2, 10.0, 1024.0),
)
_MOST_FOR_MATRICES = 10
Row = dict[str, Any]


def drawn(n_options: int, n_actors: int) -> Conflict:
    """A conflict whose actors rank all states by chance."""
    options = [Option(f"o{k}", f"a{k % n_actors}") for k in range(n_options)]
    rng = np.random.default_rng(SEED)
    n_states = 1 << n_options
    rankings = {f"a{j}": rng.permutation(n_states) for j in range(n_actors)}
    return Conflict.of_options(options, rankings)


def measured(n_options: int, n_actors: int, repeats: int) -> Row:
    """Judge one conflict, check the answer, and say what it cost."""
    conflict, best = drawn(n_options, n_actors), float("inf")
    for _ in range(repeats):
        begin = time.process_time()
        found = find_stable_states(conflict)
        best = min(best, time.process_time() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row: Row = {"n_states": conflict.n_states, "cpu_s": best, "peak_mib": peak}
    row |= {str(c): len(found.equilibria(c)) for c in CONCEPTS}
    if n_options <= _MOST_FOR_MATRICES:
        moves = move_matrices(conflict)
        begin = time.process_time()
        verdicts = matrix_verdicts(conflict, moves)
        row["matrices_cpu_s"] = time.process_time() - begin
        if not np.array_equal(verdicts, found.stable):
            raise RuntimeError("the matrix formulas judge otherwise")
    certificate = found.check(conflict)
    if not certificate.is_verified:
        raise RuntimeError(f"wrong verdicts: {certificate}")
    return row


def main() -> None:
    """Run, print and write the result."""
    find_stable_states(random_options(0))
    figures: dict[str, Row] = {}
    for n_options, n_actors, repeats, seconds, mib in SIZES:
        row = measured(n_options, n_actors, repeats)
        if seconds is not None:
            row["limit_s"], row["limit_mib"] = seconds, mib
            row["is_met"] = row["cpu_s"] <= seconds and (
                mib is None or row["peak_mib"] <= mib
            )
        figures[f"{n_options} options, {n_actors} actors"] = row
        print(f"{n_options} options, {n_actors} actors")
        for key, value in row.items():
            print(f"    {key:16s} {value}", flush=True)
    print(write_result("stable_states", figures))


if __name__ == "__main__":
    main()
