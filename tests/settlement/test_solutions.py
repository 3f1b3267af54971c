"""Frontier and named solutions against hand calculation and plain comparison."""

from __future__ import annotations

import numpy as np
import pytest

from backchannel.base.errors import NoAgreementError
from backchannel.settlement.frontier import pareto_frontier
from backchannel.settlement.solutions import find_solutions
from tests.settlement.toys import settle, toy


def plain_frontier(gains: np.ndarray) -> list[int]:
    """Compare every package with every other one."""
    return [
        i
        for i, own in enumerate(gains)
        if not any((o >= own).all() and (o > own).any() for o in gains)
    ]


@pytest.mark.parametrize("n_parties", [1, 2, 3, 4])
def test_frontier_by_comparison(n_parties: int) -> None:
    """40 random sets with many ties, seed 0: the same packages by plain comparison."""
    rng = np.random.default_rng(0)
    for _ in range(40):
        gains = rng.integers(0, 6, (30, n_parties)).astype(float)
        assert pareto_frontier(gains).tolist() == plain_frontier(gains)


def test_equal_packages_are_both_kept() -> None:
    """Two packages with the same gains are both on the frontier."""
    gains = np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]])
    assert pareto_frontier(gains).tolist() == [0, 1]


def test_four_solutions_by_hand() -> None:
    """Products 8, 24, 25, 20; least gains 1, 4, 5, 2; sums 9, 10, 10, 12.

    Ideal gains are 10 and 8: least shares 0.1, 0.5, 0.5, 0.25.
    """
    gains = np.array([[1.0, 8.0], [4.0, 6.0], [5.0, 5.0], [10.0, 2.0], [20.0, -1.0]])
    found = {s.name: s for s in find_solutions(gains)}
    assert found["nash"].packages == (2,)
    assert found["egalitarian"].packages == (2,)
    assert found["utilitarian"].packages == (3,)
    assert found["kalai_smorodinsky"].packages == (2,)
    assert found["kalai_smorodinsky"].value == pytest.approx(0.5)


def test_ties_are_kept_and_reported() -> None:
    """Two packages with the same product are both Nash solutions, the first named."""
    found = find_solutions(np.array([[2.0, 6.0], [6.0, 2.0], [1.0, 1.0]]))
    assert found[0].packages == (0, 1)
    assert found[0].package == 0
    assert found[0].n_tied == 2


def test_solutions_lie_on_the_frontier() -> None:
    """Egalitarian values tie at 2, but the dominated package is not a solution."""
    found = {s.name: s for s in find_solutions(np.array([[2.0, 2.0], [2.0, 5.0]]))}
    assert found["egalitarian"].packages == (1,)


def test_no_solution_where_somebody_always_loses() -> None:
    """Where every package makes a party expect a loss, asking for one says so."""
    values = {"alpha": {"gate": {"open": 10}}, "bravo": {"gate": {"open": -9}}}
    found = settle(toy(values=values))
    assert found.solutions == ()
    assert found.best == 0
    with pytest.raises(NoAgreementError, match="expect a loss"):
        found.solution("nash")


def test_party_that_can_gain_nothing_does_not_stop_kalai_smorodinsky() -> None:
    """Its share is left out where its ideal gain is zero."""
    found = {s.name: s for s in find_solutions(np.array([[4.0, 0.0], [2.0, 0.0]]))}
    assert found["kalai_smorodinsky"].packages == (0,)
