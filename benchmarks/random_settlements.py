"""Compare the settlement engine with the literal evaluator on many random crises.

    python -m benchmarks.random_settlements [--first SEED] [--last SEED]

Every feasible package of every crisis is evaluated in one draw by both; ratification,
leak, gains and settlement must agree to 1e-12, and the same packages must be feasible.
What is done is added to benchmarks/results/random_settlements.json after every thousand
crises, so a run that is stopped can be continued from the seed it prints.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time

import numpy as np

from backchannel.crisis.draws import draw_numbers
from backchannel.settlement.cells import all_draws
from backchannel.settlement.choices import choices_of
from backchannel.settlement.literal import evaluate_literally
from backchannel.settlement.method import Exhaustive
from backchannel.settlement.packages import enumerate_packages
from backchannel.settlement.valuation import compile_valuation
from benchmarks.measured_run import RESULTS, write_result
from tests.settlement.random_crises import has_packages, random_crisis

BOUND = 1e-12
NAME = "random_settlements"


def compare_one(seed: int) -> tuple[int, int, float]:
    """Packages compared, packages settled at times, and the largest deviation."""
    crisis = random_crisis(seed)
    draws = draw_numbers(crisis, 1, seed)
    prob_war = np.random.default_rng(seed).uniform(0, 0.5, 1)
    literal = {}
    choices = [choices_of(issue) for issue in crisis.issues.values()]
    for picked in itertools.product(*choices):
        package = dict(zip(crisis.issues, picked, strict=True))
        cell = evaluate_literally(
            crisis, package, lambda n: float(draws[n][0]), float(prob_war[0])
        )
        if cell.is_feasible:
            literal[tuple(map(str, picked))] = cell
    if not has_packages(crisis):
        return 0, 0, float(len(literal))
    packages = enumerate_packages(crisis, Exhaustive())
    cells = all_draws(compile_valuation(crisis, packages, draws, prob_war)).cells()
    worst = 0.0 if len(packages) == len(literal) else 1.0
    n_settled = 0
    for row in range(len(packages)):
        key = tuple(map(str, packages.choices_in(row).values()))
        if key not in literal:
            return len(packages), n_settled, 1.0
        cell = literal[key]
        found = (cells.ratified, cells.stands, cells.leak, cells.settled)
        wanted = (cell.ratified, cell.stands, cell.leak, cell.settled)
        gaps = [abs(f[row, 0] - w) for f, w in zip(found, wanted, strict=True)]
        gains = zip(cells.gains[:, row, 0], cell.gains.values(), strict=True)
        gaps += [abs(ours - theirs) / 100.0 for ours, theirs in gains]
        worst = max(worst, *map(float, gaps))
        n_settled += cell.settled > 0.0
    return len(packages), n_settled, worst


def main() -> None:
    """Run through the seeds, stop at the first disagreement, write the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, default=99_999)
    options = parser.parse_args()
    path = RESULTS / f"{NAME}.json"
    done = {"n_crises": 0, "n_packages": 0, "n_settled": 0, "largest": 0.0}
    done["cpu_s"] = 0.0
    if options.first and path.exists():
        done = json.loads(path.read_text("utf-8"))["figures"]
    begin = time.process_time()
    for seed in range(options.first, options.last + 1):
        n_packages, n_settled, worst = compare_one(seed)
        if worst > BOUND:
            raise RuntimeError(f"seed {seed}: they differ by {worst:.2g}")
        done["n_crises"] += 1
        done["n_packages"] += n_packages
        done["n_settled"] += n_settled
        done["largest"] = max(done["largest"], worst)
        if (seed + 1) % 1000 == 0 or seed == options.last:
            done["cpu_s"] += time.process_time() - begin
            begin = time.process_time()
            write_result(NAME, done)
            print(f"next seed {seed + 1}", flush=True)


if __name__ == "__main__":
    main()
