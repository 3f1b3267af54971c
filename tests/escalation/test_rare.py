"""P(war) of rare crises: unbiased, covered, refused where it cannot be vouched for."""

from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.result import Status
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load
from backchannel.escalation import simulate_escalation
from backchannel.escalation.cross_entropy import (
    CrossEntropy,
    Weighted,
    learn_multipliers,
    sample_tilted,
)
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.jump_table import tabulate
from backchannel.escalation.rare import estimate_from_table, estimate_rare_risk
from backchannel.escalation.splitting import Splitting, split_paths
from tests.escalation.small_problems import constant, no_numbers, random_problem, walk
from tests.systems.ref8 import RARE, RARER, rare_workload

SMALL = CrossEntropy(n_paths=4000, n_training=2000)


def exact(problem, theta):
    """P(war by the horizon) by uniformisation."""
    hours = np.array([problem.hours])
    return float(solve_forward(problem, theta, hours).values[-1, 0, 0])


@pytest.mark.parametrize("factors", [RARE, RARER])
def test_intervals_cover_the_exact_risk(factors):
    """At least 22 of 30 intervals of 95 % hold the truth.

    Seeds 1 to 30; a correct interval fails this with chance 5e-5.
    """
    problem, theta = rare_workload(factors)
    table, truth = tabulate(problem, theta), exact(problem, theta)
    held = 0
    for seed in range(1, 31):
        found = estimate_from_table(
            table, CrossEntropy(n_paths=5000, n_training=4000), hours=[96.0], seed=seed
        ).prob_war
        held += found.low is not None and found.low <= truth <= found.high
    assert held >= 22


def test_the_ruin_of_a_gambler_far_away():
    """Twelve steps up against a drift of 5 to 1: P = (5 - 1) / (5^13 - 1) from 1.

    Seed 3; four standard errors, so one false alarm in 16,000.
    """
    problem = constant(walk(0.2, 1.0, 13), 14, 1, 13, settled=0, hours=2000.0)
    found = estimate_from_table(
        tabulate(problem, no_numbers()), CrossEntropy(), hours=[2000.0], seed=3
    )
    truth = 4.0 / (5.0**13 - 1.0)
    assert found.status is Status.SAMPLED
    assert abs(found.prob_war.prob - truth) < 4 * found.prob_war.standard_error
    assert found.prob_war.standard_error < 0.02 * truth


@pytest.mark.parametrize("seed", range(3))
def test_any_multipliers_are_unbiased(seed):
    """Regimes, an atom, two starts; four standard errors (one alarm in 16,000 each)."""
    problem, theta = random_problem(seed)
    table = tabulate(problem, theta)
    multipliers = np.random.default_rng(seed).uniform(0.5, 2.0, table.n_cells)
    found, error = sample_tilted(table, multipliers, 11, 40_000).estimate()
    assert abs(found - exact(problem, theta)) < 4 * error


def test_splitting_meets_the_exact_risk():
    """Seed 5; four standard errors (t with 39 degrees: one alarm in 3,700)."""
    problem, theta = rare_workload(RARE)
    found, error = split_paths(tabulate(problem, theta), Splitting(1000), 5)
    assert abs(found - exact(problem, theta)) < 4 * error
    assert error < 0.2 * found


def test_a_crisis_is_estimated_and_checked_by_splitting():
    """strait: seed 2; the referee's bound fails one correct answer in 2,000."""
    crisis = load("strait")
    found = estimate_rare_risk(crisis, hours=(24, 72), seed=2)
    medians = draw_numbers(crisis, 1).at_medians()
    truth = simulate_escalation(crisis, draws=medians, hours=(24, 72)).prob_war[0]
    for estimate, value in zip(found.by_hour, truth, strict=True):
        assert abs(estimate.prob - value) < 4 * estimate.standard_error
    certificate = found.check(crisis)
    assert certificate.is_verified, certificate
    assert len(str(found).splitlines()) <= 6


def test_an_early_hour_is_driven_to_by_itself():
    """By hour 3 war is rarer than by the end, and met as well (seed 4, 4 errors)."""
    crisis = load("strait")
    found = estimate_rare_risk(crisis, hours=(3.0,), seed=4).prob_war
    medians = draw_numbers(crisis, 1).at_medians()
    truth = float(
        simulate_escalation(crisis, draws=medians, hours=(3.0,)).prob_war[0, 0]
    )
    assert truth < 1e-3
    assert abs(found.prob - truth) < 4 * found.standard_error < 0.2 * truth


def test_a_table_is_cut_at_an_hour():
    """Whole pieces keep their jumps, a piece that is cut loses the one at its end."""
    table = tabulate(*random_problem(0))
    assert table.end.tolist() == [5.0, 12.0, 12.0, 16.0]
    assert table.until(6.0).end.tolist() == [5.0, 6.0]
    assert table.until(6.0).atom.tolist() == [-1, -1]
    assert table.until(12.0).atom.tolist() == [-1, 0, -1]
    assert table.until(16.0).end.tolist() == table.end.tolist()


def test_the_same_seed_gives_the_same_digits():
    crisis = load("strait")
    one, two = (estimate_rare_risk(crisis, method=SMALL, seed=9) for _ in range(2))
    assert one == two
    other = estimate_rare_risk(crisis, method=SMALL, seed=10)
    assert other.prob_war.prob != one.prob_war.prob


def test_the_check_rejects_a_changed_answer():
    crisis = load("strait")
    found = estimate_rare_risk(crisis, method=SMALL)
    doubled = replace(found.prob_war, prob=2 * found.prob_war.prob)
    assert not replace(found, by_hour=(doubled,)).check(crisis).is_verified
    refused = replace(found, refusal="made up", status=Status.FAILED)
    assert not refused.check(crisis).is_verified
    with pytest.raises(MethodError, match="not of this crisis"):
        found.check(load("cuba-1962"))


def test_one_heavy_path_is_refused_an_interval(monkeypatch):
    """A sample of which one path holds most of the weight gets no interval."""
    problem, theta = random_problem(0)

    def heavy(*_, n_paths=4000):
        weight = np.full(n_paths, 1e-9)
        weight[0] = 1.0
        return Weighted(weight, np.zeros(n_paths), 1)

    monkeypatch.setattr("backchannel.escalation.rare.sample_tilted", heavy)
    found = estimate_from_table(tabulate(problem, theta), SMALL, hours=[9.0], seed=1)
    assert found.status is Status.FAILED
    assert found.prob_war.low is None
    assert "one path holds" in str(found)
    assert not found.certificate.is_verified
    assert found.floor > SMALL.floor


def test_two_runs_apart_are_refused_an_interval(monkeypatch):
    """Runs that contradict each other are not pooled into one interval."""
    problem, theta = random_problem(0)
    levels = iter(range(1, 100))

    def apart(*given):
        *_, seed, n_paths = given
        rng = np.random.default_rng(seed % 1000)
        weight = next(levels) * rng.uniform(0.9, 1.1, n_paths)
        return Weighted(weight, np.zeros(n_paths), 1)

    monkeypatch.setattr("backchannel.escalation.rare.sample_tilted", apart)
    found = estimate_from_table(tabulate(problem, theta), SMALL, hours=[9.0], seed=1)
    assert "standard errors apart" in found.refusal
    assert (found.prob_war.low, found.prob_war.high) == (None, None)
    assert not found.certificate.is_verified


def test_what_cannot_be_reached_is_refused():
    """War beyond a rung that no path reaches: no multipliers, no number."""
    problem = constant([(0, 1, 1.0)], 3, 0, 2, hours=5.0)
    table = tabulate(problem, no_numbers())
    assert learn_multipliers([table], SMALL, 1) is None
    found = estimate_from_table(table, SMALL, hours=[5.0], seed=1)
    assert "too few paths" in found.refusal
    assert found.status is Status.FAILED


def test_learning_finds_the_way_up():
    """Against a drift of 5 to 1 the best multipliers turn the drift around.

    The exact tilt swaps the two rates (x5 and x0.2); seed 1, learnt within a third.
    """
    problem = constant(walk(0.2, 1.0, 13), 14, 1, 13, settled=0, hours=2000.0)
    table = tabulate(problem, no_numbers())
    learnt = learn_multipliers([table], CrossEntropy(floor=0.01), 1)
    source = np.repeat(np.arange(14), np.diff(table.row_start))
    for s in range(5, 11):
        up = table.cell[(source == s) & (table.target == s + 1)][0]
        down = table.cell[(source == s) & (table.target == s - 1)][0]
        assert learnt[up] == pytest.approx(5.0, rel=0.34)
        assert learnt[down] == pytest.approx(0.2, rel=0.34)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("n_paths", 10), ("n_training", 0), ("floor", 0.0), ("floor", 2.0),
     ("ceiling", 0.5), ("max_share", 1.0), ("agreement", 0.0), ("n_attempts", 0)],
)  # fmt: skip
def test_settings_out_of_range(setting, value):
    with pytest.raises(MethodError, match=f"{setting}: is"):
        CrossEntropy(**{setting: value})


@pytest.mark.parametrize("setting", [{"n_paths": 5}, {"n_runs": 1}])
def test_splitting_out_of_range(setting):
    with pytest.raises(MethodError, match="must be"):
        Splitting(**setting)


@pytest.mark.parametrize("hours", [(), (5.0, 4.0), (-1.0,), (1000.0,)])
def test_hours_out_of_range(hours):
    with pytest.raises(MethodError, match="hours: are"):
        estimate_rare_risk(load("strait"), hours=hours)


def test_no_way_to_war_at_the_medians():
    """Hazards that are 0 in the nominal world leave nothing to estimate."""
    crisis = load("strait")
    assert crisis.escalation is not None
    quiet = crisis.model_copy(
        update={
            "escalation": crisis.escalation.model_copy(
                update={
                    "incidents": {},
                    "start": crisis.escalation.start.model_copy(
                        update={"outstanding": ()}
                    ),
                }
            )
        }
    )
    with pytest.raises(ModelError, match="no way from standoff to war"):
        estimate_rare_risk(quiet, method=SMALL)
