"""What one pair with common luck is worth, in independent pairs and in CPU seconds.

    python -m benchmarks.engine.policy_difference [--pairs N]

The reference workload with its channels faster, its orders halved, its overflights
stopped. Independent pairs come from the direct method and from the lane sampler, in
turn; every difference must agree with that of two exact solutions.

Both costs are stated, for they answer different questions. The direct method follows
one path at a time, as a pair is followed: the gain is that of common luck alone. Lanes
follow sixteen in one instruction and know no streams of single reactions: the gain is
what a user has who could take either.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.cross_entropy import sample_tilted
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.jump_table import tabulate
from backchannel.escalation.policies import follow_pairs
from backchannel.escalation.reactions import tabulate_reactions
from backchannel.escalation.sampling.markov_run import count_markov
from backchannel.escalation.sampling.markov_tables import MarkovLayout
from benchmarks.measured_run import write_result
from tests.systems.ref8 import parameters, ref8

MOST_STANDARD_ERRORS = 4.5


def policies() -> dict[str, dict[str, Any]]:
    """Name of a policy to the numbers of the workload under it."""
    found = {}
    for name in ("channel 5 % faster", "channel twice as fast", "orders halved"):
        p = copy.deepcopy(parameters())
        if name == "orders halved":
            for key in ("r0", "r1"):
                p[key] = [0.5 * x for x in p[key]]
        else:
            factor = 0.95 if "5 %" in name else 0.5
            p["tau"] = [factor * x for x in p["tau"]]
        found[name] = p
    none = copy.deepcopy(parameters())
    none["mu"][0], none["A"][0] = 0.0, [0.0, 0.0]
    return found | {"no overflights": none}


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Least CPU seconds of three calls, and what the last returned."""
    best = np.inf
    for _ in range(3):
        begin = time.process_time()
        found = work()
        best = min(best, time.process_time() - begin)
    return best, found


def exact(p: dict[str, Any]) -> float:
    """P(war by 96 h) by uniformisation."""
    problem, theta = ref8(p)
    return float(solve_forward(problem, theta, np.array([96.0])).values[-1, 0, 0])


def compare(p: dict[str, Any], n_pairs: int) -> dict[str, float]:
    """One policy against the workload as it is."""
    streams: dict[Any, int] = {}
    made = [ref8(numbers) for numbers in (parameters(), p)]
    tables = [
        tabulate_reactions(problem, theta, problem.entries.cause.tolist(), streams)
        for problem, theta in made
    ]
    plain = [tabulate(problem, theta) for problem, theta in made]
    lanes = [MarkovLayout(problem).tables(theta) for problem, theta in made]
    follow_pairs(tables[0], tables[1], 100, 1)

    def direct() -> list[float]:
        ones = [np.ones(t.n_cells) for t in plain]
        return [
            sample_tilted(t, m, 5 + k, n_pairs).estimate()[0]
            for k, (t, m) in enumerate(zip(plain, ones, strict=True))
        ]

    def in_lanes() -> list[float]:
        grid = np.array([0.0, 96.0])
        return [
            count_markov(t, key_of(7 + k, "pair"), 0, n_pairs, grid)[0].sum() / n_pairs
            for k, t in enumerate(lanes)
        ]

    cost, came = seconds(lambda: follow_pairs(tables[0], tables[1], n_pairs, 3))
    direct_cost, apart = seconds(direct)
    lane_cost, apart_in_lanes = seconds(in_lanes)
    before, after = exact(parameters()), exact(p)
    alone = before * (1 - before) + after * (1 - after)
    change = came[1] - came[0]
    for found, variance in (
        (float(change.mean()), float(change.var())),
        (apart[1] - apart[0], alone),
        (apart_in_lanes[1] - apart_in_lanes[0], alone),
    ):
        off = abs(found - (after - before))
        if off > MOST_STANDARD_ERRORS * np.sqrt(variance / n_pairs):
            raise RuntimeError(f"difference {found:.3g}, exact {after - before:.3g}")
    factor = alone / float(change.var())
    return {
        "exact_difference": after - before,
        "variance_factor": factor,
        "net_of_cost_against_direct": factor * direct_cost / cost,
        "net_of_cost_against_lanes": factor * lane_cost / cost,
        "cpu_us_per_pair": 1e6 * cost / n_pairs,
        "direct_cpu_us_per_pair": 1e6 * direct_cost / n_pairs,
        "lanes_cpu_us_per_pair": 1e6 * lane_cost / n_pairs,
    }


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=500_000)
    options = parser.parse_args()
    tables = {}
    for name, p in policies().items():
        tables[name] = compare(p, options.pairs)
        print(name)
        for key, value in tables[name].items():
            print(f"    {key:30s} {value:.4g}")
    print(write_result("policy_difference", tables))


if __name__ == "__main__":
    main()
