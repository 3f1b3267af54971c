"""The answer from sampled paths: the same bytes anywhere, checked, stopped, resumed."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.load import load
from backchannel.escalation import Sampled, simulate_escalation
from backchannel.escalation.nominal import with_nominal
from backchannel.escalation.pulled import pull
from backchannel.escalation.sampling import run
from backchannel.escalation.sampling.certificate import compare_with_exact
from backchannel.escalation.world import World
from tests.escalation.random_crises import random_crisis

METHOD = Sampled(n_replications=300)


def _sample(**settings):
    settings = {"n_draws": 6, "method": METHOD, "hours": (24, 72), **settings}
    return simulate_escalation(load("strait"), **settings)


def _bytes(result):
    levers = [effect.prob_war for effect in result.levers]
    arrays = [result.risk.prob_war, result.risk.prob_settled, *levers]
    return b"".join(array.tobytes() for array in arrays)


@pytest.fixture
def small_batches(monkeypatch):
    """Many batches from few paths; one boundary lies within a draw."""
    monkeypatch.setattr(run, "BATCH", 450)


@pytest.mark.usefixtures("small_batches")
def test_threads_and_processes_give_the_same_bytes():
    alone = _bytes(_sample(method=replace(METHOD, n_threads=1)))
    assert _bytes(_sample(method=replace(METHOD, n_threads=3))) == alone
    with ThreadPoolExecutor(2) as pool:
        assert _bytes(_sample(executor=pool)) == alone
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert _bytes(_sample(executor=pool)) == alone
    assert _bytes(_sample(seed=2)) != alone


@pytest.mark.usefixtures("small_batches")
def test_a_dask_cluster_gives_the_same_bytes():
    distributed = pytest.importorskip("distributed", reason="dask is not installed")
    settings = {"n_workers": 1, "processes": False, "dashboard_address": None}
    with distributed.Client(**settings) as client:
        there = _bytes(_sample(executor=client.get_executor()))
    assert there == _bytes(_sample())


@pytest.mark.usefixtures("small_batches")
def test_stopped_and_resumed_is_the_run_without_a_stop(tmp_path):
    kept = tmp_path / "kept.npz"
    whole = _sample()
    stages = []

    def stop(stage):
        stages.append(stage)
        if len(stages) == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _sample(checkpoint=kept, progress=stop)
    first = kept.read_bytes()
    again = []
    resumed = _sample(checkpoint=kept, progress=again.append)
    assert _bytes(resumed) == _bytes(whole)
    assert kept.read_bytes() != first
    fresh, never_stopped = [], tmp_path / "never stopped.npz"
    _sample(checkpoint=never_stopped, progress=fresh.append)
    assert kept.read_bytes() == never_stopped.read_bytes()
    assert len(again) < len(fresh)
    once_more = []
    assert _bytes(_sample(checkpoint=kept, progress=once_more.append)) == _bytes(whole)
    assert not any("%" in stage for stage in once_more)


def test_a_checkpoint_of_another_question_is_refused(tmp_path):
    kept = tmp_path / "kept.npz"
    _sample(checkpoint=kept)
    other = replace(METHOD, n_replications=301)
    for settings in ({"method": other}, {"seed": 9}, {"n_draws": 5}, {"hours": (24,)}):
        with pytest.raises(MethodError, match="is of another"):
            _sample(checkpoint=kept, **settings)
    with pytest.raises(MethodError, match="another crisis"):
        simulate_escalation(
            load("cuba-1962"), n_draws=6, method=METHOD, checkpoint=kept
        )


def test_a_broken_or_changed_checkpoint_is_refused(tmp_path):
    kept = tmp_path / "kept.npz"
    kept.write_text("not a checkpoint")
    with pytest.raises(MethodError, match="cannot be read as one"):
        _sample(checkpoint=kept)
    kept.unlink()
    _sample(checkpoint=kept)
    with np.load(kept) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["values0"][0, 0, 5] += 1
    np.savez(kept, **arrays)
    with pytest.raises(MethodError, match="its numbers were changed"):
        _sample(checkpoint=kept)
    text = str(arrays["header"]).replace('"format": 2', '"format": 99')
    np.savez(kept, **{**arrays, "header": np.array(text)})
    with pytest.raises(MethodError, match="is of format 99"):
        _sample(checkpoint=kept)


def test_exponential_delays_agree_with_the_exact_answer():
    """Mean of 8 draws x 4,000 paths, four standard errors (6e-5), and all levers."""
    crisis = load("strait")
    method = Sampled(n_replications=4_000, delays="exponential")
    sampled = simulate_escalation(crisis, n_draws=8, method=method)
    exact = simulate_escalation(crisis, n_draws=8)
    # A chance of a few paths is Poisson: one path more keeps its error in proportion.
    chance = exact.prob_war * (1 - exact.prob_war)
    error = np.sqrt((chance + 1 / 4_000) / 4_000)
    assert (np.abs(sampled.prob_war - exact.prob_war) <= 5 * error).all()
    mean_error = np.sqrt((error[:, -1] ** 2).sum()) / 8
    gap = sampled.prob_war[:, -1].mean() - exact.prob_war[:, -1].mean()
    assert abs(gap) <= 4 * mean_error
    for ours, theirs, noise in zip(
        sampled.levers, exact.levers, sampled.sampling.lever_standard_error, strict=True
    ):
        assert (np.abs(ours.difference - theirs.difference) <= 5 * noise).all()
    nominal = np.abs(sampled.nominal.prob_war - exact.nominal.prob_war)
    assert (nominal <= 5 * sampled.sampling.nominal_standard_error).all()
    first = sampled.paths[0]
    assert first.text == exact.paths[0].text
    assert first.share == pytest.approx(exact.paths[0].share, abs=0.06)


def test_the_result_is_checked_and_a_change_is_found():
    crisis = load("strait")
    result = _sample()
    assert str(result.status) == "sampled"
    assert result.clock is None
    assert len(str(result).splitlines()) <= 6
    assert result.certificate.is_verified
    assert result.check(crisis).is_verified
    changed = replace(result, prob_war=result.prob_war + 0.001)
    assert not changed.check(crisis).is_verified
    with pytest.raises(MethodError, match="not of this crisis"):
        result.check(load("cuba-1962"))
    assert 0 < result.hours_left(0.01).hours.min() <= 72


def test_a_lever_alone_is_the_run_that_the_result_has():
    crisis = load("strait")
    result = _sample()
    for effect in result.levers:
        again = pull(result, crisis, [effect.name])
        assert np.array_equal(again.prob_war, effect.prob_war)


def test_more_states_than_can_be_listed_are_no_obstacle():
    """Where nothing can be solved, plain Python follows paths, and rates are tested."""
    crisis = load("strait")
    section = crisis.escalation
    tokens = {
        f"heat{k}": section.tokens["anger"].model_copy(update={"cap": 50})
        for k in range(4)
    }
    incidents = {
        f"{name}{k}": incident.model_copy(update={"leaves": f"heat{k}"})
        for name, incident in section.incidents.items()
        for k in range(4)
    }
    incidents = {**section.incidents, **incidents}
    wide = section.model_copy(
        update={"tokens": {**section.tokens, **tokens}, "incidents": incidents}
    )
    crisis = crisis.model_copy(update={"escalation": wide})
    result = simulate_escalation(crisis, n_draws=2, method=METHOD)
    assert result.certificate.route == "integrals of the rates, in NumPy"
    world = World(crisis, with_nominal(result.draws))
    assert compare_with_exact(world, 2, 1).route == "plain Python"
    assert compare_with_exact(world, 2, 1).is_verified
    assert result.certificate.is_verified


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_replications": 0}, "n_replications: is 0"),
        ({"n_replications": 2**32}, "n_replications: is 4294967296"),
        ({"delays": "fixed"}, "delays: is 'fixed'"),
        ({"heat": "hot"}, "heat: is 'hot'"),
        ({"n_threads": 0}, "n_threads: is 0"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(MethodError, match=message):
        Sampled(**settings)


def test_what_cannot_be_sampled_is_refused():
    with pytest.raises(MethodError, match="hours: run from 0 to 999"):
        _sample(hours=(0, 999))
    refused = pytest.raises(MethodError, match="add method=Sampled")
    with ThreadPoolExecutor(1) as pool, refused:
        simulate_escalation(load("strait"), executor=pool)
    crisis = random_crisis(1).model_copy(update={"escalation": None})
    with pytest.raises(ModelError, match="no such section"):
        simulate_escalation(crisis, n_draws=2, method=METHOD)
