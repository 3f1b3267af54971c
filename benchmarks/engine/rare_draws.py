"""A rare war over draws and at short horizons: how often 95 % intervals hold it.

    python -m benchmarks.engine.rare_draws [--seeds N]

Crisis files against uniformisation of the same draws; a chain with an uncertain rate
against quadrature; intervals for skewed means against plain ones on lognormal samples.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.cross_entropy import CrossEntropy
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.jump_table import DrawTables
from backchannel.escalation.rare import RareEstimate, estimate_rare_risk
from backchannel.escalation.rare_draws import (
    RareMean,
    estimate_mean_rare_risk,
    mean_from_tables,
)
from backchannel.escalation.skewed_mean import Z95, Interval, mean_interval
from backchannel.escalation.world import AS_WRITTEN, World
from benchmarks.measured_run import write_result
from tests.escalation.small_problems import three_or_more, uncertain_climb

Answer = TypeVar("Answer")
MOST_STANDARD_ERRORS = 4.5
N_DRAWS = 500
CASES = (("strait", 72.0), ("strait", 6.0), ("cuba-1962", 96.0), ("cuba-1962", 24.0))
SHORT = (("strait", 6.0), ("cuba-1962", 2.0), ("cuba-1962", 6.0))
"""Crises and hours; by the short ones war is a matter of 10^-5."""


def shares(truth: float, answers: Sequence[Interval | None]) -> dict[str, float]:
    """Share of intervals that hold a value, and how many were refused."""
    given = [one for one in answers if one is not None]
    held = [low <= truth <= high for low, high in given]
    return {
        "coverage_95": float(np.mean(held)) if held else 0.0,
        "refused": len(answers) - len(given),
    }


def timed(answer: Callable[[int], Answer], n: int) -> tuple[list[Answer], float]:
    """Answers of seeds 0 to n - 1, and CPU seconds of one."""
    begin = time.process_time()
    found = [answer(seed) for seed in range(n)]
    return found, (time.process_time() - begin) / n


def refuse_bias(truth: float, probs: list[float], errors: list[float]) -> None:
    """Stop where the mean of all answers is not the exact one."""
    apart = float(np.mean(probs)) - truth
    error = float(np.sqrt(np.sum(np.square(errors)))) / len(errors)
    if abs(apart) > MOST_STANDARD_ERRORS * error:
        raise RuntimeError(f"{np.mean(probs):.4g} is not {truth:.4g} +- {error:.1g}")


def over_draws(name: str, hour: float, n_seeds: int) -> dict[str, float]:
    """The mean over 500 draws against the exact engine in the same draws."""
    crisis = load(name)
    draws = draw_numbers(crisis, N_DRAWS, 3)
    compiled = compile_escalation(World(crisis, draws, AS_WRITTEN))
    begin = time.process_time()
    curves = solve_forward(compiled.problem, compiled.theta, np.array([hour]))
    exact_seconds = time.process_time() - begin
    truth = float(curves.values[-1, 0].mean())

    def answer(seed: int) -> RareMean:
        found = estimate_mean_rare_risk(crisis, draws=draws, hours=(hour,), seed=seed)
        return found.prob_war

    found, seconds = timed(answer, n_seeds)
    refuse_bias(truth, [one.prob for one in found], [one.path_error for one in found])
    row = {"exact": truth, "seeds": n_seeds, "cpu_s_per_answer": seconds}
    row |= {"exact_cpu_s": exact_seconds}
    return row | shares(truth, [one.of_draws for one in found])


def at_medians(name: str, hour: float, n_seeds: int) -> dict[str, float]:
    """A short horizon with every number at its median."""
    crisis = load(name)
    medians = draw_numbers(crisis, 1).at_medians()
    compiled = compile_escalation(World(crisis, medians, AS_WRITTEN))
    curves = solve_forward(compiled.problem, compiled.theta, np.array([hour]))
    truth = float(curves.values[-1, 0, 0])

    def answer(seed: int) -> RareEstimate:
        return estimate_rare_risk(crisis, hours=(hour,), seed=seed).prob_war

    found, seconds = timed(answer, n_seeds)
    errors = [one.standard_error for one in found]
    refuse_bias(truth, [one.prob for one in found], errors)
    row = {"exact": truth, "seeds": n_seeds, "cpu_s_per_answer": seconds}
    return row | shares(truth, [interval(one) for one in found])


def interval(one: RareEstimate) -> Interval | None:
    """Both ends, or None where it was refused."""
    return None if one.low is None or one.high is None else (one.low, one.high)


def uncertain_rate(n_seeds: int) -> dict[str, float]:
    """Three steps to war at one lognormal rate: draws and paths anew for every seed."""
    points, weights = np.polynomial.hermite_e.hermegauss(80)
    truth = three_or_more(0.025 * np.exp(0.3 * points)) @ weights / weights.sum()

    def answer(seed: int) -> Interval | None:
        rng = np.random.default_rng(seed)
        rates = 0.025 * np.exp(0.3 * rng.standard_normal(2000))
        tables = DrawTables.of(*uncertain_climb(rates, 1.0))
        found = mean_from_tables(tables, CrossEntropy(), hours=[1.0], seed=seed)
        return found.prob_war.of_file

    found, seconds = timed(answer, n_seeds)
    row = {"exact": float(truth), "seeds": n_seeds, "cpu_s_per_answer": seconds}
    return row | shares(float(truth), found)


def skewed(sigma: float, n_samples: int = 2000) -> dict[str, float]:
    """Intervals for the mean of 500 lognormal values, corrected and plain."""
    rng = np.random.default_rng(1)
    draws = rng.standard_normal((n_samples, N_DRAWS))
    values = 1e-4 * np.exp(sigma * draws - sigma**2 / 2)
    mean, error = values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(N_DRAWS)
    corrected = [mean_interval(sample, Z95) for sample in values]
    count = values.sum(axis=1) ** 2 / (values**2).sum(axis=1)
    return {
        "coverage_95": shares(1e-4, corrected)["coverage_95"],
        "plain_coverage_95": float((np.abs(mean - 1e-4) < Z95 * error).mean()),
        "draws_that_count": float(np.median(count)),
    }


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    n = parser.parse_args().seeds
    figures: dict[str, dict[str, float]] = {}
    for name, hour in CASES:
        figures[f"{name}, {hour:g} h, {N_DRAWS} draws"] = over_draws(name, hour, n)
    for name, hour in SHORT:
        figures[f"{name}, {hour:g} h, medians"] = at_medians(name, hour, n)
    figures["one uncertain rate, 2000 draws"] = uncertain_rate(4 * n)
    for sigma in (0.5, 1.0, 1.5, 2.0):
        figures[f"lognormal, sigma {sigma:g}"] = skewed(sigma)
    for name, row in figures.items():
        print(name)
        for key, value in row.items():
            print(f"    {key:24s} {value:.4g}")
    print(write_result("rare_draws", figures))


if __name__ == "__main__":
    main()
