"""The risk curve: straight lines between points, nothing before and after."""

import numpy as np

from backchannel.crisis.load import load
from backchannel.crisis.risk import RiskCurve

CURVE = RiskCurve(
    np.array([0.0, 2.0, 4.0]),
    np.array([[0.0, 0.1, 0.3], [0.0, 0.2, 0.2]]),
    np.array([[0.0, 0.0, 0.5], [0.0, 0.4, 0.6]]),
)


def test_points_and_lines():
    assert CURVE.at(np.array([2.0, 2.0])).tolist() == [0.1, 0.2]
    assert np.allclose(CURVE.at(np.array([3.0, 1.0])), [0.2, 0.1])
    assert np.allclose(CURVE.settled_at(np.array([3.0, 1.0])), [0.25, 0.2])


def test_no_risk_before_and_the_last_value_after():
    assert np.allclose(CURVE.at(np.array([-1.0, 99.0])), [0.0, 0.2])


def test_several_questions_per_draw():
    asked = np.array([[0.0, 2.0, 4.0, 5.0], [1.0, 1.0, 1.0, 1.0]])
    assert np.allclose(CURVE.at(asked)[0], [0.0, 0.1, 0.3, 0.3])
    assert CURVE.at(asked).shape == (2, 4)
    assert (CURVE.n_draws, CURVE.horizon) == (2, 4.0)


def test_a_crisis_without_escalation_has_no_risk():
    curve = RiskCurve.without_risk(load("strait"), 3)
    assert (curve.at(np.full(3, 50.0)) == 0).all()
