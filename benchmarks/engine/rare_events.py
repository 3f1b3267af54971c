"""Rare war: seconds for one per cent, and how often 95 % intervals hold the truth.

    python -m benchmarks.engine.rare_events [--seeds N]

The reference workload made rare, against uniformisation. Plain paths by the direct
method and multilevel splitting do the same work in turn, one core, CPU seconds. Each
seed trains twice and samples twice, as `estimate_rare_risk` does.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from backchannel.escalation.cross_entropy import (
    CrossEntropy,
    learn_multipliers,
    sample_tilted,
)
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.jump_table import JumpTable, tabulate
from backchannel.escalation.rare import estimate_from_table
from backchannel.escalation.splitting import Splitting, split_paths
from benchmarks.measured_run import write_result
from tests.systems.ref8 import RARE, RARER, rare_workload

Z95 = 1.959963984540054
MOST_STANDARD_ERRORS = 4.5
N_PATHS = 100_000


def plain_seconds(table: JumpTable, exact: float) -> float:
    """CPU seconds of the direct method for 1 %, from the cost of one path."""
    sample_tilted(table, np.ones(table.n_cells), 1, 1000)
    begin = time.process_time()
    sample_tilted(table, np.ones(table.n_cells), 2, N_PATHS)
    return (time.process_time() - begin) / N_PATHS * (1 - exact) / exact * 1e4


def one_per_cent(table: JumpTable, exact: float) -> dict[str, float]:
    """Training and sampling of the method and its referee; best of three."""
    method = CrossEntropy()
    training, sampling, variance = [], [], []
    for seed in range(3):
        begin = time.process_time()
        learnt = learn_multipliers([table], method, 1000 + seed)
        training.append(time.process_time() - begin)
        if learnt is None:
            raise RuntimeError("no multipliers were learnt")
        begin = time.process_time()
        found, error = sample_tilted(table, learnt, seed, N_PATHS).estimate()
        sampling.append((time.process_time() - begin) / N_PATHS)
        if abs(found - exact) > MOST_STANDARD_ERRORS * error:
            raise RuntimeError(f"{found:.3g} is not {exact:.3g} +- {error:.1g}")
        variance.append(N_PATHS * (error / exact) ** 2)
    begin = time.process_time()
    found, error = split_paths(table, Splitting(), 1)
    splitting = (time.process_time() - begin) * (error / exact) ** 2 * 1e4
    if abs(found - exact) > MOST_STANDARD_ERRORS * error:
        raise RuntimeError(f"splitting: {found:.3g} is not {exact:.3g} +- {error:.1g}")
    return {
        "exact": exact,
        "training_two_runs_cpu_s": 2 * min(training),
        "one_per_cent_cpu_s": float(np.median(variance)) * 1e4 * min(sampling),
        "relative_variance_per_path": float(np.median(variance)),
        "splitting_one_per_cent_cpu_s": splitting,
        "direct_method_one_per_cent_cpu_s": plain_seconds(table, exact),
    }


def coverage(table: JumpTable, exact: float, n_seeds: int) -> dict[str, float]:
    """Share of intervals that hold the exact value, over independent seeds."""
    begin = time.process_time()
    found = [
        estimate_from_table(table, CrossEntropy(), hours=[96.0], seed=1000 + seed)
        for seed in range(n_seeds)
    ]
    seconds = (time.process_time() - begin) / n_seeds
    given = [f.prob_war for f in found if not f.refusal]
    z = np.array([(e.prob - exact) / e.standard_error for e in given])
    return {
        "seeds": n_seeds,
        "refused": n_seeds - len(given),
        "coverage_95": float((np.abs(z) < Z95).mean()),
        "worst_standard_errors": float(np.abs(z).max()),
        "median_relative_standard_error": float(
            np.median([e.standard_error for e in given]) / exact
        ),
        "mean_over_exact": float(np.mean([e.prob for e in given]) / exact),
        "cpu_s_per_answer": seconds,
    }


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=400)
    options = parser.parse_args()
    tables = {}
    for name, factors in (("1.3e-6", RARE), ("4.7e-10", RARER)):
        problem, theta = rare_workload(factors)
        hours = np.array([problem.hours])
        exact = float(solve_forward(problem, theta, hours).values[-1, 0, 0])
        table = tabulate(problem, theta)
        row = one_per_cent(table, exact) | coverage(table, exact, options.seeds)
        tables[name] = row
        print(name)
        for key, value in row.items():
            print(f"    {key:34s} {value:.4g}")
    print(write_result("rare_events", tables))


if __name__ == "__main__":
    main()
