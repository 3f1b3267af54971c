"""Request against ultimatum: what follows when a deadline is put in either form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.settlement.band import Band, band
from backchannel.settlement.round_trips import Package, RoundTrip, hours_from_now


@dataclass(frozen=True)
class FormReading:
    """One deadline put in one form, by the channels of one round trip.

    `is_declared` : whether it was put so. `prob_perceived` : chance that it is read as
    an ultimatum; `prob_refused` : and refused for it. `prob_in_time` : chance that an
    answer is in by then. `prob_accepted` : the receiver's answer is in by then, it is
    yes, and there was no war before. `prob_settled` : accepted in time by both ends and
    carried home, no war before. `prob_war` : war by the horizon, `prob_war_meanwhile`
    before the answer. `prob_settled` and `prob_war` take it as given that the parties
    in `others`, whose answer these channels do not carry, accept.
    """

    deadline: str
    form: Literal["request", "ultimatum"]
    is_declared: bool
    offer: str
    reply: str
    sender: str
    receiver: str
    others: tuple[str, ...]
    prob_perceived: Band
    prob_refused: Band
    prob_in_time: float
    prob_accepted: float
    prob_settled: float
    prob_war: float
    prob_war_meanwhile: float

    def __str__(self) -> str:
        given = f" if {', '.join(self.others)} accept" if self.others else ""
        return (
            f"{self.deadline} as {self.form}: refused {self.prob_refused.median:.2f}, "
            f"settled{given} {self.prob_settled:.2f}, war {self.prob_war:.2f}"
        )


def read_forms(
    crisis: Crisis, trips: Sequence[RoundTrip], package: Package, draws: Draws
) -> list[FormReading]:
    """Compare the forms of every deadline that a pair of channels can carry.

    Parameters
    ----------
    trips : round trips; the declared offer's channel is used where a deadline has one,
        else the available pair with the shortest median
    """
    found = []
    for name, deadline in crisis.deadlines.items():
        trip = _carrier(crisis, name, trips)
        if trip is None or deadline.addressee is None:
            continue
        ends = (trip.sender, trip.receiver)
        arrival = package.on_arrival(crisis, draws, trip.hours, ends)
        due = hours_from_now(crisis, deadline.at)
        temper = crisis.actors[deadline.addressee].refuses_ultimatum
        refuses = np.zeros(draws.n_draws) if temper is None else draws[temper]
        in_time = trip.hours <= due
        for form, reading in deadline.forms.items():
            perceived = draws[reading.perceived_as_ultimatum]
            refused = perceived * refuses
            heard = (1.0 - trip.prob_war) * (1.0 - refused) * in_time
            agreed = (1.0 - refused) * in_time * arrival.settled
            rest = np.maximum(package.to_horizon - trip.prob_war, 0.0)
            found.append(
                FormReading(
                    name,
                    form,
                    deadline.declared == form,
                    trip.offer,
                    trip.reply,
                    *ends,
                    trip.others,
                    band(perceived),
                    band(refused),
                    float(in_time.mean()),
                    float((heard * arrival.accepts).mean()),
                    float(((1.0 - trip.prob_war) * agreed).mean()),
                    float((trip.prob_war + (1.0 - agreed) * rest).mean()),
                    float(trip.prob_war.mean()),
                )
            )
    return found


def _carrier(crisis: Crisis, name: str, trips: Sequence[RoundTrip]) -> RoundTrip | None:
    """The available round trip by which a deadline is put and answered."""
    fitting = [
        trip
        for trip in trips
        if trip.is_available and name in {reach.deadline for reach in trip.reaches}
    ]
    used = {o.channel for o in crisis.offers.values() if o.deadline == name}
    declared = [trip for trip in fitting if trip.offer in used]
    ranked = sorted(declared or fitting, key=lambda trip: trip.hours_band.median)
    return ranked[0] if ranked else None
