"""Sobol and Morris indices of P(war), with the noise of factors and of paths apart."""

import importlib
import sys
from dataclasses import replace

import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.load import find_file, load
from backchannel.escalation import global_sensitivity
from backchannel.escalation.global_sensitivity import Morris, Sobol, rank_globally

# Where the shipped crisis is uncertain, and the exact numbers put there.
MADE_EXACT = {
    "[0.005 /h, 0.02 /h]": "0.01 /h",
    "prob_fires: [0.2, 0.5]": "prob_fires: 0.3",
    "up: [0.05, 0.2]": "up: 0.1",
    "deliberation: [1 h, 3 h]": "deliberation: 2 h",
    "deliberation: [2 h, 5 h]": "deliberation: 3 h",
}


def quieter_strait(tmp_path, replacements):
    text = find_file("strait").read_text()
    for before, after in replacements.items():
        assert before in text
        text = text.replace(before, after)
    path = tmp_path / "quieter.yaml"
    path.write_text(text)
    return load(path)


def test_a_single_uncertain_number_has_all_the_variance(tmp_path):
    """First and total index are 1; seed 1, 256 points, within 0.05."""
    crisis = quieter_strait(tmp_path, MADE_EXACT)
    (only,) = rank_globally(crisis).indices
    assert only.number.path == "escalation.incidents.drone_shot_at.hazard"
    assert only.total == pytest.approx(1.0, abs=0.05)
    assert only.first == pytest.approx(1.0, abs=0.05)


def test_nothing_uncertain_is_refused(tmp_path):
    exact = MADE_EXACT | {"{loguniform: [0.01 /h, 0.05 /h]}": "0.02 /h"}
    with pytest.raises(ModelError, match="reads no uncertain number"):
        rank_globally(quieter_strait(tmp_path, exact))


def test_only_numbers_that_the_escalation_reads_are_ranked():
    found = rank_globally(load("strait"), method=Sobol(n_points=64))
    paths = {index.number.path for index in found.indices}
    assert "escalation.standing_orders.fire_back.prob_fires" in paths
    assert not any(path.startswith(("values", "issues")) for path in paths)
    assert found.n_runs == 64 * (len(paths) + 2)
    assert found.certificate.is_verified
    assert sum(index.first for index in found.indices) < 1.2
    assert len(str(found).splitlines()) <= 6


def test_both_noises_are_stated_apart():
    """Paths add noise of their own; the exact run at the same points has none.

    Seed 1; indices of the two differ by less than four half widths.
    """
    crisis = load("strait")
    exact = rank_globally(crisis, method=Sobol(n_points=64))
    noisy = rank_globally(crisis, method=Sobol(n_points=64, n_paths=2000))
    assert all(index.sampling_noise == 0 for index in exact.indices)
    for index in exact.indices:
        other = next(i for i in noisy.indices if i.number == index.number)
        assert other.sampling_noise > 0
        assert abs(other.total - index.total) < 4 * other.sampling_noise + 0.02
    assert "paths" in str(noisy)


def test_morris_finds_the_same_strongest_number():
    crisis = load("strait")
    screened = rank_globally(crisis, method=Morris(n_trajectories=8))
    shared = rank_globally(crisis, method=Sobol(n_points=64))
    assert screened.indices[0].number == shared.indices[0].number
    assert screened == rank_globally(crisis, method=Morris(n_trajectories=8))


def test_what_lies_in_the_noise_is_not_ranked():
    found = rank_globally(load("strait"), method=Sobol(n_points=64))
    drowned = tuple(replace(i, factor_noise=2.0) for i in found.indices)
    assert replace(found, indices=drowned).strongest() == ()


@pytest.mark.parametrize(
    ("method", "setting", "words"),
    [(Sobol, {"n_points": 100}, "power of 2"), (Sobol, {"n_paths": 1}, "10 or more"),
     (Morris, {"n_trajectories": 1}, "4 or more")],
)  # fmt: skip
def test_settings_out_of_range(method, setting, words):
    with pytest.raises(MethodError, match=words):
        method(**setting)


def test_too_many_runs_are_refused():
    with pytest.raises(MethodError, match="take Morris"):
        rank_globally(load("strait"), method=Sobol(n_points=2**16))


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    for name in [n for n in sys.modules if n.split(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.delitem(sys.modules, global_sensitivity.__name__)
    with pytest.raises(MethodError, match=r"pip install 'backchannel\[sensitivity\]'"):
        importlib.import_module(global_sensitivity.__name__)
