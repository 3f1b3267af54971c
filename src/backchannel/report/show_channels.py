"""Tables and figure of the fourth question: exchanges of an offer for an answer."""

from __future__ import annotations

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.report.figure_records import (
    Band,
    ChannelFigure,
    ChannelPoint,
    FigureHead,
)
from backchannel.report.naming import title_of_actor
from backchannel.report.records import Part, Statement, Table, Where, row_of
from backchannel.report.trips import (
    ANSWER,
    TAKEN_TO_ACCEPT,
    hours_of,
    risk_of,
    runs_a_risk,
    send_by,
    send_within,
    title_of_trip,
    zone_of,
)
from backchannel.report.wording import (
    banded,
    clean,
    number,
    quoted,
    shorten,
    without_band,
)
from backchannel.settlement.channels import ChannelPlan
from backchannel.settlement.round_trips import RoundTrip

_MAX_SHORT, _MAX_POINTS, _MAX_ROWS = 3, 6, 12


def _telling(trips: list[RoundTrip]) -> list[RoundTrip]:
    """For each channel of the offer its fastest answer; at the end what is missing."""
    best: dict[str, RoundTrip] = {}
    for trip in trips:
        if trip.is_available:
            best.setdefault(trip.offer, trip)
    missing = sorted(
        (t for t in trips if not t.is_available),
        key=lambda t: float(np.median(t.hours)),
    )
    kept = list(best.values())[: _MAX_SHORT - bool(missing)]
    return [*kept, *missing[: _MAX_SHORT - len(kept)][:1]]


def short_trip_table(crisis: Crisis, trips: list[RoundTrip]) -> Table:
    """The telling exchanges, for the terminal."""
    kept = _telling(trips)
    # One deadline for the column: the first that any of them has to meet.
    due = next((trip.reaches[0].deadline for trip in kept if trip.reaches), None)
    columns = ["offer by", "answer by", "answer after"]
    columns += ["war before"] if runs_a_risk(crisis) else []
    columns += [] if due is None else ["to send"]
    rows = []
    for trip in kept:
        line: list[Part] = [*_ends(crisis, trip), hours_of(trip)]
        if runs_a_risk(crisis):
            line.append(without_band(risk_of(trip)))
        if due is not None:
            reaches = [r for r in trip.reaches if r.deadline == due]
            line.append(send_within(reaches[0]) if reaches else "—")
        rows.append(row_of(*line))
    notes = [] if all(t.is_available for t in kept) else ["* Not available."]
    if due is not None:
        title = quoted(clean(crisis.deadlines[due].title))
        notes.append(f"To send: for a chance of 90 % to meet {title}.")
    return Table(
        "channels_short",
        "Channels",
        tuple(columns),
        tuple(rows),
        ANSWER,
        " ".join(notes),
        where="terminal",
        n_names=2,
    )


def worth_a_row(plan: ChannelPlan, trips: list[RoundTrip]) -> list[RoundTrip]:
    """Exchanges for the page: every answer to the offer at hand, else the fastest."""
    first = trips[0].offer
    kept = [t for t in trips if t.offer == first and t.is_available]
    kept += [t for t in _fastest(trips) if t not in kept]
    others = [t for t in plan.round_trips if t.sender != trips[0].sender]
    by_hours = sorted(
        others, key=lambda t: (not t.is_available, float(np.median(t.hours)))
    )
    return [*kept, *_fastest(by_hours)][:_MAX_ROWS]


def _fastest(trips: list[RoundTrip]) -> list[RoundTrip]:
    """The first exchange of each channel for the offer."""
    found: dict[str, RoundTrip] = {}
    for trip in trips:
        found.setdefault(trip.offer, trip)
    return list(found.values())


def trip_table(
    crisis: Crisis, trips: list[RoundTrip], which: str, key: str, where: Where
) -> Table:
    """Exchanges with hours, risk, chance, leak and the latest hour to send.

    Parameters
    ----------
    which : what the package offered is called
    """
    deadlines = list(dict.fromkeys(r.deadline for t in trips for r in t.reaches))
    titles = [f"“{clean(crisis.deadlines[name].title)}”" for name in deadlines]
    latest = [f"latest to send for {title}" for title in titles]
    risky = runs_a_risk(crisis)
    note = f"With {which}. “Settled”: the answer is yes and is carried home"
    note += ", and war has not come before it" if risky else ""
    note += f". {TAKEN_TO_ACCEPT}" if any(t.others for t in trips) else "."
    if titles:
        note += (
            " “Latest to send”: for a chance of 90 % to be in time, by the clock of "
            f"{zone_of(crisis)}."
        )
    if len(titles) == 1:
        latest = ["latest to send"]
        note += f" The deadline is {titles[0]}."
    if not all(t.is_available for t in trips):
        note += " * Not available."
    columns = ["offer by", "answer by", "from", "answer after"]
    columns += ["war before that"] if risky else []
    return Table(
        key=key,
        caption="Exchanges of an offer for an answer, sent now",
        columns=(*columns, "settled", "leaks on the way", *latest),
        rows=tuple(_trip_row(crisis, trip, deadlines) for trip in trips),
        answer=ANSWER,
        note=note,
        where=where,
    )


def _trip_row(
    crisis: Crisis, trip: RoundTrip, deadlines: list[str]
) -> tuple[Statement, ...]:
    name = f"channel.{trip.offer}.{trip.reply}"
    leak = trip.prob_leak
    heard: Part = "the answer is public"
    if crisis.channels[trip.offer].is_public:
        heard = "everybody hears it"
    elif not crisis.channels[trip.reply].is_public:
        ends = (leak.median, leak.low, leak.high)
        heard = banded(f"{name}.prob_leak", "chance", ends, ANSWER)
    reaches = {reach.deadline: send_by(crisis, reach) for reach in trip.reaches}
    return row_of(
        *_ends(crisis, trip),
        title_of_actor(crisis, trip.sender),
        hours_of(trip),
        *([risk_of(trip)] if runs_a_risk(crisis) else []),
        number(f"{name}.prob_settled", "share", trip.prob_settled, ANSWER),
        heard,
        *(reaches.get(deadline, "—") for deadline in deadlines),
    )


def _ends(crisis: Crisis, trip: RoundTrip) -> list[str]:
    """The two channels, marked where one is not available."""
    channels = [crisis.channels[name] for name in (trip.offer, trip.reply)]
    return [f"{'' if c.is_available else '* '}{clean(c.title)}" for c in channels]


def channel_figure(crisis: Crisis, trips: list[RoundTrip]) -> ChannelFigure:
    """Hours against risk for each channel of the offer."""
    points = tuple(
        ChannelPoint(
            _label(crisis, t), _band(t.hours), _band(t.prob_war), t.is_available
        )
        for t in _drawn(trips)
    )
    due = {r.deadline: r.hours for t in trips for r in t.reaches if r.hours > 0}
    deadlines = tuple(
        (hours, clean(crisis.deadlines[name].title)) for name, hours in due.items()
    )
    first = trips[0]
    alt = (
        f"{title_of_trip(crisis, first)}: {hours_of(first).text}, with a chance of war "
        f"meanwhile of {risk_of(first).text}."
    )
    title = "Round trip by channel against the risk that runs meanwhile"
    return ChannelFigure(FigureHead("channel", title, alt, ANSWER), points, deadlines)


def _label(crisis: Crisis, trip: RoundTrip) -> str:
    offer, reply = (clean(crisis.channels[n].title) for n in (trip.offer, trip.reply))
    return f"{shorten(offer, 46)} → {shorten(reply, 40)}"


def _drawn(trips: list[RoundTrip]) -> list[RoundTrip]:
    """Exchanges to draw: for each channel of the offer the fastest answer."""
    first = _telling(trips)
    return [*first, *(t for t in _fastest(trips) if t not in first)][:_MAX_POINTS]


def _band(values: np.ndarray) -> Band:
    low, mid, high = (float(q) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    return Band(mid, low, high)
