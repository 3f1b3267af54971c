"""Paths in lanes have the same bits on a processor with narrow vector registers."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.sampling.general_run import count_histories
from backchannel.escalation.sampling.markov_run import count_markov
from backchannel.escalation.sampling.markov_tables import MarkovLayout
from backchannel.escalation.sampling.path_tables import path_tables
from backchannel.escalation.world import World

KEY = key_of(7, "processors")
# Of 2008: two numbers a register, no fused multiplication, no look-ups at many places.
OLD = {"NUMBA_CPU_NAME": "nehalem", "NUMBA_CPU_FEATURES": ""}


def _ends() -> bytes:
    """Ends of paths of both kinds, in parts of the horizon that few share."""
    crisis = load("strait")
    world = World(crisis, draw_numbers(crisis, 1, 1))
    compiled = compile_escalation(world)
    tables = MarkovLayout(compiled.problem).tables(compiled.theta)
    grid = np.linspace(0.0, compiled.problem.hours, 20_001)
    ends = [count_markov(tables, KEY, 0, 3_000, grid)]
    general = path_tables(world, is_kernel=True)
    ends += [count_histories(general, 0, KEY, 0, 3_000, grid)[0]]
    assert all(part.sum() > 200 for part in ends)
    return np.flatnonzero(np.stack(ends)).tobytes()


@pytest.mark.skipif(
    platform.machine() != "x86_64", reason="the older processor is one of this family"
)
def test_an_older_processor_follows_the_same_paths():
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-m", "tests.escalation.test_processors"],
        env=os.environ | OLD,
        cwd=root,
        capture_output=True,
        check=True,
    )
    assert found.stdout.decode() == _ends().hex()


if __name__ == "__main__":
    sys.stdout.write(_ends().hex())
