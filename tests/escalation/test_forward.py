"""The compiled kernel equals the plain reference and dense matrix exponentials."""

import numpy as np
import pytest
from scipy.linalg import expm

from backchannel.base.errors import MethodError
from backchannel.escalation._kernels.reference import generator, jump, solve_reference
from backchannel.escalation.forward import solve_forward, war_and_settled
from tests.escalation.small_problems import constant, no_numbers, random_problem, walk

HOURS = np.array([0.0, 1.3, 5.0, 11.9, 12.0, 13.7, 16.0])


@pytest.mark.parametrize("seed", range(6))
def test_the_kernel_equals_the_reference(seed):
    problem, theta = random_problem(seed)
    curves = solve_forward(problem, theta, HOURS)
    reference = solve_reference(problem, theta, HOURS, 1e-14, war_and_settled(problem))
    assert np.abs(curves.values - reference).max() < 1e-13


@pytest.mark.parametrize("seed", range(6))
def test_the_kernel_equals_dense_matrix_exponentials(seed):
    problem, theta = random_problem(seed)
    curves = solve_forward(problem, theta, HOURS, group=problem.group)
    for draw in range(theta.n_draws):
        x = np.zeros(problem.n_states)
        x[:2] = 0.75, 0.25
        for piece in problem.pieces:
            column = theta.regime(piece.regime, draw)
            q = generator(problem.entries, problem.n_states, column).toarray()
            x = expm(q.T * piece.hours) @ x
            if piece.atom >= 0:
                x = jump(x, problem.atoms[0], column)
        assert np.abs(curves.values[-1, :, draw] - x).max() < 1e-12
        assert abs(x.sum() - 1) < 1e-12


def test_the_result_does_not_depend_on_threads_or_on_the_run():
    problem, theta = random_problem(3, n_draws=200)
    first = solve_forward(problem, theta, HOURS, n_threads=1).values.tobytes()
    assert solve_forward(problem, theta, HOURS, n_threads=2).values.tobytes() == first
    assert solve_forward(problem, theta, HOURS, n_threads=3).values.tobytes() == first


def test_draws_come_back_in_their_order():
    """Blocks hold draws of similar cost, not in order: each must find its place."""
    problem, theta = random_problem(4, n_draws=37)
    values = solve_forward(problem, theta, HOURS).values
    reference = solve_reference(problem, theta, HOURS, 1e-14, war_and_settled(problem))
    assert np.abs(values - reference).max() < 1e-13
    assert len(np.unique(values[-1, 0])) == 37


def test_long_stretches_are_split():
    """5,000 jumps in one piece underflow exp(-x) unless it is cut."""
    problem = constant(walk(30.0, 20.0, 7), 8, 3, 7, settled=0, hours=100.0)
    curves = solve_forward(problem, no_numbers(), np.array([0.1, 50.0, 100.0]))
    ruin = (1 - (2 / 3) ** 3) / (1 - (2 / 3) ** 7)
    assert curves.values[-1, 0, 0] == pytest.approx(ruin, abs=1e-13)
    assert curves.values[-1].sum() == pytest.approx(1.0, abs=1e-13)
    assert curves.n_products > 5_000


def test_an_hour_with_a_jump_takes_the_value_after_it():
    problem, theta = random_problem(0)
    before, at = solve_forward(problem, theta, np.array([12 - 1e-9, 12.0])).values
    assert (at[0] > before[0] + 1e-3).all()


def test_a_process_that_stands_still():
    problem = constant([], 3, 1, 2, settled=0)
    values = solve_forward(problem, no_numbers(), np.array([0.0, 96.0])).values
    assert (values == 0.0).all()


@pytest.mark.parametrize("hours", [[], [3.0, 1.0], [-1.0, 2.0], [0.0, 17.0]])
def test_hours_outside_are_refused(hours):
    problem, theta = random_problem(0)
    with pytest.raises(MethodError, match="hours"):
        solve_forward(problem, theta, np.array(hours))
