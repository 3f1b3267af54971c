"""Packages under drawn utilities: the compiled passes, plain NumPy, and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.settlement._kernels import drawn as compiled
from backchannel.settlement._kernels import drawn_reference as plain
from backchannel.settlement.robust import certify_plainly, settle_under_draws
from tests.settlement.domains import every_package, made_domain


def drawn_tables(
    rng: np.random.Generator, n_draws: int, n_parties: int, n_levels: tuple[int, ...]
) -> list[np.ndarray]:
    return [rng.normal(size=(n_draws, n_parties, n)) for n in n_levels]


def literal_answer(
    tables: list[np.ndarray], thresholds: np.ndarray, packages: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Chance that all accept, and largest regret, by loops over packages and draws."""
    n_draws = len(thresholds)
    accepted = np.zeros(len(packages))
    regret = np.zeros((len(packages), thresholds.shape[1]))
    for d in range(n_draws):
        gains = [
            sum(t[d, :, level] for t, level in zip(tables, package, strict=True))
            - thresholds[d]
            for package in packages
        ]
        brings = np.array([g if (g >= 0).all() else 0 * g for g in gains])
        accepted += [(g >= 0).all() for g in gains]
        regret = np.maximum(regret, brings.max(axis=0) - brings)
    return accepted / n_draws, regret


def test_small_domains_have_the_literal_answer() -> None:
    """40 random domains: chances equal, regrets to 1e-7."""
    n_accepted = 0.0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        n_parties = int(rng.integers(1, 5))
        n_levels = tuple(int(n) for n in rng.integers(1, 5, rng.integers(1, 4)))
        tables = drawn_tables(rng, 7, n_parties, n_levels)
        thresholds = rng.normal(size=(7, n_parties)) - 1.0
        domain = made_domain([table[0] for table in tables])
        found = settle_under_draws(domain, tables, thresholds=thresholds)
        chance, regret = literal_answer(tables, thresholds, every_package(domain))
        assert np.array_equal(found.prob_accepted, chance)
        assert found.max_regret == pytest.approx(regret, abs=1e-7)
        assert found.certificate.is_verified
        n_accepted += chance.sum()
    assert n_accepted > 100


def test_compiled_and_plain_passes_agree() -> None:
    """The same whole numbers in every array."""
    rng = np.random.default_rng(3)
    high, low = (rng.integers(0, 1000, (6, 3, n)).astype(np.int32) for n in (7, 130))
    thresholds = rng.integers(600, 1100, (6, 3)).astype(np.int32)
    results = []
    for weigh in (compiled.weigh_draws, plain.weigh_draws):
        accepted = np.zeros((7, 130), dtype=np.int32)
        best = np.zeros((6, 3), dtype=np.int32)
        regret = np.zeros((7, 3, 130), dtype=np.int32)
        weigh(high, low, thresholds, accepted, best, regret)
        results.append((accepted, best, regret))
    assert results[0][0].sum() > 100
    for ours, theirs in zip(*results, strict=True):
        assert np.array_equal(ours, theirs)


def test_regret_by_hand() -> None:
    """Two draws: in one A takes the first level, in the other the second is refused."""
    table = np.array([[4.0, 2.0], [1.0, 2.0]])
    other = np.array([[4.0, -1.0], [1.0, 2.0]])
    domain = made_domain([table], np.zeros(2))
    found = settle_under_draws(domain, [np.stack([table, other])])
    assert found.prob_accepted.tolist() == [1.0, 0.5]
    # The second level misses 4 for A, and 1 for B, in the draw that refuses it.
    assert found.max_regret == pytest.approx(np.array([[0.0, 1.0], [4.0, 1.0]]))
    assert (found.safest, found.least_regretted) == (0, 0)
    assert len(str(found).splitlines()) <= 6


def test_a_wrong_answer_is_noticed() -> None:
    """A chance or a regret that is off by a little fails the certificate."""
    rng = np.random.default_rng(1)
    tables = drawn_tables(rng, 9, 2, (3, 3))
    thresholds = np.full((9, 2), -1.0)
    domain = made_domain([table[0] for table in tables])
    found = settle_under_draws(domain, tables, thresholds=thresholds)
    for wrong in (
        replace(found, prob_accepted=found.prob_accepted + 0.2),
        replace(found, max_regret=found.max_regret + 1e-4),
    ):
        again = certify_plainly(wrong, domain, tables, thresholds, 9)
        assert not again.is_verified


def test_bad_input_is_refused() -> None:
    """Wrong shapes, numbers that are none, and an answer that does not fit."""
    domain = made_domain([np.zeros((2, 3))])
    with pytest.raises(ModelError, match="utilities must have shapes"):
        settle_under_draws(domain, [np.zeros((4, 2, 2))])
    with pytest.raises(ModelError, match="thresholds must have shape"):
        settle_under_draws(domain, [np.zeros((4, 2, 3))], thresholds=np.zeros((3, 2)))
    with pytest.raises(ModelError, match="not a finite number"):
        settle_under_draws(domain, [np.full((4, 2, 3), np.nan)])
    huge = made_domain([np.ones((2, 10))] * 30)
    with pytest.raises(MethodError, match="fix the level of some issues"):
        settle_under_draws(huge, [np.ones((1, 2, 10))] * 30)
