"""Messages over channels: they take their time, pass through hands, and may get out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from backchannel.base.streams import stream
from backchannel.crisis.channels import Channel
from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.exercise.moves.asked import Move, name_for
from backchannel.exercise.moves.opening import Decide
from backchannel.exercise.refusals import refused, unknown
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.state import Due, GameState, Message

PRECEDENCES = {"flash": 0.25, "immediate": 0.5, "priority": 0.75, "routine": 1.0}
"""Precedence -> share of a latency's law, from its fast end, that it is drawn from."""
PERSONAL = "personal"
HANDLING = (PERSONAL, "no_copies")
"""Captions with a rule: `personal` comes to the leader alone, not to those who read
along; a report on a message with `no_copies` bears that caveat as well."""
DecideDue = Callable[[GameState, Due], tuple[Draft, ...]]


def channels_of(state: GameState, role: str) -> tuple[str, ...]:
    """Channels that this role may speak over now: those of its actor that are open."""
    actor = state.roles[role].actor
    return tuple(
        name
        for name, channel in state.crisis.channels.items()
        if name in state.open_channels and channel.sender == actor
    )


def carriers_of(state: GameState, channel: str) -> tuple[str, ...]:
    """Roles through whose hands a message of this channel passes, hop by hop."""
    hops = state.crisis.channels[channel].hops.values()
    return tuple(hop.carried_by or "" for hop in hops)


def receivers_of(state: GameState, channel: str) -> tuple[str, ...]:
    """Roles to whom its messages come: everybody, or the leader and who reads along."""
    record = state.crisis.channels[channel]
    if record.is_public:
        return (EVERYONE,)
    readers = [
        role.name
        for role in state.roles.values()
        if role.kind != "envoy"
        and (role.title in record.read_by or role.name in record.read_by)
    ]
    return tuple(dict.fromkeys((record.receiver, *readers)))


def send(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Send a message over a channel; raises MoveRefusedError where it has none."""
    channel = move.name_in(role, "channel", channels_of(state, role), "no_open_channel")
    text = move.text(role, "text")
    precedence = str(move.fields.get("precedence", "routine"))
    if precedence not in PRECEDENCES:
        place = "send.precedence"
        raise unknown(role, "no_choice", place, precedence, PRECEDENCES)
    fields = {
        "precedence": precedence,
        "caption": move.text(role, "caption", is_needed=False),
        "handling": list(read_handling(role, move)),
        "is_deniable": move.is_set("is_deniable"),
    }
    return (message_sent(state, role, channel, text, fields, move.client_id, at),)


def read_handling(role: str, move: Move) -> tuple[str, ...]:
    """Read the captions that have a rule; raises MoveRefusedError for any other."""
    if not move.fields.get("handling"):
        return ()
    return move.names_in(role, "handling", HANDLING, "no_caption")


def message_sent(
    state: GameState,
    role: str,
    channel: str,
    text: str,
    fields: dict[str, Any],
    client_id: str,
    at: float,
) -> Draft:
    """Draft the sending of a message, with every latency drawn and sealed.

    Parameters
    ----------
    state, role, channel : who speaks over what; empty role for a report of the world
    text : what is written
    fields : what goes with it, shown to author, carriers and receivers
    client_id : the author's name for this act
    at : the machine's clock, for the hour of sending

    Returns
    -------
    Draft : an event `message_sent`
    """
    name = name_for(state, "message", role or channel, client_id)
    record = state.crisis.channels[channel]
    start = max(state.hour, state.clock.hour_at(at))
    share = PRECEDENCES.get(str(fields.get("precedence")), 1.0)
    leaves = start + np.cumsum(_latencies(state, record, name, share))
    hops = [
        [hop, carrier, float(hour)]
        for hop, carrier, hour in zip(
            record.hops, carriers_of(state, channel), leaves, strict=True
        )
    ]
    shown = {"message": name, "channel": channel, "text": text, **fields}
    sealed: dict[str, Any] = {"hops": hops, "true_author": role}
    if record.mandate is not None:
        sealed["true_mandate"] = str(record.mandate.true)
        shown["mandate"] = str(record.mandate.declared)
    author = (Part((role,), {"id": client_id, **shown}),) if role else ()
    return Draft("message_sent", role, (*author, Part((), shown | sealed)), client_id)


def _latencies(
    state: GameState, channel: Channel, message: str, share: float
) -> list[float]:
    """Hours at each hop; each message has luck of its own, whatever else is sent."""
    luck = stream(state.luck, f"latency {message}").random(len(channel.hops))
    hops = channel.hops.values()
    return [
        float(hop.latency.quantile(np.array(u * share))) if hop.latency.is_usable else 0
        for u, hop in zip(luck, hops, strict=True)
    ]


def _hop_reached(state: GameState, due: Due) -> tuple[Draft, ...]:
    """Lay a message before the person who carries it next."""
    message = state.messages[due.fields["message"]]
    hop, carrier, leaves = message.hops[message.at_hop]
    record = state.crisis.channels[message.channel].hops[hop]
    shown = {
        "message": message.name,
        "channel": message.channel,
        "text": message.text,
        "may_rewrite": record.can_dilute,
        "leaves": leaves,
        **message.fields,
    }
    audience = (carrier,) if carrier in state.roles else ()
    return (Draft("message_carried", "", (Part(audience, shown),), due.name),)


def relay(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Change what one passes on, while one has it; the difference is kept.

    Raises MoveRefusedError where the message is sealed or in other hands.
    """
    held = [
        message.name
        for message in state.messages.values()
        if message.received_at is None
        and message.at_hop < len(message.hops)
        and message.hops[message.at_hop][1] == role
    ]
    name = move.name_in(role, "message", held, "no_message_held")
    message = state.messages[name]
    hop = state.crisis.channels[message.channel].hops[message.hops[message.at_hop][0]]
    if not hop.can_dilute:
        raise refused(role, "sealed", "relay.message", message=name)
    text = move.text(role, "text")
    shown = {"message": name, "text": text, "id": move.client_id}
    parts = (Part((role,), shown), Part((), {"was": message.text}))
    return (Draft("message_rewritten", role, parts, move.client_id),)


def _hop_left(state: GameState, due: Due) -> tuple[Draft, ...]:
    """Move a message on: to the next hop, or to those to whom it comes."""
    message = state.messages[due.fields["message"]]
    if message.at_hop + 1 < len(message.hops):
        sealed = Part((), {"message": message.name, "at_hop": message.at_hop + 1})
        return (Draft("message_moved", "", (sealed,), due.name),)
    channel = state.crisis.channels[message.channel]
    shown = {
        "message": message.name,
        "channel": message.channel,
        "text": message.text,
        "by": channel.sender,
        **message.fields,
    }
    if channel.mandate is not None:
        shown["mandate"] = str(channel.mandate.declared)
    last = message.hops[-1][1]
    to = receivers_of(state, message.channel)
    if PERSONAL in message.fields.get("handling", ()) and not channel.is_public:
        to = (channel.receiver,)
    audience = (*to, last) if last in state.roles and EVERYONE not in to else to
    received = Draft("message_received", "", (Part(audience, shown),), due.name)
    leak = () if channel.is_public else _leak(state, message, channel)
    return (received, *leak)


def _leak(state: GameState, message: Message, channel: Channel) -> tuple[Draft, ...]:
    if channel.prob_leak is None or not channel.prob_leak.is_usable:
        return ()
    luck = stream(state.luck, f"leak {message.name}").random(2)
    if luck[0] >= channel.prob_leak.quantile(luck[1:])[0]:
        return ()
    return (leaked(message, channel, ""),)


def leaked(message: Message, channel: Channel, client_id: str) -> Draft:
    """Draft the publication of a message; a deniable one bears no name."""
    by = "" if message.fields.get("is_deniable") else channel.sender
    shown = {"text": message.text, "said_to_be_by": by}
    parts = (Part((EVERYONE,), shown), Part((), {"message": message.name}))
    return Draft("leaked", FACILITATOR if client_id else "", parts, client_id)


def leak_message(
    state: GameState, role: str, move: Move, at: float
) -> tuple[Draft, ...]:
    """Let a message out on purpose; raises MoveRefusedError for a player."""
    if role != FACILITATOR:
        raise refused(role, "facilitator_only", move.kind)
    name = move.name_in(role, "message", state.messages, "no_message")
    message = state.messages[name]
    return (leaked(message, state.crisis.channels[message.channel], move.client_id),)


def acknowledge(
    state: GameState, role: str, move: Move, at: float
) -> tuple[Draft, ...]:
    """Note that one has read a message: the last of its five times."""
    mine = [
        message.name
        for message in state.messages.values()
        if message.received_at is not None
        and {role, EVERYONE} & set(receivers_of(state, message.channel))
    ]
    name = move.name_in(role, "message", mine, "no_message_come")
    part = Part((role,), {"message": name, "id": move.client_id})
    return (Draft("message_read", role, (part,), move.client_id),)


def open_channel(
    state: GameState, role: str, move: Move, at: float
) -> tuple[Draft, ...]:
    """Open a channel in the middle of the game, by handing over its number.

    The leader whom it reaches may, for a channel that is foreseen; the facilitator any.
    """
    shut = [n for n in state.crisis.channels if n not in state.open_channels]
    if role != FACILITATOR:
        shut = [
            name
            for name in shut
            if state.crisis.channels[name].receiver == role
            and state.crisis.channels[name].is_available
        ]
    name = move.name_in(role, "channel", shut, "no_shut_channel")
    return (_channel_opened(state, name, role, move.client_id),)


def _channel_opened(state: GameState, name: str, author: str, client_id: str) -> Draft:
    channel = state.crisis.channels[name]
    ends = {channel.sender, channel.receiver}
    told = tuple(r.name for r in state.roles.values() if r.actor in ends)
    shown = {
        "channel": name,
        "title": channel.title,
        "sender": channel.sender,
        "receiver": channel.receiver,
    }
    return Draft("channel_opened", author, (Part(told, shown),), client_id)


def _channel_opens(state: GameState, due: Due) -> tuple[Draft, ...]:
    name = due.fields["channel"]
    if name in state.open_channels:
        return ()
    return (_channel_opened(state, name, "", due.name),)


def _plan(state: GameState, message: Message, hour: float) -> None:
    """Set down what happens to a message next."""
    _, carrier, leaves = message.hops[message.at_hop]
    fields = {"message": message.name}
    step = f"{message.name} {message.at_hop}"
    if carrier:
        due = Due(f"carried {step}", "hop_reached", hour, fields)
        state.due[due.name] = due
    due = Due(f"left {step}", "hop_left", leaves, fields)
    state.due[due.name] = due


def _apply_sent(state: GameState, event: EventRecord) -> None:
    sealed = event.parts[-1].fields
    apart = ("message", "channel", "text", "hops", "true_author", "true_mandate")
    message = Message(
        name=sealed["message"],
        channel=sealed["channel"],
        author=sealed["true_author"],
        sent=sealed["text"],
        text=sealed["text"],
        fields={k: v for k, v in sealed.items() if k not in (*apart, "mandate")},
        hops=tuple((h, c, t) for h, c, t in sealed["hops"]),
        at_hop=0,
        sent_at=event.hour,
    )
    state.messages[message.name] = message
    _plan(state, message, event.hour)


def _apply_rewritten(state: GameState, event: EventRecord) -> None:
    name = event.part("message")
    state.messages[name] = replace(state.messages[name], text=event.part("text"))


def _apply_moved(state: GameState, event: EventRecord) -> None:
    name = event.part("message")
    message = replace(state.messages[name], at_hop=event.part("at_hop"))
    state.messages[name] = message
    _plan(state, message, event.hour)


def _apply_received(state: GameState, event: EventRecord) -> None:
    message = state.messages[event.part("message")]
    state.messages[message.name] = replace(
        message, at_hop=len(message.hops), received_at=event.hour
    )


def _apply_opened(state: GameState, event: EventRecord) -> None:
    name = event.part("channel")
    state.open_channels.add(name)
    state.due.pop(f"opens {name}", None)


MOVES: dict[str, Decide] = {
    "send": send,
    "relay": relay,
    "acknowledge": acknowledge,
    "open_channel": open_channel,
    "leak_message": leak_message,
}
DUE: dict[str, DecideDue] = {
    "hop_reached": _hop_reached,
    "hop_left": _hop_left,
    "channel_opens": _channel_opens,
}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "message_sent": _apply_sent,
    "message_rewritten": _apply_rewritten,
    "message_moved": _apply_moved,
    "message_received": _apply_received,
    "channel_opened": _apply_opened,
}
