"""Solved instances of 31 canonical models, each to the last digit that is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backchannel.games.gallery import solve_model

FILE = Path(__file__).resolve().parents[3] / "shared/data/models/known_answers.json"
pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason="the solved models, ../shared/data/models, are not here"
)


def instances() -> list[Any]:
    """Every instance of the file, with the model that it belongs to."""
    if not FILE.is_file():
        return []
    models = json.loads(FILE.read_text("utf-8"))["models"]
    return [
        pytest.param(model["id"], instance, id=instance["name"])
        for model in models
        for instance in model["instances"]
    ]


def differences(found: Any, wanted: Any, tolerance: float) -> list[str]:
    """Where two answers differ, keys included."""
    if isinstance(wanted, dict):
        if set(found) != set(wanted):
            return [f"keys {sorted(found)} instead of {sorted(wanted)}"]
        pairs = [(found[key], wanted[key]) for key in wanted]
    elif isinstance(wanted, list):
        if len(found) != len(wanted):
            return [f"{len(found)} rows instead of {len(wanted)}"]
        pairs = list(zip(found, wanted, strict=True))
    elif wanted is None or isinstance(wanted, (bool, str)):
        return [] if found == wanted else [f"{found!r} instead of {wanted!r}"]
    else:
        is_near = found is not None and abs(found - wanted) <= tolerance
        return [] if is_near else [f"{found!r} instead of {wanted!r}"]
    return [text for pair in pairs for text in differences(*pair, tolerance)]


@pytest.mark.parametrize(("name", "instance"), instances())
def test_a_solved_instance_is_met(name: str, instance: Any) -> None:
    """The core gives the same keys and the same numbers."""
    found = solve_model(name, instance["inputs"])
    assert differences(found, instance["expected"], 1e-9) == []


def test_a_wrong_number_key_or_count_is_found() -> None:
    """The comparison sees each way in which an answer can differ."""
    right = {"a": 1.0, "b": [{"c": None}]}
    assert differences({"a": 1.0, "b": [{"c": None}]}, right, 1e-9) == []
    for wrong in (
        {"a": 1.1, "b": [{"c": None}]},
        {"a": 1.0},
        {"a": 1.0, "b": []},
        {"a": 1.0, "b": [{"c": 0.0}]},
    ):
        assert differences(wrong, right, 1e-9)
