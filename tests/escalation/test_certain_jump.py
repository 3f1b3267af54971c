"""A deadline that is sure to be carried out is told as the cause it is."""

from __future__ import annotations

import pytest

from backchannel.crisis.load import load_mapping
from backchannel.escalation import simulate_escalation


def crisis_with_deadline(prob: float):
    rungs = ("calm", "clashes", "mobilised", "war")
    return load_mapping(
        {
            "backchannel": 1,
            "name": "jump",
            "title": "A jump",
            "now": "2030-01-01 00:00Z",
            "horizon": "48 h",
            "actors": {p: {"title": p, "kind": "party"} for p in ("a", "b")},
            "issues": {
                "x": {
                    "title": "X",
                    "levels": {"q": {"title": "Q"}, "y": {"title": "Y"}},
                }
            },
            "no_deal": {"fallback": {"a": 0, "b": 0}},
            "deadlines": {
                "d": {
                    "title": "Ultimatum",
                    "at": "2030-01-01 10:00Z",
                    "set_by": "a",
                    "declared": "ultimatum",
                    "if_passed": {"prob": prob, "to_rung": "mobilised"},
                }
            },
            "escalation": {
                "rungs": {rung: {"title": rung} for rung in rungs},
                "start": {"rung": "calm"},
                "incidents": {
                    "i": {
                        "title": "I",
                        "harmed": "a",
                        "hazard": "0.01 /h",
                        "ignites": 1,
                    }
                },
            },
        }
    )


@pytest.mark.parametrize("prob", [0.5, 1.0])
def test_the_deadline_stands_in_the_likeliest_chain(prob: float) -> None:
    result = simulate_escalation(crisis_with_deadline(prob), n_draws=1)
    first = result.paths[0]
    assert first.causes
    assert "Ultimatum" in first.text
    assert sum(path.share for path in result.paths) == pytest.approx(1, abs=1e-9)
