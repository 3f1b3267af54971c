"""Small crises whose sampled answers are known in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backchannel.crisis.load import load_mapping
from backchannel.crisis.model import Crisis
from tests.escalation.random_crises import random_content

N_RUNGS = 3


def delayed_reply(delay: Any) -> Crisis:
    """One incident not yet answered; the order to reply surely fires, and is war."""
    content = bare_content()
    content["escalation"]["start"]["outstanding"] = ["clash"]
    content["escalation"]["standing_orders"] = {
        "reply": {
            "title": "Reply",
            "holder": "alpha",
            "trigger": ["clash"],
            "response": {"to_rung": "war"},
            "status": "in_force",
            "prob_fires": 1,
            "delay": delay,
        }
    }
    return load_mapping(content)


def self_exciting(hazard: float, excitation: float, cooling: float) -> Crisis:
    """Incidents that excite each other and change nothing else."""
    return load_mapping(exciting_content(hazard, excitation, cooling))


def exciting_content(
    hazard: float, excitation: float, cooling: float
) -> dict[str, Any]:
    """The same as the content of a file."""
    content = bare_content()
    content["horizon"] = "96 h"
    clash = content["escalation"]["incidents"]["clash"]
    clash |= {
        "hazard": f"{hazard} /h",
        "excited_by": {"heat": f"{excitation} /h"},
        "leaves": "heat",
    }
    heat = {"title": "Heat", "cooling": f"{cooling} h", "cap": 50}
    content["escalation"]["tokens"] = {"heat": heat}
    return content


def six_types(
    mean: Sequence[float],
    heat: Sequence[Sequence[float]],
    kinds: Sequence[int],
    cooling: Sequence[float],
    horizon: float,
) -> Crisis:
    """Types of incident that excite each other by kinds of heat, and change no rung.

    `mean` (n_types,) per hour, `heat` (n_types, n_kinds) per hour, `kinds` (n_types,)
    what each leaves, `cooling` (n_kinds,) hours.
    """
    content = bare_content()
    section = content["escalation"]
    content["horizon"] = f"{horizon} h"
    section["tokens"] = {
        f"heat_{k}": {"title": f"Heat {k}", "cooling": f"{hours} h", "cap": 50}
        for k, hours in enumerate(cooling)
    }
    section["incidents"] = {
        f"type_{i}": {
            "title": f"Type {i}",
            "harmed": "alpha",
            "hazard": f"{mean[i]} /h",
            "excited_by": {f"heat_{k}": f"{a} /h" for k, a in enumerate(heat[i])},
            "leaves": f"heat_{kinds[i]}",
        }
        for i in range(len(mean))
    }
    return load_mapping(content)


def bare_content() -> dict[str, Any]:
    """Three rungs, an incident that hardly ever occurs and a slow move, to build on."""
    content = random_content(1)
    content["horizon"] = "40 h"
    content.pop("deadlines")
    content["escalation"] = {
        "rungs": {name: {"title": name} for name in ("calm", "shots", "war")},
        "start": {"rung": "calm"},
        "incidents": {
            "clash": {"title": "Clash", "harmed": "alpha", "hazard": "0.000001 /h"}
        },
        "moves": {
            "lunge": {
                "title": "Lunge",
                "by": "bravo",
                "from_rung": "shots",
                "to_rung": "war",
                "hazard": "0.01 /h",
            }
        },
    }
    return content
