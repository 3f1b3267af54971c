"""Section 7, what matters most: which uncertain numbers move the answers."""

from __future__ import annotations

from dataclasses import replace

from backchannel.crisis.model import Crisis
from backchannel.crisis.sensitivity import MIN_DRAWS, Influence, Sensitivity
from backchannel.report.figure_records import (
    FigureHead,
    SensitivityFigure,
    Swing,
    SwingPanel,
)
from backchannel.report.naming import number_title, value_text
from backchannel.report.records import Part, Section, Statement, Table, row_of, say
from backchannel.report.wording import number, percent

ANSWER = "sensitivity"
QUESTION = "What matters most?"
_TITLES = {
    "prob_war": "the chance of war",
    "prob_settled": "the chance that the best package is settled",
}
_SHORT = {"prob_war": "war", "prob_settled": "settled"}
_ROWS = 6


def say_sensitivity(crisis: Crisis, found: Sensitivity | None) -> Section:
    """Say which numbers move each answer most, and what cannot be told from chance."""
    if found is None:
        said = f"That takes at least {MIN_DRAWS} draws; ask for more."
        return Section("sensitivity", 7, QUESTION, (say(said),), is_answered=False)
    strongest = {name: found.strongest(name, _ROWS) for name in found.rows}
    statements = [_say_answer(crisis, name, rows) for name, rows in strongest.items()]
    statements.append(_say_noise(found))
    telling = {name: rows for name, rows in strongest.items() if rows}
    return Section(
        key="sensitivity",
        number=7,
        question=QUESTION,
        statements=tuple(statements),
        tables=(
            *([_short_table(crisis, telling)] if telling else []),
            *(_full_table(crisis, name, rows) for name, rows in telling.items()),
        ),
        figures=_figures(crisis, telling),
        is_answered=bool(telling),
    )


def title_of_answer(name: str) -> str:
    """What an answer is called in a sentence."""
    return _TITLES.get(name, name.replace("_", " "))


def _say_answer(crisis: Crisis, name: str, rows: tuple[Influence, ...]) -> Statement:
    what = title_of_answer(name)
    if not rows:
        return say(f"No single number stands out in what moves {what}.")
    top = rows[0]
    title, drawn = number_title(crisis, top.number.path), value_text(top.number)
    return say(
        f"What moves {what} most: {title} (in the file: {drawn}). Where it is in its "
        "lowest fifth, the answer is ",
        number(f"sensitivity.{name}.1.low", "share", top.low, ANSWER),
        "; in its highest fifth, ",
        number(f"sensitivity.{name}.1.high", "share", top.high, ANSWER),
        ".",
    )


def _say_noise(found: Sensitivity) -> Statement:
    noise = number("sensitivity.noise", "correlation", found.noise, ANSWER)
    noise = replace(noise, middle=f"±{found.noise:.2f}")
    return say(
        "Only numbers whose rank correlation with the answer is beyond ",
        noise,
        " are shown: what lies within cannot be told from chance. A number that is "
        "exact in the file is not varied, so it cannot appear.",
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


def _full_table(crisis: Crisis, name: str, rows: tuple[Influence, ...]) -> Table:
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
    what = title_of_answer(name)
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
    crisis: Crisis, strongest: dict[str, tuple[Influence, ...]]
) -> tuple[SensitivityFigure, ...]:
    if not strongest:
        return ()
    panels = tuple(
        SwingPanel(
            title_of_answer(name)[:1].upper() + title_of_answer(name)[1:],
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
