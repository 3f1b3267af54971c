"""The command behave on models and on a crisis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backchannel.base.errors import CrisisFileError, MethodError, ModelError
from backchannel.cli import app


def test_a_model_is_solved_with_a_parameter_changed() -> None:
    """The JSON holds the answers at the changed number, its level and certificate."""
    asked = ["behave", "gallery/rubinstein1982", "--set", "delta1=0.5", "--json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0
    record = json.loads(done.stdout)
    assert record["level"] == "L0"
    assert record["parameters"] == {"delta1": 0.5, "delta2": 0.9}
    share = record["answers"]["share1_when_1_proposes"]
    assert share == pytest.approx(0.1 / 0.55)


def test_a_crisis_gets_the_offer_its_answer_and_the_mediators() -> None:
    """Alpha offers what is on the table; the mediator's bound is below the offer's."""
    done = CliRunner().invoke(app, ["behave", "strait", "--draws", "200", "--json"])
    assert done.exit_code == 0
    record = json.loads(done.stdout)
    assert record["level"] == "L1"
    assert record["proposer"] == "Alpha"
    mediated = record["mediated"]
    assert mediated["prob_war"] <= mediated["prob_war_of_offer"]
    low, high = record["prob_war_near_optimum"]
    assert low <= record["prob_war"] <= high


def test_a_long_game_stops_at_its_limit_and_goes_on_another_day(tmp_path: Path) -> None:
    """Three rounds: stopped at once, then to the gap from the file it was kept in."""
    state = tmp_path / "strait.npz"
    asked = ["behave", "strait", "--draws", "200", "--rounds", "3", "--json"]
    asked += ["--state", str(state)]
    stopped = CliRunner().invoke(app, [*asked, "--limit", "1e-9"])
    assert stopped.exit_code == 0
    first = json.loads(stopped.stdout)["rounds"]
    assert first["level"] == "L4"
    assert first["status"] == "truncated"
    assert "NOT verified" in first["certificate"]
    again = json.loads(CliRunner().invoke(app, asked).stdout)["rounds"]
    assert again["nash_gap"] < first["nash_gap"]
    assert "NOT" not in again["certificate"]
    assert again["prob_war_mediated"] <= again["prob_war"]
    other = CliRunner().invoke(app, [*asked, "--seed", "2"])
    assert isinstance(other.exception, MethodError)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["gallery/nobody1999"], CrisisFileError, "no such file"),
        (["gallery/rubinstein1982", "--set", "delta1"], MethodError, "NAME=VALUE"),
        (["gallery/rubinstein1982", "--set", "d=1"], ModelError, "no parameter 'd'"),
        (["strait", "--set", "p=1"], ModelError, "has no behaviour.game"),
        (["strait", "--draws", "50", "--rounds", "9"], MethodError, "from 1 to 4"),
        (["gallery/rubinstein1982", "--rounds", "2"], MethodError, "see --set"),
    ],
)
def test_a_wrong_call_gets_an_error_that_helps(
    arguments: list[str], error: type[Exception], message: str
) -> None:
    """Each is one of the package's own errors, which the command line prints alone."""
    done = CliRunner().invoke(app, ["behave", *arguments])
    assert isinstance(done.exception, error)
    assert message in str(done.exception)
