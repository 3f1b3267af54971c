"""Quota and weighted rules against hand calculation and plain enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.settlement.counting import prob_quota, prob_weight


def test_two_of_three() -> None:
    """0.5, 0.5 and 0.8: at least two assent with 0.65."""
    assents = [np.array([p]) for p in (0.5, 0.5, 0.8)]
    assert prob_quota(assents, 2)[0] == pytest.approx(0.65)


@pytest.mark.parametrize("quota", [1, 2, 3, 4, 5])
def test_quota_is_the_sum_over_patterns(quota: int) -> None:
    """Five members, every pattern added up by hand."""
    chances = np.random.default_rng(3).random((5, 7))
    expected = np.zeros(7)
    for pattern in itertools.product((0, 1), repeat=5):
        if sum(pattern) >= quota:
            factors = [
                p if yes else 1 - p for yes, p in zip(pattern, chances, strict=True)
            ]
            expected += np.prod(factors, axis=0)
    assert prob_quota(list(chances), quota) == pytest.approx(expected)


def test_weights_exact_and_uncertain_agree() -> None:
    """Dynamic programming on sums and the list of subsets give the same."""
    rng = np.random.default_rng(4)
    chances = list(rng.random((6, 3, 5)))
    weights = [np.full(5, w) for w in (1.0, 1.0, 2.0, 0.5, 3.0, 2.0)]
    share = np.full(5, 0.55)
    by_sums = prob_weight(chances, weights, share, is_exact=True)
    by_subsets = prob_weight(chances, weights, share, is_exact=False)
    assert by_sums == pytest.approx(by_subsets)


def test_share_is_reached_at_equality() -> None:
    """Weights 1 and 1, share 0.5: one assent is enough."""
    chances = [np.array([0.5]), np.array([0.5])]
    ones = [np.ones(1), np.ones(1)]
    found = prob_weight(chances, ones, np.array([0.5]), is_exact=True)
    assert found[0] == pytest.approx(0.75)


def test_many_members_with_equal_weights() -> None:
    """Thirty equal members by weight are a quota; uncertain weights are refused."""
    chances = list(np.random.default_rng(5).random((30, 2)))
    ones = [np.ones(2)] * 30
    found = prob_weight(chances, ones, np.full(2, 0.5), is_exact=True)
    assert found == pytest.approx(prob_quota(chances, 15))
    with pytest.raises(ModelError, match="30 members with uncertain weights"):
        prob_weight(chances, ones, np.full(2, 0.5), is_exact=False)
