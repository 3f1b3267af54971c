"""Small crises whose answers can be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from backchannel.crisis.draws import Draws, draw_numbers
from backchannel.crisis.load import load_mapping
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.settlement import Settlements, find_settlements


def toy(**sections: Any) -> Crisis:
    """Two parties, one constituency, one issue; sections given replace these.

    The open gate is worth 10 to alpha and 3 to bravo; no deal is worth -4 to both.
    """
    content: dict[str, Any] = {
        "backchannel": 1,
        "name": "toy",
        "title": "A toy",
        "now": "2030-01-01T00:00Z",
        "horizon": "100 h",
        "actors": actors(),
        "issues": {
            "gate": {
                "title": "Gate",
                "levels": {"shut": {"title": "Shut"}, "open": opened()},
            }
        },
        "values": {"alpha": {"gate": {"open": 10}}, "bravo": {"gate": {"open": 3}}},
        "no_deal": {"fallback": {"alpha": -4, "bravo": -4}},
        "compartments": {
            "room": {
                "title": "Room",
                "holder": "alpha",
                "as_told": 2,
                "as_was": 4,
                "hazard_per_knower": "0.001 /h",
            }
        },
    }
    return load_mapping(content | sections)


def actors(**more: Any) -> dict[str, Any]:
    """Alpha, bravo and alpha's house, which assents from somewhere in [-5, 5]."""
    return {
        "alpha": {"title": "Alpha", "kind": "party"},
        "bravo": {"title": "Bravo", "kind": "party", "deliberation": "2 h"},
        "house": {
            "title": "House",
            "kind": "constituency",
            "of": "alpha",
            "threshold": [-5, 5],
        },
    } | more


def opened(**more: Any) -> dict[str, Any]:
    """The level of the gate that is not the status quo."""
    return {"title": "Open", "giver": "bravo", "receiver": "alpha"} | more


def gate(**more: Any) -> dict[str, Any]:
    """The only issue, with more said about its level."""
    levels = {"shut": {"title": "Shut"}, "open": opened(**more)}
    return {"gate": {"title": "Gate", "levels": levels}}


def hidden(**more: Any) -> dict[str, Any]:
    """The gate may be opened in private, to be kept so for 100 hours."""
    private = {"compartment": "room", "secret_for": "100 h"} | more
    return gate(visibility=["public", "private"], private=private)


def veto(*members: str, party: str = "alpha", **more: Any) -> dict[str, Any]:
    """A rule by which each member must assent."""
    named = {member: {} for member in members}
    rule = {"title": "Veto", "party": party, "rule": "veto", "members": named}
    return rule | more


def risk_of(crisis: Crisis, prob_war: float, n_draws: int) -> RiskCurve:
    """A straight line to `prob_war` at the horizon, the same in every draw."""
    hours = np.array([0.0, crisis.horizon.median()])
    curve = np.tile([0.0, prob_war], (n_draws, 1))
    return RiskCurve(hours, curve, np.zeros_like(curve))


def settle(crisis: Crisis, prob_war: float = 0.0, n_draws: int = 4) -> Settlements:
    """The settlements of a toy."""
    draws: Draws = draw_numbers(crisis, n_draws, 1)
    return find_settlements(
        crisis, draws=draws, risk=risk_of(crisis, prob_war, n_draws)
    )
