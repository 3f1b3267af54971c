"""Which orders, postures and channels are in force: as in the file, or varied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backchannel.base.errors import ModelError
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.draws import Draws
from backchannel.crisis.escalation import Escalation, StandingOrder
from backchannel.crisis.model import Crisis
from backchannel.escalation.problem import FloatArray

FIRING = ("in_force", "breached")


@dataclass(frozen=True)
class Variation:
    """A departure from the file.

    Orders by name (in force or not), postures and their settings, parties and the
    channel by which their decisions go.
    """

    orders: Mapping[str, bool] = field(default_factory=dict)
    postures: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


AS_WRITTEN = Variation()


@dataclass(frozen=True)
class World:
    """One crisis under one variation, with the draws of its numbers."""

    crisis: Crisis
    draws: Draws
    variation: Variation = AS_WRITTEN

    @property
    def escalation(self) -> Escalation:
        """Escalation section of the file.

        Raises
        ------
        ModelError : the file has none.
        """
        if self.crisis.escalation is None:
            raise ModelError(
                "escalation: the file has no such section; "
                "add rungs, a start and incidents. See docs/escalation.md"
            )
        return self.crisis.escalation

    @property
    def orders(self) -> dict[str, StandingOrder]:
        """Standing orders that fire, in order of declaration."""
        switched = self.variation.orders
        return {
            name: order
            for name, order in self.escalation.standing_orders.items()
            if switched.get(name, order.status in FIRING)
        }

    def setting(self, posture: str) -> str:
        """Setting of a posture at the start."""
        now = self.escalation.postures[posture].now
        return self.variation.postures.get(posture, now)

    @property
    def movable_postures(self) -> list[str]:
        """Postures that a response can change, so that they are part of the state."""
        moved = {p for o in self.orders.values() for p in o.response.set_posture}
        return [p for p in self.escalation.postures if p in moved]

    def decision_hours(self, party: str) -> FloatArray:
        """Mean hours from an incident to the party's decision, (n_draws,).

        Hops of the decision channel and the deliberation add up.

        Raises
        ------
        ModelError : both are 0 in some draw.
        """
        parts = [self.draws[number] for number in self.decision_stages(party)]
        total: FloatArray = sum(parts[1:], start=parts[0])
        if not (total > 0).all():
            raise ModelError(
                f"escalation.decisions.{party}: takes no time in some draws; "
                "give the channel or the deliberation more than 0 h"
            )
        return total

    def decision_stages(self, party: str) -> list[Uncertain]:
        """Times that follow each other until a party has decided, hops first."""
        decision = self.escalation.decisions[party]
        channel = self.variation.channels.get(party, decision.channel)
        stages: list[Uncertain] = []
        if channel is not None:
            hops = self.crisis.channels[channel].hops.values()
            stages += [hop.latency for hop in hops]
        deliberation = self.crisis.actors[party].deliberation
        if deliberation is not None:
            stages.append(deliberation)
        return stages
