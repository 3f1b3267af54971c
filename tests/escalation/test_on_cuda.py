"""The path functions, read by CUDA's simulator, give the paths of the processor."""

import json
import os
import subprocess
import sys
from dataclasses import asdict

import numpy as np
import pytest
from numba import cuda

from backchannel.base.errors import MethodError
from backchannel.escalation import sample_markov
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.sampling.markov_run import count_markov, guesses
from backchannel.escalation.sampling.markov_tables import MarkovLayout
from backchannel.escalation.sampling.on_card import sample_on_card
from tests.architecture.source_tree import ROOT
from tests.systems.ref8 import ref8

N_PATHS = 24
GRID = np.linspace(0.0, 96.0, 9)


def test_the_simulator_follows_the_same_paths(tmp_path):
    """More paths than threads: a thread that has ended one takes the next."""
    problem, theta = ref8()
    tables = MarkovLayout(problem).tables(theta)
    guess = guesses(GRID)
    np.savez(tmp_path / "tables.npz", grid=GRID, guess=guess, **asdict(tables))
    program = [sys.executable, "-m", "tests.escalation.on_cuda_simulator"]
    switched = {"NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [*program, str(tmp_path / "tables.npz"), str(N_PATHS)],
        env={**os.environ, **switched, "PYTHONPATH": f"{ROOT}/src:{ROOT}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ours = count_markov(tables, key_of(7, "card"), 5, 5 + N_PATHS, GRID)
    assert json.loads(done.stdout) == ours.tolist()
    assert (ours.sum(axis=1) > 0).all()


def test_without_a_card_the_error_says_what_does_the_same():
    """With one, its paths are those of the processor."""
    problem, theta = ref8()
    if not cuda.is_available():
        with pytest.raises(MethodError, match="sample_markov follows the same paths"):
            sample_on_card(problem, theta)
        return
    found = sample_on_card(problem, theta, n_paths=100_000, hours=GRID)
    wanted = sample_markov(problem, theta, n_paths=100_000, hours=GRID)
    assert (found.probability == wanted.probability).all()
