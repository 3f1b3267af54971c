"""Small crises for the tests: strait, and strait with parts taken out or added."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from backchannel.crisis.load import load_mapping, shipped_crises
from backchannel.crisis.model import Crisis
from backchannel.crisis.yaml_source import read_yaml
from backchannel.report import Brief, make_brief
from backchannel.study import run_study

N_DRAWS = 60


@cache
def _strait() -> Any:
    return read_yaml(shipped_crises()["strait"])


def strait_tree() -> dict[str, Any]:
    """The content of strait, free to be changed."""
    return plain(_strait())


def plain(value: Any) -> Any:
    """Mappings and lists without their places in the file."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return copy.copy(value)


def brief_of(tree: dict[str, Any]) -> Brief:
    """The brief of a crisis given as plain values."""
    crisis: Crisis = load_mapping(tree)
    return make_brief(run_study(crisis, n_draws=N_DRAWS, seed=1))


def without_escalation() -> dict[str, Any]:
    """Strait without its ladder."""
    tree = strait_tree()
    del tree["escalation"]
    return tree


def without_private_terms() -> dict[str, Any]:
    """Strait with nothing that may be private."""
    tree = strait_tree()
    level = tree["issues"]["radar"]["levels"]["leaves"]
    level["visibility"] = ["public"]
    del level["private"], tree["compartments"]
    tree["offers"]["tonight"]["package"]["radar"] = "leaves"
    return tree


def without_channels() -> dict[str, Any]:
    """Strait with nobody able to send word."""
    tree = strait_tree()
    del tree["channels"], tree["offers"], tree["behaviour"]
    return tree


def without_agreement() -> dict[str, Any]:
    """Strait with every concession worth far more than any gain."""
    tree = strait_tree()
    tree["values"]["alpha"]["radar"] = {"leaves": {"worth": -90}}
    tree["values"]["alpha"]["tanker"] = {"released": {"worth": -90}}
    tree["values"]["bravo"]["passage"] = {"escorted": -90, "open": -90}
    return tree


def with_three_parties() -> dict[str, Any]:
    """Strait with Cedar as a party of its own."""
    tree = strait_tree()
    tree["actors"]["cedar"] = {"title": "Cedar", "kind": "party"}
    del tree["ratification"]["at_home"]["members"]["cedar"]
    tree["no_deal"]["fallback"]["cedar"] = [-6, -2]
    tree["values"]["cedar"]["radar"] = {"leaves": [-4, 2]}
    return tree


PARTIAL = {
    "no escalation": without_escalation,
    "no private terms": without_private_terms,
    "no channels": without_channels,
    "no agreement": without_agreement,
    "three parties": with_three_parties,
}
