"""Outcomes of a crisis judged again: worths from the file, verdicts by definition."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from backchannel.base.result import Certificate
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice
from backchannel.crisis.model import Crisis
from backchannel.crisis.worth import WAR
from backchannel.stability.around import look_around
from backchannel.stability.concepts import CONCEPTS
from backchannel.stability.literal import LiteralConflict
from backchannel.stability.methods import BoolArray

if TYPE_CHECKING:
    from backchannel.stability.holding import CrisisStability, Holding


def certify_crisis(
    crisis: Crisis,
    result: CrisisStability,
    outcomes: tuple[Holding, ...],
    n_draws: int,
) -> Certificate:
    """Judge some outcomes again in some draws, and count the verdicts that differ."""
    draws = np.unique(np.linspace(0, result.n_draws - 1, n_draws).astype(np.int64))
    wrong = counted = 0
    for outcome in outcomes:
        for draw in draws.tolist():
            said = outcome.holds[:, draw]
            judged = _judge(crisis, result, outcome, draw)
            wrong += int(np.count_nonzero(said != judged))
            counted += len(CONCEPTS)
    claim = f"{counted} verdicts, wrong ones"
    return Certificate(claim, float(wrong), 0.0, "the file and the definitions")


def _judge(
    crisis: Crisis, result: CrisisStability, outcome: Holding, draw: int
) -> BoolArray:
    around = look_around(crisis, outcome.terms)
    q = float(result.prob_war[draw])
    standing = [
        what_stands(crisis, around.terms(s)) for s in range(around.conflict.n_states)
    ]
    rows = []
    for actor in around.conflict.actors:
        fallback = crisis.no_deal.fallback.get(actor)
        kept = 0.0 if fallback is None else float(result.draws[fallback][draw])
        own = np.array(
            [
                literal_worth(crisis, actor, terms, result.draws, draw)
                for terms in standing
            ]
        )
        worth = q * WAR + (1.0 - q) * (kept + own)
        if outcome.terms:
            worth[around.state] = own[around.state]
        rows.append(np.unique(np.round(worth, 9), return_inverse=True)[1])
    ranked = replace(around.conflict, preference=np.array(rows, dtype=np.int32))
    literal = LiteralConflict(ranked, result.method)
    return np.array(
        [
            all(
                literal.is_stable(i, around.state, concept)
                for i in range(ranked.n_actors)
            )
            for concept in CONCEPTS
        ]
    )


def what_stands(crisis: Crisis, terms: dict[str, Choice]) -> dict[str, Choice]:
    """Terms without those that require what is not there, one after the other."""
    for issue, choice in terms.items():
        for need in crisis.issues[issue].levels[choice.level].requires:
            has = [_level(crisis, terms, ref.issue) == ref.level for ref in need.one_of]
            if has and not any(has):
                rest = {name: c for name, c in terms.items() if name != issue}
                return what_stands(crisis, rest)
    return terms


def _level(crisis: Crisis, terms: dict[str, Choice], issue: str) -> str:
    return terms[issue].level if issue in terms else crisis.issues[issue].status_quo


def literal_worth(
    crisis: Crisis, actor: str, terms: dict[str, Choice], draws: Draws, draw: int
) -> float:
    """u_a(x) in one draw, as the file says it, number by number."""
    total = 0.0
    seen = {
        issue: (_read(crisis, actor, issue, choice), choice.visibility)
        for issue, choice in terms.items()
        if _is_seen(crisis, actor, issue, choice)
    }
    for issue, (level, visibility) in seen.items():
        value = crisis.values.get(actor, {}).get(issue, {}).get(level)
        if value is None:
            continue
        total += float(draws[value.worth][draw])
        if visibility == "public" and value.audience_cost is not None:
            total -= float(draws[value.audience_cost][draw])
    taken = {issue: level for issue, (level, _) in seen.items()}
    for interaction in crisis.interactions.values():
        if interaction.actor == actor and all(
            taken.get(ref.issue, crisis.issues[ref.issue].status_quo) == ref.level
            for ref in interaction.levels
        ):
            total += float(draws[interaction.worth][draw])
    return total


def _read(crisis: Crisis, actor: str, issue: str, choice: Choice) -> str:
    reading = crisis.issues[issue].levels[choice.level].readings.get(actor)
    return reading.as_level if reading and reading.as_level else choice.level


def _is_seen(crisis: Crisis, actor: str, issue: str, choice: Choice) -> bool:
    if choice.visibility == "public" or crisis.actors[actor].kind == "party":
        return True
    private = crisis.issues[issue].levels[choice.level].private
    return private is not None and (
        actor in crisis.compartments[private.compartment].members
    )
