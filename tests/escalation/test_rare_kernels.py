"""Kernels that follow paths against plain versions of the same signature."""

import inspect

import numpy as np
import pytest

from backchannel.escalation._kernels.counter import (
    two_uniforms,
    two_uniforms_reference,
)
from backchannel.escalation._kernels.stages import run_stage, run_stage_reference
from backchannel.escalation._kernels.tilted import (
    tilted_paths,
    tilted_paths_reference,
)
from backchannel.escalation.jump_table import tabulate
from tests.escalation.small_problems import random_problem

N = 300


def test_philox_is_the_published_generator():
    """Counter 0 and key 0 give the words of the Random123 test vectors."""
    words = (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    first = ((words[1] << 32) | words[0]) >> 11
    second = ((words[3] << 32) | words[2]) >> 11
    expected = ((first + 0.5) / 2**53, (second + 0.5) / 2**53)
    zero = np.uint64(0)
    assert two_uniforms(zero, zero, zero, zero) == expected
    assert two_uniforms_reference(0, 0, 0, 0) == expected


@pytest.mark.parametrize("seed", [1, 2**40 + 7])
def test_the_compiled_counter_equals_whole_numbers(seed):
    for path, step, stream in ((0, 1, 0), (2**33, 5, 3), (12, 2**31, 2**20)):
        compiled = two_uniforms(*(np.uint64(v) for v in (seed, path, step, stream)))
        assert compiled == two_uniforms_reference(seed, path, step, stream)


@pytest.mark.parametrize("seed", range(4))
def test_tilted_paths_equal_their_reference(seed):
    """Two regimes, an atom and two start states; weights, hours and what is learnt."""
    problem, theta = random_problem(seed)
    table = tabulate(problem, theta, draw=1)
    multipliers = np.linspace(0.5, 2.0, table.n_cells)
    tilted = table.rate * multipliers[table.cell]
    shared = (
        table.arrays, table.rate, tilted, -np.log(multipliers)[table.cell],
        table.outflow(table.rate), table.outflow(tilted), table.group[table.war],
    )  # fmt: skip
    found = []
    for follow, key in (
        (tilted_paths, np.uint64(seed)),
        (tilted_paths_reference, seed),
    ):
        weight, hour = np.empty(N), np.empty(N)
        jumps, mass = np.zeros(table.n_cells), np.zeros(table.n_cells)
        n = follow(*shared, key, 5, weight, hour, table.cell, jumps, mass)
        found.append((n, weight, hour, jumps, mass))
    for ours, plain in zip(*found, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-10)
    assert found[0][1].any()


@pytest.mark.parametrize("seed", range(4))
def test_stages_equal_their_reference(seed):
    """From the start, and from where others arrived."""
    problem, theta = random_problem(seed)
    table = tabulate(problem, theta)
    out = table.outflow(table.rate)
    nobody = np.zeros(0, dtype=np.int64)
    before = (nobody, np.zeros(0), nobody)
    for stage, goal in enumerate((3, 6)):
        found = []
        for run in (run_stage, run_stage_reference):
            new = np.zeros(N, np.int64), np.zeros(N), np.zeros(N, np.int64)
            key = np.uint64(seed) if run is run_stage else seed
            n = run(table.arrays, table.rate, out, goal, key, 0, stage, *before, *new)
            found.append([part[:n] for part in new])
        for ours, plain in zip(*found, strict=True):
            np.testing.assert_allclose(ours, plain, rtol=1e-10)
        before = tuple(found[0])
        assert len(before[0])


def test_signatures_agree():
    pairs = [(tilted_paths, tilted_paths_reference), (run_stage, run_stage_reference)]
    for compiled, plain in pairs:
        ours = list(inspect.signature(compiled.py_func).parameters)
        assert ours == list(inspect.signature(plain).parameters)
