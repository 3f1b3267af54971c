"""Section 3, what has to stay private: each private term seen three ways, and leaks."""

from __future__ import annotations

from backchannel.crisis.model import Crisis
from backchannel.report.naming import package_title
from backchannel.report.records import (
    Number,
    Part,
    Section,
    Statement,
    Table,
    row_of,
    say,
)
from backchannel.report.show_secrecy import (
    ANSWER,
    call_package,
    most_telling,
    secrecy_figures,
    title_of_term,
    what_secrecy_buys,
)
from backchannel.report.values import value_text
from backchannel.report.wording import banded, clean, listed, number, quoted
from backchannel.settlement.disclosure import PrivateTerm
from backchannel.settlement.settlements import Settlements

QUESTION = "What has to stay private?"
NOTICEABLE = 0.02
"""Below this difference in the chance secrecy is said to make none."""


def say_secrecy(crisis: Crisis, found: Settlements) -> Section:
    """Say what each private term is worth if it is private, public, or gets out."""
    terms = most_telling(found)
    if not terms:
        said = "The file lets no term be private, so there is no secret to weigh."
        return Section("secrecy", 3, QUESTION, (say(said),), is_answered=False)
    statements = [
        s for t in terms for s in (_say_worth(crisis, found, t), _say_leak(crisis, t))
    ]
    statements += [
        s
        for room in dict.fromkeys(term.compartment for term in terms)
        for s in _say_room(crisis, room)
    ]
    return Section(
        key="secrecy",
        number=3,
        question=QUESTION,
        statements=tuple(statements),
        tables=(_short_table(crisis, found, terms), _full_table(crisis, found, terms)),
        figures=secrecy_figures(crisis, found, statements[0].text),
    )


def settled_if(term: PrivateTerm, case: str) -> Number | None:
    """Chance of a settlement if the term is `private`, `public` or `leaked`."""
    value = {
        "private": term.prob_private,
        "public": term.prob_public,
        "leaked": term.prob_if_leaked,
    }[case]
    name = f"secrecy.{term.issue}.{term.level}.{case}"
    return None if value is None else number(name, "share", value, ANSWER)


def _leak(term: PrivateTerm, version: str) -> Number:
    found = term.prob_leak["as_told" if version == "as_told" else "as_was"]
    name = f"leak.{term.issue}.{term.level}.{version}"
    return banded(name, "chance", (found.median, found.low, found.high), ANSWER)


def _say_worth(crisis: Crisis, found: Settlements, term: PrivateTerm) -> Statement:
    title = quoted(title_of_term(crisis, term))
    private, public = settled_if(term, "private"), settled_if(term, "public")
    leaked = settled_if(term, "leaked")
    if private is None or term.package is None:
        return say(f"No package that holds {title} privately can be put together.")
    which = call_package(found, term)
    if term.role == "other":
        terms = found.packages.terms(term.package)
        which += f" ({package_title(crisis, terms)})"
    parts: list[Part] = [f"If {title} is kept private, {which} would be accepted and "]
    parts += ["ratified with a chance of ", private]
    if public is not None:
        parts += ["; if it is made public, with ", public]
    if leaked is not None:
        parts += ["; if it gets out before it is performed, with ", leaked]
    parts.append(".")
    if public is None:
        parts.append(" The file does not let it be public there.")
    elif abs(what_secrecy_buys(term)) < NOTICEABLE:
        parts.append(" Secrecy makes no difference worth the name.")
    elif what_secrecy_buys(term) < 0:
        parts.append(" It would do better in public.")
    return say(*parts)


def _say_leak(crisis: Crisis, term: PrivateTerm) -> Statement:
    hours = term.hours_secret
    name = f"secret_for.{term.issue}.{term.level}"
    hold = banded(name, "hours", (hours.median, hours.low, hours.high), ANSWER)
    if hours.high <= 0:
        return say(
            "It is performed at once: the file leaves no time in which it could leak."
        )
    room = crisis.compartments[term.compartment]
    was = f"{value_text(room.as_was)} people know it"
    chance = "the chance of a leak in that time is "
    parts: list[Part] = ["It must stay secret for ", hold]
    if room.as_told is not None:
        told = f"{value_text(room.as_told)} people know it"
        opening = f". As the other side was told, {told}, and the chance of a leak in "
        parts += [f"{opening}that time would be ", _leak(term, "as_told")]
        parts.append(f"; by the file, {was}, and it is ")
    else:
        parts.append(f". By the file, {was}, and {chance}")
    parts += [_leak(term, "as_was"), "."]
    return say(*parts)


def _say_room(crisis: Crisis, name: str) -> list[Statement]:
    """Who is named as knowing, and who was kept out on purpose."""
    room = crisis.compartments[name]
    said = []
    if room.people:
        said.append(f"Named as knowing: {listed([clean(p) for p in room.people])}.")
    if room.kept_out:
        said.append(f"Kept out: {listed([clean(p) for p in room.kept_out])}.")
    return [say(f"{clean(room.title)}. {' '.join(said)}")] if said else []


def _named(crisis: Crisis, found: Settlements, term: PrivateTerm) -> str:
    """The term, and the package that it was weighed in."""
    title = title_of_term(crisis, term)
    if term.package is None:
        return title
    return f"{title} (in {call_package(found, term)})"


def _short_table(crisis: Crisis, found: Settlements, terms: list[PrivateTerm]) -> Table:
    """The terms weighed in the package named first; of the others only one."""
    first = terms[0]
    held = [t for t in terms if t.role == first.role][
        : 1 if first.role == "other" else 3
    ]
    cases = ("private", "public", "leaked")
    rows = tuple(
        row_of(
            title_of_term(crisis, term),
            *(settled_if(term, case) or "—" for case in cases),
            _leak(term, "as_was"),
        )
        for term in held
    )
    which = "" if first.package is None else f" of {call_package(found, first)}"
    return Table(
        "secrecy_short",
        "Secrecy",
        (f"acceptance{which}, if this is", *cases, "chance of a leak"),
        rows,
        ANSWER,
        where="terminal",
    )


def _full_table(crisis: Crisis, found: Settlements, terms: list[PrivateTerm]) -> Table:
    rows = []
    for term in terms:
        room = crisis.compartments[term.compartment]
        told: Part = _leak(term, "as_told") if room.as_told is not None else "not said"
        cases = [settled_if(term, c) or "—" for c in ("private", "public", "leaked")]
        without = term.best_without
        name = f"secrecy.{term.issue}.{term.level}.absent"
        absent: Part = (
            "—"
            if without is None
            else number(name, "share", without.prob_settled, ANSWER)
        )
        title = _named(crisis, found, term)
        rows.append(row_of(title, *cases, absent, told, _leak(term, "as_was")))
    return Table(
        key="secrecy",
        caption="Chance that a package is accepted and ratified, by how a private "
        "term is seen",
        columns=(
            "term",
            "private",
            "public",
            "if it leaks",
            "most without it",
            "leak, as told",
            "leak, as it was",
        ),
        rows=tuple(rows),
        answer=ANSWER,
        note="Private, public, leaked: in the package named. “Most without it”: the "
        "highest chance of any package that leaves the term out. “As told” counts the "
        "people who know as the other side was told, “as it was” as the file says it "
        "was; a leak is counted until the term is performed.",
        where="page",
    )
