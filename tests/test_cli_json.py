"""What every command prints with --json: strict JSON, with no NaN and no Infinity."""

from __future__ import annotations

import json
from typing import NoReturn

import pytest
import typer
from typer.testing import CliRunner

from backchannel.cli import app
from backchannel.cli.print_json import finite
from backchannel.games.gallery import gallery

PRISONERS = """NFG 1 R "Prisoner's dilemma" { "one" "two" }
{ { "stay" "tell" } { "stay" "tell" } }
3 3 5 0 0 5 1 1
"""
LOG = """crisis,start,window,time,incident
first,2029-01-01 00:00Z,96 h,,
first,,,2029-01-02 07:00Z,collision
second,2029-02-01 00:00Z,96 h,,
second,,,2029-02-02 07:00Z,collision
second,,,2029-02-02 09:00Z,collision
"""
EXACT = ("escalation", "strait", "--draws", "8")
# What can be infinite: hours that never come, gaps without a bound, numbers that no
# reply of the other side limits.
CALLS = {
    "brief": ("brief", "strait", "--draws", "25"),
    "escalation": EXACT,
    "escalation with a lever": (*EXACT, "--lever", "drones=grounded"),
    "escalation by paths": (*EXACT, "--method", "sampled", "--replications", "20"),
    "escalation of a rare war": ("escalation", "strait", "--method", "rare"),
    "settle": ("settle", "strait", "--draws", "25", "--party", "alpha"),
    "settle streamed": ("settle", "strait", "--draws", "25", "--method", "streamed"),
    "settle nominal": ("settle", "strait", "--draws", "25", "--method", "nominal"),
    "settle by proof": ("settle", "strait", "--draws", "25", "--method", "proof"),
    "settle a folder": ("settle", "FOLDER"),
    "settle a folder by merging": ("settle", "FOLDER", "--method", "merge"),
    "settle a folder by proof": ("settle", "FOLDER", "--method", "proof"),
    "behave": ("behave", "strait", "--draws", "25"),
    "hold": ("hold", "strait", "--draws", "25"),
    "solve": ("solve", "GAME"),
    "solve, all": ("solve", "GAME", "--method", "all-equilibria"),
    "solve, Lemke": ("solve", "GAME", "--method", "lemke"),
    "solve, logit": ("solve", "GAME", "--method", "logit-trace", "--precision", "5"),
    "solve, regret": ("solve", "GAME", "--method", "regret-minimisation"),
    "solve, advice": ("solve", "GAME", "--method", "correlated"),
    "calibrate": ("calibrate", "LOG"),
}
MODELS = gallery()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A game, a log and a domain of another tool, by the word that stands for each."""
    place = tmp_path_factory.mktemp("files")
    (place / "game.nfg").write_text(PRISONERS)
    (place / "log.csv").write_text(LOG)
    folder = place / "fund"
    folder.mkdir()
    for name, values in (("north", [1.0, 0.75, 0.0]), ("south", [0.0, 0.75, 1.0])):
        profile = {
            "issueWeights": {"size": 1.0},
            "issues": {"size": dict(zip("abc", values, strict=True))},
            "reservationValue": 0.0,
        }
        (folder / f"{name}.json").write_text(json.dumps(profile), "utf-8")
    paths = {"GAME": place / "game.nfg", "LOG": place / "log.csv", "FOLDER": folder}
    return {word: str(path) for word, path in paths.items()}


def refuse(constant: str) -> NoReturn:
    raise AssertionError(f"the JSON holds {constant}")


def printed(words: tuple[str, ...]) -> object:
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout, parse_constant=refuse)


@pytest.mark.parametrize("call", CALLS)
def test_the_json_of_a_command_is_strict(call: str, files: dict[str, str]) -> None:
    assert printed(tuple(files.get(word, word) for word in CALLS[call]))


@pytest.mark.parametrize("model", MODELS)
def test_the_json_of_a_model_is_strict(model: str) -> None:
    assert printed(("behave", f"gallery/{model}"))


def test_every_command_with_json_is_called() -> None:
    """A new command cannot be forgotten: who offers --json stands in the list above."""
    command = typer.main.get_command(app)
    offering = {
        name
        for name, one in getattr(command, "commands", {}).items()
        if any("--json" in option.opts for option in one.params)
    }
    assert offering == {words[0] for words in CALLS.values()}


def test_numbers_that_are_not_finite_become_null() -> None:
    """Deep inside too; the check of these tests rejects what Python lets through."""
    raw = {"a": [1.0, float("inf")], "b": {"c": float("nan")}, "d": (2, "x")}
    assert finite(raw) == {"a": [1.0, None], "b": {"c": None}, "d": [2, "x"]}
    with pytest.raises(AssertionError, match="Infinity"):
        json.loads(json.dumps(raw), parse_constant=refuse)
