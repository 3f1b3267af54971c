"""Tables and figures of the first question: risk by hour, levers, ways to war."""

from __future__ import annotations

import math

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.model import Crisis
from backchannel.escalation.result import EscalationResult
from backchannel.report.figure_records import (
    FigureHead,
    HoursLeftFigure,
    HoursLeftRow,
    Line,
    PathChain,
    PathsFigure,
    PathStep,
    RiskFigure,
)
from backchannel.report.records import Number, Part, Table, row_of
from backchannel.report.risk_words import (
    ANSWER,
    holder_of,
    horizon_of,
    hours_left,
    lever_change,
    prob_war,
    steps_of,
    strongest_levers,
    title_of_path,
)
from backchannel.report.wording import (
    clean,
    listed,
    number,
    percent,
    span_of_time,
    without_band,
)

_LEVELS = (0.01, 0.05, 0.10, 0.25, 0.50)
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_MAX_LINES = 4
_MAX_CHAINS = 5
_GRID = 140
_MAX_HOURS = 10
_ROUND_HOURS = (1, 3, 6, 12, 18, 24, 36, 48, 72, 96, 120, 168, 240, 336, 504, 720)


def risk_tables(crisis: Crisis, found: EscalationResult) -> list[Table]:
    """Everything about the risk as tables."""
    tables = [_risk_row(found), _risk_table(found), _left_table(found)]
    if found.levers:
        tables.append(_lever_table(crisis, found))
    if any(path.causes for path in found.paths):
        tables.append(_path_table(crisis, found))
    return tables


def _risk_row(found: EscalationResult) -> Table:
    """The risk at five of the hours, in one row for the terminal."""
    told = hours_to_tell(found)
    picks = np.unique(np.linspace(0, len(told) - 1, min(5, len(told))).round())
    chosen = [told[int(i)] for i in picks]
    numbers = [_war_by(found, i) for i in chosen]
    return Table(
        key="risk_row",
        caption="Risk by hour",
        columns=("within", *(span_of_time(float(found.hours[i])) for i in chosen)),
        rows=(
            row_of("chance of war", *(without_band(n) for n in numbers)),
            row_of("90 % band", *(n.band or "—" for n in numbers)),
        ),
        answer=ANSWER,
        where="terminal",
    )


def hours_to_tell(found: EscalationResult) -> list[int]:
    """Which of the hours computed a table shows: all if few, else round ones."""
    ahead = [i for i, hour in enumerate(found.hours) if hour > 0]
    if len(ahead) <= _MAX_HOURS:
        return ahead
    kept = [i for i in ahead if float(found.hours[i]) in _ROUND_HOURS]
    return [*kept, *([] if ahead[-1] in kept else [ahead[-1]])]


def _war_by(found: EscalationResult, i: int) -> Number:
    name = f"prob_war.{found.hours[i]:g}h"
    return number(name, "chance", found.prob_war[:, i], ANSWER)


def _risk_table(found: EscalationResult) -> Table:
    has_end = bool(found.prob_settled.any())
    rows = []
    for i in hours_to_tell(found):
        hour = float(found.hours[i])
        cells: list[Part] = [span_of_time(hour), _war_by(found, i)]
        if has_end:
            name = f"prob_ended.{hour:g}h"
            cells.append(number(name, "chance", found.prob_settled[:, i], ANSWER))
        rows.append(row_of(*cells))
    columns = ("within", "chance of war", *(("ended without war",) if has_end else ()))
    caption = "Risk by hour, if nobody agrees"
    return Table("risk", caption, columns, tuple(rows), ANSWER, where="page")


def _left_table(found: EscalationResult) -> Table:
    rows = tuple(row_of(percent(p), hours_left(found, p)) for p in _LEVELS)
    columns = ("the chance of war passes", "after")
    caption = "Time until the risk passes a level"
    return Table("hours_left", caption, columns, rows, ANSWER, where="page")


def _lever_table(crisis: Crisis, found: EscalationResult) -> Table:
    rows = tuple(
        row_of(
            clean(effect.description),
            holder_of(crisis, effect),
            lever_change(effect),
            number(
                f"lever.{effect.name}.prob_war",
                "chance",
                effect.prob_war[:, -1],
                ANSWER,
            ),
        )
        for effect in strongest_levers(found)
    )
    ahead = span_of_time(horizon_of(found))
    return Table(
        key="levers",
        caption=f"What each switch would do to the chance of war within {ahead}",
        columns=(
            "what could be switched",
            "by",
            "change of the risk",
            "chance of war then",
        ),
        rows=rows,
        answer=ANSWER,
        note="Each is switched alone, now, in the same draws.",
        where="page",
    )


def _path_table(crisis: Crisis, found: EscalationResult) -> Table:
    rows = tuple(
        row_of(
            title_of_path(crisis, path),
            number(f"path.{i}.share", "share", path.share, ANSWER),
            number(f"path.{i}.prob", "chance", path.prob, ANSWER),
        )
        for i, path in enumerate(found.paths, start=1)
    )
    return Table(
        key="paths",
        caption="Ways to war",
        columns=("what raised the crisis, step by step", "share of wars", "chance"),
        rows=rows,
        answer=ANSWER,
        note="Every number at its median. A step that was undone is not counted.",
        where="page",
    )


def risk_figures(
    crisis: Crisis, found: EscalationResult
) -> list[RiskFigure | HoursLeftFigure | PathsFigure]:
    """The risk over time, when it passes each level, the likeliest ways to war."""
    figures: list[RiskFigure | HoursLeftFigure | PathsFigure] = [
        _risk_figure(crisis, found),
        _hours_left_figure(found),
    ]
    chains = tuple(
        PathChain(path.share, tuple(PathStep(*step) for step in steps_of(crisis, path)))
        for path in found.paths[:_MAX_CHAINS]
        if path.causes
    )
    if chains:
        shares = listed([percent(chain.share) for chain in chains])
        alt = f"The {len(chains)} likeliest ways to war have {shares} of all wars."
        title = "The likeliest ways to war, and their share of all wars"
        figures.append(PathsFigure(FigureHead("paths", title, alt, ANSWER), chains))
    return figures


def _risk_figure(crisis: Crisis, found: EscalationResult) -> RiskFigure:
    hours, table = _thinned(found.risk.hours, found.risk.prob_war)
    low, mid, high = np.quantile(table, [0.05, 0.5, 0.95], axis=0)
    effects = [
        e for e in strongest_levers(found) if abs(float(np.median(e.difference))) > 5e-4
    ]
    # The strongest in either direction, so that a dangerous switch is seen too.
    shown = effects[:_MAX_LINES]
    if effects and np.median(effects[-1].difference) > 0 and effects[-1] not in shown:
        shown = [*effects[: _MAX_LINES - 1], effects[-1]]
    at = np.concatenate([[0.0], found.hours])
    levers = []
    for effect in shown:
        median = np.concatenate([[0.0], np.median(effect.prob_war, axis=0)])
        values = np.interp(hours, at, median)
        levers.append(Line(clean(effect.description), tuple(values.tolist())))
    ahead = span_of_time(horizon_of(found))
    best = f" {levers[0].title} would change it most." if levers else ""
    alt = f"The chance of war within {ahead} rises to {prob_war(found).text}.{best}"
    title = (
        "Chance of war while nobody agrees: median, 90 % band, and what would move it"
    )
    return RiskFigure(
        head=FigureHead("risk", title, alt, ANSWER),
        hours=tuple(hours.tolist()),
        war=Line("as things stand", tuple(mid.tolist())),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        levers=tuple(levers),
        marks=_marks(crisis, float(hours[-1])),
    )


def _hours_left_figure(found: EscalationResult) -> HoursLeftFigure:
    rows = []
    for level in _LEVELS:
        left = found.hours_left(level)
        low, lower, median, upper, high = map(left.quantile, _QUANTILES)
        text = hours_left(found, level).text
        rows.append(HoursLeftRow(level, low, lower, median, upper, high, text))
    ahead = span_of_time(horizon_of(found))
    told = listed([f"{percent(row.level)}: {row.text}" for row in rows])
    title = (
        "Hours left: when the chance of war passes a level, if nobody agrees "
        "(median, half and 90 % of the draws)"
    )
    alt = f"Time until the chance of war passes a level, within {ahead}. {told}."
    head = FigureHead("hours_left", title, alt, ANSWER)
    return HoursLeftFigure(head, found.risk.horizon, tuple(rows))


def _thinned(hours: FloatArray, table: FloatArray) -> tuple[FloatArray, FloatArray]:
    step = max(1, math.ceil(len(hours) / _GRID))
    kept = np.unique(np.append(np.arange(0, len(hours), step), len(hours) - 1))
    return hours[kept], table[:, kept]


def _marks(crisis: Crisis, last: float) -> tuple[tuple[float, str], ...]:
    """Deadlines within sight, in hours from now."""
    marks = []
    for deadline in crisis.deadlines.values():
        if deadline.at.presence != "known" or crisis.now.presence != "known":
            continue
        hour = (deadline.at.middle - crisis.now.middle).total_seconds() / 3600
        if 0 < hour < last:
            marks.append((hour, clean(deadline.title)))
    return tuple(sorted(marks))
