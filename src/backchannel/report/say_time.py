"""Section 1, how long there is: risk by hour, hours left, levers, ways to war."""

from __future__ import annotations

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.escalation.result import EscalationResult
from backchannel.report.records import Part, Section, Statement, say
from backchannel.report.risk_words import (
    ANSWER,
    horizon_of,
    hours_left,
    lever_change,
    lever_phrase,
    prob_war,
    strongest_levers,
    title_of_path,
)
from backchannel.report.show_risk import risk_figures, risk_tables
from backchannel.report.wording import number, span_of_time

QUESTION = "How long have we got?"


def without_escalation() -> Section:
    """The section of a crisis whose file has no escalation section."""
    said = (
        "The file has no escalation section, so this cannot be answered; what follows "
        "leaves war out."
    )
    return Section("time", 1, QUESTION, (say(said),), is_answered=False)


def say_time(crisis: Crisis, found: EscalationResult) -> Section:
    """Say how the risk grows, when it passes which level, and what would lower it."""
    statements = [_say_risk(found), _say_left(found)]
    statements += _say_ending(found)
    statements += _say_levers(crisis, found)
    statements += _say_paths(crisis, found)
    return Section(
        key="time",
        number=1,
        question=QUESTION,
        statements=tuple(statements),
        tables=tuple(risk_tables(crisis, found)),
        figures=tuple(risk_figures(crisis, found)),
    )


def _say_risk(found: EscalationResult) -> Statement:
    ahead = span_of_time(horizon_of(found))
    return say(
        f"If nobody agrees and nothing is changed, war comes within {ahead} with a "
        "chance of ",
        prob_war(found),
        ".",
    )


def _say_left(found: EscalationResult) -> Statement:
    early, late = hours_left(found, 0.05), hours_left(found, 0.25)
    return say("The risk passes 5 % after ", early, " and 25 % after ", late, ".")


def _say_ending(found: EscalationResult) -> list[Statement]:
    if not found.prob_settled.any():
        return []
    ended = number("prob_ended.horizon", "chance", found.prob_settled[:, -1], ANSWER)
    return [say("It ends without war in that time with a chance of ", ended, ".")]


def _say_levers(crisis: Crisis, found: EscalationResult) -> list[Statement]:
    effects = strongest_levers(found)
    if not effects:
        return []
    best, worst = effects[0], effects[-1]
    said: list[Part] = []
    if np.median(best.difference) < 0:
        what = lever_phrase(crisis, best)
        said += [f"What would lower it most: {what}, ", lever_change(best), "."]
    if np.median(worst.difference) > 0:
        what = lever_phrase(crisis, worst)
        opening = f"{' ' if said else ''}What would raise it most: {what}, "
        said += [opening, lever_change(worst), "."]
    return [say(*said)] if said else []


def _say_paths(crisis: Crisis, found: EscalationResult) -> list[Statement]:
    told = [path for path in found.paths if path.causes]
    if not told:
        return []
    share = number("path.1.share", "share", told[0].share, ANSWER)
    return [
        say(
            "The likeliest way there, with every number at its median, makes up ",
            share,
            f" of all wars: {title_of_path(crisis, told[0])}.",
        )
    ]
