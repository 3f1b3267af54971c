"""Crises as models in the PRISM language, checked by Storm against the exact engine.

    python -m benchmarks.engine.prism_to_storm --storm PYTHON [--random N]

PYTHON is one with stormpy 2.0; nothing is measured without. Every crisis of the package
that has an escalation section is written as it stands and with every lever pulled, and
so are N random crises with every feature (deadlines, delays, daylight, postures). Storm
goes through all their pieces, stretches and jumps, from the horizon back to the start
(`crisis_in_storm.py`), and P(war) must be the engine's to 1e-8 of itself. A text with
one number changed must not be.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load
from backchannel.crisis.model import Crisis
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.levers import levers_of
from backchannel.escalation.prism.write import WrittenModel, write_prism
from backchannel.escalation.world import AS_WRITTEN, Variation, World
from benchmarks.measured_run import write_result
from tests.escalation.random_crises import random_crisis

RIVAL = Path(__file__).parents[1] / "crisis_in_storm.py"
RELATIVE = 1e-8
N_RANDOM = 20
COUNTED = ("worlds", "stretches", "jumps")


def shipped() -> list[Crisis]:
    """Every crisis of the package with an escalation section."""
    folder = files("backchannel") / "crises"
    found = [Path(str(path)) for path in folder.iterdir()]
    crises = [load(path) for path in sorted(found) if path.suffix == ".yaml"]
    return [crisis for crisis in crises if crisis.escalation is not None]


def variations(crisis: Crisis) -> Iterator[Variation]:
    """As written, and each lever alone."""
    yield AS_WRITTEN
    for lever in levers_of(crisis):
        yield lever.variation


def by_engine(crisis: Crisis, variation: Variation) -> float:
    """P(war by the horizon), every number at its median."""
    world = World(crisis, draw_numbers(crisis, 1, 0).at_medians(), variation)
    compiled = compile_escalation(world)
    hours = np.array([compiled.problem.hours])
    return float(solve_forward(compiled.problem, compiled.theta, hours).values[0, 0, 0])


def by_storm(python: str, models: list[WrittenModel]) -> tuple[list[float], str]:
    """The same from the texts alone, and Storm's version."""
    asked = [
        {
            "text": model.text,
            "pieces": [{"number": p.number, "hours": p.hours} for p in model.pieces],
        }
        for model in models
    ]
    words = [python, str(RIVAL)]
    done = subprocess.run(
        words, input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["prob_war"], answer["version"]


def compare(python: str, asked: list[tuple[Crisis, Variation]]) -> dict[str, Any]:
    """Largest relative distance over some worlds; raises where one is too far."""
    models = [write_prism(crisis, variation=v) for crisis, v in asked]
    begin = time.perf_counter()
    theirs, version = by_storm(python, models)
    seconds = time.perf_counter() - begin
    worst = 0.0
    for (crisis, variation), value in zip(asked, theirs, strict=True):
        ours = by_engine(crisis, variation)
        off = abs(value - ours) / ours if ours else abs(value)
        if not off <= RELATIVE:
            raise RuntimeError(
                f"{crisis.name}, {variation}: {value!r}, engine {ours!r}"
            )
        worst = max(worst, off)
    return {
        "n_worlds": len(asked),
        "n_stretches": sum(not p.is_jump for m in models for p in m.pieces),
        "n_jumps": sum(p.is_jump for m in models for p in m.pieces),
        "largest_relative": worst,
        "storm_seconds": seconds,
        "version": version,
    }


def assert_a_change_is_found(python: str) -> None:
    """Cooling a thousandth slower must not pass for the same crisis."""
    crisis = load("strait")
    written = write_prism(crisis)
    line = "const double cooling_anger = 12.0;"
    if line not in written.text:
        raise RuntimeError(f"strait: {line} is not in its model")
    text = written.text.replace(line, line.replace("12.0", "12.012"))
    (value,), _ = by_storm(python, [WrittenModel(text, written.pieces)])
    ours = by_engine(crisis, AS_WRITTEN)
    if abs(value - ours) <= 1e3 * RELATIVE * ours:
        raise RuntimeError("the comparison does not see a changed number")


def main() -> None:
    """Compare, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storm", default=None)
    parser.add_argument("--random", type=int, default=N_RANDOM)
    options = parser.parse_args()
    if options.storm is None:
        sys.stderr.write("--storm: names no Python with stormpy; nothing is compared\n")
        return
    assert_a_change_is_found(options.storm)
    rows: dict[str, Any] = {
        crisis.name: compare(options.storm, [(crisis, v) for v in variations(crisis)])
        for crisis in shipped()
    }
    some = [(random_crisis(seed), AS_WRITTEN) for seed in range(options.random)]
    rows["random crises"] = compare(options.storm, some)
    for name, row in rows.items():
        counts = [f"{row[f'n_{what}']} {what}" for what in COUNTED]
        print(f"{name:14s} {', '.join(counts)}: {row['largest_relative']:.1e} at most")
    print(write_result("prism_to_storm", rows))


if __name__ == "__main__":
    main()
