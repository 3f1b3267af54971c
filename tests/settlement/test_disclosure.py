"""What secrecy buys, against hand calculation."""

from __future__ import annotations

import math

import pytest

from tests.settlement.toys import gate, hidden, opened, settle, toy, veto


def test_private_against_public() -> None:
    """House passes the open gate with 0.3 and does not see the private one."""
    crisis = toy(
        issues=hidden(),
        values={
            "alpha": {"gate": {"open": 10}},
            "bravo": {"gate": {"open": 3}},
            "house": {"gate": {"open": -2}},
        },
        ratification={"home": veto("house")},
    )
    (term,) = settle(crisis).private_terms
    leak = 1 - math.exp(-0.4)
    assert term.prob_private == pytest.approx(1 - leak * 0.7)
    assert term.prob_public == pytest.approx(0.3)
    assert term.prob_if_leaked == pytest.approx(0.3)
    assert term.best_absent is None


def test_leak_as_told_and_as_was() -> None:
    """Two knowers as told, four as was, 0.001 /h each, 100 h; and over 30 days."""
    (term,) = settle(toy(issues=hidden())).private_terms
    assert term.prob_leak["as_told"].median == pytest.approx(1 - math.exp(-0.2))
    assert term.prob_leak["as_was"].median == pytest.approx(1 - math.exp(-0.4))
    in_a_month = term.leak_by_days["as_was"][30.0]
    assert in_a_month.median == pytest.approx(1 - math.exp(-0.004 * 720))


def test_secret_until_performed() -> None:
    """Without a stated time it holds for (20 + 30) x 2 h, after the wall's 40 h."""
    steps = {"vote": {"title": "Vote", "duration": "20 h"}}
    issues = gate(
        visibility=["private"],
        private={"compartment": "room"},
        steps=steps,
        lead_time="30 h",
        slippage=2,
        after=["wall.down"],
    )
    down = opened(lead_time="40 h")
    issues["wall"] = {"title": "Wall", "levels": {"up": {"title": "Up"}, "down": down}}
    found = settle(toy(issues=issues))
    alone = found.row({"gate": "open (private)"})
    both = found.row({"gate": "open (private)", "wall": "down"})
    assert found.prob_leak[alone] == pytest.approx(1 - math.exp(-0.004 * 100))
    assert found.prob_leak[both] == pytest.approx(1 - math.exp(-0.004 * 140))
