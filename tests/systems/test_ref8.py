"""REF-8, 4,376 states with day, night and a deadline, against its known answers."""

import copy

import numpy as np
import pytest

from backchannel.escalation._kernels.reference import generator
from backchannel.escalation.backward import solve_backward
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.unbounded import absorb
from tests.systems.ref8 import SETTLED, answers, parameters, ref8, state

BASE = 0.150279829068057
CONSTANT = 0.131935978966151


def test_the_base_workload():
    problem, theta = ref8()
    curve = answers()["REF-8"]["curve"]
    hours = np.array([point["hour"] for point in curve])
    values = solve_forward(problem, theta, hours).values[:, :, 0]
    assert values[-1, 0] == pytest.approx(BASE, abs=1e-12)
    for point, (war, settled) in zip(curve, values, strict=True):
        assert war == pytest.approx(point["war"], abs=1e-12)
        assert settled == pytest.approx(point["settled"], abs=1e-12)


def test_without_daily_rhythm_and_deadline():
    p = copy.deepcopy(parameters())
    p["day"] = p["night"] = [1.0] * 6
    p["kappa"] = 0.0
    problem, theta = ref8(p)
    values = solve_forward(problem, theta, np.array([96.0])).values
    assert values[0, 0, 0] == pytest.approx(CONSTANT, abs=1e-12)


def test_how_it_ends_at_any_time():
    """Without rhythm and deadline: 1 in 6 ends in war, after 44 hours on average."""
    p = copy.deepcopy(parameters())
    p["day"] = p["night"] = [1.0] * 6
    p["kappa"] = 0.0
    problem, theta = ref8(p)
    q = generator(problem.entries, problem.n_states, theta.regime(0, 0))
    found = absorb(q, np.array([problem.war, problem.settled]))
    start = int(problem.start.dst[0])
    assert found.prob[start, 0] == pytest.approx(0.167745457195, abs=1e-12)
    assert found.hours[start] == pytest.approx(43.97897, abs=1e-5)


def test_from_every_rung_at_once():
    problem, theta = ref8()
    table = solve_backward(problem, theta)
    for rung, war in answers()["REF-8"]["P_war_96_from_level_at_t0"].items():
        here = int(state(int(rung), 0, 0, 0, 0))
        assert table.prob_war[0, here] == pytest.approx(war, abs=1e-12)
    assert (table.prob_war[:, SETTLED] == 0).all()
