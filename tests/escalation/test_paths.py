"""Chains to war: exact shares that add up, in the words of the file."""

import pytest

from backchannel.crisis.load import load_mapping
from backchannel.escalation import simulate_escalation
from backchannel.escalation.causes import Cause
from tests.escalation.random_crises import random_crisis


def two_ways(**high):
    """Two moves from each of two rungs: every chain has a product for its share."""
    content = {
        "backchannel": 1,
        "name": "ways",
        "title": "Ways",
        "now": "2030-01-01T00:00Z",
        "horizon": "5000 h",
        "actors": {n: {"title": n, "kind": "party"} for n in "ab"},
        "issues": {
            "x": {
                "title": "X",
                "levels": {
                    "no": {"title": "No"},
                    "yes": {"title": "Yes", "giver": "a", "receiver": "b"},
                },
            }
        },
        "no_deal": {"fallback": {"a": 0, "b": 0}},
        "escalation": {
            "rungs": {
                "low": {"title": "LOW"},
                "high": {"title": "HIGH", **high},
                "war": {"title": "WAR"},
            },
            "start": {"rung": "low"},
            "incidents": {
                "none": {"title": "None", "harmed": "a", "hazard": "0 /h"},
            },
            "moves": {
                f"{name}_{rung}": {
                    "title": f"{name} at {rung}",
                    "by": "a",
                    "from_rung": rung,
                    "to_rung": to,
                    "hazard": rate,
                }
                for rung, to in (("low", "high"), ("high", "war"))
                for name, rate in (("often", "0.06 /h"), ("seldom", "0.02 /h"))
            },
        },
    }
    return load_mapping(content)


def test_shares_are_products_of_rates():
    """With time enough each climb picks its cause by rate: 3/4 and 1/4."""
    paths = simulate_escalation(two_ways(), n_draws=1).paths
    assert [p.share for p in paths] == pytest.approx([9 / 16, 3 / 16, 3 / 16, 1 / 16])
    assert paths[0].causes == (Cause("move", "often_low"), Cause("move", "often_high"))
    assert paths[0].rungs == ("high", "war")
    assert paths[0].text == "often at low → HIGH → often at high → WAR"


@pytest.mark.parametrize("seed", range(4))
def test_probabilities_of_all_chains_add_up_to_war(seed):
    result = simulate_escalation(random_crisis(seed), n_draws=2)
    told = sum(path.prob for path in result.paths)
    assert told == pytest.approx(float(result.nominal.prob_war[-1]), abs=1e-12)
    assert sum(path.share for path in result.paths) == pytest.approx(1, abs=1e-12)
    told_apart = [path.prob for path in result.paths if path.causes]
    assert told_apart == sorted(told_apart, reverse=True)


def test_a_climb_of_several_rungs_to_a_given_rung_is_one_link():
    for path in simulate_escalation(random_crisis(2), n_draws=2).paths:
        assert "Strike → shots → Strike → strikes" not in path.text


def test_going_down_forgets_the_cause():
    """Calming lengthens the way to war; the last climbs pick their causes as before."""
    paths = simulate_escalation(two_ways(calming="0.05 /h"), n_draws=1).paths
    assert [p.share for p in paths] == pytest.approx([9 / 16, 3 / 16, 3 / 16, 1 / 16])
