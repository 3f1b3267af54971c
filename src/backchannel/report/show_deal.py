"""Tables and figure of the second question: packages, hurdles, frontier."""

from __future__ import annotations

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.report.figure_records import (
    FigureHead,
    FrontierFigure,
    FrontierPoint,
    NamedPoint,
)
from backchannel.report.named_packages import GLOSS, NamedPackage
from backchannel.report.naming import title_of_actor
from backchannel.report.records import Number, Table, row_of
from backchannel.report.wording import count, inner, listed, number
from backchannel.settlement.method import PASSES_AT
from backchannel.settlement.settlements import Settlements

ANSWER = "settlement"
_MAX_POINTS = 500
_MAX_SHORT, _MAX_GAINS = 3, 4
_HURDLES = {
    "acceptance": "{}: wants it, if all else holds",
    "ratification": "{}: assents",
    "leak": "no leak brings it down",
}


def short_package_table(crisis: Crisis, named: tuple[NamedPackage, ...]) -> Table:
    """The first named packages, for the terminal, and how they differ from the best."""
    shown = crisis.parties[:_MAX_GAINS]
    more = len(crisis.parties) - len(shown)
    columns = (
        "package",
        "accepted, ratified",
        *(f"gain: {title_of_actor(crisis, p)}" for p in shown),
        "best in",
    )
    kept = _telling(named)
    rows = tuple(
        row_of(p.name, p.settled, *p.gains[: len(shown)], p.share_best) for p in kept
    )
    note = "Gains are expected ones over no deal"
    note += f"; {more} more parties stand on the page." if more else "."
    return Table(
        "packages_short",
        "Packages",
        columns,
        rows,
        ANSWER,
        note,
        where="terminal",
        details=("", *(f"instead: {p.difference}" for p in kept[1:])),
    )


def _telling(named: tuple[NamedPackage, ...]) -> list[NamedPackage]:
    """The best, what history chose, the latest offer, then the rest in order."""

    def place(package: NamedPackage) -> int:
        if "What history chose" in package.names:
            return 0
        return 1 if package.key.startswith("offer_") else 2

    return [named[0], *sorted(named[1:], key=place)[: _MAX_SHORT - 1]]


def package_table(crisis: Crisis, named: tuple[NamedPackage, ...]) -> Table:
    """Every named package: what it says, its chance and its gains."""
    gains = tuple(f"expected gain: {title_of_actor(crisis, p)}" for p in crisis.parties)
    return Table(
        key="packages",
        caption="Packages that have a name",
        columns=(
            "called",
            "what it says",
            "accepted and ratified",
            *gains,
            "best in",
        ),
        rows=tuple(
            row_of(p.name, p.title, p.settled, *p.gains, p.share_best) for p in named
        ),
        answer=ANSWER,
        note=_explain_rules(crisis, named),
        where="page",
    )


def _explain_rules(crisis: Crisis, named: tuple[NamedPackage, ...]) -> str:
    rules = "; ".join(
        f"{title}: {GLOSS[key]}"
        for key, title in (
            ("nash", "Nash"),
            ("kalai_smorodinsky", "Kalai-Smorodinsky"),
            ("egalitarian", "Egalitarian"),
            ("utilitarian", "Utilitarian"),
        )
        if any(title in p.names for p in named)
    )
    best = (
        "“Accepted and ratified”: and not brought down by a leak; time and channel are "
        "not in it. “Gain”: over no deal"
    )
    best += "" if crisis.escalation is None else ", which includes the risk of war"
    best += ". “Best in”: share of the draws in which no accepted package is better."
    return f"{rules}. {best}" if rules else best


def hurdle_table(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> Table:
    """How likely each named package clears each hurdle on its own."""
    shown = named[:4]
    cells: dict[str, dict[int, Number]] = {}
    for package in shown:
        for hurdle in found.binding(package.row):
            if hurdle.kind == "feasibility":
                continue
            name = f"hurdle.{package.key}.{hurdle.kind}"
            name += f".{hurdle.actor}" if hurdle.actor else ""
            value = number(name, "share", hurdle.prob_passes, ANSWER)
            who = title_of_actor(crisis, hurdle.actor) if hurdle.actor else ""
            title = _HURDLES[hurdle.kind].format(who)
            cells.setdefault(title, {})[package.row] = value
            if hurdle.kind == "acceptance":
                weighed = number(
                    f"{name}.weighed", "share", hurdle.prob_weighed, ANSWER
                )
                cells.setdefault(f"{who}: accepts", {})[package.row] = weighed
    return Table(
        key="hurdles",
        caption="What stands in the way: chance of clearing each hurdle",
        columns=("hurdle", *(p.name for p in shown)),
        rows=tuple(
            row_of(title, *(row.get(p.row, "—") for p in shown))
            for title, row in cells.items()
        ),
        answer=ANSWER,
        note="A party may refuse what it wants, because it expects the package to fail "
        "at home or to leak. A dash: not asked, because it sees no change of what it "
        "must pass; or nothing private that could leak.",
        where="page",
    )


def frontier_figures(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> tuple[FrontierFigure, ...]:
    """Every package by the gains of the first two parties; none for one party."""
    if len(crisis.parties) < 2:
        return ()
    x, y = (title_of_actor(crisis, p) for p in crisis.parties[:2])
    gains = found.gains[:, :2]
    on_frontier = np.zeros(len(gains), dtype=bool)
    on_frontier[found.frontier] = True
    points = tuple(
        FrontierPoint(
            float(gains[i, 0]),
            float(gains[i, 1]),
            float(found.prob_settled[i]),
            bool(on_frontier[i]),
            bool(found.prob_ratified[i] >= PASSES_AT),
        )
        for i in _thinned(gains, on_frontier)
    )
    spots = tuple(
        NamedPoint(name, float(gains[p.row, 0]), float(gains[p.row, 1]))
        for p in named
        for name in p.names
    )
    others = [inner(title_of_actor(crisis, p)) for p in crisis.parties[2:]]
    more = f"; gains of {listed(others)} are not drawn" if others else ""
    best = named[0]
    alt = (
        f"{count(found.n_packages)} packages by expected gain over no deal. "
        f"{best.name}: {x} {best.gains[0].text}, {y} {best.gains[1].text}."
    )
    title = f"Every package by what {inner(x)} and {inner(y)} gain{more}"
    head = FigureHead("frontier", title, alt, ANSWER)
    return (FrontierFigure(head, x, y, points, spots, len(crisis.parties)),)


def _thinned(gains: np.ndarray, on_frontier: np.ndarray) -> list[int]:
    """Rows to draw: the frontier, and of the rest one for each spot of a fine grid."""
    span = np.ptp(gains, axis=0)
    cells = np.floor((gains - gains.min(axis=0)) / np.where(span > 0, span, 1) * 48)
    _, first = np.unique(cells, axis=0, return_index=True)
    rest = [int(i) for i in np.sort(first) if not on_frontier[i]]
    step = max(1, -(-len(rest) // _MAX_POINTS))
    return [*np.flatnonzero(on_frontier)[:_MAX_POINTS].tolist(), *rest[::step]]
