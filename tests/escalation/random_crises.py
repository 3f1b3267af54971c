"""Random small crises with every feature of the escalation section, by seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from backchannel.crisis.load import load_mapping
from backchannel.crisis.model import Crisis

PARTIES = ("alpha", "bravo")
_GATE = {
    "shut": {"title": "Shut"},
    "open": {"title": "Open", "giver": "bravo", "receiver": "alpha"},
}


def random_crisis(seed: int) -> Crisis:
    """One valid crisis of at most a few hundred states."""
    return load_mapping(random_content(seed))


def random_content(seed: int) -> dict[str, Any]:
    """The same as plain values in the shape of the file."""
    rng = np.random.default_rng(seed)
    rungs = ["calm", "shots", "strikes", "war"]
    settled = bool(rng.random() < 0.5)
    ladder: dict[str, Any] = {name: {"title": name} for name in rungs}
    ladder["shots"]["calming"] = _rate(rng, 0.01, 0.2)
    if settled:
        ladder = {"settled": {"title": "over", "is_settled": True}, **ladder}
        ladder["calm"]["settling"] = _rate(rng, 0.01, 0.1)
    escalation = {
        "rungs": ladder,
        "start": {
            "rung": "calm",
            "tokens": {"heat": int(rng.integers(0, 2))},
            "outstanding": [n for n in ("clash", "raid") if rng.random() < 0.4],
        },
        "postures": {
            "alert": {
                "title": "Alert",
                "controlled_by": "alpha",
                "settings": {"low": "low", "high": "high"},
                "now": "low",
            }
        },
        "tokens": {"heat": {"title": "Heat", "cooling": _hours(rng, 4, 30), "cap": 2}},
        "daylight": {"zone": "Europe/Berlin", "sunrise": 6.5, "sunset": 18.0},
        "incidents": _incidents(rng),
        "standing_orders": _orders(rng),
        "decisions": {
            "alpha": {
                "up": _share(rng, 0.5),
                "down": _share(rng, 0.4),
                "channel": "spot",
                "cap": int(rng.integers(1, 3)),
            }
        },
        "moves": {
            "lunge": {
                "title": "Lunge",
                "by": "bravo",
                "from_rung": "strikes",
                "to_rung": "war",
                "hazard": _rate(rng, 0.001, 0.05),
            }
        },
    }
    return {
        "backchannel": 1,
        "name": "random",
        "title": f"Random crisis {seed}",
        # The night on which clocks change lies within the horizon.
        "now": "2030-10-26T14:00Z",
        "horizon": "40 h",
        "actors": {
            n: {"title": n, "kind": "party", "deliberation": _hours(rng, 1, 6)}
            for n in PARTIES
        },
        "issues": {"gate": {"title": "Gate", "levels": _GATE}},
        "no_deal": {"fallback": dict.fromkeys(PARTIES, -5)},
        "channels": {
            "spot": _channel(rng, "One relay", 1),
            "relay": _channel(rng, "Two relays", 2),
        },
        "deadlines": {
            "dawn": {
                "title": "Dawn",
                "at": "2030-10-27T05:00Z",
                "set_by": "alpha",
                "declared": "internal",
                "if_passed": {
                    "prob": [0.2, 0.6] if rng.random() < 0.5 else 1,
                    "multiply": {"clash": 3.0},
                },
            },
            "noon": {
                "title": "Noon",
                "at": "2030-10-27T12:00Z",
                "set_by": "bravo",
                "declared": "internal",
                "if_passed": {"prob": [0.1, 0.4], "to_rung": "strikes"},
            },
        },
        "escalation": escalation,
    }


def _rate(rng: np.random.Generator, low: float, high: float) -> Any:
    a, b = np.sort(rng.uniform(low, high, 2)).round(4)
    return [f"{a} /h", f"{b + 1e-4:.4f} /h"]


def _hours(rng: np.random.Generator, low: float, high: float) -> Any:
    a, b = np.sort(rng.uniform(low, high, 2)).round(2)
    return [f"{a} h", f"{b + 0.1:.2f} h"]


def _share(rng: np.random.Generator, most: float) -> Any:
    a, b = np.sort(rng.uniform(0, most, 2)).round(3).tolist()
    return [a, min(most, b + 0.01)]


def _channel(rng: np.random.Generator, title: str, n_hops: int) -> dict[str, Any]:
    hops = {
        f"hop{k}": {"title": "Hop", "latency": _hours(rng, 0.2, 3)}
        for k in range(n_hops)
    }
    return {
        "title": title,
        "sender": "bravo",
        "receiver": "alpha",
        "use": "decisions",
        "hops": hops,
    }


def _incidents(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "clash": {
            "title": "Clash",
            "harmed": "alpha",
            "hazard": _rate(rng, 0.01, 0.2),
            "by_rung": {"shots": [1.5, 2.0], "strikes": 0 if rng.random() < 0.3 else 3},
            "by_posture": {"alert": {"high": [0.2, 0.8]}},
            "daylight": 1.6,
            "night": 0.3,
            "excited_by": {"heat": _rate(rng, 0.01, 0.05)},
            "leaves": "heat",
            "ignites": _share(rng, 0.3),
        },
        "raid": {
            "title": "Raid",
            "harmed": "bravo",
            "hazard": _rate(rng, 0.01, 0.1),
            "leaves": "heat",
        },
    }


def _orders(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "stand_to": {
            "title": "Stand to",
            "holder": "alpha",
            "trigger": ["clash"],
            "response": {"set_posture": {"alert": "high"}},
            "status": "in_force" if rng.random() < 0.5 else "proposed",
            "prob_fires": _share(rng, 0.6),
        },
        "fire_back": {
            "title": "Fire back",
            "holder": "alpha",
            "trigger": ["clash"],
            "response": {"climb": int(rng.integers(1, 3))},
            "status": "breached",
            "prob_fires": _share(rng, 0.9),
            "delay": _hours(rng, 0.5, 4),
            "countermand": _rate(rng, 0.05, 0.5),
        },
        "strike": {
            "title": "Strike",
            "holder": "bravo",
            "trigger": ["raid"],
            "response": {"to_rung": "strikes"},
            "status": "in_force",
            "prob_fires": _share(rng, 0.7),
        },
    }
