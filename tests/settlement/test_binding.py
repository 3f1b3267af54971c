"""What stands in the way is listed tightest first."""

from __future__ import annotations

import math

import pytest

from tests.settlement.toys import actors, hidden, settle, toy, veto


def test_tightest_first() -> None:
    """House passes 0.2 of the time; both parties would accept."""
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": -3}},
    }
    found = settle(toy(values=values, ratification={"home": veto("house")}))
    hurdles = found.binding({"gate": "open"})
    assert (hurdles[0].kind, hurdles[0].actor) == ("ratification", "house")
    assert hurdles[0].prob_passes == pytest.approx(0.2)
    assert [h.kind for h in hurdles[1:]] == ["feasibility", "acceptance", "acceptance"]


def test_a_leak_is_a_hurdle() -> None:
    """House never passes the leaked term, so the package falls with the leak."""
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": -9}},
    }
    crisis = toy(issues=hidden(), values=values, ratification={"home": veto("house")})
    hurdles = settle(crisis).binding({"gate": "open (private)"})
    leak = next(h for h in hurdles if h.kind == "leak")
    assert leak.prob_passes == pytest.approx(math.exp(-0.4))


def test_a_ratifier_that_sees_nothing_is_no_hurdle() -> None:
    """House is not in the room, so it is not asked about the private gate."""
    crisis = toy(issues=hidden(), ratification={"home": veto("house")})
    hurdles = settle(crisis).binding({"gate": "open (private)"})
    assert "house" not in {h.actor for h in hurdles}


def test_a_party_on_its_own_and_weighed() -> None:
    """Bravo wants the open gate, but expects its guards to refuse and a cost of 5.

    Worth 3 against no deal at -4; guards assent with 0.1, so G = 0.1 x 12 - 5 < 0.
    """
    guards = {
        "title": "Guards",
        "kind": "constituency",
        "of": "bravo",
        "threshold": [-5, 5],
    }
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "guards": {"gate": {"open": -4}},
    }
    no_deal = {"fallback": {"alpha": -4, "bravo": -4}, "failure_cost": {"bravo": 5}}
    crisis = toy(
        actors=actors(guards=guards),
        values=values,
        no_deal=no_deal,
        ratification={"home": veto("guards", party="bravo")},
    )
    hurdles = {h.actor: h for h in settle(crisis).binding({"gate": "open"})}
    assert hurdles["bravo"].prob_passes == 1.0
    assert hurdles["bravo"].prob_weighed == 0.0
    assert str(hurdles["bravo"]).endswith("1.00, weighed 0.00")
    assert hurdles["guards"].prob_passes == pytest.approx(0.1)
    assert hurdles["guards"].prob_weighed == pytest.approx(0.1)


def test_pressure_counts_against_a_party_on_its_own() -> None:
    """House refuses with 0.8 and presses with 10: 3 + 4 - 8 < 0 for bravo."""
    house = actors()["house"] | {"pressure": 10, "of": "bravo"}
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": -3}},
    }
    rule = veto("house", party="bravo", rule="pressure")
    crisis = toy(
        actors=actors(house=house), values=values, ratification={"street": rule}
    )
    hurdles = {h.actor: h for h in settle(crisis).binding({"gate": "open"})}
    assert hurdles["bravo"].prob_passes == 0.0
    assert "house" not in hurdles
