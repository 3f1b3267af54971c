"""Frontiers and best deals of more packages than can be enumerated.

python -m benchmarks.engine.beyond_enumeration [--peer PYTHON_WITH_NEGMAS]
    [--domains FOLDER_OF_NONLINEAR_GENIUS_DOMAINS] [--loop-limit SECONDS]

CPU seconds of one thread. Additive frontiers against the MOBANOS sampler of NegMAS (two
parties); nonlinear ones against a plain epsilon-constraint loop on CP-SAT as one would
write it first, on one thread as well. Points must be the same before a time is given.

Limits, measured in the same run: `in_solver_s` are the CPU seconds inside OR-tools for
the `n_solves` that the proof took, below which only a faster solver leads;
`sort_limit_s` is what sorting the sums of the last issue takes alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from backchannel.crisis.clauses import Clause, ClauseDomain
from backchannel.crisis.domain_rectangles import load_rectangles
from backchannel.settlement import MergeByIssue, cp_sat, settle_domain
from backchannel.settlement.proven_deal import CRITERIA, prove_deal
from backchannel.settlement.proven_frontier import prove_frontier
from benchmarks.engine.machine_rates import sort_seconds
from benchmarks.measured_run import ROOT, write_result
from tests.settlement.domains import weighted_domain
from tests.settlement.games import weighted_game

N_MADE = 10


def cpu(work: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """CPU seconds, the best of several, and the last answer."""
    best = float("inf")
    for _ in range(times):
        begin = time.process_time()
        answer = work()
        best = min(best, time.process_time() - begin)
    return best, answer


@contextmanager
def solves() -> Iterator[list[float]]:
    """CPU seconds of every solve of OR-tools inside the block."""
    spent: list[float] = []
    solve = cp_model.CpSolver.solve

    def timed(solver: cp_model.CpSolver, *given: Any) -> Any:
        begin = time.process_time()
        status = solve(solver, *given)
        spent.append(time.process_time() - begin)
        return status

    cp_model.CpSolver.solve = timed
    try:
        yield spent
    finally:
        cp_model.CpSolver.solve = solve


def merged(n_parties: int, n_issues: int, peer: str | None) -> dict[str, Any]:
    """Issues of 10 levels, merged."""
    domain = weighted_domain(n_parties, n_issues, 10, seed=1)
    settle_domain(weighted_domain(n_parties, 3, 3, seed=1), method=MergeByIssue())
    times = 20 if n_parties == 2 else 2
    seconds, found = cpu(lambda: settle_domain(domain, method=MergeByIssue()), times)
    if not found.certificate.is_verified:
        raise RuntimeError(str(found.certificate))
    row: dict[str, Any] = {
        "n_points": found.n_points,
        "cpu_s": seconds,
        "sort_limit_s": sort_seconds(10 * found.n_points),
    }
    if peer and n_parties == 2:
        if not found.check(domain).is_verified:
            raise RuntimeError(str(found.check(domain)))
        question = {"work": "mobanos", "tables": [t.tolist() for t in domain.utilities]}
        done = subprocess.run(
            [peer, str(ROOT / "benchmarks" / "negmas_rival.py")],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            check=True,
        )
        theirs = json.loads(done.stdout.splitlines()[-1])
        points = np.array(sorted(theirs["points"], reverse=True))
        if not np.allclose(points, found.utilities, atol=1e-9):
            raise RuntimeError("MOBANOS has other points")
        row |= {"peer": f"NegMAS {theirs['version']}", "peer_cpu_s": theirs["cpu_s"]}
    return row


def nonlinear(folder: Path, loop_limit: float) -> dict[str, Any]:
    """One domain of hyper-rectangles."""
    domain = load_rectangles(folder)
    with solves() as spent:
        seconds, found = cpu(lambda: prove_frontier(domain))
    if found.gap or not found.check(domain).is_verified:
        raise RuntimeError(f"{folder.name}: not proven")
    row: dict[str, Any] = {
        "n_packages": float(domain.n_packages),
        "n_points": found.n_points,
        "cpu_s": seconds,
        "in_solver_s": sum(spent),
        "n_solves": len(spent),
        "peer": f"plain loop, OR-tools {version('ortools')}",
    }
    begin = time.process_time()
    points = plain_loop(domain, loop_limit)
    row["peer_cpu_s"] = time.process_time() - begin
    row["peer_n_points"] = len(points)
    ours = {tuple(point) for point in np.round(found.utilities, 9).tolist()}
    if not {tuple(point) for point in points} <= ours:
        raise RuntimeError(f"{folder.name}: the loop has other points")
    return row


def plain_loop(domain: ClauseDomain, limit: float) -> list[list[float]]:
    """Points in turn until none is left or the CPU seconds are spent."""
    begin, found, floor = time.process_time(), [], 0
    wide = 100_000
    while time.process_time() - begin < limit:
        model = cp_model.CpModel()
        levels = [model.new_int_var(0, len(ls) - 1, "") for ls in domain.levels]
        utilities = [
            _plain_utility(model, domain, levels, p) for p in range(len(domain.parties))
        ]
        model.add(utilities[0] >= floor)
        model.maximize(utilities[1] * wide + utilities[0])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = 4 * limit
        if solver.solve(model) != cp_model.OPTIMAL:
            break
        package = np.array([[solver.value(level) for level in levels]])
        found.append(np.round(domain.utilities_of(package)[0], 9).tolist())
        floor = solver.value(utilities[0]) + 1
    return found


def _plain_utility(model: Any, domain: ClauseDomain, levels: Any, party: int) -> Any:
    terms = []
    for clause in domain.clauses[party]:
        sides = []
        for issue, inside in clause.conditions:
            side = model.new_bool_var("")
            every = set(range(len(domain.levels[issue])))
            for values, switch in (
                (set(inside), side),
                (every - set(inside), side.negated()),
            ):
                among = cp_model.Domain.from_values(sorted(values))
                model.add_linear_expression_in_domain(
                    levels[issue], among
                ).only_enforce_if(switch)
            sides.append(side)
        holds = model.new_bool_var("")
        for side in sides:
            model.add_implication(holds, side)
        model.add_bool_or([*(side.negated() for side in sides), holds])
        points = round(clause.points)
        terms.append(points * (1 - holds) if clause.is_excluding else points * holds)
    units = model.new_int_var(0, int(domain.caps[party]), "")
    model.add(units <= sum(terms))
    return units


def deals(n_issues: int) -> dict[str, float]:
    """Two leaders, six vetoes at home: the best deal by each criterion."""
    game = weighted_game(n_issues)
    row = {}
    for criterion in CRITERIA:
        with solves() as spent:
            seconds, found = cpu(lambda c=criterion: prove_deal(game, criterion=c))
        if not found.check(game).is_verified:
            raise RuntimeError(f"{criterion}: not verified")
        row[f"{criterion}_cpu_s"] = seconds
        row[f"{criterion}_gap"] = found.gap
        row[f"{criterion}_in_solver_s"] = sum(spent)
    return row


def with_setting(level: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds and answer under another setting of the linear relaxation."""
    kept = cp_sat.LINEARISATION
    cp_sat.LINEARISATION = level
    try:
        return cpu(work)
    finally:
        cp_sat.LINEARISATION = kept


def made(seed: int) -> ClauseDomain:
    """12 issues of 6 levels; for each of two parties 40 clauses on up to 3 issues."""
    rng = np.random.default_rng(seed)

    def clause() -> Clause:
        issues = rng.choice(12, size=int(rng.integers(1, 4)), replace=False)
        conditions = tuple(
            (int(i), tuple(np.flatnonzero(rng.random(6) < 0.5).tolist()))
            for i in issues
        )
        return Clause(float(rng.integers(-4, 13)), conditions)

    parties = tuple(tuple(clause() for _ in range(40)) for _ in range(2))
    levels = (tuple("abcdef"),) * 12
    issues = tuple(f"issue {i}" for i in range(12))
    free = np.full(2, np.inf)
    return ClauseDomain("made", issues, levels, ("A", "B"), parties, free, -free)


def settings() -> dict[str, Any]:
    """The setting of the solver where it was not chosen, against its default."""
    times: dict[int, list[float]] = {1: [], 2: []}
    for seed in range(N_MADE):
        domain = made(seed)
        points = []
        for level, spent in times.items():
            seconds, found = with_setting(level, lambda d=domain: prove_frontier(d))
            spent.append(seconds)
            points.append(found.utilities.tolist())
        if points[0] != points[1]:
            raise RuntimeError(f"seed {seed}: the setting changes the frontier")
    ratios = np.array(times[1]) / np.array(times[2])
    return {
        "n_domains": N_MADE,
        "default_cpu_s": sum(times[1]),
        "ours_cpu_s": sum(times[2]),
        "least_ratio": float(ratios.min()),
        "median_ratio": float(np.median(ratios)),
    }


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="a Python that can import negmas")
    parser.add_argument("--domains", type=Path, help="folders of nonlinear domains")
    parser.add_argument("--loop-limit", type=float, default=60.0)
    options = parser.parse_args()
    work: dict[str, Callable[[], dict[str, Any]]] = {
        "50 issues x 10 levels, 2 parties": lambda: merged(2, 50, options.peer),
        "30 issues x 10 levels, 3 parties": lambda: merged(3, 30, None),
        "50 issues, 2 leaders, 6 vetoes": lambda: deals(50),
        "setting of the solver, random domains": settings,
    }
    for folder in sorted(options.domains.iterdir()) if options.domains else ():
        work[folder.name] = lambda f=folder: nonlinear(f, options.loop_limit)
    rows = {}
    for name, measure in work.items():
        rows[name] = row = measure()
        shown = {k: v if isinstance(v, str) else f"{v:.4g}" for k, v in row.items()}
        print(name, shown, flush=True)
    print(write_result("beyond_enumeration", rows))


if __name__ == "__main__":
    main()
