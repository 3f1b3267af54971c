"""Section 4, which channel and which deadline: round trips and what runs meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.report.figure_records import (
    Band,
    ChannelFigure,
    ChannelPoint,
    FigureHead,
    TimetableFigure,
)
from backchannel.report.named_packages import latest_offers
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
from backchannel.report.say_dates import date_table, say_dates, timetable_figure
from backchannel.report.say_forms import form_table, say_forms
from backchannel.report.wording import (
    banded,
    clean,
    number,
    shorten,
    span_of_time,
    without_band,
)
from backchannel.settlement import ChannelPlan, Timetable
from backchannel.settlement.round_trips import Reach, RoundTrip

ANSWER = "channel"
QUESTION = "Which channel, which deadline?"
_MAX_SHORT, _MAX_POINTS, _MAX_ROWS = 4, 6, 12


def say_channel(
    crisis: Crisis, plan: ChannelPlan, timetables: Mapping[str, Timetable]
) -> Section:
    """Say how long an answer takes, what runs meanwhile, and when all is performed."""
    statements: list[Statement] = []
    tables: list[Table] = []
    figures: list[ChannelFigure | TimetableFigure] = []
    trips = trips_of_sender(crisis, plan)
    if trips:
        statements += _say_trips(crisis, trips)
        tables += [
            _short_table(crisis, trips),
            _trip_table(crisis, _worth_a_row(plan, trips), "channels", "page"),
            _trip_table(crisis, list(plan.round_trips), "channels_all", "json"),
        ]
    if any(runs_a_risk(trip) for trip in trips):
        figures.append(_channel_figure(crisis, trips))
    if not trips:
        statements.append(
            say(
                "The file has no channel from one party to another and back, so no "
                "round trip can be computed."
            )
        )
    if plan.forms:
        statements += say_forms(crisis, plan.forms)
        tables.append(form_table(crisis, plan.forms))
    for key, timetable in timetables.items():
        figure = timetable_figure(crisis, key, timetable)
        if figure is None:
            continue
        statements.append(say_dates(crisis, key, timetable))
        tables.append(date_table(crisis, key, timetable))
        figures.append(figure)
    return Section(
        "channel",
        4,
        QUESTION,
        tuple(statements),
        tuple(tables),
        tuple(figures),
        is_answered=bool(trips),
    )


def trips_of_sender(crisis: Crisis, plan: ChannelPlan) -> list[RoundTrip]:
    """The exchanges of whoever is to offer now, the ones that exist first.

    That is the proposer of the offer nearest to `now`, else who set a deadline, else
    the first party that can send. The channel of that offer comes first, then by hours.
    """
    offers = [offer for _, offer in latest_offers(crisis)]
    senders = [offer.proposed_by for offer in offers]
    senders += [deadline.set_by for deadline in crisis.deadlines.values()]
    senders += list(crisis.parties)
    used = offers[0].channel if offers else None
    for sender in senders:
        own = [trip for trip in plan.round_trips if trip.sender == sender]
        if own:
            return sorted(
                own,
                key=lambda t: (
                    not t.is_available,
                    t.offer != used,
                    float(np.median(t.hours)),
                ),
            )
    return []


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


def title_of_trip(crisis: Crisis, trip: RoundTrip) -> str:
    """An exchange in words."""
    offer, reply = (clean(crisis.channels[n].title) for n in (trip.offer, trip.reply))
    return f"“{offer}”, answered by “{reply}”"


def hours_of(trip: RoundTrip) -> Number:
    """Hours until the answer is in."""
    name = f"channel.{trip.offer}.{trip.reply}.hours"
    return number(name, "hours", trip.hours, ANSWER)


def risk_of(trip: RoundTrip) -> Number:
    """Chance of war before the answer is in."""
    name = f"channel.{trip.offer}.{trip.reply}.prob_war"
    return number(name, "chance", trip.prob_war, ANSWER)


def runs_a_risk(trip: RoundTrip) -> bool:
    """Whether war can come before the answer: never without an escalation section."""
    return bool(trip.prob_war.any())


def send_by(crisis: Crisis, reach: Reach) -> str:
    """The latest hour to send for a chance of 90 % to be in time, for a table."""
    hour = reach.latest_likely
    if hour is None:
        return "no hour would do"
    if hour < 0:
        return f"{span_of_time(-hour)} too late"
    return f"{_clock(crisis, hour)}, in {span_of_time(hour)}"


def _send_within(reach: Reach) -> str:
    """The same where there is room for two words."""
    hour = reach.latest_likely
    if hour is None:
        return "no hour would do"
    if hour < 0:
        return f"{span_of_time(-hour)} too late"
    return f"within {span_of_time(hour)}"


def say_send_by(crisis: Crisis, reach: Reach) -> str:
    """The same as the end of a sentence."""
    title = f"“{clean(crisis.deadlines[reach.deadline].title)}”"
    hour = reach.latest_likely
    if hour is None:
        return f"no hour to send would meet {title} with a chance of 90 %"
    if hour < 0:
        late = span_of_time(-hour)
        return f"to meet {title} with a chance of 90 %, it is {late} too late to send"
    by = f"{_clock(crisis, hour)} {_zone(crisis)}, within {span_of_time(hour)}"
    return f"to meet {title} with a chance of 90 %, send by {by}"


def _clock(crisis: Crisis, hours: float) -> str:
    """An hour from now on the clock of `now`."""
    shift = timedelta(hours=hours + crisis.now.offset_hours)
    local = crisis.now.middle + shift
    return f"{local.day} {local:%b} {local:%H:%M}"


def _zone(crisis: Crisis) -> str:
    """The zone of that clock."""
    offset = crisis.now.offset_hours
    return "UTC" if offset == 0 else f"UTC{offset:+g}".replace("-", "−")


def _in_time(trip: RoundTrip, reach: Reach) -> Number:
    name = f"channel.{trip.offer}.{trip.reply}.in_time.{reach.deadline}"
    return number(name, "share", reach.prob_in_time, ANSWER)


def _say_trips(crisis: Crisis, trips: list[RoundTrip]) -> list[Statement]:
    first = trips[0]
    sender, receiver = (
        title_of_actor(crisis, a) for a in (first.sender, first.receiver)
    )
    transit = number(
        f"channel.{first.offer}.{first.reply}.share_in_transit",
        "share",
        first.share_in_transit,
        ANSWER,
    )
    which = f"An offer from {sender} to {receiver} by {title_of_trip(crisis, first)},"
    parts: list[Part] = [
        f"{which} brings an answer after ",
        hours_of(first),
    ]
    if runs_a_risk(first):
        parts += [", and war comes before that with a chance of ", risk_of(first)]
    if first.share_in_transit > 0.005:
        parts += [
            "; ",
            transit,
            " of that risk is due to messages under way, the rest ",
        ]
        parts.append("to deciding")
    parts.append(".")
    said = [say(*parts)]
    for reach in first.reaches:
        title = clean(crisis.deadlines[reach.deadline].title)
        said.append(
            say(
                f"Sent now, “{title}” is met with a chance of ",
                _in_time(first, reach),
                f"; {say_send_by(crisis, reach)}.",
            )
        )
    missing = [trip for trip in trips if not trip.is_available]
    if missing:
        fastest = min(missing, key=lambda t: float(np.median(t.hours)))
        risk: list[Part] = []
        if runs_a_risk(fastest):
            risk = [" and ", risk_of(fastest)]
        said.append(
            say(
                "With a channel that is not available, "
                f"{title_of_trip(crisis, fastest)}, it would be ",
                hours_of(fastest),
                *risk,
                ".",
            )
        )
    return said


def _short_table(crisis: Crisis, trips: list[RoundTrip]) -> Table:
    kept = _telling(trips)
    has_deadline = any(trip.reaches for trip in kept)
    rows = []
    for trip in kept:
        line: list[Part] = [*_ends(crisis, trip), hours_of(trip)]
        line.append(without_band(risk_of(trip)))
        if has_deadline:
            line.append(_send_within(trip.reaches[0]) if trip.reaches else "—")
        rows.append(row_of(*line))
    columns = ("offer by", "answer by", "answer after", "war before")
    extra = ("send",) if has_deadline else ()
    note = (
        ""
        if all(t.is_available for t in kept)
        else "* Not available: what it would buy."
    )
    caption = "Channels"
    return Table(
        "channels_short",
        caption,
        (*columns, *extra),
        tuple(rows),
        ANSWER,
        note,
        where="terminal",
    )


def _worth_a_row(plan: ChannelPlan, trips: list[RoundTrip]) -> list[RoundTrip]:
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


def _trip_table(
    crisis: Crisis, trips: list[RoundTrip], key: str, where: Where
) -> Table:
    deadlines = list(dict.fromkeys(r.deadline for t in trips for r in t.reaches))
    titles = [f"“{clean(crisis.deadlines[name].title)}”" for name in deadlines]
    latest = [f"latest to send for {title}" for title in titles]
    note = (
        "With the best package. “Settled”: the answer is yes, is carried home, and war "
        "has not come before it."
    )
    if titles:
        note += (
            f" “Latest to send”: for a chance of 90 % to be in time, {_zone(crisis)}."
        )
    if len(titles) == 1:
        latest = ["latest to send"]
        note += f" The deadline is {titles[0]}."
    if not all(t.is_available for t in trips):
        note += " * Not available."
    columns = ("offer by", "answer by", "from", "answer after", "war before that")
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
        risk_of(trip),
        number(f"{name}.prob_settled", "share", trip.prob_settled, ANSWER),
        heard,
        *(reaches.get(deadline, "—") for deadline in deadlines),
    )


def _ends(crisis: Crisis, trip: RoundTrip) -> list[str]:
    """The two channels, marked where one is not available."""
    channels = [crisis.channels[name] for name in (trip.offer, trip.reply)]
    return [f"{'' if c.is_available else '* '}{clean(c.title)}" for c in channels]


def _channel_figure(crisis: Crisis, trips: list[RoundTrip]) -> ChannelFigure:
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
    return f"{shorten(offer, 30)} → {shorten(reply, 26)}"


def _drawn(trips: list[RoundTrip]) -> list[RoundTrip]:
    """Exchanges to draw: for each channel of the offer the fastest answer."""
    first = _telling(trips)
    return [*first, *(t for t in _fastest(trips) if t not in first)][:_MAX_POINTS]


def _band(values: np.ndarray) -> Band:
    low, mid, high = (float(q) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    return Band(mid, low, high)
