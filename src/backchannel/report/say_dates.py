"""When a package is performed: dates of its terms, and what decides the end."""

from __future__ import annotations

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.report.figure_records import Band, Bar, FigureHead, TimetableFigure
from backchannel.report.naming import term_title, title_of_actor
from backchannel.report.records import Statement, Table, row_of, say
from backchannel.report.wording import banded, clean, listed, number, span_of_time
from backchannel.settlement.network import Activity
from backchannel.settlement.timetable import Timetable

ANSWER = "timetable"
_MAX_BARS = 14


def call_dated(key: str, best: str) -> str:
    """The package of a timetable in a sentence; `best` is what the first is called."""
    return best if key == "best" else "the package that history chose"


def say_dates(crisis: Crisis, timetable: Timetable, key: str, best: str) -> Statement:
    """Say when all is performed and which works decide that."""
    total = number(
        f"timetable.{key}.total_hours", "hours", timetable.total_by_draw, ANSWER
    )
    path = [
        a for a in timetable.critical_path if float(np.median(a.finish - a.start)) > 0
    ]
    deciding = listed(list(dict.fromkeys(_activity_title(crisis, a) for a in path)))
    tail = f" What decides: {deciding}." if deciding else ""
    which = call_dated(key, best)
    return say(f"All of {which} is performed after ", total, f".{tail}")


def _activity_title(crisis: Crisis, activity: Activity) -> str:
    level = crisis.issues[activity.issue].levels[activity.level]
    if activity.step:
        issue = clean(crisis.issues[activity.issue].title)
        return f"{issue}: {clean(level.steps[activity.step].title)}"
    return term_title(crisis, activity.issue, activity.level)


def date_table(crisis: Crisis, timetable: Timetable, key: str, best: str) -> Table:
    """When each term of a package is performed."""
    rows = []
    for dates in timetable.terms:
        name = f"timetable.{key}.{dates.issue}"
        ends = (dates.finish.median, dates.finish.low, dates.finish.high)
        giver = crisis.issues[dates.issue].levels[dates.level].giver
        rows.append(
            row_of(
                term_title(
                    crisis,
                    dates.issue,
                    dates.level,
                    timetable.package[dates.issue].visibility,
                ),
                "—" if giver is None else title_of_actor(crisis, giver),
                banded(f"{name}.finish_hours", "hours", ends, ANSWER),
                number(f"{name}.criticality", "share", dates.criticality, ANSWER),
            )
        )
    return Table(
        key=f"timetable_{key}",
        caption=f"When {call_dated(key, best)} is performed",
        columns=("term", "by", "after agreement", "decides the end in"),
        rows=tuple(rows),
        answer=ANSWER,
        where="page",
    )


def timetable_figure(
    crisis: Crisis, timetable: Timetable, key: str, best: str
) -> TimetableFigure | None:
    """The works as bars; None where all is performed at once."""
    works = timetable.activities
    if len(works) > _MAX_BARS:
        # Steps that take no time would crowd out those that do.
        works = tuple(a for a in works if float(np.median(a.finish - a.start)) > 0)
    if not works or timetable.total.high <= 0:
        return None
    bars = tuple(
        _bar(crisis, timetable, a) for a in sorted(works, key=_begins)[:_MAX_BARS]
    )
    total = span_of_time(timetable.total.median)
    alt = f"All is performed {total} after agreement (median)."
    title = f"When {call_dated(key, best)} is performed"
    return TimetableFigure(FigureHead(f"timetable_{key}", title, alt, ANSWER), bars)


def _begins(activity: Activity) -> tuple[float, float]:
    return float(np.median(activity.start)), float(np.median(activity.finish))


def _bar(crisis: Crisis, timetable: Timetable, activity: Activity) -> Bar:
    low, mid, high = (
        float(q) / 24 for q in np.quantile(activity.finish, [0.05, 0.5, 0.95])
    )
    giver = crisis.issues[activity.issue].levels[activity.level].giver
    takes_time = float(np.median(activity.finish - activity.start)) > 0
    return Bar(
        title=_activity_title(crisis, activity),
        by="" if giver is None else title_of_actor(crisis, giver),
        start=float(np.median(activity.start)) / 24,
        end=Band(mid, low, high),
        is_critical=activity.criticality > 0.5 and takes_time,
        is_private=timetable.package[activity.issue].visibility == "private",
    )
