"""One exchange of an offer for an answer, in words and numbers."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np

from backchannel.crisis.model import Crisis
from backchannel.crisis.stakes import likely_senders, offers_by_nearness
from backchannel.report.naming import title_of_actor
from backchannel.report.records import Number
from backchannel.report.wording import (
    clean,
    inner,
    listed,
    number,
    quoted,
    span_of_time,
)
from backchannel.settlement.channels import ChannelPlan
from backchannel.settlement.round_trips import Reach, RoundTrip

ANSWER = "channel"
TAKEN_TO_ACCEPT = "The parties that an exchange does not join are taken to accept."
# As `base.moments` reads it at the end of a time.
_ZONE = re.compile(r"([A-Za-z_]+/[A-Za-z_/+-]+|Z|UTC|[-+]\d\d:?\d\d)(?=\s|$)")


def trips_of_sender(crisis: Crisis, plan: ChannelPlan) -> list[RoundTrip]:
    """The exchanges of whoever is to offer now, the ones that exist first.

    That is the proposer of the offer nearest to `now`, else who set a deadline, else
    the first party that can send. The channel of that offer comes first, then by hours.
    """
    used = next((o.channel for o in offers_by_nearness(crisis).values()), None)
    for sender in likely_senders(crisis):
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


def runs_a_risk(crisis: Crisis) -> bool:
    """Whether the file says how war may come; if not, no chance of it is printed."""
    return crisis.escalation is not None


def if_others(crisis: Crisis, others: tuple[str, ...]) -> str:
    """On what condition a chance holds that rests on two parties alone."""
    names = listed([inner(title_of_actor(crisis, name)) for name in others])
    accept = "accepts" if len(others) == 1 else "accept"
    return f"if {names} {accept} too" if others else ""


def send_by(crisis: Crisis, reach: Reach) -> str:
    """The latest hour to send for a chance of 90 % to be in time, for a table."""
    hour = reach.latest_likely
    if hour is None:
        return "no hour would do"
    if hour < 0:
        return f"{span_of_time(-hour)} too late"
    return f"{_clock(crisis, hour)}, in {span_of_time(hour)}"


def send_within(reach: Reach) -> str:
    """The same where there is room for two words."""
    hour = reach.latest_likely
    if hour is None:
        return "no hour would do"
    if hour < 0:
        return f"{span_of_time(-hour)} too late"
    return f"within {span_of_time(hour)}"


def say_send_by(crisis: Crisis, reach: Reach, *, is_named: bool = False) -> str:
    """The same as the end of a sentence; `is_named` if the deadline was named in it."""
    title = quoted(clean(crisis.deadlines[reach.deadline].title))
    aim = "for a chance of 90 %"
    if not is_named:
        aim = f"to meet {title} with a chance of 90 %"
    hour = reach.latest_likely
    if hour is None:
        return f"{aim} there is no hour to send"
    if hour < 0:
        return f"{aim}, it is {span_of_time(-hour)} too late to send"
    by = f"{_clock(crisis, hour)} {zone_of(crisis)}, within {span_of_time(hour)}"
    return f"{aim}, send by {by}"


def _clock(crisis: Crisis, hours: float) -> str:
    """An hour from now on the clock of `now`, which may be changed in between."""
    at = crisis.now.middle + timedelta(hours=hours)
    name = zone_of(crisis)
    local = at.astimezone(ZoneInfo(name)) if "/" in name else at + _offset(crisis)
    return f"{local.day} {local:%b} {local:%H:%M}"


def _offset(crisis: Crisis) -> timedelta:
    return timedelta(hours=crisis.now.offset_hours)


def zone_of(crisis: Crisis) -> str:
    """The zone of that clock, by the name that the file gives it."""
    named = _ZONE.search(crisis.now.text)
    return "UTC" if named is None or named[1] == "Z" else named[1]
