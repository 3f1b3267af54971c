"""Random small crises with every feature of the settlement room, by seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.crisis.load import load_mapping
from backchannel.crisis.model import Crisis
from backchannel.settlement.method import Exhaustive
from backchannel.settlement.packages import enumerate_packages

PARTIES = ("alpha", "bravo")
HOMES = ("house", "senate", "ally", "guards")


def random_crisis(seed: int) -> Crisis:
    """One valid crisis: private terms, all rules, consent, readings, guarantor."""
    return load_mapping(random_content(seed))


def random_content(seed: int) -> dict[str, Any]:
    """The same as plain values in the shape of the file."""
    rng = np.random.default_rng(seed)
    actors = _actors(rng)
    issues = _issues(rng, list(actors))
    return {
        "backchannel": 1,
        "name": "random",
        "title": f"Random crisis {seed}",
        "now": "2030-01-01T00:00Z",
        "horizon": "4 d",
        "actors": actors,
        "issues": issues,
        "values": _values(rng, list(actors), issues),
        "interactions": _interactions(rng, list(actors), issues),
        "ratification": _ratification(rng, list(issues)),
        "no_deal": {
            "fallback": {p: _number(rng, -20, 2) for p in PARTIES},
            "failure_cost": {p: _number(rng, 0, 8) for p in PARTIES if _coin(rng)},
        },
        "compartments": {
            "room": {
                "title": "Room",
                "holder": "alpha",
                "members": [a for a in (*HOMES, "third") if _coin(rng, 0.3)],
                "as_told": int(rng.integers(1, 6)),
                "as_was": _number(rng, 2, 12),
                "hazard_per_knower": {"loguniform": ["0.00005 /h", "0.002 /h"]},
            }
        },
    }


def has_packages(crisis: Crisis) -> bool:
    """Whether anything but the status quo can be put together."""
    try:
        return len(enumerate_packages(crisis, Exhaustive())) > 0
    except ModelError:
        return False


def _coin(rng: np.random.Generator, share: float = 0.5) -> bool:
    return bool(rng.random() < share)


def _number(rng: np.random.Generator, low: float, high: float) -> Any:
    """An exact number, an interval or a law between two ends."""
    a, b = np.sort(np.round(rng.uniform(low, high, 2), 1)).tolist()
    match int(rng.integers(4)):
        case 0:
            return a
        case 1:
            return {"triangular": [a, (a + b) / 2, b + 1]}
        case 2:
            return {"discrete": {str(a): 0.25, str(b + 1): 0.75}}
        case _:
            return [a, b]


def _actors(rng: np.random.Generator) -> dict[str, Any]:
    actors: dict[str, Any] = {
        name: {"title": name, "kind": "party", "threshold": _number(rng, -20, 10)}
        for name in PARTIES
    }
    for name in HOMES:
        actors[name] = {
            "title": name,
            "kind": "constituency",
            "of": PARTIES[int(rng.integers(2))],
            "threshold": _number(rng, -15, 5),
        }
        if _coin(rng, 0.7):
            actors[name]["pressure"] = _number(rng, 0, 6)
    for name, kind in (("third", "absent"), ("backer", "guarantor")):
        threshold = _number(rng, -15, 5)
        actors[name] = {"title": name, "kind": kind, "threshold": threshold}
    return actors


def _issues(rng: np.random.Generator, actors: list[str]) -> dict[str, Any]:
    names = [f"issue_{i}" for i in range(int(rng.integers(2, 4)))]
    levels = {n: [f"level_{i}" for i in range(int(rng.integers(1, 3)))] for n in names}
    issues: dict[str, Any] = {}
    for j, name in enumerate(names):
        record: dict[str, Any] = {"as_is": {"title": "as it is"}}
        earlier = [f"{n}.{level}" for n in names[:j] for level in levels[n]]
        others = [f"{n}.{x}" for n in names if n != name for x in (*levels[n], "as_is")]
        for level in levels[name]:
            made = _level(rng, actors, earlier, others)
            if _coin(rng, 0.2):
                reading = {
                    "text": "otherwise",
                    "as_level": _pick(rng, ["as_is", level]),
                }
                made["readings"] = {_pick(rng, actors): reading}
            record[level] = made
        issues[name] = {"title": name, "levels": record}
    if _coin(rng, 0.1):
        issues[names[-1]]["status"] = "parked"
    return issues


def _pick(rng: np.random.Generator, items: list[str]) -> str:
    return items[int(rng.integers(len(items)))]


def _level(
    rng: np.random.Generator, actors: list[str], earlier: list[str], others: list[str]
) -> dict[str, Any]:
    made: dict[str, Any] = {"title": "a level", "giver": _pick(rng, actors)}
    if _coin(rng):
        made["lead_time"] = ["1 d", "40 d"]
    if _coin(rng, 0.4):
        made["slippage"] = [1, 1.6]
    if _coin(rng, 0.4):
        made["steps"] = {
            "first": {"title": "first", "duration": ["1 d", "5 d"]},
            "second": {"title": "second", "duration": "4 d"},
            "third": {"title": "third", "duration": ["2 d", "3 d"], "after": ["first"]},
        }
    if earlier and _coin(rng, 0.4):
        made["after"] = [_pick(rng, earlier)]
    made["requires"] = _requires(rng, actors, others, 0.3)
    if _coin(rng, 0.6):
        made["visibility"] = ["private"] if _coin(rng, 0.2) else ["public", "private"]
        made["private"] = {
            "compartment": "room",
            "requires": _requires(rng, actors, others, 0.3),
            "penalty_if_leaked": {
                a: _number(rng, 0, 10) for a in actors if _coin(rng, 0.3)
            },
            "is_void_if_leaked": _coin(rng, 0.4),
        }
        if _coin(rng, 0.3):
            made["private"]["secret_for"] = ["10 d", "90 d"]
    return made


def _requires(
    rng: np.random.Generator, actors: list[str], others: list[str], share: float
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if _coin(rng, share / 2):
        found.append({"one_of": [_pick(rng, others), _pick(rng, others)]})
    if _coin(rng, share):
        found.append({"consent": _pick(rng, actors)})
    if _coin(rng, share / 2):
        found.append({"ratified_by": _pick(rng, actors)})
    return found


def _values(
    rng: np.random.Generator, actors: list[str], issues: dict[str, Any]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for actor in actors:
        low, high = (-8, 18) if actor in PARTIES else (-12, 12)
        values[actor] = {}
        for issue, record in issues.items():
            worths: dict[str, Any] = {}
            for level in list(record["levels"])[1:]:
                if _coin(rng, 0.7):
                    worths[level] = {"worth": _number(rng, low, high)}
                    if _coin(rng, 0.4):
                        worths[level]["audience_cost"] = _number(rng, 0, 8)
            values[actor][issue] = worths
    return values


def _interactions(
    rng: np.random.Generator, actors: list[str], issues: dict[str, Any]
) -> dict[str, Any]:
    found = {}
    for i in range(int(rng.integers(0, 3))):
        chosen = list(issues)[:2]
        levels = [f"{n}.{_pick(rng, list(issues[n]['levels']))}" for n in chosen]
        worth = _number(rng, -6, 6)
        actor = _pick(rng, actors)
        found[f"pair_{i}"] = {"actor": actor, "levels": levels, "worth": worth}
    return found


def _ratification(rng: np.random.Generator, issues: list[str]) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    for i in range(int(rng.integers(1, 4))):
        members = [h for h in HOMES if _coin(rng, 0.6)] or ["house"]
        rule: dict[str, Any] = {
            "title": f"rule {i}",
            "party": _pick(rng, list(PARTIES)),
        }
        rule["rule"] = _pick(rng, ["veto", "quota", "weighted", "pressure"])
        rule["members"] = {member: {} for member in members}
        if _coin(rng):
            rule["issues"] = [_pick(rng, issues)]
        if rule["rule"] == "quota":
            rule["quota"] = int(rng.integers(1, len(members) + 1))
        if rule["rule"] == "weighted":
            uncertain = _coin(rng)
            rule["share"] = [0.3, 0.7] if uncertain else 0.5
            for member in members:
                weight = [1, 3] if uncertain else int(rng.integers(1, 4))
                rule["members"][member] = {"weight": weight}
        rules[f"rule_{i}"] = rule
    return rules


def random_risk(crisis: Crisis, n_draws: int, seed: int) -> Any:
    """A curve of risk that rises to a different height in every draw."""
    from backchannel.crisis.risk import RiskCurve

    rng = np.random.default_rng(seed)
    hours = np.array([0.0, 10.0, 30.0, crisis.horizon.median()])
    rise = np.cumsum(rng.uniform(0.0, 0.15, (n_draws, 4)), axis=1)
    rise -= rise[:, :1]
    return RiskCurve(hours, rise, np.zeros_like(rise))
