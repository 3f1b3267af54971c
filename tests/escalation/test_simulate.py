"""The public answer: curves, levers, hours left, and a certificate that can fail."""

import dataclasses

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.result import Status
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load, load_mapping
from backchannel.escalation import Uniformisation, simulate_escalation
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.world import World
from tests.escalation.random_crises import random_content, random_crisis

N_DRAWS = 40


@pytest.fixture(scope="module")
def strait():
    return load("strait")


@pytest.fixture(scope="module")
def result(strait):
    return simulate_escalation(strait, n_draws=N_DRAWS, seed=3)


def test_curves_are_probabilities_that_never_fall(result):
    for curve in (result.prob_war, result.prob_settled, result.risk.prob_war):
        assert curve.min() >= 0
        assert curve.max() <= 1
        assert (np.diff(curve, axis=1) >= 0).all()
    assert (result.prob_war + result.prob_settled <= 1 + 1e-12).all()
    assert result.prob_war.shape == (N_DRAWS, len(result.hours)) == (N_DRAWS, 73)
    assert result.status is Status.EXACT


@pytest.mark.parametrize("seed", range(3))
def test_random_crises_give_probabilities(seed):
    found = simulate_escalation(random_crisis(seed), n_draws=5)
    assert np.isfinite(found.prob_war).all()
    assert (np.diff(found.risk.prob_war, axis=1) >= 0).all()
    assert found.certificate.is_verified


def test_same_seed_same_bytes(strait, result):
    again = simulate_escalation(
        strait, n_draws=N_DRAWS, seed=3, method=Uniformisation(n_threads=2)
    )
    assert again.prob_war.tobytes() == result.prob_war.tobytes()
    for a, b in zip(again.levers, result.levers, strict=True):
        assert a.difference.tobytes() == b.difference.tobytes()
    assert [str(p) for p in again.paths] == [str(p) for p in result.paths]


def test_levers_are_differences_of_two_full_runs(strait, result):
    draws = draw_numbers(strait, N_DRAWS, 3)
    for effect in result.levers:
        compiled = compile_escalation(World(strait, draws, effect.lever.variation))
        war = solve_forward(compiled.problem, compiled.theta, np.array([72.0]))
        alone = war.values[0, 0] - result.prob_war[:, -1]
        assert np.abs(effect.difference - alone).max() < 1e-12
    assert [e.name for e in result.levers] == [
        "drones=grounded",
        "fire_back=overridden",
    ]
    assert [e.controlled_by for e in result.levers] == ["alpha", "alpha"]


def test_hours_asked_for_are_on_the_same_curve(strait, result):
    asked = simulate_escalation(strait, n_draws=N_DRAWS, seed=3, hours=(6, 24, 48))
    at = np.searchsorted(result.hours, asked.hours)
    assert np.abs(asked.prob_war - result.prob_war[:, at]).max() < 1e-13
    for a, b in zip(asked.levers, result.levers, strict=True):
        assert np.abs(a.difference - b.difference).max() < 1e-13
        assert np.abs(a.prob_war - b.prob_war[:, at]).max() < 1e-13


def test_the_line_between_grid_points_is_close(strait, result):
    """The risk curve promises 1e-4 between its points."""
    off_grid = np.arange(0.11, 72, 1.37)
    exact = simulate_escalation(strait, n_draws=N_DRAWS, seed=3, hours=off_grid)
    line = result.risk.at(np.tile(off_grid, (N_DRAWS, 1)))
    assert 0 < np.abs(line - exact.prob_war).max() < 1e-4


def test_hours_left_mark_where_the_risk_passes_the_level(result):
    left = result.hours_left(0.03)
    assert left.is_censored.any()
    assert not left.is_censored.all()
    reached = result.risk.at(left.hours)
    assert np.abs(reached - 0.03)[~left.is_censored].max() < 1e-12
    assert (result.prob_war[left.is_censored, -1] < 0.03).all()
    assert left.quantile(0.01) > 0
    assert result.hours_left(0.9).quantile(0.5) is None
    with pytest.raises(MethodError, match="level"):
        result.hours_left(1.0)


def test_the_nominal_world_stands_on_one_rung_at_a_time(result):
    assert np.abs(result.nominal.by_rung.sum(axis=1) - 1).max() < 1e-12
    war = result.nominal.by_rung[:, -1]
    assert np.abs(war - result.nominal.prob_war).max() < 1e-12
    assert result.nominal.rungs == ("standoff", "shots", "strikes", "war")


def test_time_until_the_end_is_counted_up_to_the_horizon(result):
    open_for = result.expected_hours_open
    assert (open_for < 72).all()
    assert (open_for > 72 * (1 - result.prob_war[:, -1])).all()


def test_check_verifies_the_result(strait, result):
    certificate = result.check(strait)
    assert certificate.is_verified, str(certificate)
    assert result.certificate.is_verified


@pytest.mark.parametrize("field", ["prob_war", "prob_settled", "levers", "paths"])
def test_check_rejects_a_changed_result(strait, result, field):
    value = getattr(result, field)
    if field == "levers":
        run = value[0]
        value = (dataclasses.replace(run, difference=run.difference + 1e-6), *value[1:])
    elif field == "paths":
        value = value[1:]
    else:
        value = value.copy()
        value[7, 30] += 1e-6
    assert not dataclasses.replace(result, **{field: value}).check(strait).is_verified


def test_check_rejects_numbers_that_are_consistent_and_wrong(strait, result):
    """All curves scaled alike: only another solution of the model can tell."""
    wrong = dataclasses.replace(
        result,
        prob_war=result.prob_war * 0.999,
        risk=dataclasses.replace(result.risk, prob_war=result.risk.prob_war * 0.999),
    )
    assert not wrong.check(strait).is_verified


def test_check_refuses_another_crisis(result):
    with pytest.raises(MethodError, match="not of this crisis"):
        result.check(random_crisis(0))


def test_it_prints_in_six_lines_and_converts(result):
    assert len(str(result).splitlines()) <= 6
    assert "war by 72 h" in str(result)
    assert result._repr_html_().startswith("<pre>war by")
    table = result.to_xarray()
    assert table.sizes == {"draw": N_DRAWS, "hour": 73, "lever": 2}
    lever = table.prob_war_with_lever.sel(lever="drones=grounded").values
    assert (lever == result.levers[0].prob_war).all()


def test_a_crisis_without_the_section_is_refused():
    content = random_content(0)
    del content["escalation"], content["deadlines"]
    with pytest.raises(ModelError, match="no such section"):
        simulate_escalation(load_mapping(content))


def test_a_crisis_without_a_way_to_war_is_refused():
    content = random_content(1)
    section = content["escalation"]
    section["standing_orders"], section["moves"] = {}, {}
    section["decisions"] = {}
    del section["incidents"]["clash"]["ignites"], content["deadlines"]
    with pytest.raises(ModelError, match="no way from calm to war"):
        simulate_escalation(load_mapping(content), n_draws=3)


def test_too_many_states_are_refused_with_the_largest_factor(strait):
    with pytest.raises(ModelError, match=r"more than 50 .*largest factor is rung"):
        simulate_escalation(strait, method=Uniformisation(max_states=50))


@pytest.mark.parametrize(
    "wrong", [{"tolerance": 0.1}, {"max_states": 1}, {"n_threads": 0}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(MethodError, match=next(iter(wrong))):
        Uniformisation(**wrong)


@pytest.mark.parametrize("hours", [(), (5, 5), (9, 3), (0, 73), (-1, 4)])
def test_hours_out_of_range_are_refused(strait, hours):
    with pytest.raises(MethodError, match="hours"):
        simulate_escalation(strait, n_draws=3, hours=hours)


def test_draws_of_another_crisis_are_refused(strait):
    draws = draw_numbers(random_crisis(0), 3, 1)
    with pytest.raises(MethodError, match="another crisis"):
        simulate_escalation(strait, draws=draws)


def test_a_hazard_that_explodes_is_refused():
    content = random_content(0)
    content["escalation"]["incidents"]["clash"]["hazard"] = "90000 /h"
    with pytest.raises(ModelError, match=r"jumps within 40 h, at most 60000"):
        simulate_escalation(load_mapping(content), n_draws=3)
