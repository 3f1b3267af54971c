"""Check a plan of channels by plain loops over single draws."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.result import Certificate
from backchannel.crisis.model import Crisis

if TYPE_CHECKING:
    from backchannel.crisis.channels import Channel
    from backchannel.settlement.channels import ChannelPlan
    from backchannel.settlement.deadline_forms import FormReading
    from backchannel.settlement.round_trips import RoundTrip

BOUND = 1e-9
ROUTE = "plain loops over single draws"


def certify_channels(plan: ChannelPlan, crisis: Crisis) -> Certificate:
    """Compare the exchanges in two draws with plain loops, nothing else."""
    gaps = [_trip_gap(plan, crisis, trip, 2) for trip in plan.round_trips]
    return Certificate("hours, risk, value", max(gaps, default=0.0), BOUND, ROUTE)


def verify_channels(plan: ChannelPlan, crisis: Crisis) -> Certificate:
    """Recompute exchanges, reaches and forms.

    Raises
    ------
    ModelError : the digest of the crisis is not that of the answer.
    """
    if crisis.digest != plan.crisis_digest:
        raise ModelError(
            "check: this plan was computed from another version of the crisis; "
            "load the file it came from"
        )
    gaps = [_trip_gap(plan, crisis, trip, 7) for trip in plan.round_trips]
    gaps += [_reach_gap(plan, crisis, trip) for trip in plan.round_trips]
    gaps += [_form_gap(plan, crisis, form) for form in plan.forms]
    return Certificate("channels", max(gaps, default=0.0), BOUND, ROUTE)


def _length(plan: ChannelPlan, channel: Channel, d: int) -> float:
    return math.fsum(float(plan.draws[h.latency][d]) for h in channel.hops.values())


def _hour(crisis: Crisis, channel: Channel) -> float:
    opens = channel.opens_at
    if opens is None or opens.earliest is None:
        return -math.inf
    return (opens.middle - crisis.now.middle).total_seconds() / 3600


def _arrival(
    plan: ChannelPlan, crisis: Crisis, trip: RoundTrip, d: int, sent: float
) -> float:
    """Walk through one exchange, leg by leg."""
    offer, reply = crisis.channels[trip.offer], crisis.channels[trip.reply]
    time = max(sent, _hour(crisis, offer))
    time += _length(plan, offer, d)
    pause = crisis.actors[offer.receiver].deliberation
    time += 0.0 if pause is None else float(plan.draws[pause][d])
    time = max(time, _hour(crisis, reply))
    return time + _length(plan, reply, d)


def _risk(plan: ChannelPlan, d: int, hour: float) -> float:
    return float(np.interp(hour, plan.risk.hours, plan.risk.prob_war[d]))


def _worth(plan: ChannelPlan, crisis: Crisis, party: str, d: int, war: float) -> float:
    fallback = crisis.no_deal.fallback.get(party)
    kept = 0.0 if fallback is None else float(plan.draws[fallback][d])
    return -100.0 * war + kept * (1.0 - war)


def _on_arrival(
    plan: ChannelPlan, crisis: Crisis, d: int, so_far: float, ends: tuple[str, str]
) -> tuple[dict[str, float], bool, float, float]:
    """Gains of the two ends then, whether both accept, chance to carry it, risk left.

    Nobody else is asked: what the others say does not come by these channels.
    """
    whole = _risk(plan, d, crisis.horizon.median())
    later = (whole - so_far) / (1.0 - so_far) if so_far < 1.0 else 0.0
    later = min(max(later, 0.0), 1.0)
    carried = float(plan.carried[d])
    gains = {}
    for i, party in enumerate(crisis.parties):
        if party in ends:
            now = _worth(plan, crisis, party, d, whole)
            then = _worth(plan, crisis, party, d, later)
            gains[party] = float(plan.gains[i, d]) + carried * now - carried * then
    return gains, min(gains.values()) >= -BOUND, carried, later


def _trip_gap(
    plan: ChannelPlan, crisis: Crisis, trip: RoundTrip, n_draws: int
) -> float:
    ends = (trip.sender, trip.receiver)
    worst = float(set(trip.others) != set(crisis.parties) - set(ends))
    for d in np.unique(np.linspace(0, plan.n_draws - 1, n_draws).astype(int)):
        hours = _arrival(plan, crisis, trip, d, 0.0)
        war = _risk(plan, d, hours)
        gains, is_agreed, carried, later = _on_arrival(plan, crisis, d, war, ends)
        gain = gains[trip.sender] if is_agreed else 0.0
        settled = carried if is_agreed else 0.0
        accepted = 1.0 if gains[trip.receiver] >= -BOUND else 0.0
        value = (1 - war) * (_worth(plan, crisis, trip.sender, d, later) + gain)
        value += -100.0 * war
        pause = crisis.actors[trip.receiver].deliberation
        transit = hours - (0.0 if pause is None else float(plan.draws[pause][d]))
        worst = max(
            worst,
            abs(hours - trip.hours[d]) / max(hours, 1.0),
            abs(transit - trip.hours_in_transit[d]) / max(hours, 1.0),
            abs(war - trip.prob_war[d]),
            abs((1 - war) * accepted - trip.prob_accepted[d]),
            abs((1 - war) * settled - trip.prob_settled[d]),
            abs(value - trip.value[d]) / 100.0,
        )
    return float(worst)


def _reach_gap(plan: ChannelPlan, crisis: Crisis, trip: RoundTrip) -> float:
    """1 where a latest hour is not in time often enough, or a later one would be."""

    def share(sent: float, due: float) -> float:
        arrivals = [_arrival(plan, crisis, trip, d, sent) for d in chosen]
        return float(np.mean([arrival <= due + BOUND for arrival in arrivals]))

    chosen = range(plan.n_draws)
    worst = 0.0
    for reach in trip.reaches:
        moment = crisis.deadlines[reach.deadline].at
        due = (moment.middle - crisis.now.middle).total_seconds() / 3600
        worst = max(worst, abs(share(0.0, due) - reach.prob_in_time))
        for hour, wanted in ((reach.latest_likely, 0.9), (reach.latest_even, 0.5)):
            if hour is not None:
                enough = share(hour, due) >= wanted - BOUND
                more = share(hour + 1e-6, due) >= wanted
                worst = max(worst, float(not enough or more))
    return worst


def _form_gap(plan: ChannelPlan, crisis: Crisis, form: FormReading) -> float:
    """Recompute one form of one deadline over all draws."""
    deadline = crisis.deadlines[form.deadline]
    trip = next(
        t for t in plan.round_trips if (t.offer, t.reply) == (form.offer, form.reply)
    )
    due = (deadline.at.middle - crisis.now.middle).total_seconds() / 3600
    temper = crisis.actors[deadline.addressee or ""].refuses_ultimatum
    number = deadline.forms[form.form].perceived_as_ultimatum
    ends = (trip.sender, trip.receiver)
    sums = {
        "accepted": 0.0,
        "settled": 0.0,
        "war": 0.0,
        "in_time": 0.0,
        "meanwhile": 0.0,
    }
    refusals = []
    for d in range(plan.n_draws):
        hours = _arrival(plan, crisis, trip, d, 0.0)
        war = _risk(plan, d, hours)
        gains, is_agreed, carried, later = _on_arrival(plan, crisis, d, war, ends)
        refused = float(plan.draws[number][d])
        refused *= 0.0 if temper is None else float(plan.draws[temper][d])
        refusals.append(refused)
        in_time = 1.0 if hours <= due else 0.0
        heard = (1 - refused) * in_time
        agreed = heard * carried if is_agreed else 0.0
        if gains[trip.receiver] >= -BOUND:
            sums["accepted"] += (1 - war) * heard
        sums["settled"] += (1 - war) * agreed
        sums["war"] += war + (1 - war) * (1 - agreed) * later
        sums["in_time"] += in_time
        sums["meanwhile"] += war
    n = plan.n_draws
    return max(
        float((form.sender, form.receiver, form.others) != (*ends, trip.others)),
        abs(sums["accepted"] / n - form.prob_accepted),
        abs(sums["settled"] / n - form.prob_settled),
        abs(sums["war"] / n - form.prob_war),
        abs(sums["in_time"] / n - form.prob_in_time),
        abs(sums["meanwhile"] / n - form.prob_war_meanwhile),
        abs(float(np.median(refusals)) - form.prob_refused.median),
    )
