"""The command escalation by each of its methods."""

import json

import pytest
from typer.testing import CliRunner

from backchannel.cli import app

RUNNER = CliRunner()
SAMPLED = ("escalation", "strait", "--draws", "4", "--method", "sampled")


def _said(*words):
    done = RUNNER.invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_sampled_paths_state_their_noise_and_settings(tmp_path):
    words = (*SAMPLED, "--replications", "200", "--delays", "exponential", "--json")
    kept = ("--checkpoint", str(tmp_path / "kept.npz"))
    first = _said(*words, *kept)
    page = json.loads(first)
    assert page["run"]["status"] == "sampled"
    assert page["sampling"]["delays"] == "exponential"
    assert page["sampling"]["n_replications"] == 200
    assert 0 < max(page["sampling"]["standard_error"]) < 0.05
    assert (tmp_path / "kept.npz").exists()
    assert _said(*words, *kept) == first
    assert "200 paths in each draw" in _said(*SAMPLED, "--replications", "200")


def test_an_exact_answer_has_no_sampling():
    page = json.loads(_said("escalation", "strait", "--draws", "4", "--json"))
    assert page["run"]["status"] == "exact"
    assert page["sampling"] is None


def test_a_rare_chance_has_an_interval():
    words = ("escalation", "strait", "--method", "rare", "--hours", "24,72")
    page = json.loads(_said(*words, "--json"))
    assert [one["hour"] for one in page["by_hour"]] == [24.0, 72.0]
    assert all(one["low"] < one["prob"] < one["high"] for one in page["by_hour"])
    assert [one["hour"] for one in page["runs"]] == [72.0, 72.0]
    assert page["over_draws"]["n_draws"] == 2000
    for one in page["over_draws"]["by_hour"]:
        (low, high), (lower, higher) = one["of_draws"], one["of_file"]
        assert lower < low < one["prob"] < high < higher
    said = _said(*words, "--draws", "50")
    assert "over 50 draws" in said
    assert "raise the number of draws" in said


def test_uncertain_numbers_are_ranked_where_it_is_asked_for():
    pytest.importorskip("SALib", reason="SALib is not installed")
    words = ("escalation", "strait", "--draws", "4", "--sobol", "16")
    page = json.loads(_said(*words, "--json"))
    ranking = page["ranking"]
    totals = [number["total"] for number in ranking["numbers"]]
    assert totals == sorted(totals, reverse=True)
    assert ranking["n_runs"] == 16 * (len(totals) + 2)
    first = ranking["numbers"][0]["path"]
    assert first == "escalation.incidents.drone_shot_at.hazard"
    assert first in _said(*words)
    done = RUNNER.invoke(app, ["escalation", "strait", "--sobol", "17"])
    assert "power of 2" in str(done.exception or done.output)


def test_morris_ranks_with_fewer_runs():
    pytest.importorskip("SALib", reason="SALib is not installed")
    words = ("escalation", "strait", "--draws", "4", "--morris", "8")
    ranking = json.loads(_said(*words, "--json"))["ranking"]
    assert ranking["method"] == "Morris"
    assert ranking["n_runs"] == 8 * (len(ranking["numbers"]) + 1)
    assert " points  ± " in _said(*words)


def test_levers_are_compared_by_pairs_too():
    """Pairs beside the exact change; their certificate is the distance from it."""
    words = ("escalation", "strait", "--draws", "4", "--lever", "drones=grounded")
    assert json.loads(_said(*words, "--json"))["pairs"] is None
    page = json.loads(_said(*words, "--pairs", "5000", "--json"))
    pairs = page["pairs"]
    assert pairs["levers"] == ["drones=grounded"]
    assert pairs["n_pairs"] == 5000
    before, after = pairs["prob_war"]
    assert pairs["difference"] == pytest.approx(after - before)
    assert pairs["low"] < pairs["difference"] < pairs["high"] < 0
    assert pairs["certificate"]["is_verified"]
    assert "each worth" in _said(*words, "--pairs", "5000")


def test_splitting_is_asked_as_the_referee_of_a_rare_chance():
    words = ("escalation", "strait", "--method", "rare", "--draws", "100")
    assert json.loads(_said(*words, "--json"))["referee"] is None
    page = json.loads(_said(*words, "--referee", "--json"))
    for certificate in (page["referee"], page["over_draws"]["referee"]):
        assert certificate["is_verified"]
        assert 0 <= certificate["value"] <= certificate["bound"]
        assert "by splitting" in certificate["claim"]
    assert _said(*words, "--referee").count("by splitting") == 2


def test_figures_are_written_beside_the_page(tmp_path):
    """Also of sampled paths; a rare chance has none, a file is no folder."""
    folder = tmp_path / "new" / "figures"
    _said(*SAMPLED, "--replications", "200", "--figures", str(folder))
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["hours_left.svg", "paths.svg", "risk.svg"]
    assert "chance of war passes" in (folder / "hours_left.svg").read_text()
    for more in (("--method", "rare", "--figures", str(folder)), ()):
        words = ["escalation", "strait", "--draws", "4", *more]
        words += () if more else ("--figures", str(folder / "risk.svg"))
        done = RUNNER.invoke(app, words)
        assert done.exit_code != 0
        said = str(done.exception or done.output)
        assert "no curve" in said or "name a folder" in said


def test_an_exact_answer_goes_on_from_its_checkpoint_too(tmp_path):
    """With levers pulled together; a rare chance keeps nothing."""
    kept = ("--checkpoint", str(tmp_path / "kept.npz"))
    words = ("escalation", "strait", "--draws", "30", "--json")
    words += ("--lever", "drones=grounded", "--lever", "fire_back=overridden")
    first = _said(*words)
    assert _said(*words, *kept) == first
    assert _said(*words, *kept) == first
    done = RUNNER.invoke(app, ["escalation", "strait", "--method", "rare", *kept])
    assert "--checkpoint: not for a rare chance" in str(done.exception)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--heat", "kernel"), "--heat: is for sampled paths; add --method sampled"),
        (("--method", "exact", "--replications", "7"), "--replications: is for"),
        (("--method", "rare", "--prism", "strait.prism"), "leave --method out"),
        (("--method", "rare", "--sobol", "16"), "ranks no numbers"),
        (("--method", "rare", "--pairs", "500"), "compares no policies"),
        (("--sobol", "16", "--lever", "drones=grounded"), "leave --lever out"),
        (("--morris", "8", "--lever", "drones=grounded"), "leave --lever out"),
        (("--morris", "8", "--sobol", "16"), "leave one of them out"),
        (("--pairs", "500"), "Add --lever NAME=VALUE"),
        (("--referee",), "--referee: is for a rare chance; add --method rare"),
    ],
)
def test_an_option_that_would_not_be_read_is_refused(words, told):
    done = RUNNER.invoke(app, ["escalation", "strait", *words])
    assert done.exit_code != 0
    assert told in str(done.exception)
