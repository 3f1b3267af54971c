"""Section 3, what has to stay private: each private term seen three ways, and leaks."""

from __future__ import annotations

import math

from backchannel.crisis.model import Crisis
from backchannel.report.figure_records import (
    Band,
    FigureHead,
    KnowersFigure,
    LeakCurve,
    SecrecyFigure,
    SecrecyRow,
)
from backchannel.report.naming import term_title, title_of_actor
from backchannel.report.records import (
    Number,
    Part,
    Section,
    Statement,
    Table,
    row_of,
    say,
)
from backchannel.report.wording import banded, clean, listed, number
from backchannel.settlement import Settlements
from backchannel.settlement.band import Band as EngineBand
from backchannel.settlement.disclosure import PrivateTerm
from backchannel.settlement.sight import sees

ANSWER = "secrecy"
QUESTION = "What has to stay private?"
# Below this many points secrecy is said to make no difference.
_NOTICEABLE = 0.02


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
    return Section(
        key="secrecy",
        number=3,
        question=QUESTION,
        statements=tuple(statements),
        tables=(_short_table(crisis, terms), _full_table(crisis, terms)),
        figures=_figures(crisis, found),
    )


def title_of_term(crisis: Crisis, term: PrivateTerm) -> str:
    """The term in words, without its visibility."""
    return term_title(crisis, term.issue, term.level)


def settled_if(term: PrivateTerm, case: str) -> Number | None:
    """Chance of a settlement if the term is `private`, `public` or `leaked`."""
    value = {
        "private": term.prob_private,
        "public": term.prob_public,
        "leaked": term.prob_if_leaked,
    }[case]
    name = f"secrecy.{term.issue}.{term.level}.{case}"
    return None if value is None else number(name, "share", value, ANSWER)


def what_secrecy_buys(term: PrivateTerm) -> float:
    """By how much being private raises the chance; 0 where there is no comparison."""
    if term.prob_private is None or term.prob_public is None:
        return 0.0
    return term.prob_private - term.prob_public


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
    parts: list[Part] = [f"{title}. Kept private, the package is settled with "]
    parts += ["a chance of ", private]
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
        without = term.best_absent
        name = f"secrecy.{term.issue}.{term.level}.absent"
        absent: Part = (
            "—" if without is None else number(name, "share", without, ANSWER)
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


def _figures(
    crisis: Crisis, found: Settlements
) -> tuple[SecrecyFigure | KnowersFigure, ...]:
    terms = found.private_terms
    rows = tuple(
        SecrecyRow(
            title_of_term(crisis, t), t.prob_private, t.prob_public, t.prob_if_leaked
        )
        for t in terms
        if t.prob_private is not None
    )
    held = [t for t in terms if t.prob_private is not None][:3]
    last = max([t.hours_secret.high / 24 * 1.15 for t in held] + [1.0])
    curves = tuple(_curve(crisis, t, last) for t in held)
    if not rows:
        return ()
    first = max(terms, key=what_secrecy_buys)
    alt = _say_worth(crisis, first).text
    title = "What secrecy buys, and how likely it is to last"
    secrecy = SecrecyFigure(FigureHead("secrecy", title, alt, ANSWER), rows, curves)
    knowers = _knowers(crisis, found)
    return (secrecy,) if knowers is None else (secrecy, knowers)


def _curve(crisis: Crisis, term: PrivateTerm, last: float) -> LeakCurve:
    """Chance of a leak by day: quantiles of the rate carry over to every day."""
    hold = term.hours_secret
    days = tuple(last * i / 40 for i in range(41))
    was = _rates(term, "as_was")
    has_told = crisis.compartments[term.compartment].as_told is not None

    def grown(rate: float) -> tuple[float, ...]:
        return tuple(-math.expm1(-rate * day) for day in days)

    return LeakCurve(
        title=clean(crisis.compartments[term.compartment].title),
        days=days,
        told=grown(_rates(term, "as_told").median) if has_told else None,
        was=grown(was.median),
        was_low=grown(was.low),
        was_high=grown(was.high),
        must_hold_days=Band(hold.median / 24, hold.low / 24, hold.high / 24),
    )


def _rates(term: PrivateTerm, version: str) -> Band:
    """Leaks per day: median and band of the rate, from the shortest span computed."""
    found = term.leak_by_days["as_told" if version == "as_told" else "as_was"]
    days = min(found)
    band = found[days]
    median, low, high = (
        -math.log1p(-min(value, 1 - 1e-15)) / days
        for value in (band.median, band.low, band.high)
    )
    return Band(median, low, high)


def _knowers(crisis: Crisis, found: Settlements) -> KnowersFigure | None:
    """Who sees which term of the package that the private terms were weighed in."""
    term = max(found.private_terms, key=what_secrecy_buys)
    if term.package is None:
        return None
    terms = found.packages.terms(term.package)
    actors = tuple(
        name
        for name, actor in crisis.actors.items()
        if actor.kind != "mediator" or _has_part(crisis, name)
    )
    cells = []
    for actor in actors:
        row = []
        for issue, choice in terms.items():
            if choice.visibility == "public":
                row.append("sees it")
            elif sees(crisis, actor, issue, choice, is_leaked=False):
                row.append("in the secret")
            else:
                row.append("sees no change")
        cells.append(tuple(row))
    titles = tuple(term_title(crisis, i, c.level) for i, c in terms.items())
    names = tuple(title_of_actor(crisis, a) for a in actors)
    hidden = [
        name for name, row in zip(names, cells, strict=True) if "sees no change" in row
    ]
    kept = listed(hidden) if hidden else "nobody"
    alt = f"Kept from {kept}: the private terms of the package."
    title = "Who knows what, if the package is kept as agreed"
    head = FigureHead("knowers", title, alt, ANSWER)
    return KnowersFigure(head, names, titles, tuple(cells))


def _has_part(crisis: Crisis, actor: str) -> bool:
    """Whether a mediator has a secret to keep."""
    return any(actor in room.members for room in crisis.compartments.values())
