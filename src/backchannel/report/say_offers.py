"""Which offer to make now and which after a refusal: the plan, in words and tables."""

from __future__ import annotations

from backchannel.crisis.model import Crisis
from backchannel.report.naming import (
    difference_title,
    package_title,
    title_of_actor,
)
from backchannel.report.records import Number, Part, Statement, Table, row_of, say
from backchannel.report.trips import TAKEN_TO_ACCEPT, runs_a_risk
from backchannel.report.wording import clean, counted, number, quoted
from backchannel.settlement.offer_plan import OfferPlan, OfferStep, SingleOffer
from backchannel.settlement.settlements import Settlements

ANSWER = "offers"


def say_plan(crisis: Crisis, plan: OfferPlan, found: Settlements) -> list[Statement]:
    """Say what to offer now, what after a refusal, and what that is worth."""
    sender = quoted(title_of_actor(crisis, plan.sender))
    if not plan.singles:
        return []
    if not plan.steps:
        return [
            say(
                f"For {sender} silence is worth more than any offer over a channel "
                "that exists: what would be accepted is worth no more than no deal."
            )
        ]
    said = [_say_step(crisis, plan.steps[0], found, f"To offer now, for {sender}", 1)]
    for turn, step in enumerate(plan.steps[1:], start=2):
        said.append(_say_step(crisis, step, found, "If that is refused", turn))
    parts: list[Part] = [
        f"{'So planned, talks are' if len(plan.steps) > 1 else 'That is'} worth ",
        number("plan.gain", "worth", plan.gain, ANSWER),
        f" more than silence to {sender}",
    ]
    if len(plan.steps) > 1:
        alone = plan.value_of_first - float(plan.value_of_silence.mean())
        parts += [
            "; the best single offer ",
            number("plan.gain_of_first", "worth", alone, ANSWER),
        ]
    risk = ", the risk that runs until each answer charged"
    said.append(say(*parts, f"{risk if runs_a_risk(crisis) else ''}."))
    return said


def _say_step(
    crisis: Crisis, step: OfferStep, found: Settlements, opening: str, turn: int
) -> Statement:
    title = package_title(crisis, found.packages.terms(step.row))
    return say(
        f"{opening}: {title}; by {_by(crisis, step)}. It is accepted in ",
        _accepted(step, turn),
        " of the draws.",
    )


def _accepted(step: OfferStep, turn: int) -> Number:
    name = f"plan.step{turn}.accepted"
    return number(name, "share", step.prob_accepted, ANSWER)


def _by(crisis: Crisis, made: OfferStep | SingleOffer) -> str:
    offer, reply = (clean(crisis.channels[n].title) for n in (made.offer, made.reply))
    return f"{quoted(offer)}, answered by {quoted(reply)}"


def short_plan_table(crisis: Crisis, plan: OfferPlan, found: Settlements) -> Table:
    """The offer to make now, for the terminal, and below it what after a refusal."""
    first = plan.steps[0]
    terms = found.packages.terms(first.row)
    channel = clean(crisis.channels[first.offer].title)
    row = row_of(package_title(crisis, terms), channel, _accepted(first, 1))
    then = ""
    if len(plan.steps) > 1:
        second = plan.steps[1]
        after = found.packages.terms(second.row)
        then = (
            f"if refused, {_accepted(second, 2).text} more by "
            f"{clean(crisis.channels[second.offer].title)}: "
            f"{difference_title(crisis, after, terms)}"
        )
    return Table(
        "plan_short",
        "What to offer now",
        ("to offer now", "by", "accepted"),
        (row,),
        ANSWER,
        where="terminal",
        n_names=2,
        details=(then,),
    )


def single_table(crisis: Crisis, plan: OfferPlan, found: Settlements) -> Table:
    """The best offer to make now over each channel."""
    rows = [_single_row(crisis, single, found) for single in plan.singles]
    risk = ["war before the answer"] if runs_a_risk(crisis) else []
    note = (
        f"Of the {counted(plan.method.n_candidates, 'package')} that are settled most "
        "often. “Gain”: of the sender over silence"
    )
    others = len(crisis.parties) > 2
    note += f". {TAKEN_TO_ACCEPT}" if others else "."
    return Table(
        "plan_singles",
        "The best single offer to make now, by channel",
        ("offer by", "answer by", "what to offer", "accepted", *risk, "gain"),
        tuple(rows),
        ANSWER,
        note,
    )


def _single_row(
    crisis: Crisis, single: SingleOffer, found: Settlements
) -> tuple[Statement, ...]:
    name = f"plan.by.{single.offer}"
    war = number(f"{name}.prob_war", "share", single.prob_war, ANSWER)
    return row_of(
        clean(crisis.channels[single.offer].title),
        clean(crisis.channels[single.reply].title),
        package_title(crisis, found.packages.terms(single.row)),
        number(f"{name}.accepted", "share", single.prob_accepted, ANSWER),
        *([war] if runs_a_risk(crisis) else []),
        number(f"{name}.gain", "worth", single.gain, ANSWER),
    )
