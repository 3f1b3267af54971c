"""The opening, the seats and the clock: what the facilitator does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from backchannel.base.uncertain import Uncertain
from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.crisis.model import Crisis
from backchannel.exercise.circles import (
    circle_as_shown,
    insiders_of,
    is_same_person,
)
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.refusals import refused
from backchannel.exercise.roles import FACILITATOR, PUBLIC, Role, near
from backchannel.exercise.state import Due, GameClock, GameState, Settings
from backchannel.exercise.world import drawn_value

MAX_NAME = 80
"""Characters of the name of a program that plays a seat."""


def open_game(
    crisis: Crisis, roles: Mapping[str, Role], settings: Settings, secret: str
) -> tuple[Draft, ...]:
    """Draft the first events: what everybody knows, and each role's own sheet.

    Parameters
    ----------
    crisis, roles : what is played, and the seats
    settings : how it is played; seen by the facilitator only
    secret : random text from which names of things are made

    Returns
    -------
    tuple : two events, `game_opened` and `role_briefed`
    """
    known = {
        "crisis": crisis.name,
        "title": crisis.title,
        "about": crisis.about,
        "crisis_now": str(crisis.now),
        "roles": {name: role.title for name, role in roles.items()},
        "actors": list(crisis.actors),
        "parties": list(crisis.parties),
        "issues": _issues_shown(crisis),
        **_ladder_shown(crisis),
        "phase": "briefing",
    }
    sealed = {"settings": asdict(settings), "secret": secret, "digest": crisis.digest}
    sheets = [
        Part(
            (name,),
            {
                "sheet": {
                    **_sheet(crisis, roles, role, settings.seed),
                    "near": near(roles, name, settings.talk),
                }
            },
        )
        for name, role in roles.items()
        if name != PUBLIC
    ]
    opened = Draft("game_opened", "", (Part((EVERYONE,), known), Part((), sealed)))
    return opened, Draft("role_briefed", "", tuple(sheets))


def _issues_shown(crisis: Crisis) -> dict[str, Any]:
    """Issues and levels; a level that may be private is not marked as such here."""
    return {
        name: {
            "title": issue.title,
            "levels": {key: level.title for key, level in issue.levels.items()},
        }
        for name, issue in crisis.issues.items()
    }


def _ladder_shown(crisis: Crisis) -> dict[str, Any]:
    """The ladder and where the crisis stands on it, which everybody can see."""
    if crisis.escalation is None:
        return {}
    rungs = {name: rung.title for name, rung in crisis.escalation.rungs.items()}
    return {"rungs": rungs, "rung": crisis.escalation.start.rung}


def _sheet(
    crisis: Crisis, roles: Mapping[str, Role], role: Role, seed: int
) -> dict[str, Any]:
    """What a role is told before the game: its own side only."""
    actor = crisis.actors[role.actor]
    return {
        "role": role.name,
        "title": role.title,
        "kind": role.kind,
        "actor": role.actor,
        "party": role.party,
        "position": actor.position,
        "demands": [demand.text for demand in actor.demands],
        "worths": _worths(crisis, role.actor, seed),
        **_assents_from(crisis, role, seed),
        "envoys": [
            other.name
            for other in roles.values()
            if other.kind == "envoy" and other.actor == role.name
        ],
        "opens": {
            name: channel.title
            for name, channel in crisis.channels.items()
            if channel.receiver == role.name and channel.is_available
        },
        "knows_of": [
            channel.title
            for channel in crisis.channels.values()
            if any(is_same_person(text, role.title) for text in channel.known_to)
        ],
        "gives": _gives(crisis, role.actor),
        "channels": {
            name: {
                "title": channel.title,
                "receiver": channel.receiver,
                "hours": round(sum(_median(h.latency) for h in channel.hops.values())),
                "is_public": channel.is_public,
                "is_available": channel.is_available,
            }
            for name, channel in crisis.channels.items()
            if channel.sender == role.actor
        },
        "compartments": {
            name: circle_as_shown(crisis, role, name)
            for name in crisis.compartments
            if role.name in insiders_of(crisis, roles, name)
        },
        "postures": {
            name: {"title": posture.title, "settings": dict(posture.settings)}
            for name, posture in _postures(crisis).items()
            if posture.controlled_by == role.actor
        },
        "orders": {
            name: {
                "title": order.title,
                "status": order.status,
                "trigger": list(order.trigger),
                "trigger_titles": [
                    _incidents(crisis)[name].title for name in order.trigger
                ],
                "response": order.response_title,
                "delay_hours": _median(order.delay) if order.delay else 0.0,
            }
            for name, order in _orders(crisis).items()
            if order.holder == role.actor and role.kind == "leader"
        },
        "steps": {
            name: {"title": step.title, "from_rung": step.from_rung}
            for name, step in _steps(crisis).items()
            if step.by == role.name
        },
    }


def _postures(crisis: Crisis) -> Mapping[str, Any]:
    return crisis.escalation.postures if crisis.escalation else {}


def _steps(crisis: Crisis) -> Mapping[str, Any]:
    return crisis.escalation.moves if crisis.escalation else {}


def _incidents(crisis: Crisis) -> Mapping[str, Any]:
    return crisis.escalation.incidents if crisis.escalation else {}


def _orders(crisis: Crisis) -> Mapping[str, Any]:
    return crisis.escalation.standing_orders if crisis.escalation else {}


def _median(number: Uncertain) -> float:
    return number.median() if number.is_usable else 0.0


def _worths(crisis: Crisis, actor: str, seed: int) -> dict[str, dict[str, list[float]]]:
    """Worth of each level to one actor, and its audience cost.

    At the median, but for numbers that the actor alone knows: those as they are drawn.
    """
    return {
        issue: {
            level: [
                drawn_value(crisis, seed, value.worth)
                if value.worth.is_private
                else _median(value.worth),
                _median(value.audience_cost) if value.audience_cost else 0.0,
            ]
            for level, value in levels.items()
        }
        for issue, levels in crisis.values.get(actor, {}).items()
    }


def _gives(crisis: Crisis, actor: str) -> list[str]:
    """Levels, as issue.level, that this actor would have to perform."""
    return [
        f"{name}.{key}"
        for name, issue in crisis.issues.items()
        for key, level in issue.levels.items()
        if level.giver == actor
    ]


def _assents_from(crisis: Crisis, role: Role, seed: int) -> dict[str, float]:
    """The least worth to which a ratifier would assent; its own draw, known to it."""
    threshold = crisis.actors[role.actor].threshold
    if role.kind in ("leader", "envoy") or threshold is None:
        return {}
    return {"threshold": drawn_value(crisis, seed, threshold)}


def _facilitator_only(role: str, kind: str) -> None:
    if role != FACILITATOR:
        raise refused(role, "facilitator_only", kind)


def set_clock(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Pause, run or change the speed; raises MoveRefusedError for a player."""
    _facilitator_only(role, move.kind)
    speed = move.number(role, "speed", 0.01, 1e6, state.clock.speed)
    is_running = move.fields.get("is_running", state.clock.is_running) is True
    fields = {"is_running": is_running, "speed": speed, "phase": "open"}
    if state.phase not in ("briefing", "open", "settled"):
        fields["phase"] = state.phase
    if state.phase == "settled":
        fields["phase"] = "settled"
    return (Draft("clock_set", role, (Part((EVERYONE,), fields),), move.client_id),)


def step_clock(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Let some hours pass at once, or all until the next thing happens by itself.

    Raises MoveRefusedError for a player, and where nothing is to come.
    """
    _facilitator_only(role, move.kind)
    now = max(state.hour, state.clock.hour_at(at))
    hours = move.number(role, "hours", 0.0, 1e4, 1.0) or 0.0
    if move.is_set("to_next"):
        ahead = [due.hour for due in state.due.values()]
        if not ahead:
            raise refused(role, "nothing_to_come", move.kind)
        hours = max(0.0, min(ahead) - now)
    fields = {"skips_to": now + hours}
    return (Draft("clock_stepped", role, (Part((EVERYONE,), fields),), move.client_id),)


def open_debrief(
    state: GameState, role: str, move: Move, at: float
) -> tuple[Draft, ...]:
    """End the game and open everything to everybody."""
    _facilitator_only(role, move.kind)
    return (
        Draft(
            "debrief_opened",
            role,
            (Part((EVERYONE,), {"phase": "debrief"}),),
            move.client_id,
        ),
    )


def inject(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Tell some roles something that the file did not foresee."""
    _facilitator_only(role, move.kind)
    to = move.names_in(role, "to", (*state.roles, EVERYONE), "no_role")
    fields = {"text": move.text(role, "text")}
    return (Draft("injected", role, (Part(to, fields),), move.client_id),)


def log_reading(
    state: GameState, role: str, move: Move, at: float
) -> tuple[Draft, ...]:
    """Write down what the facilitator looked at; shown to all at the debrief."""
    _facilitator_only(role, move.kind)
    fields: dict[str, Any] = {"looked_at": move.text(role, "what")}
    as_at = move.number(role, "as_at", -math.inf, math.inf, None)
    fields |= {} if as_at is None else {"as_at": as_at}
    return (Draft("facilitator_read", role, (Part((), fields),), move.client_id),)


def reseed(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Give what is still to come other luck; the world stays as it was drawn.

    Raises MoveRefusedError for a player, and where the seed is no whole number.
    """
    _facilitator_only(role, move.kind)
    seed = move.number(role, "seed", 0, 2**53, None)
    if seed is None or seed != int(seed):
        raise refused(role, "seed_bad", "reseed.seed")
    fields = {"luck": int(seed)}
    return (Draft("reseeded", role, (Part((), fields),), move.client_id),)


def hand_over(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Give a seat to a person, a program or nobody; keys given before are void."""
    _facilitator_only(role, move.kind)
    seat = move.name_in(role, "role", state.roles, "no_role")
    by = move.name_in(role, "by", ("person", "program", "nobody"), "no_choice")
    part = Part((seat,), {"seat": seat, "played_by": by, "called": ""})
    return (Draft("seat_given", role, (part,), move.client_id),)


def take_seat(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Note who plays one's seat; an empty seat is played by the rules of the file.

    `called` names a program, such as a script or a model. Raises MoveRefusedError for a
    program where a person sits: that seat is handed over by the facilitator alone.
    """
    by = move.name_in(role, "by", ("person", "program"), "no_choice")
    if by == "program" and state.seats.get(role) == "person":
        raise refused(role, "person_plays", move.kind)
    called = move.text(role, "called", is_needed=False)[:MAX_NAME]
    if state.seats.get(role) == by and not called:
        return ()
    part = Part((role,), {"seat": role, "played_by": by, "called": called})
    return (Draft("seat_taken", role, (part,), move.client_id),)


def _apply_opened(state: GameState, event: EventRecord) -> None:
    settings = event.part("settings")
    kept = {**settings, "risk_told_to": tuple(settings["risk_told_to"])}
    state.settings = Settings(**kept)
    state.luck = state.settings.seed
    state.secret = event.part("secret")
    state.phase = "briefing"
    state.clock = GameClock(False, state.settings.speed, event.hour, event.at)
    crisis = state.crisis
    for name, channel in crisis.channels.items():
        if not channel.is_available:
            continue
        opens = _hours_from_now(crisis, channel.opens_at) if channel.opens_at else 0.0
        if opens <= event.hour:
            state.open_channels.add(name)
        else:
            due = Due(f"opens {name}", "channel_opens", opens, {"channel": name})
            state.due[due.name] = due
    for name in crisis.compartments:
        state.compartments[name] = insiders_of(crisis, state.roles, name)
    if crisis.escalation:
        state.rung = crisis.escalation.start.rung
        state.postures = {n: p.now for n, p in crisis.escalation.postures.items()}
        orders = crisis.escalation.standing_orders
        state.orders = {n: str(o.status) for n, o in orders.items()}


def _hours_from_now(crisis: Crisis, moment: Any) -> float:
    if moment.presence != "known":
        return 0.0
    wait = moment.middle - crisis.now.middle
    return float(wait.total_seconds()) / 3600.0


def _apply_clock(state: GameState, event: EventRecord) -> None:
    state.phase = event.part("phase")
    state.clock = GameClock(
        event.part("is_running"), event.part("speed"), event.hour, event.at
    )


def _apply_step(state: GameState, event: EventRecord) -> None:
    state.clock = replace(state.clock, hour=event.part("skips_to"), at=event.at)


def _apply_reseeded(state: GameState, event: EventRecord) -> None:
    state.luck = event.part("luck")


def _apply_debrief(state: GameState, event: EventRecord) -> None:
    state.phase = "debrief"
    state.clock = replace(state.clock, is_running=False, hour=event.hour, at=event.at)
    state.due.clear()


def _apply_taken(state: GameState, event: EventRecord) -> None:
    state.seats[event.part("seat")] = event.part("played_by")


def _apply_seat(state: GameState, event: EventRecord) -> None:
    seat, by = event.part("seat"), event.part("played_by")
    state.seats[seat] = "" if by == "nobody" else by
    state.serials[seat] = state.serials.get(seat, 0) + 1


Decide = Callable[[GameState, str, Move, float], tuple[Draft, ...]]
MOVES: dict[str, Decide] = {
    "set_clock": set_clock,
    "step_clock": step_clock,
    "open_debrief": open_debrief,
    "inject": inject,
    "log_reading": log_reading,
    "hand_over": hand_over,
    "reseed": reseed,
    "take_seat": take_seat,
}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "game_opened": _apply_opened,
    "clock_set": _apply_clock,
    "clock_stepped": _apply_step,
    "debrief_opened": _apply_debrief,
    "seat_given": _apply_seat,
    "reseeded": _apply_reseeded,
    "seat_taken": _apply_taken,
}
