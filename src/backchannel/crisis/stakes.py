"""What an offer game needs of the other rooms: who offers, what packages bring.

The settlement room knows the packages, the escalation room the risk; the games room
knows neither and reads both from here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.channels import Offer
from backchannel.crisis.model import Crisis


@dataclass(frozen=True, eq=False)
class PackageStakes:
    """One offer to be made: packages on one axis, draws on the other.

    `proposer_gain` and `responder_gain` (n_packages, n_draws) are worth of accepting
    less worth of no deal, on each party's scale (war -100); with several others, the
    least of theirs. `settled` (n_packages, n_draws) is the chance that a package is
    carried home if both sides accept it. `prob_war` and `prob_war_meanwhile`
    (n_draws,) are the chances of war by the horizon without a deal, and before the
    answer is in. `opening` is the row of the offer on the table, if it is one.
    `no_deal` (2, n_draws) is the worth of no deal to the proposer and, as a mean, to
    the others; `prob_war_by_round` (n_rounds, n_draws) the chance of war by the time
    that so many offers have been answered. Both are None where only one offer is asked
    about.
    """

    proposer: str
    responders: tuple[str, ...]
    channel: str
    proposer_gain: FloatArray
    responder_gain: FloatArray
    settled: FloatArray
    prob_war: FloatArray
    prob_war_meanwhile: FloatArray
    opening: int | None
    is_private: bool
    seed: int
    crisis_digest: str
    no_deal: FloatArray | None = None
    prob_war_by_round: FloatArray | None = None

    @property
    def n_packages(self) -> int:
        """How many packages there are."""
        return len(self.settled)

    @property
    def accepted(self) -> FloatArray:
        """Whether both sides accept, (n_packages, n_draws), as 0 or 1."""
        agree = (self.responder_gain >= 0.0) & (self.proposer_gain >= 0.0)
        return np.asarray(agree, dtype=float)


def opening_offer(crisis: Crisis) -> Offer | None:
    """The offer that opens the bargaining.

    Parameters
    ----------
    crisis : a loaded crisis

    Returns
    -------
    Offer : the one that `behaviour.offer` names, else the one nearest to `now`; None
        where the file has no offers
    """
    behaviour = crisis.behaviour
    if behaviour is not None and behaviour.offer is not None:
        return crisis.offers[behaviour.offer]
    return next(iter(offers_by_nearness(crisis).values()), None)


def offers_by_nearness(crisis: Crisis) -> dict[str, Offer]:
    """The offers of the file by name, the one nearest to `now` first."""

    def away(item: tuple[str, Offer]) -> float:
        at = item[1].at
        if at is None or at.presence != "known" or crisis.now.presence != "known":
            return 0.0
        return abs((at.middle - crisis.now.middle).total_seconds())

    return dict(sorted(crisis.offers.items(), key=away))


def likely_senders(
    crisis: Crisis, able: Collection[str] | None = None
) -> tuple[str, ...]:
    """Who may be about to make an offer, likeliest first; only those `able` to.

    That is the proposer of the offer nearest to `now`, then who proposed the others,
    who set a deadline, and the parties by declaration.
    """
    senders = [offer.proposed_by for offer in offers_by_nearness(crisis).values()]
    senders += [deadline.set_by for deadline in crisis.deadlines.values()]
    named = dict.fromkeys([*senders, *crisis.parties])
    return tuple(name for name in named if able is None or name in able)
