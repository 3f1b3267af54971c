"""What stands in the way is listed tightest first."""

from __future__ import annotations

import math

import pytest

from tests.settlement.toys import hidden, settle, toy, veto


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
