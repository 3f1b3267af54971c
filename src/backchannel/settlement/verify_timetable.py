"""Check a timetable by plain recursion, and criticality by small delays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.result import Certificate
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.model import Crisis
from backchannel.settlement.literal import ReadNumber, perform_literally

if TYPE_CHECKING:
    from backchannel.settlement.network import Activity
    from backchannel.settlement.timetable import Timetable

BOUND = 1e-9
# A delay as a share of the total: far above rounding, far below any real slack.
_DELAY = 1e-6


def certify_timetable(timetable: Timetable, crisis: Crisis) -> Certificate:
    """Compare two draws with the plain recursion, nothing else."""
    worst = _draws_gap(timetable, crisis, 2)
    return Certificate("dates", worst, BOUND, "plain recursion")


def verify_timetable(timetable: Timetable, crisis: Crisis) -> Certificate:
    """Recompute dates, bands and criticality.

    Raises
    ------
    ModelError : the digest of the crisis is not that of the answer.
    """
    if crisis.digest != timetable.crisis_digest:
        raise ModelError(
            "check: this timetable was computed from another version of the crisis; "
            "load the file it came from"
        )
    worst = max(_draws_gap(timetable, crisis, 5), _bands_gap(timetable))
    return Certificate("timetable", worst, BOUND, "plain recursion, small delays")


def _bands_gap(timetable: Timetable) -> float:
    """Check that bands and shares belong to the draws they summarise."""
    worst = _gap(timetable.total.median, float(np.median(timetable.total_by_draw)))
    for term in timetable.terms:
        own = [a for a in timetable.activities if a.issue == term.issue]
        start = np.minimum.reduce([a.start for a in own])
        finish = np.maximum.reduce([a.finish for a in own])
        critical = np.logical_or.reduce([a.is_critical for a in own])
        worst = max(worst, _gap(term.start.median, float(np.median(start))))
        worst = max(worst, _gap(term.finish.median, float(np.median(finish))))
        worst = max(worst, abs(term.criticality - float(np.mean(critical))))
    return worst


def _gap(stated: float, found: float) -> float:
    return abs(stated - found) / max(abs(found), 1.0)


def _draws_gap(timetable: Timetable, crisis: Crisis, n_draws: int) -> float:
    """Deviation of dates and criticality in a few draws."""
    worst = 0.0
    for d in np.unique(np.linspace(0, timetable.n_draws - 1, n_draws).astype(int)):

        def number(n: Uncertain, at: int = int(d)) -> float:
            return float(timetable.draws[n][at])

        ends = perform_literally(crisis, timetable.package, number)
        total = max(ends.values(), default=0.0)
        worst = max(worst, _gap(float(timetable.total_by_draw[d]), total))
        for issue, end in ends.items():
            own = [float(a.finish[d]) for a in timetable.activities if a.issue == issue]
            worst = max(worst, _gap(max(own, default=-1.0), end))
        for activity in timetable.activities:
            delays = _delays(crisis, timetable, activity, number, total)
            if delays is not None:
                worst = max(worst, float(delays != bool(activity.is_critical[d])))
    return worst


def _delays(
    crisis: Crisis,
    timetable: Timetable,
    activity: Activity,
    number: ReadNumber,
    total: float,
) -> bool | None:
    """Whether a small delay of one activity delays all; None where it has no length."""
    level = crisis.issues[activity.issue].levels[activity.level]
    slow = 1.0 if level.slippage is None else number(level.slippage)
    target = level.steps[activity.step].duration if activity.step else level.lead_time
    if target is None or slow <= 0.0:
        return None
    more = _DELAY * max(total, 1.0) / slow
    late = perform_literally(
        crisis, timetable.package, lambda n: number(n) + (more if n is target else 0.0)
    )
    return max(late.values()) > total + _DELAY * max(total, 1.0) / 2
