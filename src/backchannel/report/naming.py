"""What a reader calls the things of a crisis: actors, terms, packages, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.report.wording import clean

_PART = re.compile(r"\[(\d+)\]|([^.\[]+)")
_FIELDS = {
    "prob_fires": "chance that it is carried out",
    "prob_leak": "chance that a message leaks",
    "prob_detection": "chance that a breach is seen",
    "perceived_as_ultimatum": "chance that it is read as an ultimatum",
    "refuses_ultimatum": "chance of refusing an ultimatum",
    "hazard": "how often it happens",
    "hazard_per_knower": "how often one knower lets it out",
    "excited_by": "how much heat adds to it",
    "ignites": "chance that it climbs by itself",
    "up": "chance that the decision is to climb",
    "down": "chance that the decision is to step down",
    "latency": "delay",
    "delay": "delay",
    "countermand": "how fast it is called off",
    "cooling": "how long the heat lasts",
    "calming": "how fast talks calm it",
    "settling": "how fast it ends by itself",
    "deliberation": "time to decide",
    "threshold": "least it will accept",
    "pressure": "cost of its refusal",
    "lead_time": "time to perform",
    "slippage": "factor by which the work overruns",
    "secret_for": "how long it must stay secret",
    "penalty_if_leaked": "penalty if it leaks",
    "worth": "worth",
    "audience_cost": "cost of being seen to give it",
    "fallback": "worth of no deal",
    "failure_cost": "cost of a deal that fails at home",
    "as_told": "people who know, as told",
    "as_was": "people who know, as it was",
    "by_rung": "factor at the rung",
    "by_posture": "factor under the posture",
    "daylight": "factor by day",
    "night": "factor by night",
    "horizon": "how far ahead to look",
    "access_latency": "time to reach the principal",
    "duration": "duration",
    "length": "length",
    "repetitions": "repetitions",
    "credibility": "credibility to the observer",
    "deaths": "deaths",
    "weight": "weight",
    "share": "share needed",
    "prob": "chance that it follows",
}
# Keys that lead to the thing which has the title; saying them adds nothing.
_SECTIONS = frozenset(
    "actors issues levels values ratification members no_deal compartments channels "
    "hops deadlines forms if_passed escalation rungs postures tokens incidents "
    "standing_orders decisions moves chains nodes signals records spans people steps "
    "private verification daylight interactions offers".split()
)


def title_of_actor(crisis: Crisis, name: str) -> str:
    """The title of an actor; the name itself for somebody the file does not list."""
    actor = crisis.actors.get(name)
    return clean(actor.title) if actor is not None else clean(name)


def term_title(crisis: Crisis, issue: str, level: str, visibility: str = "") -> str:
    """A term in words: `The radar: It is shipped home (private)`."""
    record = crisis.issues[issue]
    words = f"{clean(record.title)}: {clean(record.levels[level].title)}"
    return f"{words} ({visibility})" if visibility else words


def package_title(crisis: Crisis, terms: Mapping[str, Choice]) -> str:
    """A package in words: every term that differs from the status quo.

    A term is marked private; it is marked public only where the file lets it be either.
    """
    shown = [
        term_title(crisis, issue, choice.level, _mark(crisis, issue, choice))
        for issue, choice in terms.items()
    ]
    return "; ".join(shown) if shown else "nothing changes"


def difference_title(
    crisis: Crisis, terms: Mapping[str, Choice], base: Mapping[str, Choice]
) -> str:
    """What a package says otherwise than another, term by term."""
    found = []
    for name, issue in crisis.issues.items():
        choice = terms.get(name)
        if choice == base.get(name):
            continue
        if choice is None:
            found.append(f"{clean(issue.title)}: as now")
        else:
            found.append(
                term_title(crisis, name, choice.level, _mark(crisis, name, choice))
            )
    return "; ".join(found) if found else "nothing"


def _mark(crisis: Crisis, issue: str, choice: Choice) -> str:
    """How a term is seen; public goes without saying where it can be nothing else."""
    allowed = crisis.issues[issue].levels[choice.level].visibility
    is_said = choice.visibility == "private" or len(allowed) > 1
    return choice.visibility if is_said else ""


def number_title(crisis: Crisis, path: str) -> str:
    """A number of the file in words, from its key.

    >>> from backchannel.crisis.load import load
    >>> number_title(load("strait"), "escalation.standing_orders.fire_back.prob_fires")
    'Fire back: chance that it is carried out'
    """
    if path.startswith("values."):
        return _worth_title(crisis, path)
    here: Any = crisis
    titles: list[str] = []
    field = ""
    for index, key in _PART.findall(path):
        here = _step(here, int(index) if index else key)
        if isinstance(here, BaseModel) and _title(here):
            titles.append(_title(here))
        elif not index and key in _FIELDS:
            field = _FIELDS[key]
        elif not index and key not in _SECTIONS:
            titles.append(_key_title(crisis, key))
    words = ", ".join(titles[-3:])
    if words and field:
        return f"{words}: {field}"
    return words or field or path


def _title(record: BaseModel) -> str:
    return clean(str(getattr(record, "title", "")))


def _step(here: Any, key: str | int) -> Any:
    if isinstance(here, BaseModel):
        return getattr(here, str(key), None)
    if isinstance(here, dict):
        return here.get(key)
    if isinstance(here, tuple) and isinstance(key, int) and key < len(here):
        return here[key]
    return None


def _key_title(crisis: Crisis, key: str) -> str:
    """Words for a bare key: an actor, a thing of the escalation section, or itself."""
    if key in crisis.actors:
        return title_of_actor(crisis, key)
    if crisis.escalation is not None:
        ladder = crisis.escalation
        for found in (ladder.rungs, ladder.tokens, ladder.postures, ladder.incidents):
            if key in found:
                return _title(found[key])
        for posture in ladder.postures.values():
            if key in posture.settings:
                return clean(posture.settings[key])
    return key.replace("_", " ")


def _worth_title(crisis: Crisis, path: str) -> str:
    _, actor, issue, level, *rest = path.split(".")
    who = title_of_actor(crisis, actor)
    term = term_title(crisis, issue, level)
    if rest == ["audience_cost"]:
        return f"{term}, cost to {who} of being seen to give it"
    return f"{term}, worth to {who}"
