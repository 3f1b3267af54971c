"""How fast the exact escalation engine is, against scipy's expm_multiply.

    python -m benchmarks.engine.escalation_exact [--draws N] [--rival-draws N]

Both solve the same draws of the same model, in turn, on one thread; their answers must
agree to 1e-10 before a time is printed. CPU seconds, best of three for ours.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse.linalg import expm_multiply

from backchannel.crisis.draws import Draws, draw_numbers
from backchannel.crisis.load import load
from backchannel.crisis.model import Crisis
from backchannel.escalation import Uniformisation, simulate_escalation
from backchannel.escalation._kernels.lanes import WIDTH
from backchannel.escalation._kernels.reference import generator, jump
from backchannel.escalation.backward import solve_backward
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import Curves, solve_forward
from backchannel.escalation.levers import levers_of
from backchannel.escalation.problem import Entries, MarkovProblem, Piece, Theta
from backchannel.escalation.world import World
from benchmarks.measured_run import write_result
from tests.systems.ref8 import ref8

AGREEMENT = 1e-10
# Some 50,000 products of sixteen draws: a tenth of a second.
_LIMIT_HOURS = 6000.0


def cpu_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of one call, and what it returned."""
    begin = time.process_time()
    answer = work()
    return time.process_time() - begin, answer


def best_of_three(work: Callable[[], Any]) -> tuple[float, Any]:
    """Least CPU seconds of three calls."""
    return min((cpu_seconds(work) for _ in range(3)), key=lambda run: run[0])


def by_expm_multiply(problem: MarkovProblem, theta: Theta, draw: int) -> float:
    """P(war) of one draw at the horizon, generators built as the engine builds them."""
    x = np.zeros(problem.n_states)
    column = theta.regime(problem.pieces[0].regime, draw)
    np.add.at(x, problem.start.dst, problem.start.values(column))
    for piece in problem.pieces:
        column = theta.regime(piece.regime, draw)
        q = generator(problem.entries, problem.n_states, column).T.tocsr()
        x = expm_multiply(q * piece.hours, x)
        if piece.atom >= 0:
            x = jump(x, problem.atoms[piece.atom], column)
    return float(x[problem.war])


def compare(problem: MarkovProblem, theta: Theta, n_rival: int) -> dict[str, float]:
    """Time both solvers on one model, after checking that they agree."""
    hours = np.array([problem.hours])
    solve_forward(problem, theta, hours, n_threads=1)
    ours, curves = best_of_three(
        lambda: solve_forward(problem, theta, hours, n_threads=1)
    )
    rival, war = cpu_seconds(
        lambda: [by_expm_multiply(problem, theta, draw) for draw in range(n_rival)]
    )
    worst = float(np.abs(np.array(war) - curves.values[0, 0, :n_rival]).max())
    if not worst <= AGREEMENT:
        raise RuntimeError(
            f"the two solvers differ by {worst:.1e}; no time is worth it"
        )
    return figures(problem, theta, curves, ours, rival / n_rival) | {"differ": worst}


def figures(
    problem: MarkovProblem, theta: Theta, curves: Curves, ours: float, rival: float
) -> dict[str, float]:
    """What a reader compares, per draw."""
    products = curves.n_products / theta.n_draws
    return {
        "n_states": problem.n_states,
        "n_nonzero": curves.n_nonzero,
        "n_draws": theta.n_draws,
        "products_per_draw": products,
        "cpu_ms_per_draw": 1e3 * ours / theta.n_draws,
        "ns_per_nonzero_and_draw": 1e9 * ours / curves.n_products / curves.n_nonzero,
        "expm_multiply_cpu_ms_per_draw": 1e3 * rival,
        "times_faster": rival / (ours / theta.n_draws),
    }


def reference_workload(n_rival: int) -> dict[str, dict[str, float]]:
    """REF-8: one draw, and 64 draws with all rates scaled by up to a tenth."""
    problem, one = ref8()
    scale = np.linspace(0.9, 1.1, 64)
    parameters = one.parameters * scale
    parameters[0] = 1.0
    # Probabilities stay as they are: only rows of rates may be scaled.
    fixed = np.flatnonzero(_is_probability())
    parameters[fixed] = one.parameters[fixed]
    many = Theta(parameters, np.repeat(one.clocks, 64, axis=2))
    backward, _ = best_of_three(lambda: solve_backward(problem, one))
    single = compare(problem, one, 1) | {"all_start_states_cpu_ms": 1e3 * backward}
    return {
        "REF-8, one draw": single,
        "REF-8, 64 draws": compare(problem, many, n_rival),
    }


def _is_probability() -> np.ndarray:
    """Rows 1 to 24 of REF-8: chances of standing orders, given and not given."""
    rows = np.zeros(ref8()[1].parameters.shape[0], dtype=bool)
    rows[1:25] = True
    return rows


def cuba(n_draws: int, n_rival: int) -> dict[str, dict[str, float]]:
    """cuba-1962 as written, and the whole answer with every lever."""
    crisis = load("cuba-1962")
    draws = draw_numbers(crisis, n_draws)
    compiled = compile_escalation(World(crisis, draws))
    alone = compare(compiled.problem, compiled.theta, n_rival)
    method = Uniformisation(n_threads=1)
    seconds, result = best_of_three(
        lambda: simulate_escalation(crisis, draws=draws, method=method)
    )
    certificate = result.check(crisis)
    if not certificate.is_verified:
        raise RuntimeError(f"the answer does not stand: {certificate}")
    whole = {
        "n_draws": n_draws,
        "n_runs": result.work.n_runs,
        "cpu_seconds": seconds,
        "cpu_us_per_draw_and_run": 1e6 * seconds / n_draws / result.work.n_runs,
        "differ": certificate.value,
    } | against_the_limit(crisis, draws, seconds)
    return {"cuba-1962": alone, "cuba-1962, all levers, paths, clock": whole}


def against_the_limit(crisis: Crisis, draws: Draws, seconds: float) -> dict[str, Any]:
    """How far the whole answer is from what its multiply-adds alone must take.

    Every one reads a probability and a rate from the first-level cache, and the core
    can read two vectors in a cycle: that, not memory or arithmetic, is the limit.
    """
    as_written = compile_escalation(World(crisis, draws))
    hours = np.array([as_written.problem.hours])
    n_terms = 0.0
    for lever in (None, *levers_of(crisis)):
        compiled = as_written
        if lever is not None:
            world = World(crisis, draws, lever.variation)
            compiled = compile_escalation(world, like=as_written)
        problem = compiled.problem
        curves = solve_forward(problem, compiled.theta, hours, n_threads=1)
        n_terms += curves.n_products * terms_of_product(problem, curves)
    limit_ns = least_ns_per_term()
    limit = 1e-9 * limit_ns * n_terms
    return {
        "multiply_adds": n_terms,
        "least_ns_per_multiply_add": limit_ns,
        "limit_cpu_seconds": limit,
        "share_of_limit": limit / seconds,
    }


def terms_of_product(problem: MarkovProblem, curves: Curves) -> int:
    """Multiply-adds of one product and draw: entries, diagonal, share of the total."""
    return curves.n_nonzero + 2 * problem.n_states


def least_ns_per_term() -> float:
    """The same kernel where all it touches fits in the first-level cache."""
    n, n_after = 40, 8
    source = np.repeat(np.arange(n), n_after)
    target = (source + np.tile(np.arange(1, n_after + 1), n)) % n
    rows = [(int(i), int(j), 1.0, (1,)) for i, j in zip(source, target, strict=True)]
    problem = MarkovProblem(
        n_states=n,
        entries=Entries.of(rows),
        start=Entries.of([(0, 0, 1.0, (0,))]),
        pieces=(Piece(_LIMIT_HOURS, 0),),
        atoms=(),
        war=n - 1,
        settled=-1,
        group=np.zeros(n, dtype=np.int64),
    )
    parameters = np.array([np.ones(WIDTH), np.linspace(0.9, 1.0, WIDTH)])
    theta = Theta(parameters, np.zeros((1, 0, WIDTH)))
    hours = np.array([_LIMIT_HOURS])
    seconds, curves = best_of_three(
        lambda: solve_forward(problem, theta, hours, n_threads=1)
    )
    # A ring in which every state is left and reached alike: uniform in the end.
    if not np.allclose(curves.values, 1.0 / n, rtol=1e-12):
        raise RuntimeError("the ring is not uniform in the end; no time is worth it")
    return 1e9 * seconds / (curves.n_products * terms_of_product(problem, curves))


def main() -> None:
    """Run, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--rival-draws", type=int, default=8)
    options = parser.parse_args()
    tables = reference_workload(options.rival_draws)
    tables |= cuba(options.draws, options.rival_draws)
    for name, table in tables.items():
        print(name)
        for key, value in table.items():
            print(f"    {key:32s} {value:.4g}")
    print(write_result("escalation_exact", tables))


if __name__ == "__main__":
    main()
