"""Whether a told chain can run: stages follow in order, and nothing else counts."""

import pytest

from backchannel.base.errors import ModelError
from backchannel.crisis.load import load_mapping
from backchannel.escalation import Variation, chain_reach, simulate_escalation
from tests.escalation.random_crises import random_content


def told(seed, *nodes, **changes):
    content = random_content(seed)
    content["escalation"]["start"]["outstanding"] = []
    content["escalation"] |= changes
    links = [{"text": str(i), **node} for i, node in enumerate(nodes)]
    content["chains"] = {"tale": {"title": "Tale", "nodes": links}}
    return load_mapping(content)


def test_the_last_rung_is_as_likely_as_war():
    crisis = told(0, {"rung": "war"})
    war = float(simulate_escalation(crisis, n_draws=1).nominal.prob_war[-1])
    assert chain_reach(crisis, "tale").prob[-1] == pytest.approx(war, abs=1e-12)


def test_each_further_link_is_at_most_as_likely():
    crisis = told(
        1,
        {"incident": "clash"},
        {"order": "fire_back"},
        {},
        {"rung": "strikes"},
        {"rung": "war"},
    )
    reach = chain_reach(crisis, "tale")
    assert reach.is_reachable
    assert reach.n_silent == 1
    assert len(reach.prob) == len(reach.links) == 4
    assert list(reach.prob) == sorted(reach.prob, reverse=True)
    assert 0 < reach.prob[-1] < reach.prob[0] < 1


def test_an_order_called_off_breaks_the_chain():
    crisis = told(1, {"incident": "clash"}, {"order": "fire_back"})
    off = Variation(orders={"fire_back": False})
    assert chain_reach(crisis, "tale", variation=off).prob[-1] == 0
    assert not chain_reach(crisis, "tale", variation=off).is_reachable


def test_an_outstanding_incident_has_happened():
    crisis = told(1, {"incident": "clash"}, {"order": "fire_back"})
    start = {"rung": "calm", "outstanding": ["clash"]}
    after = told(1, {"incident": "clash"}, {"order": "fire_back"}, start=start)
    assert chain_reach(after, "tale").prob[0] == pytest.approx(1)
    assert chain_reach(after, "tale").prob[1] > chain_reach(crisis, "tale").prob[1]


def test_incidents_count_though_they_change_nothing():
    """With no heat, no orders and no decisions a raid leaves the state as it is."""
    crisis = told(0, {"incident": "raid"}, standing_orders={}, decisions={}, moves={})
    assert chain_reach(crisis, "tale").prob[0] > 0.3


def test_an_unknown_chain_is_refused():
    with pytest.raises(ModelError, match=r"no chain 'tail'.*Did you mean 'tale'"):
        chain_reach(told(0, {"rung": "war"}), "tail")
