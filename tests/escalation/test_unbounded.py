"""Ends without a horizon: sparse LU against the gambler's formulas."""

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.escalation._kernels.reference import generator
from backchannel.escalation.problem import Entries
from backchannel.escalation.unbounded import absorb
from tests.escalation.small_problems import walk


def q_of(rows, n):
    return generator(Entries.of([(*r, ()) for r in rows]), n, np.ones(1))


def test_the_gambler():
    found = absorb(q_of(walk(0.3, 0.5, 7), 8), np.array([0, 7]))
    ratio = 0.5 / 0.3
    for i in range(8):
        ruin = (1 - ratio**i) / (1 - ratio**7)
        assert found.prob[i, 1] == pytest.approx(ruin, abs=1e-14)
        assert found.prob[i].sum() == pytest.approx(1.0, abs=1e-14)
        assert found.hours[i] == pytest.approx((i - 7 * ruin) / 0.2, abs=1e-12)


def test_a_state_that_never_ends_is_refused():
    with pytest.raises(ModelError, match="lead to no end"):
        absorb(q_of([(0, 1, 1.0), (1, 0, 1.0)], 3), np.array([2]))


def test_all_states_are_ends():
    found = absorb(q_of([], 2), np.array([0, 1]))
    assert (found.prob == np.eye(2)).all()
    assert (found.hours == 0).all()
