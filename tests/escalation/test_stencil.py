"""Packing merges equal entries, shares equal rates and changes no generator."""

from itertools import pairwise

import numpy as np

from backchannel.escalation._kernels.reference import generator
from backchannel.escalation.stencil import pack
from tests.escalation.small_problems import random_problem


def rates(stencil, theta):
    terms = stencil.mult * theta[stencil.factor].prod(axis=1)
    return np.array([terms[a:b].sum() for a, b in pairwise(stencil.term_start)])


def test_the_packed_rows_are_the_generator():
    for seed in range(5):
        problem, theta = random_problem(seed)
        stencil, column = pack(problem), theta.regime(1, 2)
        dense = np.zeros((problem.n_states, problem.n_states))
        target = np.repeat(np.arange(problem.n_states), np.diff(stencil.row_start))
        np.add.at(dense, (stencil.source, target), rates(stencil, column)[stencil.rate])
        wanted = generator(problem.entries, problem.n_states, column).toarray()
        np.fill_diagonal(wanted, 0.0)
        assert np.allclose(dense, wanted, rtol=1e-14, atol=0)


def test_equal_entries_are_merged():
    problem, _ = random_problem(0)
    pairs = set(
        zip(
            *(v.tolist() for v in (problem.entries.src, problem.entries.dst)),
            strict=True,
        )
    )
    assert len(pairs) < len(problem.entries)
    assert pack(problem).n_nonzero == len(pairs)


def test_equal_sums_share_one_rate():
    problem, _ = random_problem(0)
    stencil = pack(problem)
    sums = {
        tuple(
            sorted(
                (stencil.mult[k], *stencil.factor[k])
                for k in range(stencil.term_start[r], stencil.term_start[r + 1])
            )
        )
        for r in range(stencil.n_rates)
    }
    assert len(sums) == stencil.n_rates
