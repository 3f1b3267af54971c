"""Stability by searching and by matrix products is the same."""

from __future__ import annotations

import numpy as np

from backchannel.stability import Conflict, find_stable_states
from tests.stability.conflicts import chicken, prisoners, random_options
from tests.stability.matrix_form import matrix_verdicts, move_matrices


def by_matrices(conflict: Conflict) -> np.ndarray:
    """Every verdict by matrix products."""
    return matrix_verdicts(conflict, move_matrices(conflict))


def test_matrices_and_searches_agree() -> None:
    """Every verdict of 60 conflicts drawn by chance comes out of both forms."""
    for seed in range(200, 260):
        conflict = random_options(seed)
        found = find_stable_states(conflict).stable
        assert np.array_equal(found, by_matrices(conflict)), seed


def test_another_conflict_is_noticed() -> None:
    """Agreement is no accident: chicken has other verdicts than the dilemma."""
    found = find_stable_states(prisoners()).stable
    assert np.array_equal(found, by_matrices(prisoners()))
    assert not np.array_equal(found, by_matrices(chicken()))
