"""How fast one draw of the exact engine is, and all its derivatives.

    python -m benchmarks.engine.escalation_one_draw [--storm PYTHON]

REF-8 (day and night, a deadline) and REF-8C (constant hazards), 4,376 states, 96 h. The
answers must meet the known ones to 1e-12, and SciPy's expm_multiply, run in turn, to
1e-10. `--storm` names a Python with stormpy 2.0, which then checks REF-8C from
../shared/data/clock/ref8c.prism: its check, without building, stands against our
solution without the layout. CPU time, best of seven for ours, of five for Storm's.
"""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from backchannel.escalation.backward import solve_backward
from backchannel.escalation.derivatives import differentiate
from backchannel.escalation.forward import war_and_settled
from backchannel.escalation.one_draw import Machine, curve_of, pattern_of
from backchannel.escalation.problem import MarkovProblem, Piece, Theta
from benchmarks.engine.escalation_exact import by_expm_multiply, cpu_seconds
from benchmarks.measured_run import write_result
from tests.systems.ref8 import parameters, ref8

KNOWN = {"REF-8": 0.150279829068057, "REF-8C": 0.131935978966151}
EXACT = 1e-12
AGREEMENT = 1e-10
# Eight pieces or one: the tails that are left out stay below 1e-12 in sum.
TAIL = 1e-13
STORM_MODEL = Path(__file__).resolve().parents[3] / "shared/data/clock/ref8c.prism"
RIVAL = Path(__file__).parents[1] / "storm_rival.py"


def workloads() -> dict[str, tuple[MarkovProblem, Theta]]:
    """Both, by name; constant hazards need no cuts of time."""
    p = copy.deepcopy(parameters())
    p["day"] = p["night"] = [1.0] * 6
    p["kappa"] = 0.0
    problem, theta = ref8(p)
    constant = replace(problem, pieces=(Piece(problem.hours, 0),))
    return {"REF-8": ref8(), "REF-8C": (constant, theta)}


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    """Least CPU milliseconds of seven calls, and the answer."""
    seconds, answer = min((cpu_seconds(work) for _ in range(7)), key=lambda run: run[0])
    return 1e3 * seconds, answer


def measure(name: str, problem: MarkovProblem, theta: Theta) -> dict[str, float]:
    """Times of one workload, after its answers were met."""
    layout, pattern = best(lambda: pattern_of(problem))
    back, table = best(
        lambda: solve_backward(problem, theta, pattern=pattern, tail=TAIL)
    )
    hours, group = np.arange(0.0, 97.0), war_and_settled(problem)
    forth, curve = best(
        lambda: curve_of(Machine(pattern, theta, 0, TAIL), hours, group)
    )
    slopes, found = best(lambda: differentiate(pattern, theta, tail=TAIL))
    start = int(problem.start.dst[0])
    off = max(
        abs(value - KNOWN[name])
        for value in (table.prob_war[0, start], curve[-1, 0], found.prob_war)
    )
    if not off <= EXACT:
        raise RuntimeError(f"{name}: off by {off:.1e}; no time is worth it")
    rival, war = cpu_seconds(lambda: by_expm_multiply(problem, theta, 0))
    if not abs(war - KNOWN[name]) <= AGREEMENT:
        raise RuntimeError(f"{name}: expm_multiply gives {war}")
    return {
        "n_states": problem.n_states,
        "n_cells": pattern.n_cells,
        "n_rows": len(found.war),
        "off": off,
        "bound": table.bound,
        "layout_cpu_ms": layout,
        "backward_cpu_ms": back,
        "forward_cpu_ms": forth,
        "derivatives_cpu_ms": slopes,
        "expm_multiply_cpu_ms": 1e3 * rival,
    }


def storm(python: str) -> dict[str, Any]:
    """REF-8C by Storm, best of five processes."""
    words = [python, str(RIVAL), str(STORM_MODEL), "P=? [ F<=96 L=7 ]", ""]
    runs = [
        json.loads(
            subprocess.run(words, capture_output=True, text=True, check=True)
            .stdout.splitlines()[-1]
        )
        for _ in range(5)
    ]  # fmt: skip
    return {
        "version": runs[0]["version"],
        "off": abs(runs[0]["value"] - KNOWN["REF-8C"]),
        "build_ms": 1e3 * min(run["build_seconds"] for run in runs),
        "check_cpu_ms": 1e3 * min(run["check_cpu_seconds"] for run in runs),
    }


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storm", default=None)
    options = parser.parse_args()
    figures: dict[str, Any] = {
        name: measure(name, *workload) for name, workload in workloads().items()
    }
    if options.storm and STORM_MODEL.exists():
        figures["REF-8C"]["storm"] = storm(options.storm)
    for name, row in figures.items():
        print(name)
        for key, value in row.items():
            print(f"    {key:24s} {value}")
    print(write_result("escalation_one_draw", figures))


if __name__ == "__main__":
    main()
