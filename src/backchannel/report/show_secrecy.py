"""Figures of the third question: settlement by how a term is seen, leaks, knowers."""

from __future__ import annotations

import math

from backchannel.crisis.model import Crisis
from backchannel.crisis.worth import sees
from backchannel.report.figure_records import (
    Band,
    FigureHead,
    KnowersFigure,
    LeakCurve,
    SecrecyFigure,
    SecrecyRow,
)
from backchannel.report.named_packages import call_best
from backchannel.report.naming import term_title, title_of_actor
from backchannel.report.wording import clean, inner, listed, quoted
from backchannel.settlement.disclosure import PrivateTerm
from backchannel.settlement.settlements import Settlements

ANSWER = "secrecy"


def title_of_term(crisis: Crisis, term: PrivateTerm) -> str:
    """The term in words, without its visibility."""
    return term_title(crisis, term.issue, term.level)


def what_secrecy_buys(term: PrivateTerm) -> float:
    """By how much being private raises the chance; 0 where there is no comparison."""
    if term.prob_private is None or term.prob_public is None:
        return 0.0
    return term.prob_private - term.prob_public


def call_package(found: Settlements, term: PrivateTerm) -> str:
    """The package that a term was weighed in, in a sentence."""
    if term.role == "best":
        return call_best(found)
    if term.role == "historical":
        return "the package that history chose"
    return "the package with it that would pass most often"


def most_telling(found: Settlements) -> list[PrivateTerm]:
    """Private terms by the package they were weighed in, then by what secrecy buys."""
    roles = ("best", "historical", "other", None)
    return sorted(
        found.private_terms, key=lambda t: (roles.index(t.role), -what_secrecy_buys(t))
    )


def secrecy_figures(
    crisis: Crisis, found: Settlements, alt: str
) -> tuple[SecrecyFigure | KnowersFigure, ...]:
    """What secrecy buys, and who knows what; `alt` says the first in words."""
    terms = most_telling(found)
    rows = tuple(
        SecrecyRow(
            f"{title_of_term(crisis, t)} (in {call_package(found, t)})",
            t.prob_private,
            t.prob_public,
            t.prob_if_leaked,
        )
        for t in terms
        if t.prob_private is not None
    )
    # What is performed at once has no time in which to leak.
    held = [t for t in terms if t.prob_private is not None and t.hours_secret.high > 0]
    held = held[:3]
    last = max([t.hours_secret.high / 24 * 1.15 for t in held] + [1.0])
    curves = tuple(_curve(crisis, t, last) for t in held)
    if not rows:
        return ()
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
    held = [t for t in most_telling(found) if t.package_private is not None]
    if not held or held[0].package_private is None:
        return None
    term = held[0]
    terms = found.packages.terms(held[0].package_private)
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
    kept = listed([inner(name) for name in hidden]) if hidden else "nobody"
    alt = f"The private terms of the package are kept from {kept}."
    named = quoted(title_of_term(crisis, term))
    which = call_package(found, term).replace("with it", f"with {named}")
    title = f"Who knows what, if {which} is kept as agreed"
    if term.package != term.package_private:
        title += f", with {named} private"
    head = FigureHead("knowers", title, alt, ANSWER)
    return KnowersFigure(head, names, titles, tuple(cells))


def _has_part(crisis: Crisis, actor: str) -> bool:
    """Whether a mediator has a secret to keep."""
    return any(actor in room.members for room in crisis.compartments.values())
