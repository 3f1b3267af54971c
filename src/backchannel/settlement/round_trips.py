"""How long an answer takes by each pair of channels, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.base.moments import Moment
from backchannel.crisis.channels import Channel, Deadline
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.crisis.worth import WAR, no_deal_worth
from backchannel.settlement.band import Band, band
from backchannel.settlement.cells import Cells
from backchannel.settlement.method import TOLERANCE, BoolArray

LIKELY, EVEN = 0.9, 0.5


def hours_from_now(crisis: Crisis, moment: Moment) -> float:
    """Hours from the file's `now`; the middle counts where a time is fuzzy."""
    return (moment.middle - crisis.now.middle).total_seconds() / 3600


@dataclass(frozen=True)
class Reach:
    """One pair of channels against one deadline.

    `latest_likely` and `latest_even` are the latest hours from now to send so that the
    answer comes in time with chance 0.9 and 0.5; below 0 it is that long too late, and
    None means that no hour would have done.
    """

    deadline: str
    hours: float
    prob_in_time: float
    latest_likely: float | None
    latest_even: float | None


@dataclass(frozen=True, eq=False)
class RoundTrip:
    """An offer sent now by one channel, answered by another.

    `hours` (n_draws,) from now until the answer is in, `hours_in_transit` (n_draws,)
    those of them spent on hops and waiting for a channel to open, not on deliberation;
    `prob_war` (n_draws,) the risk that runs meanwhile, and `share_in_transit` the part
    of it that would be gone if messages took no time. `kind` is `lever` where a channel
    of the pair did not exist, or nobody knows when it opened.

    `sender` and `receiver` are the two parties that the pair joins; the channels carry
    no answer of the parties in `others`, whose acceptance a settlement needs as well.
    All three charge the risk to the package offered, (n_draws,) each: `prob_accepted`,
    that war has not come before the answer and the receiver's answer is yes;
    `prob_settled`, that both ends accept and the package is carried home, *taking it as
    given that the others accept*; `value` to the sender, on its scale, given the same.
    `value_of_silence` is what it has without an offer.
    """

    offer: str
    reply: str
    sender: str
    receiver: str
    others: tuple[str, ...]
    kind: Literal["available", "lever"]
    hours: FloatArray
    hours_in_transit: FloatArray
    prob_war: FloatArray
    share_in_transit: float
    prob_leak: Band
    prob_accepted: FloatArray
    prob_settled: FloatArray
    value: FloatArray
    value_of_silence: FloatArray
    reaches: tuple[Reach, ...]

    @property
    def is_available(self) -> bool:
        """Whether both channels exist."""
        return self.kind == "available"

    @property
    def is_whole(self) -> bool:
        """Whether the two ends are all the parties, so that nobody else need accept."""
        return not self.others

    @property
    def hours_band(self) -> Band:
        """Median and 90 % band of the hours."""
        return band(self.hours)

    @property
    def transit_band(self) -> Band:
        """Median and 90 % band of the hours in transit."""
        return band(self.hours_in_transit)

    @property
    def risk_band(self) -> Band:
        """Median and 90 % band of the risk that runs meanwhile."""
        return band(self.prob_war)

    def __str__(self) -> str:
        mark = "" if self.is_available else " (lever)"
        return f"{self.offer} / {self.reply}{mark}: {self.hours_band} h"


@dataclass(frozen=True, eq=False)
class Package:
    """What is offered: its cells in every draw, and the whole risk to the horizon."""

    cells: Cells
    risk: RiskCurve
    to_horizon: FloatArray

    def on_arrival(
        self, crisis: Crisis, draws: Draws, hours: FloatArray, ends: tuple[str, str]
    ) -> Arrival:
        """Reconsider the package when the answer is due, where war has not come.

        Parameters
        ----------
        hours : (n_draws,), when the answer is due
        ends : sender and receiver; the acceptance of the others is taken as given

        Notes: the gain falls by `carried` x (V' - V), as no deal has become less
        dangerous by the time survived.
        """
        so_far = self.risk.at(hours)
        left = np.maximum(1.0 - so_far, 1e-300)
        war = np.clip((self.to_horizon - so_far) / left, 0.0, 1.0)
        carried = self.cells.carried[0]
        gains = []
        for party in ends:
            before = no_deal_worth(crisis, party, draws, self.to_horizon)
            later = no_deal_worth(crisis, party, draws, war) - before
            own = self.cells.gains[crisis.parties.index(party), 0]
            gains.append(own - carried * later)
        sends, receives = (gain >= -TOLERANCE for gain in gains)
        return Arrival(gains[0], receives, carried * (sends & receives), war)


@dataclass(frozen=True, eq=False)
class Arrival:
    """What becomes of an offer once it is answered, given no war so far.

    Each (n_draws,): `gain` of the sender over no deal from then on; `accepts`, whether
    the receiver accepts; `settled`, chance that both ends accept and it is carried
    home, the others taken to accept; `war`, risk from then to the horizon.
    """

    gain: FloatArray
    accepts: BoolArray
    settled: FloatArray
    war: FloatArray


@dataclass(frozen=True, eq=False)
class Journey:
    """Hours of one exchange, each (n_draws,): out, deliberation there, and back.

    `opens` and `reply_opens` are the hours from which the two channels can be used.
    """

    out: FloatArray
    thought: FloatArray
    back: FloatArray
    opens: float
    reply_opens: float

    def arrival(self, sent: float) -> FloatArray:
        """Hour at which the answer to an offer sent at an hour is in."""
        ready = max(sent, self.opens) + self.out + self.thought
        return np.asarray(np.maximum(ready, self.reply_opens) + self.back)

    def latest_parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """What the arrival is the latest of: sent at 0, on opening, on the reply's.

        Each (n_draws,); sent at t, the first is later by t and the others stay.
        """
        whole = self.out + self.thought + self.back
        return whole, self.opens + whole, self.reply_opens + self.back

    def latest(self, due: float) -> FloatArray:
        """Latest hour to send so that the answer is in by `due`; -inf where none is."""
        hour = due - self.out - self.thought - self.back
        is_open = (hour >= self.opens) & (self.reply_opens + self.back <= due)
        return np.where(is_open, hour, -np.inf)


def plan_journey(
    crisis: Crisis, offer: Channel, reply: Channel, draws: Draws
) -> Journey:
    """Add up the hops of both channels and the deliberation between them."""
    pause = crisis.actors[offer.receiver].deliberation
    return Journey(
        _hop_hours(offer, draws),
        np.zeros(draws.n_draws) if pause is None else draws[pause],
        _hop_hours(reply, draws),
        _opens(crisis, offer),
        _opens(crisis, reply),
    )


def _hop_hours(channel: Channel, draws: Draws) -> FloatArray:
    total = np.zeros(draws.n_draws)
    for hop in channel.hops.values():
        total += draws[hop.latency]
    return total


def _opens(crisis: Crisis, channel: Channel) -> float:
    """Hour from which a channel can be used; long past where nothing is said."""
    if channel.opens_at is None or channel.opens_at.presence != "known":
        return float("-inf")
    return hours_from_now(crisis, channel.opens_at)


def _is_known(moment: Moment | None) -> bool:
    """Whether an opening time, where one is given, can be reckoned with."""
    return moment is None or moment.presence == "known"


def take_trip(
    crisis: Crisis, names: tuple[str, str], package: Package, draws: Draws
) -> RoundTrip:
    """Follow one offer out and its answer back."""
    offer, reply = (crisis.channels[name] for name in names)
    journey = plan_journey(crisis, offer, reply, draws)
    hours = journey.arrival(0.0)
    prob_war = package.risk.at(hours)
    ends = (offer.sender, offer.receiver)
    arrival = package.on_arrival(crisis, draws, hours, ends)
    silence = no_deal_worth(crisis, offer.sender, draws, package.to_horizon)
    then = no_deal_worth(crisis, offer.sender, draws, arrival.war)
    is_agreed = arrival.accepts & (arrival.gain >= -TOLERANCE)
    no_war = 1.0 - prob_war
    value = no_war * (then + is_agreed * arrival.gain) + prob_war * WAR
    is_available = all(
        channel.is_available and _is_known(channel.opens_at)
        for channel in (offer, reply)
    )
    return RoundTrip(
        *names,
        *ends,
        tuple(party for party in crisis.parties if party not in ends),
        "available" if is_available else "lever",
        hours,
        hours - journey.thought,
        prob_war,
        _share_in_transit(package.risk, prob_war, journey.thought),
        band(1.0 - _kept(offer, draws) * _kept(reply, draws)),
        no_war * arrival.accepts,
        no_war * arrival.settled,
        value,
        silence,
        tuple(_reaches(crisis, offer, journey)),
    )


def _kept(channel: Channel, draws: Draws) -> FloatArray:
    """Chance that a message stays secret: 0 where everybody hears the channel."""
    if channel.is_public:
        return np.zeros(draws.n_draws)
    if channel.prob_leak is None:
        return np.ones(draws.n_draws)
    return np.asarray(1.0 - draws[channel.prob_leak])


def _share_in_transit(
    risk: RiskCurve, prob_war: FloatArray, thought: FloatArray
) -> float:
    """Share of the mean risk that would be gone if messages took no time."""
    whole = float(prob_war.mean())
    return 1.0 - float(risk.at(thought).mean()) / whole if whole > 0.0 else 0.0


def deadlines_for(crisis: Crisis, sender: str, receiver: str) -> dict[str, Deadline]:
    """Deadlines that one side has put to the other."""
    return {
        name: deadline
        for name, deadline in crisis.deadlines.items()
        if deadline.addressee is not None
        and crisis.party_of(deadline.addressee) == receiver
        and crisis.party_of(deadline.set_by) == sender
        and deadline.at.presence == "known"
    }


def _reaches(crisis: Crisis, offer: Channel, journey: Journey) -> list[Reach]:
    found = []
    for name, deadline in deadlines_for(crisis, offer.sender, offer.receiver).items():
        due = hours_from_now(crisis, deadline.at)
        in_time = float((journey.arrival(0.0) <= due).mean())
        latest = journey.latest(due)
        likely, even = _latest(latest, LIKELY), _latest(latest, EVEN)
        found.append(Reach(name, due, in_time, likely, even))
    return found


def _latest(latest: FloatArray, share: float) -> float | None:
    """Largest hour that at least a share of the draws allow: an order statistic."""
    need = int(np.ceil(share * len(latest) - 1e-9))
    hour = float(np.sort(latest)[::-1][need - 1])
    return hour if np.isfinite(hour) else None
