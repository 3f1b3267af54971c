"""Forces: postures, standing orders, incidents, and the climb up the ladder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backchannel.base.streams import stream
from backchannel.crisis.escalation import (
    Escalation,
    Incident,
    Response,
    StandingOrder,
)
from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.crisis.model import Crisis
from backchannel.exercise.hazard import next_incident, worn
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.moves.channels import message_sent
from backchannel.exercise.moves.opening import Decide
from backchannel.exercise.refusals import refused
from backchannel.exercise.state import Due, GameState
from backchannel.exercise.world import value_in

FIRES = ("in_force", "breached")
"""Status of an order that answers by itself; one is breached against its own rules."""
RULINGS = ("up", "hold", "down")


@dataclass(frozen=True)
class AuditLine:
    """What a standing order will do: on which incident, after how long, how surely.

    `delay_hours` is also how long there is to call it off, from the incident on. One
    whose `fires` is False would do so only if it were put in force.
    """

    order: str
    title: str
    holder: str
    trigger: str
    trigger_title: str
    response: str
    delay_hours: float
    prob_fires: float
    status: str
    fires: bool = True


def audit_orders(
    crisis: Crisis, statuses: Mapping[str, str] | None = None, *, is_whole: bool = False
) -> tuple[AuditLine, ...]:
    """List what fires by itself if nobody countermands it, the fastest first.

    Parameters
    ----------
    crisis : a loaded crisis; numbers count at their medians
    statuses : of the orders now, by name; those of the file where there are none
    is_whole : list also the orders that are not in force, behind the others

    Returns
    -------
    tuple : one line for each order in force and each of its triggers

    >>> from backchannel.crisis.load import load
    >>> [line.order for line in audit_orders(load("strait"))]
    ['fire_back']
    """
    escalation = crisis.escalation
    now = statuses or {}
    lines = [
        AuditLine(
            name,
            order.title,
            order.holder,
            trigger,
            escalation.incidents[trigger].title if escalation else trigger,
            order.response_title or order.title,
            order.delay.median() if order.delay else 0.0,
            order.prob_fires.median(),
            now.get(name, str(order.status)),
            now.get(name, str(order.status)) in FIRES,
        )
        for name, order in (escalation.standing_orders if escalation else {}).items()
        if is_whole or now.get(name, str(order.status)) in FIRES
        for trigger in order.trigger
    ]
    lines.sort(key=lambda ln: (not ln.fires, ln.delay_hours, -ln.prob_fires))
    return tuple(lines)


def decision_hours(crisis: Crisis) -> dict[str, float]:
    """How long a matter that no order answers takes to its leader and to his ruling.

    Parameters
    ----------
    crisis : a loaded crisis; numbers count at their medians

    Returns
    -------
    dict : hours by the actor that decides, in the order of the file
    """
    decisions = crisis.escalation.decisions if crisis.escalation else {}
    hours = {}
    for actor, decision in decisions.items():
        thinks = crisis.actors[actor].deliberation
        waits = (
            [hop.latency for hop in crisis.channels[decision.channel].hops.values()]
            if decision.channel
            else []
        )
        numbers = [*waits, thinks] if thinks else waits
        hours[actor] = sum(n.median() for n in numbers if n.is_usable)
    return hours


def _escalation(state: GameState, role: str) -> Escalation:
    if state.crisis.escalation is None:
        raise refused(role, "no_forces")
    return state.crisis.escalation


def set_posture(
    state: GameState, role: str, move: Move, at: float
) -> tuple[Draft, ...]:
    """Change a posture that one controls; both sides see it."""
    escalation = _escalation(state, role)
    mine = [n for n, p in escalation.postures.items() if p.controlled_by == role]
    name = move.name_in(role, "posture", mine, "no_posture")
    settings = escalation.postures[name].settings
    setting = move.name_in(role, "setting", settings, "no_choice")
    return (_posture_set(state, name, setting, role, move.client_id),)


def _posture_set(
    state: GameState, name: str, setting: str, author: str, client_id: str
) -> Draft:
    posture = _escalation(state, author).postures[name]
    shown = {
        "posture": name,
        "setting": setting,
        "text": f"{posture.title}: {posture.settings[setting]}",
    }
    leaders = tuple(r.name for r in state.roles.values() if r.kind == "leader")
    return Draft("posture_set", author, (Part(leaders, shown),), client_id)


def set_order(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Put a standing order of one's own in force, or override it."""
    escalation = _escalation(state, role)
    mine = [n for n, o in escalation.standing_orders.items() if o.holder == role]
    name = move.name_in(role, "order", mine, "no_order")
    status = move.name_in(role, "status", ("in_force", "overridden"), "no_choice")
    fields = {"order": name, "status_set": status, "id": move.client_id}
    return (Draft("order_set", role, (Part((role,), fields),), move.client_id),)


def countermand(
    state: GameState, role: str, move: Move, at: float
) -> tuple[Draft, ...]:
    """Call off an order under way, while there is time."""
    escalation = _escalation(state, role)
    under_way = {
        due.fields["order"]: due
        for due in state.due.values()
        if due.kind == "order_due"
        and escalation.standing_orders[due.fields["order"]].holder == role
    }
    name = move.name_in(role, "order", under_way, "no_order_under_way")
    fields = {"order": name, "id": move.client_id}
    parts = (Part((role,), fields), Part((), {"calls_off": under_way[name].name}))
    return (Draft("order_countermanded", role, parts, move.client_id),)


def rule(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Rule on a matter that no order answered: climb, hold or step down."""
    mine = [d.name for d in state.due.values() if d.fields.get("decides") == role]
    name = move.name_in(role, "matter", mine, "no_matter")
    ruling = move.name_in(role, "ruling", RULINGS, "no_choice")
    fields = {"matter": name, "ruling": ruling, "id": move.client_id}
    ruled = Draft("ruled", role, (Part((role,), fields),), move.client_id)
    return (ruled, *_climbed(state, {"up": 1, "hold": 0, "down": -1}[ruling]))


def escalate(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Take a deliberate step that the file foresees from this rung."""
    escalation = _escalation(state, role)
    mine = [
        name
        for name, step in escalation.moves.items()
        if step.by == role and step.from_rung == state.rung
    ]
    name = move.name_in(role, "step", mine, "no_step")
    to = escalation.moves[name].to_rung
    return (_rung_changed(state, to, role, move.client_id),)


def _rung_changed(
    state: GameState, rung: str, author: str = "", client_id: str = ""
) -> Draft:
    escalation = _escalation(state, author)
    record = escalation.rungs[rung]
    phase = state.phase
    if rung == escalation.war:
        phase = "war"
    elif record.is_settled:
        phase = "settled"
    fields = {"rung": rung, "text": record.title, "phase": phase}
    return Draft("rung_changed", author, (Part((EVERYONE,), fields),), client_id)


def _climbed(state: GameState, steps: int) -> tuple[Draft, ...]:
    """The event of climbing some rungs; none where that leads nowhere."""
    escalation = state.crisis.escalation
    if escalation is None or steps == 0:
        return ()
    rungs = list(escalation.rungs)
    lowest = int(escalation.rungs[rungs[0]].is_settled)
    here = rungs.index(state.rung)
    there = min(max(here + steps, lowest), len(rungs) - 1)
    return () if there == here else (_rung_changed(state, rungs[there]),)


def _incident(state: GameState, due: Due) -> tuple[Draft, ...]:
    """One clock has run out: an incident, a step of an empty seat, or calm."""
    source = due.fields["source"]
    sealed = Part((), {"source": source})
    escalation = state.crisis.escalation
    if escalation is None:
        return ()
    if source in ("calm", "settle"):
        happened = Draft("calmed", "", (sealed,), due.name)
        if source == "calm":
            return (happened, *_climbed(state, -1))
        return (happened, _rung_changed(state, next(iter(escalation.rungs))))
    if source.startswith("move "):
        to = escalation.moves[source.removeprefix("move ")].to_rung
        return (Draft("stepped", "", (sealed,), due.name), _rung_changed(state, to))
    return _happens(state, escalation, source, due, sealed)


def _happens(
    state: GameState, escalation: Escalation, name: str, due: Due, sealed: Part
) -> tuple[Draft, ...]:
    incident = escalation.incidents[name]
    luck = stream(state.luck, f"outcome {due.name}").random(8)
    harmed = incident.harmed
    spot, channel = _spot(state, escalation, harmed)
    fields = {"incident": name, "text": incident.title, "theatre": incident.theatre}
    drafts = [Draft("incident", "", (Part((spot,), fields), sealed), due.name)]
    if channel:
        told = {"incident": name, "precedence": "flash"}
        act = f"report {due.name}"
        drafts.append(
            message_sent(state, "", channel, incident.title, told, act, state.at)
        )
    if luck[0] < value_in(state, incident.ignites):
        return (*drafts, *_climbed(state, 1))
    orders = escalation.standing_orders
    for i, (key, order) in enumerate(orders.items()):
        is_meant = name in order.trigger and state.orders[key] in FIRES
        if is_meant and luck[1 + i % 7] < value_in(state, order.prob_fires):
            return (*drafts, *_fire(state, key, order, spot, due.name))
    return (*drafts, _matter(incident, name, due.name))


def _spot(state: GameState, escalation: Escalation, harmed: str) -> tuple[str, str]:
    """Who sees it happen, and the channel by which it is reported to the leader."""
    decision = escalation.decisions.get(harmed)
    channel = decision.channel if decision else None
    if channel is None or channel not in state.open_channels:
        return harmed, ""
    return state.crisis.channels[channel].sender, channel


def _fire(
    state: GameState, name: str, order: StandingOrder, spot: str, cause: str
) -> tuple[Draft, ...]:
    delay = value_in(state, order.delay)
    if delay == 0.0:
        return _carried_out(state, name, order, "")
    fields = {"order": name, "text": order.title, "fires_in_hours": delay}
    audience = tuple(dict.fromkeys((order.holder, spot)))
    sealed = Part((), {"cause": cause, "delay": delay})
    return (Draft("order_under_way", "", (Part(audience, fields), sealed)),)


def _carried_out(
    state: GameState, name: str, order: StandingOrder, client_id: str
) -> tuple[Draft, ...]:
    fields = {"order": name, "text": order.response_title or order.title}
    done = Draft("order_carried_out", "", (Part((order.holder,), fields),), client_id)
    return (done, *_responded(state, order.response))


def _responded(state: GameState, response: Response) -> tuple[Draft, ...]:
    if response.to_rung is not None:
        return (_rung_changed(state, response.to_rung),)
    changed = [
        _posture_set(state, name, setting, "", "")
        for name, setting in response.set_posture.items()
    ]
    return (*changed, *_climbed(state, response.climb or 0))


def _matter(incident: Incident, name: str, cause: str) -> Draft:
    """A matter that goes up to the leader; it is told by the report, not by this."""
    fields = {"decides": incident.harmed, "about": name, "title": incident.title}
    told = Part((incident.harmed,), {**fields, "matter": f"matter {cause}"})
    return Draft("matter_opened", "", (told,))


def _order_due(state: GameState, due: Due) -> tuple[Draft, ...]:
    escalation = _escalation(state, "")
    name = due.fields["order"]
    order = escalation.standing_orders[name]
    return _carried_out(state, name, order, due.name)


def _matter_due(state: GameState, due: Due) -> tuple[Draft, ...]:
    """The leader has had his time: a played one let it rest, an empty seat decides."""
    role = due.fields["decides"]
    decision = _escalation(state, "").decisions.get(role)
    ruling = "hold"
    if not state.seats.get(role) and decision is not None:
        luck = stream(state.luck, f"ruling {due.name}").random()
        up = value_in(state, decision.up)
        down = value_in(state, decision.down)
        ruling = "up" if luck < up else "down" if luck < up + down else "hold"
    fields = {"matter": due.name, "ruling": ruling}
    ruled = Draft("ruled", "", (Part((role,), fields),), due.name)
    return (ruled, *_climbed(state, {"up": 1, "hold": 0, "down": -1}[ruling]))


def _deadline(state: GameState, due: Due) -> tuple[Draft, ...]:
    name = due.fields["deadline"]
    deadline = state.crisis.deadlines[name]
    then = deadline.if_passed
    luck = stream(state.luck, f"deadline {name}").random()
    # A deadline threatens those who have not agreed.
    is_open = state.phase == "open"
    is_taken = is_open and then is not None and luck < value_in(state, then.prob)
    fields = {"deadline": name, "text": deadline.title}
    sealed = Part((), {"deadline": name, "takes_effect": is_taken})
    told = (Part((deadline.set_by,), fields), sealed)
    drafts = [Draft("deadline_passed", "", told, due.name)]
    escalation = state.crisis.escalation
    if is_taken and then is not None and then.to_rung and escalation:
        rungs = list(escalation.rungs)
        if rungs.index(then.to_rung) > rungs.index(state.rung):
            drafts.append(_rung_changed(state, then.to_rung))
    return tuple(drafts)


def replan(state: GameState, hour: float) -> None:
    """Set down anew what happens next, after something changed a rate."""
    for name in [n for n, due in state.due.items() if due.kind == "incident"]:
        del state.due[name]
    state.hazard_hour = hour
    if not state.settings.has_hazard or state.phase != "open":
        return
    found = next_incident(state)
    if found is not None:
        at, source = found
        n = state.n_incidents.get(source, 0)
        due = Due(f"incident {source} {n}", "incident", at, {"source": source})
        state.due[due.name] = due


def settle_clocks(state: GameState, hour: float) -> None:
    """Let every clock run to an hour under what held until then."""
    if state.settings.has_hazard and state.phase == "open":
        state.wear = worn(state, hour)
    state.hazard_hour = max(hour, state.hazard_hour)


def _apply_incident(state: GameState, event: EventRecord) -> None:
    source = event.part("source")
    settle_clocks(state, event.hour)
    state.wear[source] = 0.0
    n = state.n_incidents.get(source, 0)
    state.n_incidents[source] = n + 1
    escalation = state.crisis.escalation
    if escalation is None or source not in escalation.incidents:
        replan(state, event.hour)
        return
    kind = escalation.incidents[source].leaves
    if kind is not None:
        token = escalation.tokens[kind]
        luck = stream(state.luck, f"cooling {source} {n}").exponential()
        hot = [end for end in state.tokens.get(kind, ()) if end > event.hour]
        ends = [*hot, event.hour + luck * value_in(state, token.cooling)]
        state.tokens[kind] = tuple(ends[: token.cap])
    replan(state, event.hour)


def _apply_rung(state: GameState, event: EventRecord) -> None:
    settle_clocks(state, event.hour)
    state.rung, state.phase = event.part("rung"), event.part("phase")
    replan(state, event.hour)


def _apply_posture(state: GameState, event: EventRecord) -> None:
    settle_clocks(state, event.hour)
    state.postures[event.part("posture")] = event.part("setting")
    replan(state, event.hour)


def _apply_order(state: GameState, event: EventRecord) -> None:
    state.orders[event.part("order")] = event.part("status_set")


def _apply_under_way(state: GameState, event: EventRecord) -> None:
    cause, name = event.part("cause"), event.part("order")
    hour = event.hour + event.part("delay")
    due = Due(f"order {name} after {cause}", "order_due", hour, {"order": name})
    state.due[due.name] = due


def _apply_called_off(state: GameState, event: EventRecord) -> None:
    state.due.pop(event.part("calls_off"), None)


def _apply_matter(state: GameState, event: EventRecord) -> None:
    role, name = event.part("decides"), event.part("matter")
    actor = state.crisis.actors[role]
    decision = _escalation(state, "").decisions.get(role)
    wait = value_in(state, actor.deliberation, 1.0)
    if decision is not None and decision.channel is not None:
        hops = state.crisis.channels[decision.channel].hops.values()
        wait += sum(value_in(state, hop.latency) for hop in hops)
    fields = {"decides": role, "about": event.part("about")}
    state.due[name] = Due(name, "matter_due", event.hour + wait, fields)


def _apply_ruled(state: GameState, event: EventRecord) -> None:
    state.due.pop(event.part("matter"), None)


def _apply_deadline(state: GameState, event: EventRecord) -> None:
    if event.part("takes_effect"):
        settle_clocks(state, event.hour)
        state.passed.append(event.part("deadline"))
        replan(state, event.hour)


def _apply_seat(state: GameState, event: EventRecord) -> None:
    # Whether a seat is played decides whether its moves have a clock.
    settle_clocks(state, event.hour)
    replan(state, event.hour)


def _apply_clock(state: GameState, event: EventRecord) -> None:
    is_first = state.phase == "open" and not any(
        due.kind == "incident" for due in state.due.values()
    )
    if is_first:
        replan(state, event.hour)


def _apply_opened(state: GameState, event: EventRecord) -> None:
    for name, deadline in state.crisis.deadlines.items():
        if deadline.if_passed is None or deadline.at.presence != "known":
            continue
        wait = deadline.at.middle - state.crisis.now.middle
        hour = wait.total_seconds() / 3600.0
        if hour > 0:
            fields = {"deadline": name}
            due = Due(f"deadline {name}", "deadline_due", hour, fields)
            state.due[due.name] = due
    if state.crisis.escalation is None or not state.settings.has_hazard:
        return
    start = state.crisis.escalation.start
    for name in start.outstanding:
        # It has happened before the game; how it is answered is still open.
        due = Due(f"outstanding {name}", "outstanding", 0.0, {"source": name})
        state.due[due.name] = due
    for kind, n in start.tokens.items():
        life = value_in(state, state.crisis.escalation.tokens[kind].cooling)
        luck = stream(state.luck, f"cooling {kind}").exponential(size=n)
        state.tokens[kind] = tuple(float(x * life) for x in luck)


def _apply_phase(state: GameState, event: EventRecord) -> None:
    # While it is settled no clock runs; when that has failed they go on.
    state.hazard_hour = max(event.hour, state.hazard_hour)
    replan(state, event.hour)


def _apply_reseeded(state: GameState, event: EventRecord) -> None:
    settle_clocks(state, event.hour)
    # An exponential wait forgets: what a clock has used up says nothing of the rest.
    state.wear.clear()
    replan(state, event.hour)


MOVES: dict[str, Decide] = {
    "set_posture": set_posture,
    "set_order": set_order,
    "countermand": countermand,
    "rule": rule,
    "escalate": escalate,
}
DUE: dict[str, Callable[[GameState, Due], tuple[Draft, ...]]] = {
    "incident": _incident,
    "outstanding": _incident,
    "order_due": _order_due,
    "matter_due": _matter_due,
    "deadline_due": _deadline,
}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "game_opened": _apply_opened,
    "reseeded": _apply_reseeded,
    "settlement_ratified": _apply_phase,
    "settlement_collapsed": _apply_phase,
    "agreement_denounced": _apply_phase,
    "clock_set": _apply_clock,
    "seat_given": _apply_seat,
    "seat_taken": _apply_seat,
    "incident": _apply_incident,
    "calmed": _apply_incident,
    "stepped": _apply_incident,
    "rung_changed": _apply_rung,
    "posture_set": _apply_posture,
    "order_set": _apply_order,
    "order_under_way": _apply_under_way,
    "order_countermanded": _apply_called_off,
    "matter_opened": _apply_matter,
    "ruled": _apply_ruled,
    "deadline_passed": _apply_deadline,
}
