"""Section 6, what would hold: which outcomes last, what deters and what spoils them."""

from __future__ import annotations

from backchannel.crisis.model import Crisis
from backchannel.report.named_packages import NamedPackage, call_best
from backchannel.report.naming import difference_title, title_of_actor
from backchannel.report.records import (
    Number,
    Part,
    Section,
    Statement,
    Table,
    row_of,
    say,
)
from backchannel.report.wording import listed, number
from backchannel.settlement.settlements import Settlements
from backchannel.stability.concepts import Concept
from backchannel.stability.holding import Act, CrisisStability, Holding, Reason

ANSWER = "stability"
QUESTION = "What would hold?"
NOBODY_MOVES = (
    "nobody with values in the file can change anything by itself, or there is too "
    "much that could be changed."
)
_HOW = (
    "An actor leaves an outcome where it gains by changing what it gives, alone, even "
    "after the others have answered as suits themselves. While an outcome is kept the "
    "danger is over; a breach brings it back for the whole horizon. A promise that "
    "requires another falls with it."
)
# Below this share of the draws a temptation is left out.
_NOTICEABLE = 0.005
_MAX_REASONS = 12


def say_stability(
    crisis: Crisis,
    found: CrisisStability | None,
    settlements: Settlements,
    named: tuple[NamedPackage, ...],
) -> Section:
    """Say in which draws each outcome holds, and what each actor could gain by leaving.

    Parameters
    ----------
    crisis : what the terms are called
    found : which outcomes hold; None where that cannot be asked
    settlements : whether the best package passes
    named : the packages by their names

    Returns
    -------
    Section
    """
    if found is None:
        said = NOBODY_MOVES[0].upper() + NOBODY_MOVES[1:]
        return Section("stability", 6, QUESTION, (say(said),), is_answered=False)
    called = _called(found, named)
    quo, *packages = called
    opening = [_say_quo(quo[2])]
    if packages:
        key, _, best = packages[0]
        opening.insert(0, _say_best(crisis, settlements, key, best))
    return Section(
        key="stability",
        number=6,
        question=QUESTION,
        statements=(
            *opening,
            *(
                _say_reason(crisis, key, reason)
                for key, _, outcome in called[:2]
                for reason in outcome.reasons
                if reason.share >= _NOTICEABLE
            ),
            say(_HOW),
            *_say_silent(crisis, found),
        ),
        tables=(_table(called), *_reasons_table(crisis, called)),
    )


_Called = tuple[str, str, Holding]
"""A key for its numbers, a name to print, and the outcome."""


def _called(found: CrisisStability, named: tuple[NamedPackage, ...]) -> list[_Called]:
    """The outcomes with the names of their packages; the status quo comes first."""
    names = [(package.terms, package.key, package.name) for package in named]
    names.insert(0, ({}, "status_quo", "No deal"))
    return [
        (key, name, outcome)
        for outcome in found.outcomes
        for terms, key, name in names
        if terms == outcome.terms
    ]


def _share(key: str, outcome: Holding, concept: Concept, *, calmly: bool) -> Number:
    name = f"holds.{key}" + (".calmly" if calmly else "")
    if concept is not Concept.SEQ:
        name += f".{concept}"
    return number(name, "share", outcome.share(concept, calmly=calmly), ANSWER)


def _say_best(
    crisis: Crisis, settlements: Settlements, key: str, outcome: Holding
) -> Statement:
    calmly = _share(key, outcome, Concept.SEQ, calmly=True)
    which = call_best(settlements)
    parts: list[Part] = [
        f"Once agreed, {which} holds in ",
        _share(key, outcome, Concept.SEQ, calmly=False),
        " of the draws",
    ]
    if crisis.escalation is not None:
        parts += ["; if the danger did not come back with a breach, in ", calmly]
    return say(*parts, ".")


def _say_quo(outcome: Holding) -> Statement:
    return say(
        "Without a deal, nobody gains by a first step alone in ",
        _share("status_quo", outcome, Concept.SEQ, calmly=False),
        " of the draws.",
    )


def _say_reason(crisis: Crisis, key: str, reason: Reason) -> Statement:
    who = title_of_actor(crisis, reason.act.actor)
    said = f"{who} would rather have {act_title(crisis, reason.act)}, in "
    parts: list[Part] = [said, _share_of(key, reason), " of the draws"]
    if not reason.is_deterred:
        return say(*parts, ", and nobody would gain by an answer that spoils it.")
    answers = [
        f"{title_of_actor(crisis, act.actor)} with {act_title(crisis, act)}"
        for act in reason.sanction
    ]
    return say(*parts, f", and is deterred by the answer: {', then '.join(answers)}.")


def act_title(crisis: Crisis, act: Act) -> str:
    """What a move changes, in words and set off."""
    terms = {
        issue: choice
        for issue, choice in act.changes
        if choice.level != crisis.issues[issue].status_quo
    }
    undone = {issue: choice for issue, choice in act.changes if issue not in terms}
    return f"“{difference_title(crisis, terms, undone)}”"


def _share_of(key: str, reason: Reason) -> Number:
    ending = "deterred" if reason.is_deterred else "leaves"
    name = f"holds.{key}.{reason.act.actor}.{ending}"
    return number(name, "share", reason.share, ANSWER)


def _say_silent(crisis: Crisis, found: CrisisStability) -> list[Statement]:
    if not found.silent:
        return []
    names = listed([title_of_actor(crisis, name) for name in found.silent])
    return [
        say(
            f"The file has no values for {names}, who give something and are taken to "
            "keep their word."
        )
    ]


def _table(called: list[_Called]) -> Table:
    rows = tuple(
        row_of(
            name,
            _share(key, outcome, Concept.SEQ, calmly=False),
            _share(key, outcome, Concept.SEQ, calmly=True) if outcome.terms else "—",
            _share(key, outcome, Concept.NASH, calmly=False),
            _share(key, outcome, Concept.GMR, calmly=False),
        )
        for key, name, outcome in called
    )
    return Table(
        key="stability",
        caption="Share of the draws in which nobody would leave an outcome",
        columns=(
            "outcome",
            "holds",
            "if the danger stayed away",
            "without any answer",
            "by threats that need not pay",
        ),
        rows=rows,
        answer=ANSWER,
        note="Holds: by answers that suit whoever gives them (sequential stability). "
        "Without any answer: Nash. By threats: general metarational stability.",
    )


def _reasons_table(crisis: Crisis, called: list[_Called]) -> tuple[Table, ...]:
    rows = [
        row_of(
            name,
            title_of_actor(crisis, reason.act.actor),
            act_title(crisis, reason.act),
            _share_of(key, reason),
            _answers(crisis, reason),
        )
        for key, name, outcome in called
        for reason in outcome.reasons
        if reason.share >= _NOTICEABLE
    ]
    if not rows:
        return ()
    return (
        Table(
            key="stability_reasons",
            caption="What would tempt whom, and what answers it",
            columns=("outcome", "who", "would rather have", "draws", "answer"),
            rows=tuple(rows[:_MAX_REASONS]),
            answer=ANSWER,
            note="Of several acts the commonest; its answer in the first draw with it.",
        ),
    )


def _answers(crisis: Crisis, reason: Reason) -> str:
    said = [
        f"{title_of_actor(crisis, act.actor)}: {act_title(crisis, act)}"
        for act in reason.sanction
    ]
    return ", then ".join(said) or "none that pays"
