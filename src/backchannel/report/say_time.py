"""Section 1, how long there is: risk by hour, hours left, levers, ways to war."""

from __future__ import annotations

import math

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.model import Crisis
from backchannel.escalation import EscalationResult, LeverEffect, PathToWar
from backchannel.report.figure_records import (
    FigureHead,
    Line,
    PathChain,
    PathsFigure,
    PathStep,
    RiskFigure,
)
from backchannel.report.naming import title_of_actor
from backchannel.report.records import (
    Number,
    Part,
    Section,
    Statement,
    Table,
    Where,
    row_of,
    say,
)
from backchannel.report.wording import (
    clean,
    listed,
    number,
    percent,
    span_of_time,
    without_band,
)

ANSWER = "escalation"
QUESTION = "How long have we got?"
_LEVELS = (0.01, 0.05, 0.10, 0.25, 0.50)
_MAX_LINES = 4
_MAX_CHAINS = 5
_GRID = 140
_MAX_HOURS = 10
_ROUND_HOURS = (1, 3, 6, 12, 18, 24, 36, 48, 72, 96, 120, 168, 240, 336, 504, 720)


def without_escalation() -> Section:
    """The section of a crisis whose file has no escalation section."""
    said = (
        "The file has no escalation section, so this cannot be answered; everything "
        "below takes it that no war comes while people talk."
    )
    return Section("time", 1, QUESTION, (say(said),), is_answered=False)


def say_time(crisis: Crisis, found: EscalationResult) -> Section:
    """Say how the risk grows, when it passes which level, and what would lower it."""
    statements = [_say_risk(found), _say_left(found)]
    statements += _say_ending(found)
    statements += _say_levers(crisis, found)
    statements += _say_paths(crisis, found)
    return Section(
        key="time",
        number=1,
        question=QUESTION,
        statements=tuple(statements),
        tables=tuple(_tables(crisis, found)),
        figures=tuple(_figures(crisis, found)),
    )


def prob_war(found: EscalationResult) -> Number:
    """Chance of war by the horizon."""
    return number("prob_war.horizon", "chance", found.prob_war[:, -1], ANSWER)


def horizon_of(found: EscalationResult) -> float:
    """Last hour that was computed."""
    return float(found.hours[-1])


def hours_left(found: EscalationResult, level: float) -> Number:
    """Hours until the risk passes a level; beyond the horizon nothing is known."""
    left = found.hours_left(level)
    hours = np.where(left.is_censored, np.inf, left.hours)
    end = float(found.risk.hours[-1])
    name = f"hours_left.{100 * level:g}_percent"
    return number(name, "hours", hours, ANSWER, censored_at=end)


def strongest_levers(found: EscalationResult) -> list[LeverEffect]:
    """Levers by their effect on the risk, the one that lowers it most first."""
    return sorted(found.levers, key=lambda e: float(np.median(e.difference)))


def lever_change(effect: LeverEffect) -> Number:
    """By how much a lever changes the chance of war by the horizon."""
    return number(f"lever.{effect.name}", "change", effect.difference, ANSWER)


def _say_risk(found: EscalationResult) -> Statement:
    ahead = span_of_time(horizon_of(found))
    return say(
        f"If nobody agrees and nothing is changed, war comes within {ahead} with a "
        "chance of ",
        prob_war(found),
        ".",
    )


def _say_left(found: EscalationResult) -> Statement:
    early, late = hours_left(found, 0.05), hours_left(found, 0.25)
    return say("The risk passes 5 % after ", early, " and 25 % after ", late, ".")


def _say_ending(found: EscalationResult) -> list[Statement]:
    if not found.prob_settled.any():
        return []
    ended = number("prob_ended.horizon", "chance", found.prob_settled[:, -1], ANSWER)
    return [say("It ends without war in that time with a chance of ", ended, ".")]


def _say_levers(crisis: Crisis, found: EscalationResult) -> list[Statement]:
    effects = strongest_levers(found)
    if not effects:
        return []
    best, worst = effects[0], effects[-1]
    said: list[Part] = []
    if np.median(best.difference) < 0:
        what = f"{clean(best.description)} ({_holder(crisis, best)})"
        said += [f"What would lower it most: {what}, ", lever_change(best), "."]
    if np.median(worst.difference) > 0:
        what = f"{clean(worst.description)} ({_holder(crisis, worst)})"
        opening = f"{' ' if said else ''}What would raise it most: {what}, "
        said += [opening, lever_change(worst), "."]
    return [say(*said)] if said else []


def _holder(crisis: Crisis, effect: LeverEffect) -> str:
    return title_of_actor(crisis, effect.controlled_by)


def _say_paths(crisis: Crisis, found: EscalationResult) -> list[Statement]:
    told = [path for path in found.paths if path.causes]
    if not told:
        return []
    share = number("path.1.share", "share", told[0].share, ANSWER)
    return [
        say(
            "The likeliest way there, with every number at its median, makes up ",
            share,
            f" of all wars: {title_of_path(crisis, told[0])}.",
        )
    ]


def _tables(crisis: Crisis, found: EscalationResult) -> list[Table]:
    tables = [_risk_row(found), _risk_table(found), _left_table(found)]
    if found.levers:
        tables += [
            _lever_table(crisis, found, 2, "terminal"),
            _lever_table(crisis, found, None, "page"),
        ]
    if any(path.causes for path in found.paths):
        tables.append(_path_table(crisis, found))
    return tables


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


def _lever_table(
    crisis: Crisis, found: EscalationResult, limit: int | None, where: Where
) -> Table:
    is_page = where == "page"
    effects = strongest_levers(found)[:limit]
    rows = []
    for effect in effects:
        cells: list[Part] = [clean(effect.description), _holder(crisis, effect)]
        cells.append(lever_change(effect))
        if is_page:
            name = f"lever.{effect.name}.prob_war"
            cells.append(number(name, "chance", effect.prob_war[:, -1], ANSWER))
        rows.append(row_of(*cells))
    ahead = span_of_time(horizon_of(found))
    columns = ("what could be switched", "in the hand of", "change of the risk")
    return Table(
        key="levers" if is_page else "levers_short",
        caption=f"What each switch would do to the chance of war within {ahead}",
        columns=(*columns, *(("chance of war then",) if is_page else ())),
        rows=tuple(rows),
        answer=ANSWER,
        note="Each is switched alone, now, in the same draws." if is_page else "",
        where=where,
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


def _figures(crisis: Crisis, found: EscalationResult) -> list[RiskFigure | PathsFigure]:
    figures: list[RiskFigure | PathsFigure] = [_risk_figure(crisis, found)]
    chains = tuple(
        PathChain(path.share, tuple(PathStep(*step) for step in _steps(crisis, path)))
        for path in found.paths[:_MAX_CHAINS]
        if path.causes
    )
    if chains:
        shares = listed([percent(chain.share) for chain in chains])
        alt = f"The {len(chains)} likeliest ways to war have {shares} of all wars."
        title = "The likeliest ways to war, and their share of all wars"
        figures.append(PathsFigure(FigureHead("paths", title, alt, ANSWER), chains))
    return figures


def _steps(crisis: Crisis, path: PathToWar) -> list[tuple[str, str]]:
    """What raised the crisis, and to which rung, step by step."""
    rungs = crisis.escalation.rungs if crisis.escalation is not None else {}
    return [
        (
            clean(cause.describe(crisis)),
            clean(rungs[rung].title) if rung in rungs else clean(rung),
        )
        for cause, rung in zip(path.causes, path.rungs, strict=True)
    ]


def title_of_path(crisis: Crisis, path: PathToWar) -> str:
    """A way to war in words; what comes twice in a row is named once."""
    if not path.causes:
        return clean(path.text)
    said, before = [], ""
    for cause, rung in _steps(crisis, path):
        said.append(f"{'again' if cause == before else cause} ({rung})")
        before = cause
    return ", then ".join(said)


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
