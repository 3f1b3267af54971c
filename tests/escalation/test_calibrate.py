"""Posteriors of incident logs: closed forms, coverage, refusals, into a file."""

import inspect
import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate
from typer.testing import CliRunner

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import Exact, LogNormal, Uniform
from backchannel.cli import app
from backchannel.crisis.load import load
from backchannel.escalation._kernels.hawkes import (
    log_likelihood,
    log_likelihood_reference,
)
from backchannel.escalation.calibrate import (
    QUANTITIES,
    Priors,
    Quadrature,
    calibrate_escalation,
)
from backchannel.escalation.calibrated_file import calibrate_file, posterior_yaml
from backchannel.report.draw_posterior import draw_posterior
from tests.escalation.hawkes_logs import draw_log


def some_log(seed=1, n_crises=5):
    return draw_log(
        np.random.default_rng(seed),
        base=0.1, branching=0.6, cooling=8.0, n_crises=n_crises, shares=(0.7, 0.3),
    )  # fmt: skip


def test_the_likelihood_equals_its_reference():
    arrays = some_log().arrays()
    axes = np.array([0.02, 0.3]), np.array([0.0, 0.5, 0.95]), np.array([1.0, 30.0])
    found = [np.empty((2, 3, 2)) for _ in range(2)]
    log_likelihood(*arrays, *axes, found[0])
    log_likelihood_reference(*arrays, *axes, found[1])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12)
    ours = list(inspect.signature(log_likelihood.py_func).parameters)
    assert ours == list(inspect.signature(log_likelihood_reference).parameters)


def test_without_excitation_it_is_a_poisson_rate():
    """Branching 0: density of the prior times r^n exp(-r T), integrated by SciPy."""
    log = some_log()
    found = calibrate_escalation(log, priors=Priors(branching=Exact(0.0)))
    n, hours, prior = log.n_incidents, found.hours, found.priors.base

    def density(z):
        rate = prior.median * np.exp(prior.log_sd * z)
        return np.exp(-z * z / 2 + n * np.log(rate * hours / n) - rate * hours + n)

    whole = integrate.quad(density, -8, 8, points=[0, 1, 2], limit=400)[0]
    for p in (0.05, 0.5, 0.95):
        z = np.log(float(found.quantile("base", p)) / prior.median) / prior.log_sd
        below = integrate.quad(density, -8, z, points=[0, 1], limit=400)[0] / whole
        assert below == pytest.approx(p, abs=0.002)


def test_a_log_without_incidents_teaches_quiet():
    """Nothing in 480 h: the base rate falls, the rest stays as believed before."""
    log = draw_log(
        np.random.default_rng(1), base=0.0, branching=0.5, cooling=8.0, n_crises=5
    )
    found = calibrate_escalation(log)
    assert found.interval("base")[1] < 0.02
    assert found.interval("branching") == pytest.approx((0.05, 0.95), abs=1e-6)


def test_intervals_cover_what_logs_were_drawn_from():
    """Truths from the prior, 100 logs of 3 crises: 90 % intervals hold nine in ten.

    Seed 7; of 300 intervals 252 to 288 may hold (two-sided false alarm 1 in 1,000 with
    independent intervals).
    """
    rng = np.random.default_rng(7)
    priors = Priors(base=LogNormal(0.05, 0.8), cooling=LogNormal(8.0, 0.7))
    held = 0
    for _ in range(100):
        truth = {q: float(priors.law(q).quantile(rng.random())) for q in QUANTITIES}
        log = draw_log(rng, n_crises=3, **truth)
        found = calibrate_escalation(log, priors=priors, method=Quadrature(32))
        for q in QUANTITIES:
            low, high = found.interval(q)
            held += low <= truth[q] <= high
    assert 252 <= held <= 288


def test_many_crises_narrow_the_branching_ratio():
    """Forty crises: the interval is narrow, and a point may be had."""
    found = calibrate_escalation(some_log(3, n_crises=40))
    low, high = found.interval("branching")
    assert high - low < 0.3
    assert low < found.branching_ratio() < high


@pytest.mark.parametrize("n_crises", [1, 4])
def test_few_crises_get_no_point(n_crises):
    found = calibrate_escalation(some_log(n_crises=n_crises))
    with pytest.raises(MethodError, match="a point estimate needs 5"):
        found.branching_ratio()
    assert found.record()["branching_ratio"] is None
    assert "no point from fewer than 5 crises" in str(found)
    assert len(str(found).splitlines()) <= 6


def test_a_walk_confirms_the_grid_and_rejects_another():
    """Seed 1 of the walk; its Monte Carlo error is a third of the bound."""
    log = some_log(2, n_crises=2)
    found = calibrate_escalation(log)
    assert found.check(log, n_steps=15_000).is_verified
    shifted = replace(found, priors=Priors(cooling=LogNormal(20.0, 1.0)))
    wrong = replace(
        found, grid=shifted.grid, priors=Priors(branching=Uniform(0.0, 0.5))
    )
    assert not wrong.check(log, n_steps=5000).is_verified
    with pytest.raises(MethodError, match="not of this log"):
        found.check(replace(log, digest="other"))


def test_a_coarse_grid_is_not_verified():
    assert not calibrate_escalation(
        some_log(), method=Quadrature(8)
    ).certificate.is_verified
    assert calibrate_escalation(some_log()).certificate.is_verified
    with pytest.raises(MethodError, match="n_cells: is 4"):
        Quadrature(4)


def write_log(path, names=("drone_shot_at", "collision")):
    rows = ["crisis,start,window,time,incident"]
    for c in range(5):
        rows.append(f"c{c},2029-0{c + 1}-01 00:00Z,96 h,,")
        rows += [
            f"c{c},,,2029-0{c + 1}-0{k + 1} 07:00Z,{names[k % 2]}" for k in range(3)
        ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_the_posterior_goes_into_a_crisis_and_back(tmp_path):
    """What is read from the written file are the laws of the posterior."""
    log, out = write_log(tmp_path / "log.csv"), tmp_path / "calibrated.yaml"
    picture = tmp_path / "posterior.svg"
    run = CliRunner().invoke(
        app,
        ["calibrate", str(log), "--into", "strait", "--out", str(out),
         "--figure", str(picture)],
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    checked = CliRunner().invoke(app, ["check", str(out)])
    assert checked.exit_code == 0, checked.output
    section = load(out).escalation
    from backchannel.escalation.incident_log import read_incident_log

    sample = calibrate_escalation(read_incident_log(log)).sample()
    cooling = section.tokens["heat"].cooling
    assert cooling.median() == pytest.approx(np.median(sample["cooling"]), rel=1e-3)
    hazard = section.incidents["collision"].hazard
    drawn = sample["base"] * sample["share collision"]
    for p in (0.5, 0.9):
        assert hazard.quantile(p) == pytest.approx(np.quantile(drawn, p), rel=2e-3)
    assert hazard.certainty == "observed"
    assert hazard.sources == ("INCIDENT_LOG",)
    assert section.incidents["collision"].leaves == "heat"
    assert "# Bravo wants" not in out.read_text()
    assert "# the first level of each is the status quo" in out.read_text()
    assert picture.read_text().startswith("<?xml")


def test_the_command_prints_and_gives_json(tmp_path):
    log = write_log(tmp_path / "log.csv")
    told = CliRunner().invoke(app, ["calibrate", str(log)])
    assert told.exit_code == 0
    assert "hazard:" in told.output
    record = json.loads(
        CliRunner().invoke(app, ["calibrate", str(log), "--json"]).output
    )
    assert record["n_crises"] == 5
    assert 0 < record["branching_ratio"] < 1
    assert record["posterior"]["cooling"]["unit"] == "h"


def test_incidents_that_the_crisis_has_not(tmp_path):
    from backchannel.escalation.incident_log import read_incident_log

    log = read_incident_log(write_log(tmp_path / "log.csv", ("raid", "collision")))
    found = calibrate_escalation(log)
    with pytest.raises(ModelError, match="incidents: no 'raid'"):
        calibrate_file(found, "strait", "a log")
    assert "raid:" in posterior_yaml(found, "a log")


def test_the_figure_is_the_same_each_time():
    found = calibrate_escalation(some_log())
    svg = draw_posterior(found)
    assert svg.startswith("<svg")
    assert svg == draw_posterior(found)
    assert "mean life of heat" in svg
