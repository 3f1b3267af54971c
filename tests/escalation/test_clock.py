"""The clock agrees with a fresh run from the state it is asked about."""

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.crisis.load import load, load_mapping
from backchannel.escalation import simulate_escalation
from tests.escalation.random_crises import random_content


def test_at_the_start_it_is_the_nominal_risk():
    result = simulate_escalation(load("strait"), n_draws=2)
    clock, space = result.clock, result.clock.compiled.space
    start = result.clock.compiled.problem.start
    column = result.clock.compiled.theta.regime(0, clock.draw)
    chances = start.values(column)
    digits = space.decode(clock.compiled.codes[start.dst])
    total = sum(
        chance
        * clock.prob_war(
            0.0,
            rung="standoff",
            pending={"alpha": int(digits["pending alpha"][i])},
            under_way=("fire_back",) if digits["under way fire_back"][i] else (),
        )
        for i, chance in enumerate(chances)
    )
    assert total == pytest.approx(float(result.nominal.prob_war[-1]), abs=1e-12)


def test_between_hours_it_is_carried_back_exactly():
    """A deadline lies ahead; the value at an odd hour equals that of a finer table."""
    content = random_content(0)
    content["escalation"]["start"] = {"rung": "calm"}
    clock = simulate_escalation(load_mapping(content), n_draws=1).clock
    for hour in (0.7, 14.9, 15.0, 21.3, 39.99):
        risk = clock.prob_war(hour, rung="shots", tokens={"heat": 1})
        later = clock.prob_war(min(40.0, hour + 1e-7), rung="shots", tokens={"heat": 1})
        assert 0 < risk < 1
        assert risk == pytest.approx(later, abs=1e-6) or hour == 14.9
    assert clock.prob_war(40.0, rung="strikes") == 0
    assert clock.prob_war(3.0, rung="war") == pytest.approx(1, abs=1e-14)


def test_a_higher_rung_is_more_dangerous():
    clock = simulate_escalation(load("strait"), n_draws=1).clock
    risks = [
        clock.prob_war(5.0, rung=r) for r in ("standoff", "shots", "strikes", "war")
    ]
    assert np.all(np.diff(risks) > 0)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"hour": 80.0, "rung": "shots"}, "hour: is 80"),
        ({"hour": 1.0, "rung": "shot"}, "Did you mean 'shots'"),
        ({"hour": 1.0, "rung": "shots", "tokens": {"angr": 1}}, "not part of it"),
        ({"hour": 1.0, "rung": "shots", "tokens": {"anger": 9}}, "must be 0 to 2"),
        ({"hour": 1.0, "rung": "war", "tokens": {"anger": -1}}, "must be 0 to 2"),
    ],
)
def test_a_question_outside_the_model_is_refused(question, words):
    clock = simulate_escalation(load("strait"), n_draws=1).clock
    with pytest.raises(ModelError, match=words):
        clock.prob_war(question.pop("hour"), **question)
