"""Section 3, what has to stay private: each private term seen three ways, and leaks."""

from __future__ import annotations

import math

from backchannel.crisis.model import Crisis
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
    secrecy_figures,
    title_of_term,
    what_secrecy_buys,
)
from backchannel.report.wording import banded, clean, listed, number
from backchannel.settlement import Settlements
from backchannel.settlement.band import Band as EngineBand
from backchannel.settlement.disclosure import PrivateTerm

QUESTION = "What has to stay private?"
# Below this many points secrecy is said to make no difference.
_NOTICEABLE = 0.02
_WHICH = {
    "best": "the best package",
    "historical": "the package that history chose",
    "other": "the package with it that is settled most often",
}


def say_secrecy(crisis: Crisis, found: Settlements) -> Section:
    """Say what each private term is worth if it is private, public, or gets out."""
    terms = found.private_terms
    if not terms:
        said = "The file lets no term be private, so there is no secret to weigh."
        return Section("secrecy", 3, QUESTION, (say(said),), is_answered=False)
    statements = [
        s for t in terms for s in (_say_worth(crisis, t), _say_leak(crisis, t))
    ]
    statements += [
        s
        for room in dict.fromkeys(term.compartment for term in terms)
        for s in _say_room(crisis, room)
    ]
    first = max(terms, key=what_secrecy_buys)
    return Section(
        key="secrecy",
        number=3,
        question=QUESTION,
        statements=tuple(statements),
        tables=(_short_table(crisis, terms), _full_table(crisis, terms)),
        figures=secrecy_figures(crisis, found, _say_worth(crisis, first).text),
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


def _say_worth(crisis: Crisis, term: PrivateTerm) -> Statement:
    title = title_of_term(crisis, term)
    private, public = settled_if(term, "private"), settled_if(term, "public")
    leaked = settled_if(term, "leaked")
    if private is None:
        return say(f"{title}: no package that holds it privately can be put together.")
    parts: list[Part] = [f"{title}. Kept private, {_WHICH[term.role or 'other']} is "]
    parts += ["settled with a chance of ", private]
    if public is not None:
        parts += ["; made public, with ", public]
    if leaked is not None:
        parts += ["; if it gets out before it is performed, with ", leaked]
    parts.append(".")
    if public is None:
        parts.append(" The file does not let it be public in this package.")
    elif abs(what_secrecy_buys(term)) < _NOTICEABLE:
        parts.append(" Secrecy makes no difference worth the name.")
    elif what_secrecy_buys(term) < 0:
        parts.append(" It would do better in public.")
    return say(*parts)


def _say_leak(crisis: Crisis, term: PrivateTerm) -> Statement:
    told, was = term.knowers["as_told"], term.knowers["as_was"]
    hours = term.hours_secret
    name = f"secret_for.{term.issue}.{term.level}"
    hold = banded(name, "hours", (hours.median, hours.low, hours.high), ANSWER)
    parts: list[Part] = ["It must hold for ", hold, ". "]
    if crisis.compartments[term.compartment].as_told is not None:
        opening = f"The other side was told that {_people(told)} know; the chance of a "
        parts += [
            f"{opening}leak in that time would then be ",
            _leak(term, "as_told"),
            f". In fact {_people(was)} know: ",
            _leak(term, "as_was"),
            ".",
        ]
    else:
        parts += [
            f"{_people(was)} know it; chance of a leak in that time ",
            _leak(term, "as_was"),
            ".",
        ]
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


def _people(band: EngineBand) -> str:
    low, high = (f"{math.floor(v + 0.5)}" for v in (band.low, band.high))
    return f"{low} people" if low == high else f"{low} to {high} people"


def _short_table(crisis: Crisis, terms: tuple[PrivateTerm, ...]) -> Table:
    rows = tuple(
        row_of(
            title_of_term(crisis, term),
            *(
                settled_if(term, case) or "—"
                for case in ("private", "public", "leaked")
            ),
            _leak(term, "as_was"),
        )
        for term in sorted(terms, key=what_secrecy_buys, reverse=True)[:3]
    )
    columns = ("settled if this is", "private", "public", "leaked", "chance of a leak")
    return Table("secrecy_short", "Secrecy", columns, rows, ANSWER, where="terminal")


def _full_table(crisis: Crisis, terms: tuple[PrivateTerm, ...]) -> Table:
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
        title = title_of_term(crisis, term)
        rows.append(row_of(title, *cases, absent, told, _leak(term, "as_was")))
    return Table(
        key="secrecy",
        caption="Chance of a settlement by how each private term is seen",
        columns=(
            "term",
            "private",
            "public",
            "if it leaks",
            "best without it",
            "leak, as told",
            "leak, as it was",
        ),
        rows=tuple(rows),
        answer=ANSWER,
        note="“As told” counts the people who know as the other side was told, “as it "
        "was” as the file says it was; a leak is counted until the term is performed.",
        where="page",
    )
