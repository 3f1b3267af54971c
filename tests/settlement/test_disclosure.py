"""What secrecy buys, against hand calculation."""

from __future__ import annotations

import math
from typing import Any

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
    assert term.best_without is None


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


def two_issues(**more: Any) -> dict[str, Any]:
    """The gate may be private; the wall may come down, in the open."""
    down = opened()
    wall = {"title": "Wall", "levels": {"up": {"title": "Up"}, "down": down}}
    return hidden(**more) | {"wall": wall}


def worth(bravo_wall: float, house: dict[str, float]) -> dict[str, Any]:
    """Alpha gains from both issues; what they are worth to bravo and the house."""
    return {
        "alpha": {"gate": {"open": 10}, "wall": {"down": 10}},
        "bravo": {"gate": {"open": 3}, "wall": {"down": bravo_wall}},
        "house": {issue: {name(issue): w} for issue, w in house.items()},
    }


def name(issue: str) -> str:
    """The level that differs from the status quo."""
    return {"gate": "open", "wall": "down"}[issue]


def test_secrecy_is_weighed_within_the_best_package() -> None:
    """The best package holds both issues; alone, the gate would need its secret.

    House sees -4 in the open gate (assents with 0.1), and +9 in the fallen wall, so
    in the best package it assents either way: secrecy buys nothing there, whatever it
    buys for a gate that nobody proposes alone.
    """
    crisis = toy(
        issues=two_issues(),
        values=worth(8, {"gate": -4, "wall": 9}),
        ratification={"home": veto("house")},
    )
    found = settle(crisis)
    (term,) = found.private_terms
    assert term.role == "best"
    assert term.package == found.best
    assert term.prob_private == pytest.approx(1.0)
    assert term.prob_public == pytest.approx(1.0)
    for row, seen in ((term.package_private, "private"), (term.package_public, "")):
        assert row is not None
        mark = " (private)" if seen else ""
        assert found.packages.label(row) == f"gate open{mark}, wall down"
    assert term.best_without is not None
    assert found.packages.label(term.best_without.package) == "wall down"


def test_best_package_may_hold_the_term_in_public() -> None:
    """A leak costs alpha 30 and house does not mind: the best holds it in the open."""
    penalty = {"penalty_if_leaked": {"alpha": 30}}
    found = settle(toy(issues=hidden(**penalty)))
    (term,) = found.private_terms
    assert found.packages.label(found.best) == "gate open"
    assert (term.role, term.package) == ("best", found.best)
    assert term.package_public == found.best
    assert found.packages.label(term.package_private or 0) == "gate open (private)"


@pytest.mark.parametrize(
    ("kept", "role", "label"),
    [
        ("gate: open (private)", "historical", "gate open (private)"),
        ("wall: down", "other", "gate open (private)"),
    ],
)
def test_where_the_best_package_lacks_the_term(
    kept: str, role: str, label: str
) -> None:
    """Bravo would lose by the gate: then history's package, or another, is named."""
    issue, choice = kept.split(": ")
    outcome = {"title": "So it went", "settled": True, "package": {issue: choice}}
    values = worth(8, {})
    values["alpha"]["gate"]["open"] = -3
    values["bravo"]["gate"]["open"] = -3
    found = settle(toy(issues=two_issues(), values=values, outcome=outcome))
    (term,) = found.private_terms
    assert found.packages.label(found.best) == "wall down"
    assert term.role == role
    assert term.package == term.package_private
    assert found.packages.label(term.package or 0) == label
    assert str(term).startswith(f"gate open, {role} package: P(settled) private")


def test_private_form_that_cannot_be_put_together() -> None:
    """Private only together with a fallen wall, which is parked: nothing to weigh."""
    issues = two_issues(requires=[{"one_of": ["wall.down"]}])
    issues["wall"]["status"] = "parked"
    (term,) = settle(toy(issues=issues)).private_terms
    assert (term.role, term.package, term.prob_private) == (None, None, None)
    assert term.best_with_private is None
    assert term.best_with_public is not None
