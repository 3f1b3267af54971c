"""What somebody could do: each posture, order and decision channel switched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backchannel.crisis.escalation import Escalation
from backchannel.crisis.model import Crisis
from backchannel.escalation.world import FIRING, Variation


@dataclass(frozen=True)
class Lever:
    """One switch: its name (`what=value`), what it means, and who holds it."""

    name: str
    description: str
    controlled_by: str
    variation: Variation


def levers_of(crisis: Crisis) -> tuple[Lever, ...]:
    """List the levers of a crisis, in order of the file.

    Parameters
    ----------
    crisis : with an escalation section; none gives no levers

    Returns
    -------
    every other setting of every posture, every standing order switched, every other
    channel between the same two by which a party's decisions could go
    """
    section = crisis.escalation
    if section is None:
        return ()
    return (*_postures(section), *_orders(section), *_channels(crisis, section))


def _postures(section: Escalation) -> Iterator[Lever]:
    for name, posture in section.postures.items():
        for setting, words in posture.settings.items():
            if setting != posture.now:
                yield Lever(
                    f"{name}={setting}",
                    f"{posture.title}: {words}",
                    posture.controlled_by,
                    Variation(postures={name: setting}),
                )


def _orders(section: Escalation) -> Iterator[Lever]:
    for name, order in section.standing_orders.items():
        fires = order.status in FIRING
        value, words = ("overridden", "called off") if fires else ("in_force", "given")
        yield Lever(
            f"{name}={value}",
            f"{order.title}: {words}",
            order.holder,
            Variation(orders={name: not fires}),
        )


def _channels(crisis: Crisis, section: Escalation) -> Iterator[Lever]:
    for party, decision in section.decisions.items():
        if decision.channel is None:
            continue
        now = crisis.channels[decision.channel]
        for name, channel in crisis.channels.items():
            same_ends = (channel.sender, channel.receiver) == (now.sender, now.receiver)
            if name == decision.channel or channel.use != "decisions" or not same_ends:
                continue
            yield Lever(
                f"{party}={name}",
                f"{crisis.actors[party].title} decides over {channel.title}",
                party,
                Variation(channels={party: name}),
            )
