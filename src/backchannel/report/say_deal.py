"""Section 2, what both sides can sign: packages, solutions, hurdles, repairs."""

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
from backchannel.report.wording import count, listed, number, percent, shorten, worth
from backchannel.settlement import Settlements
from backchannel.settlement.change import Change

ANSWER = "settlement"
_PASSES = 0.5
_MAX_POINTS = 500
_MAX_SHORT = 4


def say_deal(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> Section:
    """Say what can be signed, what is best by which rule, what stands in the way."""
    statements = [_say_how_many(found), _say_best(crisis, found, named[0])]
    statements += _say_historical(crisis, found, named)
    statements.append(_say_gains(crisis))
    statements += _say_repair(crisis, found, named)
    return Section(
        key="deal",
        number=2,
        question="What can both sides sign?",
        statements=tuple(statements),
        tables=(
            _short_table(crisis, named),
            _full_table(crisis, named),
            _hurdles(crisis, found, named),
        ),
        figures=_figures(crisis, found, named),
    )


def _say_how_many(found: Settlements) -> Statement:
    n_pass = len(found.passing)
    passing = number("n_packages.passing", "count", float(n_pass), ANSWER)
    feasible = number("n_packages.feasible", "count", float(found.n_packages), ANSWER)
    return say(
        "Of ",
        feasible,
        " packages that can be put together, ",
        passing,
        " would be settled at least as likely as not: every party accepts, those who "
        "must assent at home do, and no leak brings it down.",
    )


def _say_best(crisis: Crisis, found: Settlements, best: NamedPackage) -> Statement:
    if not found.solutions:
        return say(
            "There is no package from which every party expects to gain. Nearest to a "
            f"deal: {best.title}. It is settled with a chance of ",
            best.settled,
            ".",
        )
    tied = found.solutions[0].n_tied
    others = f" ({tied - 1} more are equally good)" if tied > 1 else ""
    return say(
        f"The package with the {GLOSS['nash']} (Nash solution){others}: {best.title}. "
        "It is settled with a chance of ",
        best.settled,
        ", and in ",
        best.share_best,
        " of the draws no accepted package is better by that rule; expected gain over "
        "no deal: ",
        *_gains(crisis, best),
        ".",
    )


def _gains(crisis: Crisis, package: NamedPackage) -> list[Part]:
    parts: list[Part] = []
    for i, (party, gain) in enumerate(zip(crisis.parties, package.gains, strict=True)):
        parts += [f"{', ' if i else ''}{title_of_actor(crisis, party)} ", gain]
    return parts


def _say_historical(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> list[Statement]:
    nobody = number("share_without_deal", "share", found.share_without_deal, ANSWER)
    none: list[Part] = [" In ", nobody, " of the draws no package is accepted by all."]
    historical = next((p for p in named if p.row == found.historical), None)
    if historical is None:
        said = ""
        if crisis.outcome is not None and crisis.outcome.package is not None:
            said = (
                f"The package of history cannot be compared: {found.historical_note}."
            )
        return [say(said, *none)] if said else [say("In ", *none[1:])]
    if historical.row == named[0].row:
        opening = "That is also the package that history chose"
    else:
        opening = f"What history chose: {historical.title}"
    return [
        say(
            f"{opening}. It is the best of all accepted packages in ",
            historical.share_best,
            " of the draws, and is settled with a chance of ",
            historical.settled,
            ".",
            *none,
        )
    ]


def _say_gains(crisis: Crisis) -> Statement:
    names = listed([title_of_actor(crisis, p) for p in crisis.parties])
    return say(
        f"Gains of {names} are each on a scale of their own, on which general war is "
        "100 below the status quo; they are averages over the draws."
    )


def _say_repair(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> list[Statement]:
    """Say what the cheapest single change is for named packages that would fail."""
    said = []
    failing = [p for p in named if found.prob_settled[p.row] < _PASSES]
    for package in failing[:2]:
        changes = found.change(package.row)
        opening = f"“{package.name}” fails more often than not. "
        if not changes:
            said.append(say(f"{opening}No single change would mend it."))
            continue
        change = changes[0]
        after = number(
            f"prob_settled.{package.key}.mended", "share", change.prob_settled, ANSWER
        )
        words = change_title(crisis, change)
        said.append(
            say(
                f"{opening}The cheapest single change that mends it: {words}; then ",
                after,
                ".",
            )
        )
    return said


def change_title(crisis: Crisis, change: Change) -> str:
    """A change of a package in the words of the file."""
    points = worth(change.amount).removeprefix("+")
    if change.choice is not None:
        mark = change.choice.visibility if change.kind == "visibility" else ""
        return (
            f"“{term_title(crisis, change.issue, change.choice.level, mark)}” instead"
        )
    if change.kind == "side_payment":
        payer, actor = (title_of_actor(crisis, a) for a in (change.payer, change.actor))
        return f"{payer} gives {actor} something worth {points} points to each"
    if change.kind == "reassurance":
        who = title_of_actor(crisis, change.actor)
        return f"{who} is reassured until it accepts {points} points less"
    issue = crisis.issues[change.issue].title
    return f"“{issue}” is performed in {percent(change.amount)} of the time"


def _short_table(crisis: Crisis, named: tuple[NamedPackage, ...]) -> Table:
    shown = crisis.parties[:3]
    columns = (
        "package",
        "settled",
        *(f"gain {title_of_actor(crisis, p)}" for p in shown),
        "best in",
        "differs from the first in",
    )
    rows = tuple(
        row_of(
            shorten(p.name, 44),
            p.settled,
            *p.gains[: len(shown)],
            p.share_best,
            "—" if i == 0 else p.difference,
        )
        for i, p in enumerate(named[:_MAX_SHORT])
    )
    return Table("packages_short", "Packages", columns, rows, ANSWER, where="terminal")


def _full_table(crisis: Crisis, named: tuple[NamedPackage, ...]) -> Table:
    gains = tuple(f"gain to {title_of_actor(crisis, p)}" for p in crisis.parties)
    return Table(
        key="packages",
        caption="Packages that have a name",
        columns=("called", "what it says", "settled", *gains, "best in"),
        rows=tuple(
            row_of(p.name, p.title, p.settled, *p.gains, p.share_best) for p in named
        ),
        answer=ANSWER,
        note=_explain_rules(named),
        where="page",
    )


def _explain_rules(named: tuple[NamedPackage, ...]) -> str:
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
    best = "“Best in”: share of the draws in which no accepted package is better."
    return f"{rules}. {best}" if rules else best


_HURDLES = {
    "feasibility": "can be put together",
    "leak": "is not brought down by a leak",
}


def _hurdles(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> Table:
    """How likely each named package clears each hurdle on its own."""
    shown = named[:4]
    cells: dict[str, dict[int, Number]] = {}
    for package in shown:
        for hurdle in found.binding(package.row):
            if hurdle.kind == "feasibility":
                continue
            title = _HURDLES.get(hurdle.kind, "")
            if hurdle.kind == "acceptance":
                title = f"{title_of_actor(crisis, hurdle.actor)} accepts"
            elif hurdle.kind == "ratification":
                title = f"{title_of_actor(crisis, hurdle.actor)} assents"
            name = f"hurdle.{package.key}.{hurdle.kind}"
            name += f".{hurdle.actor}" if hurdle.actor else ""
            value = number(name, "share", hurdle.prob_passes, ANSWER)
            cells.setdefault(title, {})[package.row] = value
    return Table(
        key="hurdles",
        caption="What stands in the way: chance of clearing each hurdle on its own",
        columns=("hurdle", *(p.name for p in shown)),
        rows=tuple(
            row_of(title, *(row.get(p.row, "—") for p in shown))
            for title, row in cells.items()
        ),
        answer=ANSWER,
        note="A dash: not asked, because it sees no change of what it must pass, or "
        "nothing private that could leak.",
        where="page",
    )


def _figures(
    crisis: Crisis, found: Settlements, named: tuple[NamedPackage, ...]
) -> tuple[FrontierFigure, ...]:
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
        )
        for i in _thinned(gains, on_frontier)
    )
    spots = tuple(
        NamedPoint(name, float(gains[p.row, 0]), float(gains[p.row, 1]))
        for p in named
        for name in p.names
    )
    more = (
        "" if len(crisis.parties) == 2 else f" ({len(crisis.parties) - 2} more parties)"
    )
    best = named[0]
    alt = (
        f"{count(found.n_packages)} packages by expected gain to {x} and to {y}. "
        f"{best.name} gives {x} {best.gains[0].text} and {y} {best.gains[1].text}."
    )
    title = f"Every package by what {x} and {y} gain{more}"
    head = FigureHead("frontier", title, alt, ANSWER)
    return (FrontierFigure(head, x, y, points, spots),)


def _thinned(gains: np.ndarray, on_frontier: np.ndarray) -> list[int]:
    """Rows to draw: the frontier, and of the rest one for each spot of a fine grid."""
    span = np.ptp(gains, axis=0)
    cells = np.floor((gains - gains.min(axis=0)) / np.where(span > 0, span, 1) * 48)
    _, first = np.unique(cells, axis=0, return_index=True)
    rest = [int(i) for i in np.sort(first) if not on_frontier[i]]
    step = max(1, -(-len(rest) // _MAX_POINTS))
    return [*np.flatnonzero(on_frontier)[:_MAX_POINTS].tolist(), *rest[::step]]
