"""Speed of the game solvers: each answer audited, the peers run in turn.

    python -m benchmarks.engine.games_speed [--gambit PYTHON] [--gambit17 PYTHON]
        [--liteefg PYTHON] [--openspiel PYTHON]

PYTHON is an interpreter with pygambit 16.7 and quantecon, pygambit 17, LiteEFG or
OpenSpiel. CPU seconds of one thread, best of several; compiling is not counted.
The audit of every profile works node by node on the tree, which no solver does. All
learning is by one rule with its published exponents; the row that names CFR+ uses that.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from backchannel.games import (
    LogitTrace,
    RegretMinimisation,
    StrategicForm,
    audit,
    solve_game,
    unfold,
    write_efg,
)
from backchannel.games._kernels.backward import induct
from backchannel.games._kernels.regret import earn
from backchannel.games.bimatrix import extreme_equilibria
from backchannel.games.certificate import log_beliefs
from backchannel.games.crisis_signalling import CrisisSignalling, crisis_signalling_form
from backchannel.games.exact_finish import finish_exactly
from backchannel.games.exact_proof import prove_exactly
from backchannel.games.liars_dice import LiarsDice
from backchannel.games.logit_trace import trace_logit
from backchannel.games.poker import KuhnPoker, LeducPoker
from backchannel.games.regret_minimisation import Machine, minimise_regret
from backchannel.games.sequence_form import (
    SequenceForm,
    probabilities_of,
    sequence_form,
)
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


@njit(nogil=True)
def leaves_alone(blocks: Any, plans: Any, gradients: Any, n_steps: int) -> None:
    """What learning cannot go without: every leaf once for each player, a step."""
    for _ in range(n_steps):
        for player in range(2):
            earn(player, blocks, plans[1 - player], gradients[player])


def ceiling(form: SequenceForm, n_steps: int) -> float:
    """CPU seconds of so many iterations in which nothing but leaves is read."""
    machine = Machine(form)
    assert machine.blocks is not None
    buffers = machine.load(machine.fresh())
    plans, gradients = (tuple(held[k] for held in buffers) for k in (3, 0))
    arrays = machine.blocks.arrays
    leaves_alone(arrays, plans, gradients, 1)
    least, _ = best_of(3, lambda: leaves_alone(arrays, plans, gradients, n_steps))
    return least


def learning(rules: Any, times: int) -> Row:
    """Seconds until the audited exploitability is 1e-3, all looks at it included."""
    tree = unfold(rules)
    form = sequence_form(tree)
    method = RegretMinimisation(gap=1e-3, is_mean_gap=True)
    seconds, learned = best_of(times, lambda: minimise_regret(form, method))
    found = audit(tree, probabilities_of(tree, form, learned.plans))
    assert found.gains.mean() <= 1e-3
    return {
        "seconds": seconds,
        "iterations": learned.step,
        "leaves_alone_seconds": ceiling(form, learned.step),
        "audited": float(found.gains.mean()),
    }


def main() -> None:
    """Run every row, assert, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    for peer in ("gambit", "gambit17", "liteefg", "openspiel"):
        parser.add_argument(f"--{peer}", default="")
    given = parser.parse_args()
    solve_game(unfold(KuhnPoker()), method=RegretMinimisation(max_steps=2))
    solve_game(unfold(KuhnPoker()), method=LogitTrace())
    rows: dict[str, Row] = {}

    def note(work: str, goal: float, row: Row) -> None:
        rows[work] = {"goal_seconds": goal, **row}
        print(work, {k: v for k, v in row.items() if k != "told"}, flush=True)

    leduc = learning(LeducPoker(), 9)
    for peer in ("liteefg", "openspiel"):
        told = rival(getattr(given, peer), peer, "leduc_poker", "455")
        note(f"Leduc poker to exploitability 1e-3 ({peer})", 0.010, leduc | told)
    note(
        "liar's dice to exploitability 1e-3",
        0.16,
        learning(LiarsDice(), 3)
        | rival(given.openspiel, "openspiel", "liars_dice", "312"),
    )
    for faces in (4, 5):
        note(
            f"the same with {faces} faces in place of 6",
            np.inf,
            learning(LiarsDice(faces), 5),
        )
    note("all equilibria of a 16 x 16 bimatrix game", 1.0, _bimatrix(given.gambit))
    note(
        "quantal response to precision 100, 1,296 actions",
        2.0,
        _same_payoffs(
            _logit(16, LogitTrace(precision=100), 1), _qre(given.gambit17, 16)
        ),
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
    return {
        "seconds": seconds,
        "precision": traced.precision,
        "payoffs": found.payoffs.tolist(),
        "audited": found.regret,
    }


def _same_payoffs(own: Row, peer: Row) -> Row:
    """Both rows in one, once the two answers agree."""
    if "told" in peer:
        np.testing.assert_allclose(own["payoffs"], peer["told"]["answer"], atol=1e-6)
    return own | peer


def _qre(python: str, size: int) -> Row:
    """The same game as a file, traced to the same precision by the peer."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crisis.efg"
        path.write_text(write_efg(unfold(CrisisSignalling(size, size, size))))
        return rival(python, "qre", str(path), "100")


def _crisis(python: str) -> list[tuple[str, float, Row]]:
    tree = unfold(CrisisSignalling(11, 11, 11))
    form = sequence_form(tree)
    method = RegretMinimisation(gap=1e-6)
    seconds, learned = best_of(5, lambda: minimise_regret(form, method))
    play = probabilities_of(tree, form, learned.plans)
    found = audit(tree, play)
    assert found.nash_gap <= 1.01e-6
    now = probabilities_of(tree, form, learned.state.plans)
    finish, sharp = best_of(3, lambda: finish_exactly(tree, play, now=now))
    assert sharp is not None
    proof, exact = best_of(3, lambda: prove_exactly(tree, sharp))
    assert exact is not None
    reached = {
        "seconds": seconds,
        "iterations": learned.step,
        "leaves_alone_seconds": ceiling(form, learned.step),
        "audited": found.nash_gap,
    }
    return [
        (
            "general-sum crisis game, 6,898 nodes, Nash gap 1e-6",
            0.05,
            reached | rival(python, "lcp", "11"),
        ),
        (
            "the same, then finished on its support and proved in fractions",
            0.5,
            {
                "seconds": finish + proof,
                "is_finished": True,
                "audited": audit(tree, sharp).nash_gap,
            },
        ),
    ]


def _large() -> list[tuple[str, float, Row]]:
    game = CrisisSignalling(100, 100, 200)
    build, form = best_of(2, lambda: crisis_signalling_form(game))
    assert 1 + 100 * 100 * (2 + 5 * 200) == 10_020_001
    method = RegretMinimisation(rule="cfr+", power=1.0, gap=1e-12, max_steps=100)
    solve, learned = best_of(2, lambda: minimise_regret(form, method))
    small = crisis_signalling_form(CrisisSignalling(63, 63, 50))
    machine = Machine(small)
    plans = tuple(held[3] for held in machine.load(machine.fresh()))
    machine.gains(plans)
    gap, _ = best_of(5, lambda: machine.gains(plans))
    return [
        ("10,020,001 nodes, general sum: build", 1.0, {"seconds": build}),
        (
            "the same: layout, 100 iterations of CFR+ and their gaps",
            1.5,
            {
                "seconds": solve,
                "leaves_alone_seconds": ceiling(form, 100),
                "audited": learned.gap,
            },
        ),
        ("Nash gap at 10^6 nodes", 0.010, {"seconds": gap}),
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
