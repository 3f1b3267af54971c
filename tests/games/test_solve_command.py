"""The command solve: methods, JSON, pictures, stopping, going on, and every refusal."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from backchannel.base.errors import BackchannelError
from backchannel.cli import app
from backchannel.games import (
    LogitTrace,
    RegretMinimisation,
    Watch,
    solve_game,
    unfold,
    write_efg,
)
from backchannel.games.checkpoint import SolveCheckpoint
from backchannel.games.crisis_signalling import CrisisSignalling
from backchannel.games.liars_dice import LiarsDice
from backchannel.games.logit_trace import trace_logit
from backchannel.games.poker import KuhnPoker
from tests.games.trees import forgetful, horse, ultimatum

CHICKEN = 'NFG 1 R "chicken" { "a" "b" } { 2 2 } 6 6 7 2 2 7 0 0'


def solve(*words: object) -> Result:
    """What the command prints."""
    return CliRunner().invoke(app, ["solve", *map(str, words)])


@pytest.fixture
def game(tmp_path: Path) -> Path:
    """The ultimatum as a file."""
    path = tmp_path / "ultimatum.efg"
    path.write_text(write_efg(ultimatum()))
    return path


def test_the_answer_comes_as_json_with_method_proof_and_every_equilibrium(
    game: Path,
) -> None:
    """A reader finds status, settings, certificate, play and beliefs by name."""
    record = json.loads(solve(game, "--method", "all-equilibria", "--json").stdout)
    assert record["status"] == "exact"
    assert record["method"]["name"] == "AllEquilibria"
    assert record["certificate"]["is_verified"]
    assert record["is_complete"]
    assert record["n_equilibria"] == 4
    assert [e["is_credible"] for e in record["equilibria"]] == [True] + [False] * 3
    play = record["equilibria"][0]["play"]
    assert play[0]["probabilities"] == {"8": 1.0, "5": 0.0}
    assert record["game"]["digest"]
    assert {"beliefs", "regret", "reached"} <= play[0].keys()


def test_the_chance_of_an_action_is_an_interval_over_answers_and_near_answers(
    game: Path,
) -> None:
    """Over all equilibria, and over plans that cost almost nothing, at two slacks."""
    words = (game, "--method", "all-equilibria", "--event", "war")
    record = json.loads(solve(*words, "--json").stdout)
    chance = record["chance_of"]
    assert (chance["low"], chance["high"]) == (0, 0)
    spans = chance["near_optimal"]
    assert [span["slack"] for span in spans] == pytest.approx([1.3e-5, 1.3e-2])
    assert all(0 <= span["low"] <= span["high"] <= 1 for span in spans)
    assert spans[0]["high"] <= spans[1]["high"] < 0.01
    text = solve(*words).stdout
    assert "chance that 'war' is chosen, in all found: 0" in text
    assert text.count("where one player gives up at most") == 2


def test_noisy_play_is_traced_to_a_precision(game: Path) -> None:
    """`--precision` takes the logit path, whose method need not be named."""
    record = json.loads(solve(game, "--precision", "0.5", "--json").stdout)
    assert record["method"]["name"] == "LogitTrace"
    assert record["method"]["precision"] == 0.5
    assert record["certificate"]["claim"] == "distance from a quantal response"
    wanted = solve_game(ultimatum(), method=LogitTrace(precision=0.5))
    assert record["equilibria"][0]["payoffs"] == wanted.payoffs.tolist()
    assert "precision 0.5" in solve(game, "--precision", "0.5").stdout


def test_advice_of_a_mediator_is_printed(tmp_path: Path) -> None:
    """Chicken, from Aumann: 21/4 for each; in JSON with the lottery."""
    path = tmp_path / "chicken.nfg"
    path.write_text(CHICKEN)
    text = solve(path, "--method", "correlated")
    assert text.exit_code == 0
    assert "a 5.25, b 5.25" in text.stdout
    record = json.loads(solve(path, "--method", "correlated", "--json").stdout)
    assert record["payoffs"] == pytest.approx([5.25, 5.25])
    assert sum(row["chance"] for row in record["lottery"]) == pytest.approx(1)
    assert record["certificate"]["is_verified"]


def test_beliefs_off_the_path_are_printed_as_intervals(tmp_path: Path) -> None:
    """Selten's horse: who moves last believes what supports the threat, and no more."""
    path = tmp_path / "horse.efg"
    path.write_text(write_efg(horse()))
    text = solve(path, "--method", "all-equilibria").stdout
    assert "beliefs that support it off the path, by node" in text
    spans = re.findall(r": ([\d.e-]+) to ([\d.e-]+), ([\d.e-]+) to ([\d.e-]+)", text)
    assert spans
    for a, b, c, d in spans:
        assert float(a) <= float(b)
        assert float(a) + float(d) == pytest.approx(1, abs=1e-6)
        assert float(b) + float(c) == pytest.approx(1, abs=1e-6)


def test_pictures_of_the_tree_and_of_the_path_are_drawn(
    game: Path, tmp_path: Path
) -> None:
    """Names of actions and payoffs stand in one, lines by precision in the other."""
    out = tmp_path / "pictures"
    done = solve(game, "--method", "logit-trace", "--out", out)
    assert done.exit_code == 0
    tree = (out / "tree.svg").read_text()
    assert tree.startswith(("<svg", "<?xml"))
    for word in ("accept", "war", "8, 2", "-5, -5"):
        assert word in tree
    path = (out / "precision.svg").read_text()
    assert "polyline" in path or "<path" in path
    assert "precision" in path.lower()
    solve(game, "--method", "backward-induction", "--out", tmp_path / "other")
    assert {p.name for p in (tmp_path / "other").iterdir()} == {"tree.svg"}


def test_a_limit_prints_the_best_so_far(tmp_path: Path) -> None:
    """No time: still a profile, its gap, the status truncated, and why."""
    path = tmp_path / "crisis.efg"
    path.write_text(write_efg(unfold(CrisisSignalling(4, 4, 4))))
    words = (path, "--method", "regret-minimisation", "--limit", "0.000001", "--json")
    record = json.loads(solve(*words).stdout)
    assert record["status"] == "truncated"
    assert not record["certificate"]["is_verified"]
    assert "time is up" in record["note"]
    assert record["equilibria"][0]["nash_gap"] > 0


def test_a_checkpoint_is_gone_on_from_number_for_number(tmp_path: Path) -> None:
    """Learning: stopped by its limit, kept, loaded, and the same as in one go."""
    tree = unfold(KuhnPoker())
    whole = RegretMinimisation(gap=1e-15, max_steps=300, is_finished_exactly=False)
    half = RegretMinimisation(gap=1e-15, max_steps=120, is_finished_exactly=False)
    held = SolveCheckpoint(tmp_path / "kuhn.npz", tree, half)
    assert held.load() is None
    held.save(solve_game(tree, method=half).state)
    again = SolveCheckpoint(tmp_path / "kuhn.npz", tree, whole)
    second = solve_game(tree, method=whole, resume=again.load())
    straight = solve_game(tree, method=whole)
    assert (second.probabilities == straight.probabilities).all()
    assert second.n_steps == straight.n_steps == 300


def test_the_best_iterate_survives_a_stop(tmp_path: Path) -> None:
    """Where the gap rises again after the stop, the answer is still the best seen."""
    tree = unfold(CrisisSignalling(3, 3, 3))
    method = RegretMinimisation(gap=1e-7, max_steps=400, is_finished_exactly=False)
    first = solve_game(tree, method=method)
    held = SolveCheckpoint(tmp_path / "c.npz", tree, method)
    held.save(first.state)
    later = solve_game(tree, method=method, resume=held.load())
    assert (later.probabilities == first.probabilities).all()
    assert later.nash_gap == first.nash_gap


def test_the_logit_path_goes_on_to_the_same_limit(tmp_path: Path) -> None:
    """Kept at precision 5, gone on to 40: the quantal response of one go."""
    path = tmp_path / "crisis.efg"
    path.write_text(write_efg(unfold(CrisisSignalling(2, 3, 2))))
    kept = ("--checkpoint", tmp_path / "path.npz", "--json")
    solve(path, "--precision", 5, *kept)
    second = json.loads(solve(path, "--precision", 40, *kept).stdout)
    straight = json.loads(solve(path, "--precision", 40, "--json").stdout)
    assert second["n_steps"] < straight["n_steps"]
    for one, two in zip(
        second["equilibria"][0]["play"], straight["equilibria"][0]["play"], strict=True
    ):
        assert list(one["probabilities"].values()) == pytest.approx(
            list(two["probabilities"].values()), abs=1e-9
        )


def test_a_wrong_checkpoint_is_refused(game: Path, tmp_path: Path) -> None:
    """Of another game, of another method, broken, or of a method without any."""
    tree, kept = ultimatum(), tmp_path / "held.npz"
    learned = SolveCheckpoint(kept, tree, RegretMinimisation())
    method = RegretMinimisation(max_steps=9, gap=1e-9, is_finished_exactly=False)
    learned.save(solve_game(tree, method=method).state)
    other = SolveCheckpoint(kept, unfold(KuhnPoker()), RegretMinimisation())
    with pytest.raises(BackchannelError, match="is of another game"):
        other.load()
    with pytest.raises(BackchannelError, match="is of another method"):
        SolveCheckpoint(kept, tree, LogitTrace()).load()
    with pytest.raises(BackchannelError, match="is of another rule"):
        SolveCheckpoint(kept, tree, RegretMinimisation(rule="cfr+")).load()
    kept.write_bytes(b"PK nonsense")
    with pytest.raises(BackchannelError, match="cannot be read as one"):
        learned.load()
    refused = solve(game, "--checkpoint", kept)
    assert "BackwardInduction starts afresh" in str(refused.exception)
    with pytest.raises(BackchannelError, match="cannot be written"):
        SolveCheckpoint(tmp_path / "no" / "x", tree, LogitTrace()).save(
            solve_game(tree, method=LogitTrace()).state
        )


@pytest.mark.parametrize("method", [LogitTrace(), RegretMinimisation(gap=1e-12)])
def test_ctrl_c_keeps_what_was_found(method: LogitTrace | RegretMinimisation) -> None:
    """A stop by hand in the middle: a certified profile, and a state to go on from."""
    tree = unfold(CrisisSignalling(4, 4, 4))
    calls = 0

    def stop(_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt

    found = solve_game(tree, method=method, watch=Watch(keep=stop))
    assert found.is_stopped
    assert "stopped by hand" in found.note
    assert found.status == "truncated"
    assert np.isfinite(found.nash_gap)
    later = solve_game(tree, method=LogitTrace(), resume=None)
    assert not later.is_stopped
    if isinstance(method, LogitTrace):
        whole = trace_logit(tree, method)
        rest = solve_game(tree, method=method, resume=found.state)
        np.testing.assert_allclose(
            rest.probabilities, np.exp(whole.log_probabilities), atol=1e-4
        )
        assert rest.regret <= 1e-6


def test_ctrl_c_on_the_command_line_prints_and_keeps(tmp_path: Path) -> None:
    """Exit code 130, the answer so far on standard output, the checkpoint whole."""
    path, kept = tmp_path / "dice.efg", tmp_path / "dice.npz"
    path.write_text(write_efg(unfold(LiarsDice(5))))
    words = [sys.executable, "-m", "backchannel", "solve", str(path), "--json"]
    words += ["--method", "regret-minimisation", "--gap", "1e-12"]
    words += ["--checkpoint", str(kept)]
    run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # The gap takes minutes; the file appears after five seconds.
    waited = time.monotonic()
    while not kept.exists() and time.monotonic() - waited < 90:
        assert run.poll() is None, run.stderr
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    out, wrong = run.communicate(timeout=60)
    assert run.returncode == 130
    assert b"no file was left half written" in wrong
    assert b"Traceback" not in wrong
    record = json.loads(out)
    assert record["status"] == "truncated"
    assert "stopped by hand" in record["note"]
    assert not list(tmp_path.glob("*.part"))
    tree = unfold(LiarsDice(5))
    state = SolveCheckpoint(kept, tree, RegretMinimisation()).load()
    assert state is not None
    assert state.step == record["n_steps"]


HEAD = 'EFG 2 R "g" { "a" "b" }\n'


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ('p "" 1 1 "" { "x" } 0\nt "" 1 "" { one, 2 }', (), "not a number"),
        ('c "" 1 "" { "x" 1/2 "y" 1/3 } 0\nt "" 0\nt "" 0', (), "sum to 0.8333"),
        ('t "" 1 "" { 1, 2 }', ("--method", "luck"), "it is one of backward-induction"),
        ('t "" 1 "" { 1, 2 }', ("--event", "war"), "no action is called 'war'"),
        (
            't "" 1 "" { 1, 2 }',
            ("--method", "lemke", "--precision", "3"),
            "belongs to --method logit-trace",
        ),
        (
            't "" 1 "" { 1, 2 }',
            ("--gap", "0.1"),
            "belongs to --method regret-minimisation",
        ),
        (
            't "" 1 "" { 1, 2 }',
            ("--method", "correlated", "--checkpoint", "x"),
            "starts afresh",
        ),
    ],
)
def test_bad_input_is_refused_with_what_would_be_right(
    tmp_path: Path, text: str, words: tuple[str, ...], message: str
) -> None:
    """A payoff that is no number, a prior that does not sum to 1, a wrong option."""
    path = tmp_path / "g.efg"
    path.write_text(HEAD + text)
    done = solve(path, *words)
    assert isinstance(done.exception, BackchannelError)
    assert message in str(done.exception)


@pytest.mark.parametrize(
    "method", ["", "all-equilibria", "lemke", "logit-trace", "correlated"]
)
def test_a_forgetful_player_is_refused_by_every_method(
    tmp_path: Path, method: str
) -> None:
    """The message names the player, the set and the mend."""
    path = tmp_path / "driver.efg"
    path.write_text(write_efg(forgetful()))
    done = solve(path, *(("--method", method) if method else ()))
    text = str(done.exception)
    assert isinstance(done.exception, BackchannelError)
    if method != "lemke":
        assert "'driver' forgets" in text
        assert "Split the set" in text
    else:
        assert "needs 2 players" in text


@pytest.mark.parametrize(
    ("method", "fix"),
    [("all-equilibria", "logit-trace"), ("correlated", "logit-trace")],
)
def test_a_game_too_large_for_a_method_names_one_that_fits(
    tmp_path: Path, method: str, fix: str
) -> None:
    """The number of strategies stands in the message."""
    path = tmp_path / "crisis.efg"
    path.write_text(write_efg(unfold(CrisisSignalling(4, 4, 4))))
    done = solve(path, "--method", method)
    assert isinstance(done.exception, BackchannelError)
    assert "too many to list" in str(done.exception)
    assert fix in str(done.exception)
