"""How often 90 % posterior intervals hold the truth, over synthetic crises.

    python -m benchmarks.engine.calibration_coverage [--logs N]

Truths come from the prior, logs from families of incidents (no rate is followed), of
one crisis and of five. With 1,000 logs a share of 90 % is known to within 2 points.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from backchannel.escalation.calibrate import (
    QUANTITIES,
    Priors,
    Quadrature,
    calibrate_escalation,
)
from benchmarks.measured_run import write_result
from tests.escalation.hawkes_logs import draw_log

# An eighth of the default's cells: its intervals differ in the third digit.
METHOD = Quadrature(32)


def coverage(n_logs: int, n_crises: int) -> dict[str, float]:
    """Share of intervals that hold their truth, by quantity and in all."""
    rng = np.random.default_rng(1963 + n_crises)
    priors = Priors()
    held = dict.fromkeys(QUANTITIES, 0)
    n_incidents, seconds = 0, 0.0
    for _ in range(n_logs):
        truth = {q: float(priors.law(q).quantile(rng.random())) for q in QUANTITIES}
        log = draw_log(rng, n_crises=n_crises, **truth)
        n_incidents += log.n_incidents
        begin = time.process_time()
        found = calibrate_escalation(log, method=METHOD)
        seconds += time.process_time() - begin
        for quantity in QUANTITIES:
            low, high = found.interval(quantity)
            held[quantity] += low <= truth[quantity] <= high
    shares = {f"coverage_90_{q}": held[q] / n_logs for q in QUANTITIES}
    return {
        "logs": n_logs,
        "incidents_per_log": n_incidents / n_logs,
        **shares,
        "coverage_90": sum(held.values()) / n_logs / len(QUANTITIES),
        "cpu_ms_per_log": 1e3 * seconds / n_logs,
    }


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=1000)
    options = parser.parse_args()
    tables = {
        name: coverage(options.logs, n)
        for name, n in (("logs of one crisis", 1), ("logs of five crises", 5))
    }
    for name, row in tables.items():
        print(name)
        for key, value in row.items():
            print(f"    {key:26s} {value:.4g}")
    print(write_result("calibration_coverage", tables))


if __name__ == "__main__":
    main()
