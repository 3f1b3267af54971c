"""A swap of two promises, whose stability can be worked out by hand."""

from __future__ import annotations

from typing import Any

from backchannel.crisis.load import load_mapping
from backchannel.crisis.model import Crisis

DEAL = {"ships": "gone", "base": "closed"}


def swap(**changed: Any) -> Crisis:
    """North sends its ships home, south closes its base; each gains by the other's act.

    Every number is uncertain, so that draws of all kinds come up; sections given
    replace these.
    """
    content: dict[str, Any] = {
        "backchannel": 1,
        "name": "swap",
        "title": "A swap",
        "now": "2030-01-01T00:00Z",
        "horizon": "100 h",
        "actors": {
            "north": {"title": "North", "kind": "party"},
            "south": {"title": "South", "kind": "party"},
        },
        "issues": issues(),
        "values": {
            "north": {"ships": {"gone": [-9, 1]}, "base": {"closed": [0, 12]}},
            "south": {"ships": {"gone": [0, 12]}, "base": {"closed": [-9, 1]}},
        },
        "no_deal": {"fallback": {"north": [-8, 4], "south": [-8, 4]}},
    }
    return load_mapping(content | changed)


def issues(*, ships: dict[str, Any] | None = None, **base: Any) -> dict[str, Any]:
    """The two issues, with more said about the level of either."""
    return {
        "ships": {
            "title": "Ships",
            "levels": {
                "here": {"title": "Here"},
                "gone": {"title": "Gone", "giver": "north"} | (ships or {}),
            },
        },
        "base": {
            "title": "Base",
            "levels": {
                "open": {"title": "Open"},
                "closed": {"title": "Closed", "giver": "south"} | base,
            },
        },
    }
