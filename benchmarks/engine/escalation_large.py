"""A crisis of a million states, from its file to the risk from every state.

    python -m benchmarks.engine.escalation_large [--cap N]

Two parties with up to nine matters pending each, two kinds of token with a cap that
makes the size, four incidents by day and night, 96 h. Building is part of the time.
SciPy takes hours at this size, so the answer is checked against itself: P(war) forward
from the start and backward from the horizon use two layouts of the matrix and must
agree to 1e-12, and the same crisis with small caps must meet SciPy's expm_multiply.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Any

import numpy as np

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load_mapping
from backchannel.crisis.model import Crisis
from backchannel.escalation.backward import solve_backward
from backchannel.escalation.compile import Compiled, compile_escalation
from backchannel.escalation.forward import war_and_settled
from backchannel.escalation.one_draw import Machine, Pattern, curve_of, pattern_of
from backchannel.escalation.world import World
from benchmarks.engine.escalation_exact import by_expm_multiply
from benchmarks.measured_run import write_result

AGREEMENT = 1e-12
TAIL = 1e-13
MOST_STATES = 1_100_000
SMALL = 3
_HARMED = {"overflight": "alpha", "ship": "bravo", "clash": "alpha", "raid": "bravo"}


def large_crisis(cap: int, pending: int) -> Crisis:
    """The crisis, with its two caps."""
    rungs: dict[str, Any] = {"over": {"title": "Over", "is_settled": True}}
    for name in ("standoff", "alert", "shots", "strikes", "brink", "war"):
        calming = {} if name in ("standoff", "war") else {"calming": "0.04 /h"}
        rungs[name] = {"title": name, **calming}
    rungs["standoff"]["settling"] = "0.02 /h"
    incidents = {
        name: {
            "title": name,
            "harmed": harmed,
            "hazard": "0.015 /h",
            "daylight": 1.4,
            "night": 0.6,
            "excited_by": {kind: "0.012 /h"},
            "leaves": kind,
        }
        for (name, harmed), kind in zip(
            _HARMED.items(), ("military", "military", "political", "political"),
            strict=True,
        )
    }  # fmt: skip
    parties = ("alpha", "bravo")
    orders = {
        f"answer_{party}": {
            "title": "Answer",
            "holder": party,
            "trigger": [name for name, harmed in _HARMED.items() if harmed == party],
            "response": {"climb": 1},
            "status": "in_force",
            "prob_fires": 0.08,
        }
        for party in parties
    }
    gate = {
        "title": "Gate",
        "levels": {
            "shut": {"title": "Shut"},
            "open": {"title": "Open", "giver": "bravo", "receiver": "alpha"},
        },
    }
    return load_mapping(
        {
            "backchannel": 1,
            "name": "large",
            "title": "A large crisis",
            "now": "2030-10-26T06:00Z",
            "horizon": "96 h",
            "actors": {
                party: {"title": party, "kind": "party", "deliberation": "4 h"}
                for party in parties
            },
            "issues": {"gate": gate},
            "no_deal": {"fallback": dict.fromkeys(parties, -6)},
            "escalation": {
                "rungs": rungs,
                "start": {"rung": "alert"},
                "tokens": {
                    "military": {"title": "Military", "cooling": "8 h", "cap": cap},
                    "political": {"title": "Political", "cooling": "16 h", "cap": cap},
                },
                "daylight": {"zone": "Europe/Berlin", "sunrise": 6, "sunset": 18},
                "incidents": incidents,
                "standing_orders": orders,
                "decisions": {
                    party: {"up": 0.12, "down": 0.22, "cap": pending}
                    for party in parties
                },
            },
        }
    )


def solve(cap: int, pending: int) -> tuple[dict[str, float], Compiled]:
    """Build and solve, both ways; CPU seconds of each step."""
    crisis = large_crisis(cap, pending)
    begin = time.process_time()
    world = World(crisis, draw_numbers(crisis, 1))
    compiled = compile_escalation(world, max_states=MOST_STATES)
    problem, built = compiled.problem, time.process_time()
    pattern = pattern_of(problem)
    laid_out = time.process_time()
    table = solve_backward(problem, compiled.theta, pattern=pattern, tail=TAIL)
    back = time.process_time()
    war = _forward(compiled, pattern)
    done = time.process_time()
    column = compiled.theta.regime(problem.pieces[0].regime, 0)
    first = table.prob_war[0][problem.start.dst]
    off = abs(float(problem.start.values(column) @ first) - war)
    if not off <= AGREEMENT:
        raise RuntimeError(f"forward and backward differ by {off:.1e}")
    figures = {
        "n_states": problem.n_states,
        "n_cells": pattern.n_cells,
        "prob_war": war,
        "differ": off,
        "build_cpu_s": built - begin,
        "layout_cpu_s": laid_out - built,
        "backward_cpu_s": back - laid_out,
        "forward_cpu_s": done - back,
        "cpu_s": done - begin,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    return figures, compiled


def _forward(compiled: Compiled, pattern: Pattern) -> float:
    machine = Machine(pattern, compiled.theta, 0, TAIL)
    hours, group = np.array([96.0]), war_and_settled(compiled.problem)
    return float(curve_of(machine, hours, group)[0, 0])


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cap", type=int, default=44)
    options = parser.parse_args()
    small, compiled = solve(SMALL, SMALL)
    rival = by_expm_multiply(compiled.problem, compiled.theta, 0)
    if not abs(rival - small["prob_war"]) <= 1e-10:
        raise RuntimeError(f"expm_multiply gives {rival}, not {small['prob_war']}")
    large, _ = solve(options.cap, 9)
    for key, value in large.items():
        print(f"    {key:16s} {value:.6g}")
    print(write_result("escalation_large", {"10^6 states": large, "small": small}))


if __name__ == "__main__":
    main()
