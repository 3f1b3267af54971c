"""Section 7, what matters most: which uncertain numbers move the answers."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from backchannel.crisis.model import Crisis
from backchannel.crisis.sensitivity import MIN_DRAWS, Influence, Sensitivity
from backchannel.report.answers import reads
from backchannel.report.figure_records import (
    FigureHead,
    SensitivityFigure,
    Swing,
    SwingPanel,
)
from backchannel.report.named_packages import call_best
from backchannel.report.naming import number_title
from backchannel.report.records import Part, Section, Statement, Table, row_of, say
from backchannel.report.values import value_text
from backchannel.report.wording import number, percent, quoted
from backchannel.settlement.settlements import Settlements

ANSWER = "sensitivity"
QUESTION = "What matters most?"
_TITLES = {
    "prob_war": "the chance of war",
    "prob_settled": "the chance that {best} is accepted and ratified",
}
_SHORT = {"prob_war": "war", "prob_settled": "deal"}
_ROWS = 6
# A change of less than a point of the chance is no news, whatever its correlation.
_LEAST = 0.01


def say_sensitivity(
    crisis: Crisis, found: Sensitivity | None, settlements: Settlements
) -> Section:
    """Say which numbers move each answer most, and what cannot be told from chance."""
    if found is None:
        said = f"That takes at least {MIN_DRAWS} draws; ask for more."
        return Section("sensitivity", 7, QUESTION, (say(said),), is_answered=False)
    strongest = {name: _telling(name, found, settlements) for name in found.rows}
    best = call_best(settlements)
    titles = {name: title_of_answer(name, best) for name in found.rows}
    statements = [
        _say_answer(crisis, name, titles[name], rows)
        for name, rows in strongest.items()
    ]
    statements.append(_say_noise(found))
    telling = {name: rows for name, rows in strongest.items() if rows}
    return Section(
        key="sensitivity",
        number=7,
        question=QUESTION,
        statements=tuple(statements),
        tables=(
            *([_short_table(crisis, telling)] if telling else []),
            *(
                _full_table(crisis, name, titles[name], rows)
                for name, rows in telling.items()
            ),
        ),
        figures=_figures(crisis, telling, titles),
        is_answered=bool(telling),
    )


def _telling(
    name: str, found: Sensitivity, settlements: Settlements
) -> tuple[Influence, ...]:
    """The strongest numbers that an answer rests on and that move it visibly."""

    def is_read(path: str) -> bool:
        if name == "prob_war":
            return reads("escalation", path)
        return _concerns_best(settlements, path)

    strong = found.strongest(name, len(found.rows[name]))
    kept = (r for r in strong if abs(r.swing) >= _LEAST and is_read(r.number.path))
    return tuple(islice(kept, _ROWS))


def _concerns_best(found: Settlements, path: str) -> bool:
    """Whether P(settled) of the best package can rest on a number.

    It rests on what the package holds, and on what no deal would bring, war included.
    """
    if reads("escalation", path):
        return True
    if not reads("settlement", path):
        return False
    terms = found.packages.terms(found.best)
    parts = path.split(".")
    place = {"values": 2, "issues": 1}.get(parts[0])
    if place is None or len(parts) < place + 2:
        return True
    level = parts[place + 1 + (parts[0] == "issues")]
    return parts[place] in terms and terms[parts[place]].level == level


def title_of_answer(name: str, best: str) -> str:
    """What an answer is called in a sentence; `best` is what the first package is."""
    return _TITLES.get(name, name.replace("_", " ")).format(best=best)


def _say_answer(
    crisis: Crisis, name: str, what: str, rows: tuple[Influence, ...]
) -> Statement:
    if not rows:
        return say(f"No single number stands out in what moves {what}.")
    top = rows[0]
    title, drawn = number_title(crisis, top.number.path), value_text(top.number)
    return say(
        f"What moves {what} most: {quoted(title)} (in the file: {drawn}). Where it is "
        "in its lowest fifth, the answer is ",
        number(f"sensitivity.{name}.1.low", "share", top.low, ANSWER),
        "; in its highest fifth, ",
        number(f"sensitivity.{name}.1.high", "share", top.high, ANSWER),
        ".",
    )


def _say_noise(found: Sensitivity) -> Statement:
    noise = number("sensitivity.noise", "correlation", found.noise, ANSWER)
    noise = replace(noise, middle=f"±{found.noise:.2f}")
    return say(
        "Shown are numbers that the answer rests on, that move it by a point or more, "
        "and whose rank correlation with it is beyond ",
        noise,
        ": what lies within cannot be told from chance. A number that is exact in the "
        "file is not varied, so it cannot appear.",
    )


def _short_table(crisis: Crisis, strongest: dict[str, tuple[Influence, ...]]) -> Table:
    """The strongest number for each answer, and how far it moves it."""
    rows = tuple(
        row_of(
            number_title(crisis, row.number.path),
            *(
                f"{percent(row.low)} to {percent(row.high)}" if name == other else "·"
                for other in strongest
            ),
        )
        for name, influences in strongest.items()
        for row in influences[: 2 if len(strongest) < 2 else 1]
    )
    columns = (
        "from its lowest fifth to its highest",
        *(_SHORT.get(n, n) for n in strongest),
    )
    return Table(
        "sensitivity_short", "Sensitivity", columns, rows, ANSWER, where="terminal"
    )


def _full_table(
    crisis: Crisis, name: str, what: str, rows: tuple[Influence, ...]
) -> Table:
    lines = []
    for i, row in enumerate(rows, start=1):
        stem = f"sensitivity.{name}.{i}"
        cells: list[Part] = [number_title(crisis, row.number.path)]
        cells.append(value_text(row.number))
        cells.append(
            number(f"{stem}.correlation", "correlation", row.rank_correlation, ANSWER)
        )
        cells.append(number(f"{stem}.low", "share", row.low, ANSWER))
        cells.append(number(f"{stem}.high", "share", row.high, ANSWER))
        lines.append(row_of(*cells))
    return Table(
        key=f"sensitivity_{name}",
        caption=f"What moves {what}",
        columns=(
            "number",
            "in the file",
            "rank correlation",
            "answer in its lowest fifth",
            "in its highest fifth",
        ),
        rows=tuple(lines),
        answer=ANSWER,
        note="Rank correlation: +1 if the answer always rises with the number, −1 if "
        "it always falls, 0 if they have nothing to do with each other.",
        where="page",
    )


def _figures(
    crisis: Crisis,
    strongest: dict[str, tuple[Influence, ...]],
    titles: dict[str, str],
) -> tuple[SensitivityFigure, ...]:
    if not strongest:
        return ()
    panels = tuple(
        SwingPanel(
            titles[name][:1].upper() + titles[name][1:],
            tuple(
                Swing(
                    number_title(crisis, row.number.path),
                    row.low,
                    row.high,
                    row.rank_correlation,
                )
                for row in rows
            ),
        )
        for name, rows in strongest.items()
    )
    tops = "; ".join(f"{panel.title}: {panel.rows[0].title}" for panel in panels)
    title = (
        "How far a number moves the answers, from its lowest fifth to its highest, and "
        "its rank correlation"
    )
    head = FigureHead("sensitivity", title, f"Strongest: {tops}.", ANSWER)
    return (SensitivityFigure(head, panels),)
