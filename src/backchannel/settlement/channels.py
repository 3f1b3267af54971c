"""Which channel, which deadline: the answer of this room."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.settlement.deadline_forms import FormReading, read_forms
from backchannel.settlement.round_trips import Package, RoundTrip, take_trip
from backchannel.settlement.settlements import AnyPackage, Settlements
from backchannel.settlement.verify_channels import certify_channels, verify_channels

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, eq=False)
class ChannelPlan:
    """Every exchange of an offer for an answer, and every form of a deadline.

    `round_trips` in order of declaration, what-if levers included; `forms` by deadline;
    `package` is the row of the package offered, `package_label` its name. An exchange
    joins two parties; in a crisis of more, its chances take it as given that the
    `others` it names accept.
    """

    round_trips: tuple[RoundTrip, ...]
    forms: tuple[FormReading, ...]
    package: int
    package_label: str
    seed: int
    n_draws: int
    crisis_digest: str
    certificate: Certificate
    draws: Draws = field(repr=False)
    risk: RiskCurve = field(repr=False)
    gains: FloatArray = field(repr=False)
    carried: FloatArray = field(repr=False)
    status: Status = Status.SAMPLED
    method: str = "sums of latencies over the draws, risk read from the curve"

    def fastest(self, sender: str, receiver: str | None = None) -> RoundTrip | None:
        """The exchange to recommend: the shortest median of those that exist.

        Parameters
        ----------
        receiver : anybody where nothing is said

        Returns
        -------
        RoundTrip, never one that is only a lever; None where no other joins them
        """
        own = [
            trip
            for trip in self.round_trips
            if trip.sender == sender
            and receiver in (None, trip.receiver)
            and trip.is_available
        ]
        return min(own, key=lambda trip: trip.hours_band.median, default=None)

    @property
    def levers_only(self) -> tuple[tuple[str, str], ...]:
        """Sender and receiver joined by no exchange that exists, only by levers."""
        ends = dict.fromkeys((t.sender, t.receiver) for t in self.round_trips)
        return tuple(pair for pair in ends if self.fastest(*pair) is None)

    def check(self, crisis: Crisis) -> Certificate:
        """Recompute hours, risks, latest hours and forms by plain loops over draws.

        Raises
        ------
        ModelError : it is not the crisis this was computed from.
        """
        return verify_channels(self, crisis)

    def to_xarray(self) -> xarray.Dataset:
        """Arrays with named axes."""
        # Imported at call: it takes longer than a whole small run, and few need it.
        import xarray  # noqa: PLC0415

        shape = (len(self.round_trips), self.n_draws)
        two = ("exchange", "draw")

        def stacked(name: str) -> FloatArray:
            rows = [getattr(trip, name) for trip in self.round_trips]
            return np.array(rows, dtype=float).reshape(shape)

        names = ("hours", "prob_war", "prob_accepted", "prob_settled", "value")
        return xarray.Dataset(
            {name: (two, stacked(name)) for name in names},
            coords={"exchange": [f"{t.offer}/{t.reply}" for t in self.round_trips]},
            attrs={"seed": self.seed, "crisis_digest": self.crisis_digest},
        )

    def __str__(self) -> str:
        lines = [f"offered   {self.package_label}"]
        ranked = sorted(
            self.round_trips,
            key=lambda trip: (not trip.is_available, trip.hours_band.median),
        )
        lines += [f"exchange  {trip}" for trip in ranked[:2]]
        lines += [f"deadline  {form}" for form in self.forms[:2]]
        lines.append(
            f"status    {self.status} over {self.n_draws} draws, seed {self.seed}"
        )
        return "\n".join(lines)


def plan_channels(
    crisis: Crisis,
    *,
    draws: Draws,
    risk: RiskCurve,
    settlements: Settlements,
    package: AnyPackage | None = None,
) -> ChannelPlan:
    """Plan how to send an offer: hours, risk meanwhile, latest hour, form of deadline.

    Parameters
    ----------
    crisis : a loaded crisis
    draws : the draws that `settlements` was computed from
    risk : chance of war by hour and draw
    settlements : says what becomes of the package offered
    package : what is offered; the best one of `settlements` where nothing is said

    Returns
    -------
    ChannelPlan : every pair of an offer channel and a reply channel between two parties

    Raises
    ------
    MethodError : draws, risk and settlements do not belong together.
    ModelError : the package is not feasible.

    Notes: exact for the given draws; latest hours are order statistics of the draws.
    Source: docs/settlement.md, section on channels.
    """
    if not draws.n_draws == risk.n_draws == settlements.n_draws:
        raise MethodError(
            f"draws, risk, settlements: have {draws.n_draws}, {risk.n_draws}, "
            f"{settlements.n_draws} draws; use the same"
        )
    row = settlements.best if package is None else settlements.row(package)
    cells = settlements.of_one_package(row)
    offered = Package(cells, risk, settlements.prob_war)
    trips = tuple(
        take_trip(crisis, names, offered, draws) for names in pairs_of_channels(crisis)
    )
    plan = ChannelPlan(
        trips,
        tuple(read_forms(crisis, trips, offered, draws)),
        row,
        settlements.packages.label(row),
        draws.seed,
        draws.n_draws,
        crisis.digest,
        Certificate("not checked", float("nan"), 0.0, "none"),
        draws,
        risk,
        cells.gains[:, 0],
        cells.carried[0],
    )
    return replace(plan, certificate=certify_channels(plan, crisis))


def pairs_of_channels(crisis: Crisis) -> list[tuple[str, str]]:
    """Offer and reply channel of every possible exchange between two parties."""
    usable = {
        name: channel
        for name, channel in crisis.channels.items()
        if channel.use == "offers"
        and crisis.actors[channel.sender].kind == "party"
        and crisis.actors[channel.receiver].kind == "party"
    }
    return [
        (offer, reply)
        for offer, out in usable.items()
        for reply, back in usable.items()
        if (out.sender, out.receiver) == (back.receiver, back.sender)
    ]
