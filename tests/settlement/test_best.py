"""Which package is the best one, and when there is no deal at all."""

from __future__ import annotations

import numpy as np
import pytest

from backchannel.base.errors import NoAgreementError
from backchannel.settlement.best import find_best
from backchannel.settlement.solutions import find_solutions
from tests.settlement.toys import settle, toy, veto

ONES = np.ones(3)


def best_of(
    gains: np.ndarray, settled: list[float], ratified: np.ndarray = ONES
) -> int:
    """The best of three packages."""
    return find_best(find_solutions(gains), gains, np.array(settled), ratified)


def test_nash_solution_where_it_passes() -> None:
    """Products 8, 25, 20: the second."""
    gains = np.array([[1.0, 8.0], [5.0, 5.0], [10.0, 2.0]])
    assert best_of(gains, [0.9, 0.6, 0.9]) == 1


def test_nash_solution_that_does_not_pass_gives_way() -> None:
    """The second fails more often than not, so the third, with a product of 20."""
    gains = np.array([[1.0, 8.0], [5.0, 5.0], [10.0, 2.0]])
    assert best_of(gains, [0.9, 0.4, 0.6]) == 2


def test_passing_package_by_which_somebody_expects_to_lose() -> None:
    """It passes in most draws, but loses much in the others: still a deal."""
    gains = np.array([[-1.0, 8.0], [-9.0, 5.0], [-9.0, 5.0]])
    assert best_of(gains, [0.6, 0.7, 0.2]) == 1


def test_nearest_where_nothing_passes() -> None:
    """The one settled most often, though another has the larger product of gains."""
    gains = np.array([[1.0, 8.0], [5.0, 5.0], [1.0, 1.0]])
    assert best_of(gains, [0.1, 0.2, 0.4]) == 2


def test_nearest_where_nothing_is_ever_settled() -> None:
    """The first is never passed; the second, once passed, costs alpha 36, not 20."""
    gains = np.array([[0.0, 0.0], [-18.0, 9.0], [-20.0, 2.0]])
    ratified = np.array([0.0, 0.5, 1.0])
    assert best_of(gains, [0.0, 0.0, 0.0], ratified) == 2


def test_nearest_where_nothing_is_ever_passed() -> None:
    """The one passed least rarely comes nearest."""
    gains = np.array([[0.0, 0.0], [-1.0, 9.0], [-20.0, 2.0]])
    ratified = np.array([0.0, 0.1, 0.2])
    assert best_of(gains, [0.0, 0.0, 0.0], ratified) == 2


def test_a_package_never_passed_is_no_solution() -> None:
    """House refuses, so nobody gains or loses: there is no deal, and none is named."""
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": -9}},
    }
    found = settle(toy(values=values, ratification={"home": veto("house")}))
    assert found.gains[0].tolist() == [0.0, 0.0]
    assert not found.is_settleable
    assert found.solutions == ()
    assert (found.share_best[0], found.share_without_deal) == (0.0, 1.0)
    assert found.check(found.crisis).is_verified
    assert "nearest     gate open" in str(found)
    with pytest.raises(NoAgreementError, match="brings nobody a gain"):
        found.solution("nash")


def test_there_is_a_deal() -> None:
    """Both accept the open gate and nobody is asked at home."""
    found = settle(toy())
    assert found.is_settleable
    assert "best        gate open" in str(found)
