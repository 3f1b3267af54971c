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
from backchannel.report.wording import clean, number
from backchannel.settlement import ChannelPlan, Timetable
from backchannel.settlement.round_trips import Reach, RoundTrip

QUESTION = "Which channel, which deadline?"


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
            short_trip_table(crisis, trips),
            trip_table(crisis, worth_a_row(plan, trips), "channels", "page"),
            trip_table(crisis, list(plan.round_trips), "channels_all", "json"),
        ]
    if any(runs_a_risk(trip) for trip in trips):
        figures.append(channel_figure(crisis, trips))
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
