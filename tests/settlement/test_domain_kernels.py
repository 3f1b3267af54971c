"""Compiled scans and sweeps give what their NumPy references give."""

from __future__ import annotations

import numpy as np
import pytest

from backchannel.settlement._kernels import (
    blocks,
    blocks_reference,
    clear_sweep,
    clear_sweep_reference,
)
from backchannel.settlement._kernels.sweep import sweep_many, sweep_three
from backchannel.settlement._kernels.sweep_reference import (
    sweep_many as sweep_reference,
)
from backchannel.settlement.additive import additive, partial_sums, unpack
from backchannel.settlement.bounding_tree import bare_tree, grow_tree
from backchannel.settlement.frontier import pareto_frontier
from backchannel.settlement.nondominated import nondominated
from backchannel.settlement.strong import strong_packages, weight_lattice
from tests.settlement.domains import every_package, weighted_domain


def ranked(points: np.ndarray) -> np.ndarray:
    """Distinct points in descending lexicographic order."""
    return np.ascontiguousarray(np.unique(points, axis=0)[::-1])


@pytest.mark.parametrize("n_parties", [2, 3, 4, 5])
@pytest.mark.parametrize("bounded", [True, False])
def test_the_compiled_scan_equals_its_reference(n_parties: int, bounded: bool) -> None:
    """Same packages and the same number looked at, also where room runs out."""
    problem = additive(weighted_domain(n_parties, 5, 4, seed=n_parties).utilities)
    strong = problem.sums_of(strong_packages(problem))
    high = partial_sums(problem.tables[:2], n_parties)
    low = partial_sums(problem.tables[2:], n_parties)
    tree = grow_tree(low, problem.span) if bounded else bare_tree(low)
    assert sorted(tree.rows) == list(range(len(low)))
    for room in (1000, 7):
        answers = []
        for scan in (blocks.scan_blocks, blocks_reference.scan_blocks):
            kept = np.full(room, -1)
            counts = scan(
                high,
                tree.low,
                tree.top,
                tree.begin,
                tree.skip,
                strong,
                2.0 * problem.unit,
                kept,
            )
            answers.append((counts, kept.tolist()))
        assert answers[0] == answers[1]
        assert 0 < answers[0][0][0] <= answers[0][0][1]


@pytest.mark.parametrize("n_values", [4, 30, 10**9])
def test_the_compiled_sweeps_equal_their_reference(n_values: int) -> None:
    """Three coordinates with many ties and with none; any number of coordinates."""
    rng = np.random.default_rng(n_values)
    for _ in range(30):
        three = ranked(rng.integers(0, n_values, size=(rng.integers(1, 120), 3)))
        expected = sweep_reference(three)
        assert (sweep_three(three) == expected).all()
        assert (sweep_many(three) == expected).all()
        five = ranked(rng.integers(0, n_values, size=(80, 5)))
        assert (sweep_many(five) == sweep_reference(five)).all()


@pytest.mark.parametrize("n_parties", [1, 2, 3, 4])
def test_nondominated_equals_the_frontier_of_packages(n_parties: int) -> None:
    """The sweep on whole numbers keeps what the frontier of a crisis keeps."""
    rng = np.random.default_rng(n_parties)
    for n_values in (3, 20, 10**9):
        points = rng.integers(0, n_values + 1, size=(200, n_parties))
        found = np.flatnonzero(nondominated(points))
        assert (found == pareto_frontier(points.astype(float))).all()
    assert nondominated(np.empty((0, n_parties), dtype=np.int64)).tolist() == []


def test_a_cloud_where_everything_conflicts_keeps_all() -> None:
    """30,000 points of a zero-sum division are all on the frontier."""
    shares = np.random.default_rng(1).permutation(30_000)
    assert nondominated(np.stack([shares, 30_000 - shares], axis=1)).all()


def test_sums_are_exact_in_any_order() -> None:
    """Adding issues forwards and backwards gives the same bits."""
    domain = weighted_domain(3, 6, 3, seed=8)
    problem = additive(domain.utilities)
    packages = every_package(domain)
    assert (unpack(np.arange(len(packages)), domain.n_levels) == packages).all()
    forwards = partial_sums(problem.tables, 3)
    backwards = sum(
        table[packages[:, i]] for i, table in reversed(list(enumerate(problem.tables)))
    )
    assert forwards.tobytes() == np.asarray(backwards).tobytes()


@pytest.mark.parametrize("n_parties", [1, 2, 3, 4, 20])
def test_weights_are_spread_and_include_the_pure_ones(n_parties: int) -> None:
    weights = weight_lattice(n_parties)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert (weights >= 0.0).all()
    assert len(weights) <= 300
    assert {tuple(row) for row in np.eye(n_parties)} <= {tuple(w) for w in weights}


@pytest.mark.parametrize("n_values", [3, 20, 1000])
@pytest.mark.parametrize("margin", [0.5, 2.0])
def test_the_sweeps_with_a_margin_equal_their_references(
    n_values: int, margin: float
) -> None:
    """Few values, so many ties, and many; two and three parties (seed 7)."""
    rng = np.random.default_rng(7)
    for n in (1, 2, 60, 300):
        for n_parties in (2, 3):
            sums = rng.integers(0, n_values, size=(n, n_parties)).astype(float)
            clear = np.full(n_parties, margin)
            if n_parties == 2:
                hopeful = clear_sweep.mark_hopeful(sums, clear)
                again = clear_sweep_reference.mark_hopeful(sums, clear)
                np.testing.assert_array_equal(hopeful, again)
            ranked = sums[np.argsort(-sums[:, 0], kind="stable")]
            name = "sweep_two_clear" if n_parties == 2 else "sweep_three_clear"
            found, expected = (
                getattr(module, name)(ranked, clear)
                for module in (clear_sweep, clear_sweep_reference)
            )
            np.testing.assert_array_equal(found, expected)
            if n_parties == 2:
                beaten = clear_sweep_reference.sweep_two_clear(sums, clear)
                assert beaten[~hopeful].all()
