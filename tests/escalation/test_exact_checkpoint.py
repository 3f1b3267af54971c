"""A long exact run: told in per cent, stopped anywhere, the same bytes in the end."""

import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError
from backchannel.crisis.load import load
from backchannel.escalation import Sampled, Uniformisation, simulate_escalation
from backchannel.escalation.checkpoint import FORMAT

HOURS = (6, 24, 72)


def _solve(n_draws=40, **settings):
    settings = {"n_draws": n_draws, "hours": HOURS, **settings}
    return simulate_escalation(load("strait"), **settings)


def _bytes(result):
    levers = [effect.prob_war for effect in result.levers]
    arrays = [result.risk.prob_war, result.risk.prob_settled, *levers]
    arrays += [result.nominal.prob_war, result.nominal.by_rung]
    arrays += [result.clock.table.prob_war, np.array(result.clock.table.bound)]
    arrays += [np.array([[rate.war, rate.settled] for rate in result.rates])]
    words = repr((result.work, result.paths, str(result)))
    return words.encode() + b"".join(array.tobytes() for array in arrays)


def _stopping(after):
    """Press Ctrl-C at a call of the progress."""
    told = []

    def progress(stage):
        told.append(stage)
        if len(told) == after:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("n_draws", [2, 40])
def test_stopped_and_gone_on_with_is_the_run_without_a_stop(tmp_path, n_draws):
    """Stops in every stage: few draws are kept piece by piece, many in blocks."""
    whole, stages = _solve(n_draws), []
    straight = tmp_path / "straight.npz"
    kept = _solve(n_draws, checkpoint=straight, progress=stages.append)
    assert _bytes(kept) == _bytes(whole)
    for after in range(2, len(stages), 3):
        stopped = tmp_path / f"stopped {after}.npz"
        with pytest.raises(KeyboardInterrupt):
            _solve(n_draws, checkpoint=stopped, progress=_stopping(after))
        assert stopped.exists()
        again = _solve(n_draws, checkpoint=stopped)
        assert _bytes(again) == _bytes(whole)
        assert stopped.read_bytes() == straight.read_bytes()


def test_what_is_kept_is_not_solved_again(tmp_path):
    kept, stages = tmp_path / "kept.npz", []
    _solve(checkpoint=kept)
    with np.load(kept) as stored:
        changed = {name: stored[name] for name in stored.files}
    done = [name for name in changed if name.startswith("done")]
    # As written, medians, table and every lever; derivatives begin anew.
    assert len(done) == 3 + len(_solve().levers)
    assert all(changed[name].all() for name in done)
    _solve(checkpoint=kept, progress=stages.append)
    first = [stage for stage in stages if stage.startswith("solving")]
    assert int(re.search(r"(\d+) %$", first[-1])[1]) > 10


def test_the_share_that_is_done_rises_to_the_whole():
    stages = []
    _solve(200, progress=stages.append)
    shares = [int(re.search(r", (\d+) %$", stage)[1]) for stage in stages]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 100
    assert len(set(shares)) > 10


def test_a_checkpoint_of_another_question_is_refused(tmp_path):
    kept = tmp_path / "kept.npz"
    _solve(checkpoint=kept)
    for settings in (
        {"n_draws": 41},
        {"seed": 9},
        {"hours": (24,)},
        {"method": Uniformisation(tolerance=1e-9)},
        {"method": Sampled(n_replications=10)},
    ):
        with pytest.raises(MethodError, match="is of another"):
            _solve(checkpoint=kept, **settings)
    with pytest.raises(MethodError, match=r"is of another crisis \(\w+, wanted \w+\)"):
        simulate_escalation(load("cuba-1962"), n_draws=40, checkpoint=kept)
    alone = replace(Uniformisation(), n_threads=1)
    assert _bytes(_solve(checkpoint=kept, method=alone)) == _bytes(_solve())


def test_a_broken_or_changed_checkpoint_is_refused(tmp_path):
    kept = tmp_path / "kept.npz"
    _solve(checkpoint=kept)
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MethodError, match="cannot be read as one"):
        _solve(checkpoint=kept)
    kept.write_bytes(whole)
    with np.load(kept) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["values1"][3] *= 1 + 1e-15
    np.savez(kept, **arrays)
    with pytest.raises(MethodError, match="its numbers were changed"):
        _solve(checkpoint=kept)
    text = str(arrays["header"]).replace(f'"format": {FORMAT}', '"format": 99')
    np.savez(kept, **{**arrays, "header": np.array(text)})
    with pytest.raises(MethodError, match="is of format 99"):
        _solve(checkpoint=kept)
    with pytest.raises(MethodError, match="there is no folder"):
        _solve(checkpoint=tmp_path / "no" / "kept.npz")


def test_ctrl_c_on_the_command_line_keeps_what_was_found(tmp_path):
    """Exit code 130, one line, the file whole; a run of minutes is not waited for."""
    kept = tmp_path / "kept.npz"
    words = [sys.executable, "-m", "backchannel", "escalation", "cuba-1962"]
    words += ["--draws", "20000", "--hours", "96", "--checkpoint", str(kept)]
    run = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    waited = time.monotonic()
    while not kept.exists() and time.monotonic() - waited < 90:
        assert run.poll() is None, run.stderr
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    out, wrong = run.communicate(timeout=30)
    assert run.returncode == 130
    assert out == b""
    assert b"no file was left half written" in wrong
    assert b"Traceback" not in wrong
    assert not list(tmp_path.glob("*.part"))
    with np.load(kept) as stored:
        assert stored["done0"].any()
