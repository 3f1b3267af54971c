"""The smallest changes of procedure: against files that were changed by hand."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.risk import RiskCurve
from backchannel.settlement.find import find_settlements
from backchannel.settlement.method import PASSES_AT
from backchannel.settlement.procedure import find_procedures
from backchannel.settlement.settlements import Settlements
from tests.settlement.toys import opened, toy

N_DRAWS, SEED = 40, 5
HOUSES = ("house", "senate", "guards")


def council(thresholds: tuple[float, ...], rule: dict[str, Any]) -> dict[str, Any]:
    """Alpha's three houses vote on the gate, worth -2 to each of them."""
    houses = {
        name: {
            "title": name,
            "kind": "constituency",
            "of": "alpha",
            "threshold": threshold,
        }
        for name, threshold in zip(HOUSES, thresholds, strict=True)
    }
    parties = {name: {"title": name, "kind": "party"} for name in ("alpha", "bravo")}
    members = {name: {} for name in HOUSES}
    vote = {"title": "Council", "party": "alpha", "members": members, **rule}
    values = {name: {"gate": {"open": -2}} for name in HOUSES}
    return {
        "actors": parties | houses,
        "values": {"alpha": {"gate": {"open": 10}}, "bravo": {"gate": {"open": 3}}}
        | values,
        "issues": {
            "gate": {
                "title": "Gate",
                "levels": {"shut": {"title": "Shut"}, "open": opened()},
            }
        },
        "ratification": {"council": vote},
    }


def settled(content: dict[str, Any]) -> Settlements:
    crisis = toy(**content)
    draws = draw_numbers(crisis, N_DRAWS, SEED)
    risk = RiskCurve.without_risk(crisis, N_DRAWS)
    return find_settlements(crisis, draws=draws, risk=risk)


def test_a_quota_is_lowered_to_what_is_enough() -> None:
    """Three votes asked, one to be had: one is enough, as the changed file says."""
    rule = {"rule": "quota", "quota": 3}
    content = council((-5.0, 0.0, 1.0), rule)
    found = settled(content)
    assert not found.is_settleable
    lowered = [o for o in found.openings() if o.kind == "lower"]
    assert [(o.rule, o.needed, o.prob_settled) for o in lowered] == [("council", 1, 1)]
    for quota, passes in ((1, True), (2, False)):
        again = settled(council((-5.0, 0.0, 1.0), rule | {"quota": quota}))
        assert again.is_settleable is passes


def test_a_share_is_lowered_by_whole_percents() -> None:
    """Two thirds of the weight asked, one third to be had."""
    content = council((-5.0, 0.0, 1.0), {"rule": "weighted", "share": 0.66})
    lowered = [o for o in settled(content).openings() if o.kind == "lower"]
    assert [round(o.share, 9) for o in lowered] == [0.33]
    for share, passes in ((0.33, True), (0.34, False)):
        again = settled(council((-5.0, 0.0, 1.0), {"rule": "weighted", "share": share}))
        assert again.is_settleable is passes


def test_a_veto_is_excused_or_reassured() -> None:
    """One of three refuses: without it, or two points for it, the gate opens."""
    content = council((-5.0, -3.0, 0.0), {"rule": "veto"})
    openings = settled(content).openings()
    assert [(o.kind, o.actor) for o in openings] == [
        ("excuse", "guards"),
        ("reassure", "guards"),
    ]
    assert openings[1].points == pytest.approx(2.0, abs=1e-5)
    assert settled(council((-5.0, -3.0, -2.0), {"rule": "veto"})).is_settleable
    assert not settled(council((-5.0, -3.0, -1.9), {"rule": "veto"})).is_settleable
    assert str(openings[0]) == "assent: without guards; then 1.00"


def test_a_member_of_a_counting_rule_is_excused() -> None:
    """Two votes asked, one to be had: either refusing member can be left out."""
    content = council((-5.0, 0.0, 1.0), {"rule": "quota", "quota": 2})
    excused = [o for o in settled(content).openings() if o.kind == "excuse"]
    assert [o.actor for o in excused] == ["senate", "guards"]
    assert {o.rule for o in excused} == {"council"}
    assert all(o.size == pytest.approx(1 / 3) for o in excused)


def test_two_who_refuse_are_mended_by_no_single_change() -> None:
    """Two vetoes fall only together; and where the parties refuse, no rule helps."""
    assert settled(council((-5.0, 0.0, 1.0), {"rule": "veto"})).openings() == ()
    content = council((-5.0, -3.0, 0.0), {"rule": "veto"})
    content["values"] = copy.deepcopy(content["values"])
    content["values"]["bravo"]["gate"]["open"] = -30
    assert settled(content).openings() == ()


def test_where_something_passes_nothing_is_changed() -> None:
    """A zone that is open needs no opening."""
    found = settled(council((-5.0, -4.0, -3.0), {"rule": "veto"}))
    assert found.is_settleable
    assert found.openings() == ()


def test_uncertain_thresholds_count_in_full() -> None:
    """A house that assents in one draw of four is reassured until it is one half."""
    content = council((-5.0, -3.0, 0.0), {"rule": "veto"})
    content["actors"]["guards"]["threshold"] = [-4, 4]
    openings = settled(content).openings()
    points = next(o.points for o in openings if o.kind == "reassure")
    # P(T <= -2 + w) on [-4, 4] is (2 + w) / 8.
    assert points == pytest.approx(2.0, abs=1e-5)
    assert openings[-1].prob_settled >= PASSES_AT


def test_every_opening_is_what_it_says() -> None:
    """Tried again one by one on all packages, each passes, and a little less fails."""
    content = council((-5.0, 0.0, 1.0), {"rule": "quota", "quota": 2})
    found = settled(content)
    for opening in found.openings():
        if opening.kind != "reassure":
            continue
        worse = copy.deepcopy(content)
        old = worse["actors"][opening.actor]["threshold"]
        worse["actors"][opening.actor]["threshold"] = old - opening.points
        assert settled(worse).is_settleable
        worse["actors"][opening.actor]["threshold"] = old - opening.points + 1e-3
        assert not settled(worse).is_settleable


def test_no_change_is_looked_for_where_the_answer_says_that_some_pass() -> None:
    """What passes is read from the answer, not computed again."""
    found = settled(council((-5.0, -3.0, 0.0), {"rule": "veto"}))
    passing = np.ones_like(found.prob_settled)
    assert find_procedures(found.valuation, passing) == ()
    assert replace(found, prob_settled=passing).openings() == ()
