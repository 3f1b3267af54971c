"""The path function, read by CUDA's simulator, gives the paths of the processor."""

import json
import os
import subprocess
import sys
from dataclasses import asdict

import numpy as np

from backchannel.escalation._kernels.markov_paths import follow_path
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.sampling.markov_tables import MarkovLayout
from tests.architecture.source_tree import ROOT
from tests.systems.ref8 import ref8

N_PATHS = 24


def test_the_simulator_follows_the_same_paths(tmp_path):
    """More paths than threads: a thread that has ended one takes the next."""
    problem, theta = ref8()
    tables = MarkovLayout(problem).tables(theta)
    np.savez(tmp_path / "tables.npz", **asdict(tables))
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
    asked = tables.start, np.uint64(tables.n_states), tables.model
    ours = [
        follow_path(np.uint64(path), key_of(7, "card"), *asked)
        for path in range(5, 5 + N_PATHS)
    ]
    assert json.loads(done.stdout) == [[s for s, _ in ours], [h for _, h in ours]]
    assert {s for s, _ in ours} & {tables.n_states, tables.n_states + 1}
