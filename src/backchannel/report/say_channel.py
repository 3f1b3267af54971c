"""Section 4, which channel and which deadline: round trips and what runs meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.report.figure_records import ChannelFigure, TimetableFigure
from backchannel.report.naming import title_of_actor
from backchannel.report.records import Number, Part, Section, Statement, Table, say
from backchannel.report.say_dates import date_table, say_dates, timetable_figure
from backchannel.report.say_forms import form_table, say_forms
from backchannel.report.say_offers import say_plan, short_plan_table, single_table
from backchannel.report.show_channels import (
    channel_figure,
    short_trip_table,
    trip_table,
    worth_a_row,
)
from backchannel.report.trips import (
    ANSWER,
    hours_of,
    risk_of,
    runs_a_risk,
    say_send_by,
    title_of_trip,
    trips_of_sender,
)
from backchannel.report.wording import clean, number, quoted
from backchannel.settlement.channels import ChannelPlan
from backchannel.settlement.offer_plan import OfferPlan
from backchannel.settlement.round_trips import Reach, RoundTrip
from backchannel.settlement.settlements import Settlements
from backchannel.settlement.timetable import Timetable

QUESTION = "Which channel, which deadline?"


def say_channel(
    crisis: Crisis,
    plan: ChannelPlan,
    timetables: Mapping[str, Timetable],
    which: str,
    offers: tuple[OfferPlan, Settlements] | None = None,
) -> Section:
    """Say how long an answer takes, what runs meanwhile, and when all is performed.

    Parameters
    ----------
    which : what the package offered is called
    offers : what to offer in turn, and the packages that it is chosen from
    """
    statements: list[Statement] = []
    tables: list[Table] = []
    figures: list[ChannelFigure | TimetableFigure] = []
    trips = trips_of_sender(crisis, plan)
    if trips:
        statements += _say_trips(crisis, trips)
        tables += [
            short_trip_table(crisis, trips),
            trip_table(crisis, worth_a_row(plan, trips), which, "channels", "page"),
            trip_table(crisis, list(plan.round_trips), which, "channels_all", "json"),
        ]
    if trips and offers is not None:
        statements += say_plan(crisis, *offers)
        tables += [short_plan_table(crisis, *offers)] if offers[0].steps else []
        tables += [single_table(crisis, *offers)] if offers[0].singles else []
    if trips and runs_a_risk(crisis):
        figures.append(channel_figure(crisis, trips))
    if not trips:
        statements.append(
            say(
                "The file has no channel from one party to another and back, so no "
                "round trip can be computed."
            )
        )
    if plan.forms:
        statements += say_forms(crisis, plan.forms, which)
        tables.append(form_table(crisis, plan.forms))
    for key, timetable in timetables.items():
        figure = timetable_figure(crisis, timetable, key, which)
        if figure is None:
            continue
        statements.append(say_dates(crisis, timetable, key, which))
        tables.append(date_table(crisis, timetable, key, which))
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


def _in_time(trip: RoundTrip, reach: Reach) -> Number:
    name = f"channel.{trip.offer}.{trip.reply}.in_time.{reach.deadline}"
    return number(name, "share", reach.prob_in_time, ANSWER)


def _say_trips(crisis: Crisis, trips: list[RoundTrip]) -> list[Statement]:
    first = trips[0]
    sender, receiver = (
        quoted(title_of_actor(crisis, a)) for a in (first.sender, first.receiver)
    )
    if not first.is_available:
        said = f"No channel that exists carries an offer from {sender} to {receiver} "
        return [say(f"{said}and brings back an answer."), *_say_missing(crisis, trips)]
    which = f"An offer from {sender} to {receiver} by {title_of_trip(crisis, first)},"
    parts: list[Part] = [f"{which} brings an answer after ", hours_of(first)]
    if runs_a_risk(crisis):
        parts += [", and war comes before that with a chance of ", risk_of(first)]
        parts += _in_transit(first)
    said_now = [say(*parts, ".")]
    for reach in first.reaches:
        title = quoted(clean(crisis.deadlines[reach.deadline].title))
        parts = [f"If it is sent now, the answer is in time for {title} with a chance "]
        late = say_send_by(crisis, reach, is_named=True)
        parts += ["of ", _in_time(first, reach), f"; {late}."]
        said_now.append(say(*parts))
    return [*said_now, *_say_missing(crisis, trips)]


def _in_transit(trip: RoundTrip) -> list[Part]:
    """How much of the risk is due to messages, where it is any."""
    if trip.share_in_transit <= 0.005:
        return []
    name = f"channel.{trip.offer}.{trip.reply}.share_in_transit"
    share = number(name, "share", trip.share_in_transit, ANSWER)
    return [
        "; ",
        share,
        " of that risk is due to messages under way, the rest to deciding",
    ]


def _say_missing(crisis: Crisis, trips: list[RoundTrip]) -> list[Statement]:
    """What the fastest exchange that does not exist would bring."""
    missing = [trip for trip in trips if not trip.is_available]
    if not missing:
        return []
    fastest = min(missing, key=lambda t: float(np.median(t.hours)))
    opening = f"If it existed, {title_of_trip(crisis, fastest)}, would bring an answer"
    parts: list[Part] = [f"{opening} after ", hours_of(fastest)]
    if runs_a_risk(crisis):
        parts += [", with a chance of war before that of ", risk_of(fastest)]
    return [say(*parts, ".")]
