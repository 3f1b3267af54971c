"""Small PRISM models with answers in closed form, by every kind of question."""

import math

import numpy as np
import pytest
from scipy.linalg import expm

from backchannel.base.result import Status
from backchannel.escalation.prism import linear
from backchannel.escalation.prism.bind import bind
from backchannel.escalation.prism.explore import explore
from backchannel.escalation.prism.parse_model import parse_model
from backchannel.escalation.prism.parse_properties import parse_properties
from backchannel.escalation.prism.questions import answer

QUEUE = """ctmc
const int c = 6; const double a = 0.5; const double b = 0.8;
module queue
  n : [0..c];
  [in] n<c -> a : (n'=n+1);
  [out] n>0 -> b : (n'=n-1);
endmodule
rewards "waiting" true : n; endrewards
rewards "served" [out] true : 1; endrewards
"""
RUIN = """ctmc
const double up = 0.3; const double down = 0.5;
module walk
  n : [0..7] init 3;
  [] n>0 & n<7 -> up : (n'=n+1);
  [] n>0 & n<7 -> down : (n'=n-1);
endmodule
rewards "time" true : 1; endrewards
"""
LADDER = """ctmc
module ladder
  n : [0..5];
  [] n<5 -> 0.1 : (n'=n+1);
endmodule
rewards "climbs" n<5 : 0.1; endrewards
"""


def ask(text, question, **constants):
    chain = explore(bind(parse_model(text), constants))
    return answer(chain, parse_properties(question), "1")


def shares():
    """Stationary probabilities of the queue, a truncated geometric law."""
    weights = (0.5 / 0.8) ** np.arange(7)
    return weights / weights.sum()


def test_long_run_of_a_queue():
    """M/M/1/6: blocking, mean length and throughput."""
    pi = shares()
    blocked = ask(QUEUE, "S=? [ n=c ]")
    assert blocked.value == pytest.approx(pi[6], rel=1e-13)
    assert blocked.status is Status.EXACT
    assert blocked.bound < 1e-12
    waiting = ask(QUEUE, 'R{"waiting"}=? [ S ]')
    assert waiting.value == pytest.approx(pi @ np.arange(7), rel=1e-13)
    served = ask(QUEUE, 'R{"served"}=? [ S ]')
    assert served.value == pytest.approx(0.5 * (1 - pi[6]), rel=1e-13)


def test_gamblers_ruin():
    """Chance to reach 7 before 0, and the mean duration."""
    r = 0.5 / 0.3
    won = (r**3 - 1) / (r**7 - 1)
    assert ask(RUIN, "P=? [ F n=7 ]").value == pytest.approx(won, rel=1e-13)
    assert ask(RUIN, "P=? [ n!=0 U n=7 ]").value == pytest.approx(won, rel=1e-13)
    assert ask(RUIN, "P=? [ G n!=7 ]").value == pytest.approx(1 - won, rel=1e-13)
    hours = (3 - 7 * won) / (0.5 - 0.3)
    found = ask(RUIN, "R=? [ F n=0 | n=7 ]")
    assert found.value == pytest.approx(hours, rel=1e-13)
    # The long run of a walk with two ends is the chance of each.
    assert ask(RUIN, "S=? [ n=7 ]").value == pytest.approx(won, rel=1e-13)


def test_pure_birth_by_a_time():
    """Five climbs at one rate: the Erlang distribution."""
    mean = 0.1 * 24
    late = math.exp(-mean) * sum(mean**k / math.factorial(k) for k in range(5))
    assert ask(LADDER, "P=? [ F<=24 n=5 ]").value == pytest.approx(1 - late, rel=1e-13)
    assert ask(LADDER, "P=? [ G<=24 n<5 ]").value == pytest.approx(late, rel=1e-13)
    assert ask(LADDER, "P=? [ n<5 U>=24 n=5 ]").value == pytest.approx(late, rel=1e-13)
    at_two = math.exp(-mean) * mean**2 / 2
    assert ask(LADDER, "P=? [ F[24,24] n=2 ]").value == pytest.approx(at_two, rel=1e-13)


def test_two_bounds_of_time():
    """Until with both bounds, against the matrix exponential."""
    q = np.diag([0.5] * 6, 1) + np.diag([0.8] * 6, -1)
    q -= np.diag(q.sum(axis=1))
    kept = q.copy()
    kept[5:] = 0.0
    early = expm(3.0 * kept)[0]
    early[5:] = 0.0
    ended = q.copy()
    ended[4:] = 0.0
    late = expm(2.0 * ended)[:, 4]
    found = ask(QUEUE, "P=? [ n<5 U[3,5] n=4 ]")
    assert found.value == pytest.approx(early @ late, rel=1e-12)


def test_rewards_with_a_horizon():
    """At an instant and up to a time, against the matrix exponential."""
    q = np.diag([0.5] * 6, 1) + np.diag([0.8] * 6, -1)
    q -= np.diag(q.sum(axis=1))
    n = np.arange(7.0)
    found = ask(QUEUE, 'R{"waiting"}=? [ I=4 ]')
    assert found.value == pytest.approx(expm(4 * q)[0] @ n, rel=1e-13)
    # One more state collects the reward: its column integrates.
    wide = np.zeros((8, 8))
    wide[:7, :7], wide[:7, 7] = q, 0.8 * (n > 0)
    found = ask(QUEUE, 'R{"served"}=? [ C<=4 ]')
    assert found.value == pytest.approx(expm(4 * wide)[0, 7], rel=1e-13)
    found = ask(LADDER, 'R{"climbs"}=? [ C<=1000000 ]')
    assert found.value == pytest.approx(5, rel=1e-12)


def test_what_need_not_end_takes_for_ever():
    assert ask(RUIN, "R=? [ F n=7 ]").value == math.inf
    assert ask(RUIN, "P=? [ F n=3 ]").value == 1.0
    # Rounding in the factors does not make it more than sure.
    assert 1 - 1e-14 < ask(RUIN, "P=? [ F n=0 | n=7 ]").value <= 1.0
    assert ask(LADDER, "P=? [ F<=0 n=5 ]").value == 0.0


def test_sweeps_and_factors_agree(monkeypatch):
    """Large systems are swept: the same answers, and bounds that hold."""
    questions = ("P=? [ F n=7 ]", "R=? [ F n=0 | n=7 ]")
    exact = [ask(RUIN, question).value for question in questions]
    mean = ask(QUEUE, 'R{"waiting"}=? [ S ]').value
    monkeypatch.setattr(linear, "MOST_FACTORISED", 0)
    for question, value in zip(questions, exact, strict=True):
        found = ask(RUIN, question)
        assert found.status is Status.CONVERGED
        assert abs(found.value - value) <= found.bound + 1e-14
        assert found.bound < 1e-10
    found = ask(QUEUE, 'R{"waiting"}=? [ S ]')
    assert abs(found.value - mean) <= found.bound + 1e-14
    assert found.bound < 1e-10
    assert "sweeps" in str(found)
