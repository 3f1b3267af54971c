"""Speed of the game solvers: each answer audited, the peer run in turn.

    python -m benchmarks.engine.games_speed [--gambit PYTHON] [--liteefg PYTHON]

PYTHON is an interpreter with pygambit 16.7 and quantecon, or with LiteEFG. CPU seconds
of one thread, best of several; compiling is not counted. The audit of every profile
works node by node on the tree, which no solver does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from backchannel.games import (
    LogitTrace,
    RegretMinimisation,
    StrategicForm,
    audit,
    sequence_form,
    solve_game,
    unfold,
)
from backchannel.games._kernels.backward import induct
from backchannel.games._kernels.regret import gather
from backchannel.games.bimatrix import extreme_equilibria
from backchannel.games.certificate import log_beliefs
from backchannel.games.crisis_signalling import CrisisSignalling, crisis_signalling_form
from backchannel.games.exact_finish import finish_exactly
from backchannel.games.liars_dice import LiarsDice
from backchannel.games.logit_trace import trace_logit
from backchannel.games.poker import KuhnPoker, LeducPoker
from backchannel.games.regret_minimisation import (
    minimise_regret,
    nash_gap,
    tables_of,
)
from backchannel.games.sequence_form import probabilities_of
from benchmarks.measured_run import ROOT, write_result

RIVALS = ROOT / "benchmarks" / "game_rivals.py"
Row = dict[str, Any]


def best_of(times: int, job: Callable[[], Any]) -> tuple[float, Any]:
    """Least CPU seconds of several runs, and the last answer."""
    least, answer = np.inf, None
    for _ in range(times):
        begin = time.process_time()
        answer = job()
        least = min(least, time.process_time() - begin)
    return least, answer


def rival(python: str, *words: str) -> Row:
    """The peer's answer, or why there is none."""
    if not python:
        return {"peer": "not run: no interpreter was given"}
    done = subprocess.run(
        [python, str(RIVALS), *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"peer": f"failed: {done.stderr.strip().splitlines()[-1][:100]}"}
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return {"peer": told["version"], "peer_seconds": told["seconds"], "told": told}


def learning(rules: Any, rule: str, power: float, goal: float, times: int) -> Row:
    """Seconds until the audited gap of the average is small, looks included."""
    tree = unfold(rules)
    form = sequence_form(tree)
    # Stricter than exploitability, which halves the sum: the larger gain is below it.
    method = RegretMinimisation(rule=rule, power=power, gap=goal)  # type: ignore[arg-type]
    seconds, learned = best_of(times, lambda: minimise_regret(form, method))
    found = audit(tree, probabilities_of(tree, form, learned.plans))
    assert found.gains.sum() / 2 <= goal
    return {
        "seconds": seconds,
        "iterations": learned.step,
        "audited": float(found.gains.sum() / 2),
    }


def main() -> None:
    """Run every row, assert, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gambit", default="")
    parser.add_argument("--liteefg", default="")
    given = parser.parse_args()
    solve_game(unfold(KuhnPoker()), method=RegretMinimisation(max_steps=2))
    solve_game(unfold(KuhnPoker()), method=LogitTrace())
    rows: dict[str, Row] = {}

    def note(work: str, goal: float, row: Row) -> None:
        rows[work] = {"goal_seconds": goal, **row}
        print(work, {k: v for k, v in row.items() if k != "told"}, flush=True)

    note(
        "Leduc poker to exploitability 1e-3, CFR+ with squared weights",
        0.010,
        learning(LeducPoker(), "cfr+", 2.0, 1e-3, 5)
        | rival(given.liteefg, "liteefg", "leduc_poker", "455"),
    )
    note(
        "liar's dice to exploitability 1e-3, discounted",
        0.16,
        learning(LiarsDice(), "discounted", 3.0, 1e-3, 3),
    )
    note("all equilibria of a 16 x 16 bimatrix game", 1.0, _bimatrix(given.gambit))
    note(
        "quantal response to precision 100, 1,296 actions",
        2.0,
        _logit(16, LogitTrace(precision=100), 1),
    )
    note(
        "sequential equilibrium, regret 1e-6 off the path, 353 nodes",
        0.2,
        _logit(4, LogitTrace(), 3) | rival(given.gambit, "logit", "4"),
    )
    for work, goal, row in _crisis(given.gambit):
        note(work, goal, row)
    for work, goal, row in _large():
        note(work, goal, row)
    write_result("games_speed", rows)


def _bimatrix(python: str) -> Row:
    first, second = np.random.default_rng(1).random((2, 16, 16))
    names = (tuple(map(str, range(16))),) * 2
    game = StrategicForm("random", ("a", "b"), names, np.array([first, second]))
    seconds, pairs = best_of(2, lambda: extreme_equilibria(game))
    for x, y in pairs:
        assert (first @ y).max() - x @ first @ y < 1e-9
        assert (x @ second).max() - x @ second @ y < 1e-9
    told = rival(python, "quantecon", "16", "1")
    assert "told" not in told or told["told"]["answer"] == len(pairs)
    return {"seconds": seconds, "equilibria": len(pairs), **told}


def _logit(size: int, method: LogitTrace, times: int) -> Row:
    tree = unfold(CrisisSignalling(size, size, size))
    seconds, traced = best_of(times, lambda: trace_logit(tree, method))
    assert traced.is_converged
    play = np.exp(traced.log_probabilities)
    found = audit(tree, play, log_beliefs(tree, traced.log_probabilities))
    assert abs(found.regret - traced.regret) < 1e-9
    return {"seconds": seconds, "precision": traced.precision, "audited": found.regret}


def _crisis(python: str) -> list[tuple[str, float, Row]]:
    tree = unfold(CrisisSignalling(11, 11, 11))
    form = sequence_form(tree)
    method = RegretMinimisation(rule="cfr+", power=1.0, gap=1e-6)
    seconds, learned = best_of(3, lambda: minimise_regret(form, method))
    play = probabilities_of(tree, form, learned.plans)
    found = audit(tree, play)
    assert found.nash_gap <= 1.01e-6
    finish, sharp = best_of(2, lambda: finish_exactly(tree, play))
    row: Row = {"seconds": finish, "is_finished": sharp is not None}
    if sharp is not None:
        row["audited"] = audit(tree, sharp).nash_gap
    return [
        (
            "general-sum crisis game, 6,898 nodes, Nash gap 1e-6",
            0.05,
            {"seconds": seconds, "iterations": learned.step, "audited": found.nash_gap},
        ),
        ("the same, then finished on its support", 0.5, row),
        (
            "for scale, the peer on a game of 1,814 nodes",
            np.inf,
            {"seconds": 0.0, **rival(python, "lcp", "7")},
        ),
    ]


def _large() -> list[tuple[str, float, Row]]:
    game = CrisisSignalling(100, 100, 200)
    build, form = best_of(2, lambda: crisis_signalling_form(game))
    assert 1 + 100 * 100 * (2 + 5 * 200) == 10_020_001
    method = RegretMinimisation(rule="cfr+", power=1.0, gap=1e-12, max_steps=100)
    solve, learned = best_of(1, lambda: minimise_regret(form, method))
    small = crisis_signalling_form(CrisisSignalling(63, 63, 50))
    tables = tables_of(small)
    plans = small.uniform_plans()
    nash_gap(small, tables, plans)
    gap, _ = best_of(5, lambda: nash_gap(small, tables, plans))
    gradient = np.empty_like(plans[0])
    one, _ = best_of(5, lambda: gather(*tables[0], plans[1], gradient))
    ceiling = len(tables[0][2]) / one / 1e6
    return [
        ("10,020,001 nodes, general sum: build", 1.0, {"seconds": build}),
        (
            "the same: tables, 100 iterations of CFR+ and their gaps",
            1.5,
            {"seconds": solve, "audited": learned.gap},
        ),
        (
            f"Nash gap at 10^6 nodes (gather ceiling {ceiling:.0f} M leaves/s)",
            0.010,
            {"seconds": gap},
        ),
        ("backward induction at 10^7 nodes", 0.050, _induction()),
    ]


def _induction() -> Row:
    depth = 22
    n = 2 ** (depth + 1) - 1
    rng = np.random.default_rng(0)
    first_child = np.minimum(2 * np.arange(n + 1) + 1, n).astype(np.int32)
    movers = rng.integers(-1, 2, n).astype(np.int32)
    chance = np.full(n, 0.5)
    ends = rng.random((n - n // 2, 2))
    values = np.zeros((n, 2))
    values[n // 2 :] = ends
    choice = np.full(n, -1, dtype=np.int32)
    seconds, _ = best_of(3, lambda: induct(first_child, movers, chance, values, choice))
    assert np.isfinite(values[0]).all()
    return {"seconds": seconds * 1e7 / n, "nodes": n}


if __name__ == "__main__":
    main()
