"""Dates of packages against networks worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.settlement import plan_timetable
from backchannel.settlement.performance import step_order
from tests.settlement.random_crises import random_crisis
from tests.settlement.toys import gate, opened, toy

BOTH = {"gate": "open", "wall": "down"}


def works() -> dict[str, Any]:
    """Gate: a (5 h) and b (7 h) side by side, c (2 h) after a, then 10 h, all x 2.

    Wall: 30 h, after the gate.
    """
    steps = {
        "a": {"title": "A", "duration": "5 h"},
        "b": {"title": "B", "duration": "7 h"},
        "c": {"title": "C", "duration": "2 h", "after": ["a"]},
    }
    issues = gate(steps=steps, lead_time="10 h", slippage=2)
    down = opened(lead_time="30 h", after=["gate.open"])
    issues["wall"] = {"title": "Wall", "levels": {"up": {"title": "Up"}, "down": down}}
    return issues


def test_dates_by_hand() -> None:
    """Gate after (7 + 10) x 2 = 34 h, wall after 64 h; a, b and c are all critical."""
    crisis = toy(issues=works())
    found = plan_timetable(crisis, BOTH, draws=draw_numbers(crisis, 3, 1))
    assert found.total.median == 64.0
    assert [t.finish.median for t in found.terms] == [34.0, 64.0]
    assert [t.start.median for t in found.terms] == [0.0, 34.0]
    assert all(a.criticality == 1.0 for a in found.activities)
    assert len(str(found).splitlines()) <= 6


def test_a_shorter_step_is_not_critical() -> None:
    """With b at 8 h the chain a, c has slack and b alone decides."""
    issues = works()
    issues["gate"]["levels"]["open"]["steps"]["b"]["duration"] = "8 h"
    crisis = toy(issues=issues)
    found = plan_timetable(crisis, BOTH, draws=draw_numbers(crisis, 3, 1))
    shares = {a.step: a.criticality for a in found.activities if a.step}
    assert shares == {"a": 0.0, "b": 1.0, "c": 0.0}


def test_level_that_is_not_in_the_package_is_not_waited_for() -> None:
    """The wall alone takes its own 30 h."""
    crisis = toy(issues=works())
    found = plan_timetable(crisis, {"wall": "down"}, draws=draw_numbers(crisis, 3, 1))
    assert found.total.median == 30.0


def test_circle_of_steps_is_refused() -> None:
    """Steps that wait for each other are named, though the loader refuses them too."""
    crisis = toy(issues=works())
    level = crisis.issues["gate"].levels["open"]
    steps = dict(level.steps)
    steps["a"] = steps["a"].model_copy(update={"after": ("c",)})
    circular = level.model_copy(update={"steps": steps})
    with pytest.raises(ModelError, match="waits for itself"):
        step_order("issues.gate.levels.open", circular)


def test_circle_of_levels_is_refused() -> None:
    """Levels that wait for each other are named."""
    crisis = toy(issues=works())
    wall = crisis.issues["wall"].levels["down"]
    level = crisis.issues["gate"].levels["open"]
    ref = wall.after[0].model_copy(update={"issue": "wall", "level": "down"})
    levels = crisis.issues["gate"].levels | {
        "open": level.model_copy(update={"after": (ref,)})
    }
    issues = crisis.issues | {
        "gate": crisis.issues["gate"].model_copy(update={"levels": levels})
    }
    circular: Crisis = crisis.model_copy(update={"issues": issues})
    with pytest.raises(ModelError, match="waits for itself"):
        plan_timetable(circular, BOTH, draws=draw_numbers(crisis, 3, 1))


def test_random_timetables_verify() -> None:
    """Packages of 25 random crises: dates and criticality pass their check."""
    for seed in range(25):
        crisis = random_crisis(seed)
        package = {i: list(r.levels)[-1] for i, r in crisis.issues.items()}
        draws = draw_numbers(crisis, 7, seed)
        found = plan_timetable(crisis, package, draws=draws)
        assert found.certificate.is_verified
        assert found.check(crisis).is_verified


def test_tampered_dates_are_found() -> None:
    """A total, a band or a critical flag that is changed fails the check."""
    crisis = toy(issues=works())
    found = plan_timetable(crisis, BOTH, draws=draw_numbers(crisis, 3, 1))
    assert found.check(crisis).is_verified
    total = replace(found, total_by_draw=found.total_by_draw * 0.99)
    first = replace(
        found.activities[0], is_critical=np.zeros_like(found.activities[0].is_critical)
    )
    flag = replace(found, activities=(first, *found.activities[1:]))
    term = replace(found.terms[0], criticality=0.5)
    share = replace(found, terms=(term, *found.terms[1:]))
    for tampered in (total, flag, share):
        assert not tampered.check(crisis).is_verified
    with pytest.raises(ModelError, match="another version"):
        found.check(toy())
