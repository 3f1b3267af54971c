"""The cheapest change against amounts worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from backchannel.crisis.draws import draw_numbers
from backchannel.settlement import find_settlements
from backchannel.settlement.amounts import smallest_by_bisection, smallest_by_order
from backchannel.settlement.cells import all_draws
from tests.settlement.random_crises import has_packages, random_crisis, random_risk
from tests.settlement.toys import gate, hidden, opened, settle, toy, veto

OPEN = {"gate": "open"}


def test_side_payment_by_order_statistic() -> None:
    """Bravo gains w - 1 to w + 5 with 201 draws of its worth: the median decides."""
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": [-12, -6]}},
    }
    found = settle(toy(values=values), n_draws=201)
    losses = -found.of_one_package(OPEN).gains[1, 0]
    first = found.change(OPEN)[0]
    assert (first.kind, first.actor, first.payer) == ("side_payment", "bravo", "alpha")
    assert first.amount == pytest.approx(float(np.sort(losses)[100]))
    assert first.cost == first.amount
    assert first.prob_settled == pytest.approx(101 / 201)


def test_reassurance_by_bisection() -> None:
    """House passes -3 with 0.2; shifted by 3 it passes with one half."""
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": -3}},
    }
    found = settle(toy(values=values, ratification={"home": veto("house")}))
    assert found.prob_settled[0] == pytest.approx(0.2)
    changes = {(c.kind, c.actor, c.payer): c for c in found.change(OPEN)}
    reassured = changes["reassurance", "house", ""]
    assert reassured.amount == pytest.approx(3.0, abs=2e-6)
    assert reassured.prob_settled >= 0.5
    # Either party can pay house the same three points and still gain.
    for payer in ("alpha", "bravo"):
        paid = changes["side_payment", "house", payer]
        assert paid.amount == pytest.approx(3.0, abs=2e-6)


def test_visibility_switch_is_found() -> None:
    """House refuses the gate in public; private it passes, at no loss to anybody."""
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": -9}},
    }
    crisis = toy(
        issues=hidden(secret_for="1 h"),
        values=values,
        ratification={"home": veto("house")},
    )
    found = settle(crisis)
    first = found.change(OPEN)[0]
    assert first.kind == "visibility"
    assert str(first.choice) == "open (private)"
    assert first.cost == 0.0
    assert first.prob_settled == found.prob_settled[first.package]


def test_level_switch_costs_the_median_loss() -> None:
    """Ajar instead of open: alpha loses 10 - 4 = 6 and bravo gains."""
    issues = gate()
    issues["gate"]["levels"]["ajar"] = opened()
    values = {
        "alpha": {"gate": {"open": 10, "ajar": 4}},
        "bravo": {"gate": {"open": -50, "ajar": 0}},
    }
    found = settle(toy(issues=issues, values=values))
    switch = next(c for c in found.change(OPEN) if c.kind == "level")
    assert (str(switch.choice), switch.cost) == ("ajar", 6.0)


def test_shorter_lead_time() -> None:
    """A leak is certain to bring it down: it must hold so briefly that l = 1/2.

    l = 1 - exp(-4 x 0.001 x 1000 f) = 0.5 at f = ln 2 / 4.
    """
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": -9}},
    }
    crisis = toy(
        issues=hidden(secret_for="1000 h"),
        values=values,
        ratification={"home": veto("house")},
    )
    found = settle(crisis)
    changes = {c.kind: c for c in found.change({"gate": "open (private)"})}
    assert changes["lead_time"].amount == pytest.approx(np.log(2) / 4, abs=2e-6)


def test_nothing_to_mend() -> None:
    """A package that passes needs no change, one beyond repair has none."""
    assert settle(toy()).change(OPEN) == ()
    values = {"alpha": {"gate": {"open": -30}}, "bravo": {"gate": {"open": -30}}}
    found = settle(toy(values=values))
    assert found.change(OPEN) == ()
    assert found.changes() == {0: None}


def test_the_cheapest_is_the_first() -> None:
    """Failing packages of 12 random crises: the short search agrees with the long one.

    Every change found is verified to pass, switches by the table of packages.
    """
    n_mended = 0
    for seed in range(12):
        crisis = random_crisis(seed)
        draws = draw_numbers(crisis, 9, seed)
        risk = random_risk(crisis, 9, seed)
        if not has_packages(crisis):
            continue
        found = find_settlements(crisis, draws=draws, risk=risk)
        for row, cheapest in found.changes(limit=3).items():
            every = found.change(row)
            assert (cheapest is None) == (not every)
            if cheapest is not None:
                n_mended += 1
                assert cheapest.cost == pytest.approx(every[0].cost, abs=1e-5)
            assert all(c.prob_settled >= 0.5 for c in every)
            assert [c.cost for c in every] == sorted(c.cost for c in every)
    assert n_mended > 8


def test_no_smaller_reassurance_passes() -> None:
    """Random crises: on a grid of 40 smaller amounts none passes."""
    n_tried = 0
    for seed in range(12):
        crisis = random_crisis(seed)
        draws = draw_numbers(crisis, 9, seed)
        if not has_packages(crisis):
            continue
        risk = random_risk(crisis, 9, seed)
        found = find_settlements(crisis, draws=draws, risk=risk)
        for row in np.flatnonzero(found.prob_settled < 0.5)[:3]:
            block = all_draws(found.valuation.only(np.array([row])))
            for change in found.change(int(row)):
                if change.kind != "reassurance":
                    continue
                n_tried += 1
                for amount in np.linspace(0.0, change.amount - 2e-6, 40):
                    cells = block.cells(shifts={change.actor: float(amount)})
                    assert cells.settled[0].mean() < 0.5
    assert n_tried > 5


def test_order_statistic_by_trial() -> None:
    """30 random sets of intervals, seed 1: no smaller endpoint would do."""
    rng = np.random.default_rng(1)
    for _ in range(30):
        low, length = rng.normal(0, 3, 40), rng.exponential(4, 40)
        weight = rng.random(40)
        high = low + length - 1.0
        found = smallest_by_order(low, high, weight)

        def mean(w: float, a=low, b=high, m=weight) -> float:
            return float(np.where((a <= w) & (w <= b), m, 0.0).mean())

        tried = [w for w in (0.0, *low[low > 0]) if mean(w) >= 0.5]
        assert found == (min(tried) if tried else None)


def test_bisection_stops_just_above() -> None:
    """The amount returned passes, and one 1e-6 smaller does not."""
    found = smallest_by_bisection(lambda w: float(w >= 0.123456789), 1.0)
    assert found is not None
    assert 0.123456789 <= found <= 0.123456789 + 1e-6
    assert smallest_by_bisection(lambda _: 0.0, 1.0) is None
