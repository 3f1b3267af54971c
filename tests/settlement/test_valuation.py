"""Chances and gains of toys against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

from tests.settlement.toys import actors, gate, hidden, opened, settle, toy, veto

OPEN = {"gate": "open"}
HIDDEN = {"gate": "open (private)"}


def test_gain_is_worth_over_no_deal() -> None:
    """Without ratifiers and risk the gain is worth less fallback."""
    found = settle(toy())
    assert found.gains.tolist() == [[14.0, 7.0]]
    assert found.prob_settled.tolist() == [1.0]


def test_war_lowers_no_deal() -> None:
    """V = 0.2 x -100 + 0.8 x -4 = -23.2, so alpha gains 33.2."""
    found = settle(toy(), prob_war=0.2)
    assert found.gains[0] == pytest.approx([33.2, 26.2])


def test_ratifier_passes_by_its_law() -> None:
    """House sees -1 and its threshold is uniform on [-5, 5]: R = 0.4.

    Alpha then gains 0.4 x 14 - 0.6 x 3 (failure cost) = 3.8.
    """
    crisis = toy(
        values={
            "alpha": {"gate": {"open": 10}},
            "bravo": {"gate": {"open": 3}},
            "house": {"gate": {"open": -1}},
        },
        ratification={"home": veto("house")},
        no_deal={"fallback": {"alpha": -4, "bravo": -4}, "failure_cost": {"alpha": 3}},
    )
    found = settle(crisis)
    assert found.prob_ratified[0] == pytest.approx(0.4)
    assert found.prob_settled[0] == pytest.approx(0.4)
    assert found.gains[0] == pytest.approx([0.4 * 14 - 0.6 * 3, 0.4 * 7])


def test_weak_inequality() -> None:
    """A party that gains exactly nothing accepts; one that loses a little does not."""
    for worth, chance in ((-4, 1.0), (-4.001, 0.0)):
        values = {"alpha": {"gate": {"open": 10}}, "bravo": {"gate": {"open": worth}}}
        assert settle(toy(values=values)).prob_settled[0] == chance


def test_audience_cost_counts_in_public_only() -> None:
    """Bravo pays 3 for being seen to open the gate, nothing in private."""
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": {"worth": 3, "audience_cost": 3}}},
    }
    crisis = toy(issues=hidden(secret_for="0 h"), values=values)
    found = settle(crisis)
    assert found.gains[found.row(OPEN)] == pytest.approx([14, 4])
    assert found.gains[found.row(HIDDEN)] == pytest.approx([14, 7])


def test_leak_and_second_judgement() -> None:
    """4 knowers x 0.001 /h x 100 h: leak 1 - exp(-0.4), then house passes 0.3.

    House values the open gate at -2 and sees it only after a leak: S = 0.3. Alpha is
    then at 0.3 (10 - 5) + 0.7 (-4 - 5), as a leak costs it 5.
    """
    crisis = toy(
        issues=hidden(penalty_if_leaked={"alpha": 5}),
        values={
            "alpha": {"gate": {"open": 10}},
            "bravo": {"gate": {"open": 3}},
            "house": {"gate": {"open": -2}},
        },
        ratification={"home": veto("house")},
    )
    found = settle(crisis)
    row, leak = found.row(HIDDEN), 1 - math.exp(-0.4)
    assert found.prob_leak[row] == pytest.approx(leak)
    assert found.prob_ratified[row] == 1.0
    leaked = 0.3 * (10 - 5) + 0.7 * (-4 - 5)
    accepted = (1 - leak) * 10 + leak * leaked
    assert found.gains[row, 0] == pytest.approx(accepted + 4)
    assert found.prob_settled[row] == pytest.approx(1 - leak * 0.7)
    assert found.prob_settled[found.row(OPEN)] == pytest.approx(0.3)


def test_void_term_is_worth_nothing_after_a_leak() -> None:
    """Once leaked the gate stays shut, but the audience cost of 2 remains."""
    values = {
        "alpha": {"gate": {"open": {"worth": 10, "audience_cost": 2}}},
        "bravo": {"gate": {"open": 3}},
    }
    crisis = toy(issues=hidden(is_void_if_leaked=True), values=values)
    found = settle(crisis)
    row, leak = found.row(HIDDEN), 1 - math.exp(-0.4)
    assert found.gains[row, 0] == pytest.approx((1 - leak) * 10 + leak * (0 - 2) + 4)
    assert found.gains[row, 1] == pytest.approx((1 - leak) * 3 + 4)


def test_member_of_the_compartment_judges_the_private_term() -> None:
    """House in the room sees the term at once and passes it with 0.3.

    Its threshold is one number: having passed it, it stands by it after a leak.
    """
    room = {
        "room": {
            "title": "Room",
            "holder": "alpha",
            "members": ["house"],
            "as_was": 4,
            "hazard_per_knower": "0.001 /h",
        }
    }
    crisis = toy(
        issues=hidden(),
        values={
            "alpha": {"gate": {"open": 10}},
            "bravo": {"gate": {"open": 3}},
            "house": {"gate": {"open": -2}},
        },
        ratification={"home": veto("house")},
        compartments=room,
    )
    found = settle(crisis)
    row = found.row(HIDDEN)
    assert found.prob_ratified[row] == pytest.approx(0.3)
    assert found.prob_settled[row] == pytest.approx(0.3)
    assert found.of_one_package(row).stands[0, 0] == pytest.approx(0.3)


def test_one_assent_however_many_rules() -> None:
    """House is asked by two rules and must consent: still 0.4, not 0.064."""
    crisis = toy(
        issues=gate(requires=[{"consent": "house"}]),
        values={
            "alpha": {"gate": {"open": 10}},
            "bravo": {"gate": {"open": 3}},
            "house": {"gate": {"open": -1}},
        },
        ratification={"home": veto("house"), "again": veto("house")},
    )
    assert settle(crisis).prob_ratified[0] == pytest.approx(0.4)


def test_consent_of_an_absent_party() -> None:
    """Host sees 1 and its threshold is exactly 1: it consents; at 1.01 it does not."""
    for threshold, chance in ((1, 1.0), (1.01, 0.0)):
        host = {"title": "Host", "kind": "absent", "threshold": threshold}
        crisis = toy(
            actors=actors(host=host),
            issues=gate(requires=[{"consent": "host"}]),
            values={
                "alpha": {"gate": {"open": 10}},
                "bravo": {"gate": {"open": 3}},
                "host": {"gate": {"open": 1}},
            },
        )
        assert settle(crisis).prob_ratified[0] == chance


def test_guarantor_must_assent_to_what_it_gives() -> None:
    """A guarantor at -1 on a threshold uniform on [-5, 5] delivers with 0.4."""
    backer = {"title": "Backer", "kind": "guarantor", "threshold": [-5, 5]}
    crisis = toy(
        actors=actors(backer=backer),
        issues=gate(giver="backer"),
        values={
            "alpha": {"gate": {"open": 10}},
            "bravo": {"gate": {"open": 3}},
            "backer": {"gate": {"open": -1}},
        },
    )
    assert settle(crisis).prob_ratified[0] == pytest.approx(0.4)


def test_pressure_costs_the_leader() -> None:
    """House refuses with 0.6 and its refusal costs alpha 5: 14 - 3."""
    house = actors()["house"] | {"pressure": 5}
    rule = veto("house") | {"rule": "pressure"}
    crisis = toy(
        actors=actors(house=house),
        values={
            "alpha": {"gate": {"open": 10}},
            "bravo": {"gate": {"open": 3}},
            "house": {"gate": {"open": -1}},
        },
        ratification={"home": rule},
    )
    found = settle(crisis)
    assert found.prob_ratified[0] == 1.0
    assert found.gains[0] == pytest.approx([14 - 0.6 * 5, 7])


def test_reading_changes_what_an_audience_values() -> None:
    """House takes the open gate for shut, so its -4 does not count: R = 0.5."""
    reading = {"house": {"text": "shut in all but name", "as_level": "shut"}}
    for readings, chance in ((reading, 0.5), ({}, 0.1)):
        crisis = toy(
            issues=gate(readings=readings),
            values={
                "alpha": {"gate": {"open": 10}},
                "bravo": {"gate": {"open": 3}},
                "house": {"gate": {"open": -4}},
            },
            ratification={"home": veto("house")},
        )
        assert settle(crisis).prob_ratified[0] == pytest.approx(chance)


def test_ratifier_of_other_issues_is_not_asked() -> None:
    """A rule about the wall does not stop a package that leaves the wall alone."""
    wall = {"shut": {"title": "Up"}, "down": opened()}
    issues = gate() | {"wall": {"title": "Wall", "levels": wall}}
    crisis = toy(
        issues=issues,
        values={
            "alpha": {"gate": {"open": 10}},
            "bravo": {"gate": {"open": 3}},
            "house": {"gate": {"open": -9}, "wall": {"down": -9}},
        },
        ratification={"home": veto("house", issues=["wall"])},
    )
    found = settle(crisis)
    assert found.prob_ratified[found.row(OPEN)] == 1.0
    assert found.prob_ratified[found.row({"wall": "down"})] == 0.0


def test_interaction_counts_for_the_combination() -> None:
    """Gate and wall together are worth 6 more to alpha than one by one."""
    wall = {"shut": {"title": "Up"}, "down": opened()}
    issues = gate() | {"wall": {"title": "Wall", "levels": wall}}
    pair = {"actor": "alpha", "levels": ["gate.open", "wall.down"], "worth": 6}
    found = settle(toy(issues=issues, interactions={"pair": pair}))
    both = found.row({"gate": "open", "wall": "down"})
    assert found.gains[both, 0] == pytest.approx(10 + 6 + 4)
    assert found.gains[found.row(OPEN), 0] == pytest.approx(14)
