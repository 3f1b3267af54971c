"""Derivatives by one pass back against differences of exact solutions."""

import numpy as np
import pytest

from backchannel.base.errors import MethodError
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load
from backchannel.escalation import simulate_escalation
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.derivatives import differentiate, rate_effects
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.one_draw import pattern_of
from backchannel.escalation.problem import Theta
from backchannel.escalation.world import World
from tests.escalation.small_problems import random_problem
from tests.systems.ref8 import ref8

STEP = 1e-3


def differences(problem, theta, row):
    """Change of P(war) and P(settled) for a relative change of one row, to STEP^4."""
    n = theta.parameters.shape[0]
    ends = []
    for k in (-2, -1, 1, 2):
        parameters, clocks = theta.parameters.copy(), theta.clocks.copy()
        if row < n:
            parameters[row] *= 1 + k * STEP
        else:
            clocks[:, row - n] *= 1 + k * STEP
        changed = Theta(parameters, clocks)
        hours = np.array([problem.hours])
        ends.append(solve_forward(problem, changed, hours, tail=1e-16).values[0, :, 0])
    return (8 * (ends[2] - ends[1]) - (ends[3] - ends[0])) / (12 * STEP)


@pytest.mark.parametrize("seed", range(4))
def test_every_row_of_a_small_problem(seed):
    """Two regimes, an atom, a piece without length; rates, chances and clocks."""
    problem, theta = random_problem(seed, n_draws=1)
    found = differentiate(pattern_of(problem), theta)
    ends = solve_forward(problem, theta, np.array([problem.hours])).values[0, :, 0]
    assert [found.prob_war, found.prob_settled] == pytest.approx(ends, abs=1e-13)
    for row in range(1, len(found.war)):
        expected = differences(problem, theta, row)
        assert [found.war[row], found.settled[row]] == pytest.approx(
            expected, abs=1e-10
        )


def test_rows_of_the_reference_workload():
    problem, theta = ref8()
    found = differentiate(pattern_of(problem), theta)
    for row in (3, 27, 40, 50, theta.parameters.shape[0] + 2):
        expected = differences(problem, theta, row)
        assert [found.war[row], found.settled[row]] == pytest.approx(expected, abs=1e-9)


def test_long_spans_are_cut(monkeypatch):
    """Keeping less at a time changes nothing."""
    problem, theta = random_problem(1, n_draws=1)
    whole = differentiate(pattern_of(problem), theta)
    monkeypatch.setattr("backchannel.escalation.derivatives._LONGEST", 1.5)
    cut = differentiate(pattern_of(problem), theta)
    assert cut.war == pytest.approx(whole.war, abs=1e-13)
    assert cut.bound > whole.bound


def test_rates_of_a_crisis():
    """Scaling a rate in every row that it stands in gives the effect that is told."""
    crisis = load("cuba-1962")
    draws = draw_numbers(crisis, 3, 5)
    compiled = compile_escalation(World(crisis, draws))
    found = differentiate(pattern_of(compiled.problem), compiled.theta, draw=2)
    effects = rate_effects(compiled, found)
    assert {effect.kind for effect in effects} >= {"incident", "decision", "calming"}
    alone = Theta(
        compiled.theta.parameters[:, 2:].copy(), compiled.theta.clocks[:, :, 2:].copy()
    )
    for effect in effects[:4]:
        rows = [
            row
            for row, key in compiled.row_keys.items()
            if key[1] == effect.name and key[0] not in ("clock", "ignites", "answer")
        ]
        total = sum(differences(compiled.problem, alone, row) for row in rows)
        # Nothing settles by itself in this crisis.
        assert [effect.war] == pytest.approx(total, abs=1e-10)
        assert effect.settled == 0.0


def test_the_result_tells_them():
    result = simulate_escalation(load("strait"), n_draws=4)
    assert result.rates
    sizes = [abs(effect.war) for effect in result.rates]
    assert sizes == sorted(sizes, reverse=True)


def test_a_draw_that_is_not_there():
    problem, theta = random_problem(0)
    with pytest.raises(MethodError, match="must be 0 to 4"):
        differentiate(pattern_of(problem), theta, draw=5)
