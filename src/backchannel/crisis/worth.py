"""What a term is worth to one actor, as it sees and reads it, and what no deal is."""

from __future__ import annotations

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice
from backchannel.crisis.issues import LevelValue
from backchannel.crisis.model import Crisis

WAR = -100.0
"""Worth of general war to every actor, by definition of the scale."""
Signed = tuple[tuple[int, Uncertain], ...]
"""Numbers to add up, each with its sign."""


def is_void(crisis: Crisis, issue: str, choice: Choice) -> bool:
    """Whether a leak frees the giver, so that the receiver gets nothing."""
    private = crisis.issues[issue].levels[choice.level].private
    return choice.visibility == "private" and bool(
        private and private.is_void_if_leaked
    )


def sees(
    crisis: Crisis, actor: str, issue: str, choice: Choice, *, is_leaked: bool
) -> bool:
    """Whether an actor sees this term; the status quo is no term.

    A leader sees all, everybody sees what is public or has leaked, and members of the
    compartment see what is private in it.
    """
    record = crisis.issues[issue]
    if choice.level == record.status_quo:
        return False
    if is_leaked or choice.visibility == "public":
        return True
    if crisis.actors[actor].kind == "party":
        return True
    private = record.levels[choice.level].private
    if private is None:
        return False
    return actor in crisis.compartments[private.compartment].members


def read_as(crisis: Crisis, actor: str, issue: str, level: str) -> str:
    """The level that this actor takes a level to be."""
    reading = crisis.issues[issue].levels[level].readings.get(actor)
    return (reading.as_level if reading else None) or level


def value_of(crisis: Crisis, actor: str, issue: str, level: str) -> LevelValue | None:
    """What a level is declared to be worth to an actor."""
    return crisis.values.get(actor, {}).get(issue, {}).get(level)


def valued_level(
    crisis: Crisis, actor: str, issue: str, choice: Choice, *, is_leaked: bool
) -> str:
    """The level that an actor reckons with: what it sees, as it reads it.

    What it does not see looks like the status quo; so does, once leaked, a void term.
    """
    if is_leaked and is_void(crisis, issue, choice):
        return crisis.issues[issue].status_quo
    if not sees(crisis, actor, issue, choice, is_leaked=is_leaked):
        return crisis.issues[issue].status_quo
    return read_as(crisis, actor, issue, choice.level)


def addends(
    crisis: Crisis, actor: str, issue: str, choice: Choice, *, is_leaked: bool
) -> Signed:
    """The numbers that a term brings an actor; after a leak its penalty with them."""
    level = valued_level(crisis, actor, issue, choice, is_leaked=is_leaked)
    found: list[tuple[int, Uncertain]] = []
    value = value_of(crisis, actor, issue, level)
    if value is not None:
        found.append((1, value.worth))
    is_open = is_leaked or choice.visibility == "public"
    if is_open and sees(crisis, actor, issue, choice, is_leaked=is_leaked):
        # A void promise is still one that was made in the open.
        said = read_as(crisis, actor, issue, choice.level)
        cost = value_of(crisis, actor, issue, said)
        if cost is not None and cost.audience_cost is not None:
            found.append((-1, cost.audience_cost))
    return (*found, *(penalty_of(crisis, actor, issue, choice) if is_leaked else ()))


def penalty_of(crisis: Crisis, actor: str, issue: str, choice: Choice) -> Signed:
    """What a leak of this term costs an actor, as a number to add up."""
    private = crisis.issues[issue].levels[choice.level].private
    if choice.visibility == "public" or private is None:
        return ()
    number = private.penalty_if_leaked.get(actor)
    return () if number is None else ((-1, number),)


def no_deal_worth(
    crisis: Crisis, party: str, draws: Draws, prob_war: FloatArray
) -> FloatArray:
    """V_p = prob_war x (-100) + (1 - prob_war) x fallback, (n_draws,)."""
    fallback = crisis.no_deal.fallback.get(party)
    kept = np.zeros(draws.n_draws) if fallback is None else draws[fallback]
    return np.asarray(prob_war * WAR + (1.0 - prob_war) * kept)
