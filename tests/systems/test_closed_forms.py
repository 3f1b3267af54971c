"""Processes with a formula: the solver must give it to ten digits and more.

Each formula stands here; `closed_forms.json` holds values of the same by mpmath to
eighteen digits.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from backchannel.escalation._kernels.reference import generator
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.problem import Entries, MarkovProblem, Piece, Theta
from backchannel.escalation.unbounded import absorb
from tests.escalation.small_problems import constant, no_numbers, walk

LISTED = {
    entry["name"]: float(entry["value"])
    for entry in json.loads((Path(__file__).parent / "closed_forms.json").read_text())
}


def prob(problem, state, hours):
    """P(in a state by the hours), by the compiled kernel."""
    group = np.where(np.arange(problem.n_states) == state, 0, -1)
    curves = solve_forward(problem, no_numbers(), np.atleast_1d(hours), group=group)
    return curves.values[:, 0, 0]


def ruin(t, up=0.3, down=0.5, i=3, n=7):
    """P(a walk on 0..n from i reaches n by t): the sine series, Feller I, XIV.5."""
    k = np.arange(1, n)
    decay = up + down - 2 * math.sqrt(up * down) * np.cos(k * np.pi / n)
    terms = np.sin(k * np.pi * i / n) * np.sin(k * np.pi * (n - 1) / n)
    terms = terms * -np.expm1(-decay * t) / decay
    return up * (up / down) ** ((n - 1 - i) / 2) * 2 / n * terms.sum()


@pytest.mark.parametrize("t", [6, 24, 96])
def test_ruin_by_an_hour(t):
    found = prob(constant(walk(0.3, 0.5, 7), 8, 3, 7, settled=0), 7, t)[0]
    assert found == pytest.approx(ruin(t), abs=1e-13)
    assert found == pytest.approx(LISTED[f"ruin P(hit 7 by {t} h)"], abs=1e-13)


def test_ruin_at_any_time():
    q = generator(Entries.of([(*r, ()) for r in walk(0.3, 0.5, 7)]), 8, np.ones(1))
    found = absorb(q, np.array([0, 7]))
    assert found.prob[3, 1] == pytest.approx(
        LISTED["gambler ruin P(7 before 0)"], abs=1e-13
    )
    assert found.hours[3] == pytest.approx(LISTED["gambler ruin E[T] hours"], abs=1e-12)


def test_a_ladder_without_a_way_down():
    """Five rungs at 0.1 per hour: the Erlang law."""
    problem = constant([(i, i + 1, 0.1) for i in range(5)], 6, 0, 5)
    found = prob(problem, 5, 24.0)[0]
    assert found == pytest.approx(special.gammainc(5, 2.4), abs=1e-14)
    listed = LISTED["pure birth 5 rungs by 24 h"]
    assert found == pytest.approx(listed, abs=1e-14)


def queue(i, n, t, a=0.4, b=0.5):
    """P(n in an M/M/1 queue at t, i at the start): Bessel functions, Takacs 1962."""
    x, rho = 2 * math.sqrt(a * b) * t, a / b
    tail = sum(
        rho ** (-k / 2) * special.ive(k, x) for k in range(i + n + 2, i + n + 200)
    )
    scale = math.exp(-(a + b) * t + x)
    first = rho ** ((n - i) / 2) * special.ive(n - i, x)
    second = rho ** ((n - i - 1) / 2) * special.ive(n + i + 1, x)
    return scale * (first + second + (1 - rho) * rho**n * tail)


@pytest.mark.parametrize(("i", "n", "t"), [(0, 0, 10), (3, 0, 10), (3, 5, 24)])
def test_matters_waiting_for_one_decider(i, n, t):
    """Birth and death at 0.4 and 0.5 per hour; 150 places stand for no limit."""
    rows = [(k, k + 1, 0.4) for k in range(149)] + [(k + 1, k, 0.5) for k in range(149)]
    found = prob(constant(rows, 151, i, 150), n, float(t))[0]
    assert found == pytest.approx(queue(i, n, t), abs=1e-12)
    assert found == pytest.approx(LISTED[f"M/M/1 p_{i},{n}({t})"], abs=1e-12)


def test_one_hot_token_burns_out():
    """Linear birth and death from one: b = 0.045, d = 0.125, extinct by 24 h."""
    b, d, t = 0.045, 0.125, 24.0
    rows = [(k, k + 1, b * k) for k in range(1, 80)]
    rows += [(k, k - 1, d * k) for k in range(1, 81)]
    found = prob(constant(rows, 82, 1, 81), 0, t)[0]
    e = math.exp(-(d - b) * t)
    assert found == pytest.approx(d * (1 - e) / (d - b * e), abs=1e-12)
    assert found == pytest.approx(LISTED["token chain extinct by 24 h"], abs=1e-12)


def test_pending_matters_fill_the_channel():
    """Erlang's loss formula: two places, 0.4 per hour, three hours each."""
    rows = [(0, 1, 0.4), (1, 2, 0.4), (1, 0, 1 / 3), (2, 1, 2 / 3)]
    problem = constant(rows, 4, 0, 3, hours=400.0)
    a = 0.4 * 3
    found = prob(problem, 2, 400.0)[0]
    assert found == pytest.approx(a * a / 2 / (1 + a + a * a / 2), abs=1e-12)
    assert found == pytest.approx(LISTED["Erlang-B pending full"], abs=1e-12)


def test_incidents_by_day_and_night():
    """No incident in 96 h at 0.03 per hour, 1.5 times that by day, half by night."""
    problem = MarkovProblem(
        n_states=2,
        entries=Entries.of([(0, 1, 0.03, (1,))]),
        start=Entries.of([(0, 0, 1.0, ())]),
        pieces=tuple(Piece(12.0, k % 2) for k in range(8)),
        atoms=(),
        war=1,
        settled=-1,
        group=np.arange(2),
    )
    theta = Theta(np.ones((1, 1)), np.array([[[1.5]], [[0.5]]]))
    war = solve_forward(problem, theta, np.array([96.0])).values[0, 0, 0]
    assert 1 - war == pytest.approx(math.exp(-0.03 * 96), abs=1e-14)
    listed = LISTED["no type-0 base incident 96 h, L=1"]
    assert 1 - war == pytest.approx(listed, abs=1e-14)


def test_a_year_of_chances():
    """A false alarm believed: a thinned Poisson process over one unit of time."""
    rate = 0.06 * 0.333 * 0.3 * 0.3
    found = prob(constant([(0, 1, rate)], 2, 0, 1, hours=1.0), 1, 1.0)[0]
    assert found == pytest.approx(-math.expm1(-rate), rel=1e-12)
    assert found == pytest.approx(LISTED["annual war probability"], rel=1e-12)


def test_the_formulas_can_fail():
    """The comparison must reject a walk that is one per cent off."""
    found = prob(constant(walk(0.303, 0.5, 7), 8, 3, 7, settled=0), 7, 24)[0]
    assert abs(found - ruin(24)) > 1e-4
