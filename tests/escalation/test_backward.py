"""Backward in time, from all states at once, gives what forward gives from one."""

import numpy as np
import pytest

from backchannel.base.errors import MethodError
from backchannel.escalation._kernels.reference import states_at
from backchannel.escalation.backward import solve_backward
from backchannel.escalation.forward import solve_forward
from tests.escalation.small_problems import random_problem


@pytest.mark.parametrize("seed", range(4))
def test_forward_and_backward_meet_at_every_hour(seed):
    """The mean risk over the states of an hour is P(war), whatever the hour."""
    problem, theta = random_problem(seed)
    table = solve_backward(problem, theta, draw=2, hours=np.array([1.0, 8.5, 14.0]))
    war = solve_forward(problem, theta, np.array([16.0])).values[0, 0, 2]
    states = states_at(problem, theta, table.hours, 2)
    assert np.abs((states * table.prob_war).sum(axis=1) - war).max() < 1e-13
    assert table.hours.tolist() == [0.0, 1.0, 5.0, 8.5, 12.0, 14.0, 16.0]


def test_hours_outside_are_refused():
    problem, theta = random_problem(0)
    with pytest.raises(MethodError, match="hours"):
        solve_backward(problem, theta, hours=np.array([17.0]))
