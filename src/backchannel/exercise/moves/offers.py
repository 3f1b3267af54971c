"""Offers and answers: packages of the file's own levels, carried like any message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from backchannel.base.streams import stream
from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.exercise.circles import private_circles, told_count
from backchannel.exercise.conditions import read_conditions
from backchannel.exercise.moves.asked import Move, name_for
from backchannel.exercise.moves.channels import (
    channels_of,
    message_sent,
    read_handling,
)
from backchannel.exercise.moves.opening import Decide
from backchannel.exercise.refusals import refused, unknown
from backchannel.exercise.state import Agreement, GameState, OfferMade
from backchannel.exercise.world import read_choice, terms_of, value_in
from backchannel.settlement.choices import requirements_of

FORMS = ("request", "ultimatum")
MAX_KNOWERS = 80
"""Characters of what is said about those who know, or about the answer wanted."""
ANSWERS = ("accept", "refuse", "counter", "refuse_paper")
"""`refuse_paper`: the text is handed back, as if it had not been seen."""


def offer(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Offer a package over a channel, with a deadline and the form it is put in.

    `package` gives a level by issue, `level (private)` for one kept out of sight;
    issues not named stay as they are. Raises MoveRefusedError where it cannot be.
    """
    channel = move.name_in(role, "channel", channels_of(state, role), "no_open_channel")
    if state.phase == "settled":
        raise refused(role, "settled", move.kind)
    fields = _offered(state, role, move, at)
    is_private = any(text.endswith("(private)") for text in fields["package"].values())
    if is_private and state.crisis.channels[channel].is_public:
        raise refused(role, "all_hear", "offer.channel", channel=channel)
    exceeded = _beyond_mandate(state, role, fields["package"])
    text = move.text(role, "text", is_needed=False)
    sent = message_sent(state, role, channel, text, fields, move.client_id, at)
    if exceeded:
        beyond = Part((role,), {"exceeds": exceeded})
        sent = replace(sent, parts=(beyond, *sent.parts))
    return (sent,)


def _offered(state: GameState, role: str, move: Move, at: float) -> dict[str, Any]:
    """The fields that make a message an offer."""
    form = str(move.fields.get("form", "request"))
    if form not in FORMS:
        raise unknown(role, "no_choice", "offer.form", form, FORMS)
    hours = move.number(role, "deadline_hours", 0.1, 1e4, None)
    now = max(state.hour, state.clock.hour_at(at))
    package = read_package(state, role, move)
    return {
        "offer": name_for(state, "offer", role, move.client_id),
        "package": package,
        "told_knowers": _told_knowers(state, role, move, package),
        "form": form,
        "deadline": None if hours is None else now + hours,
        "conditions": read_conditions(state, role, move, package),
        "handling": list(read_handling(role, move)),
        "answer_form": move.text(role, "answer_form", is_needed=False)[:MAX_KNOWERS],
    }


def _told_knowers(
    state: GameState, role: str, move: Move, package: dict[str, str]
) -> dict[str, dict[str, str]]:
    """What the offer says of who knows its private terms; as the file has it if silent.

    A side speaks for its own compartments only, and nothing holds it to the truth.
    """
    side = state.roles[role].party
    said = move.text(role, "knowers", is_needed=False)[:MAX_KNOWERS]
    told = {}
    for name in private_circles(state.crisis, package):
        record = state.crisis.compartments[name]
        if record.holder == side:
            count = said or told_count(state.crisis, name)
            told[name] = {"title": record.title, "as_told": count}
    return told


def read_package(state: GameState, role: str, move: Move) -> dict[str, str]:
    """Read a package and hold it against the file.

    Raises
    ------
    MoveRefusedError : a name that the file lacks, a visibility that it does not allow,
        or a level without what it needs beside it.
    """
    asked = move.fields.get("package")
    if not isinstance(asked, dict) or not asked:
        raise refused(role, "package_empty", f"{move.kind}.package")
    issues = state.crisis.issues
    package = {}
    for issue, text in asked.items():
        if issue not in issues:
            raise unknown(role, "no_issue", "package", issue, issues)
        choice = read_choice(str(text))
        level = issues[issue].levels.get(choice.level)
        if level is None:
            levels = issues[issue].levels
            raise unknown(role, "no_level", f"package.{issue}", choice.level, levels)
        if choice.visibility not in level.visibility:
            code, place = f"not_{choice.visibility}", f"package.{issue}"
            raise refused(role, code, place, issue=issue, level=choice.level)
        package[issue] = str(choice)
    _check_needs(state, role, package)
    return package


def _check_needs(state: GameState, role: str, package: dict[str, str]) -> None:
    held = {n: issue.status_quo for n, issue in state.crisis.issues.items()}
    held |= {issue: read_choice(text).level for issue, text in package.items()}
    for issue, choice in terms_of(state.crisis, package).items():
        for need in requirements_of(state.crisis, issue, choice):
            if need.one_of and all(held[r.issue] != r.level for r in need.one_of):
                wanted = " or ".join(str(r) for r in need.one_of)
                told = {"issue": issue, "level": choice.level, "wanted": wanted}
                raise refused(role, "needs_beside", f"package.{issue}", **told)


def _beyond_mandate(state: GameState, role: str, package: dict[str, str]) -> list[str]:
    """Levels that an envoy offers though his principal did not allow them."""
    if state.roles[role].kind != "envoy" or role not in state.mandates:
        return []
    allowed = state.mandates[role]
    named = [
        f"{i}.{choice.level}" for i, choice in terms_of(state.crisis, package).items()
    ]
    return [name for name in named if name not in allowed]


def give_mandate(
    state: GameState, role: str, move: Move, at: float
) -> tuple[Draft, ...]:
    """Tell an envoy which levels he may offer; a leader's move."""
    mine = [
        other.name
        for other in state.roles.values()
        if other.kind == "envoy" and other.actor == role
    ]
    envoy = move.name_in(role, "envoy", mine, "no_envoy")
    levels = [f"{i}.{k}" for i, v in state.crisis.issues.items() for k in v.levels]
    allowed = move.names_in(role, "levels", levels, "no_level")
    fields = {
        "envoy": envoy,
        "levels": list(allowed),
        "text": _to_envoy(state, role, envoy),
    }
    parts = (Part((role,), {"id": move.client_id}), Part((role, envoy), fields))
    return (Draft("mandate_given", role, parts, move.client_id),)


def _to_envoy(state: GameState, role: str, envoy: str) -> str:
    """Who instructs whom, by their titles, in no language."""
    return f"{state.roles[role].title} → {state.roles[envoy].title}"


def received_offers(state: GameState, role: str) -> list[str]:
    """Offers that came to this role's side and wait for an answer."""
    actor = state.roles[role].actor
    return [
        name
        for name, made in state.offers.items()
        if made.to == actor and made.status == "received"
    ]


def answer(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Answer an offer over a channel: accept, refuse, counter or hand the paper back.

    Raises MoveRefusedError where no such offer waits for this role.
    """
    channel = move.name_in(role, "channel", channels_of(state, role), "no_open_channel")
    waiting = received_offers(state, role)
    name = move.name_in(role, "offer", waiting, "no_offer_waiting")
    kind = move.name_in(role, "answer", ANSWERS, "no_choice")
    if kind == "accept" and state.roles[role].kind == "envoy":
        raise refused(role, "leader_only", move.kind)
    fields: dict[str, Any] = {"answers": name, "answer": kind}
    if kind == "counter":
        fields |= _offered(state, role, move, at)
    text = move.text(role, "text", is_needed=False)
    return (message_sent(state, role, channel, text, fields, move.client_id, at),)


def take_as(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Note how one takes the deadline of an offer, whatever it was called.

    Seen by nobody before the debrief. Raises MoveRefusedError where there is none.
    """
    came = [
        name
        for name, made in state.offers.items()
        if made.to == role and made.status != "sent" and made.deadline is not None
    ]
    name = move.name_in(role, "offer", came, "no_deadline")
    taken = move.name_in(role, "as", FORMS, "no_choice")
    fields = {"offer": name, "taken_as": taken, "id": move.client_id}
    return (Draft("deadline_read", role, (Part((role,), fields),), move.client_id),)


def _read_by_rule(state: GameState, made: OfferMade) -> tuple[Draft, ...]:
    """How an empty seat takes a deadline: by the file's chance for its form."""
    if made.deadline is None or state.seats.get(made.to):
        return ()
    side = state.roles[made.author].party
    for deadline in state.crisis.deadlines.values():
        form = deadline.forms.get(made.form)  # type: ignore[call-overload]
        if deadline.set_by == side and deadline.addressee == made.to and form:
            luck = stream(state.luck, f"reads {made.name}").random()
            is_hard = luck < value_in(state, form.perceived_as_ultimatum)
            taken = "ultimatum" if is_hard else "request"
            part = Part((made.to,), {"offer": made.name, "taken_as": taken})
            return (Draft("deadline_read", "", (part,)),)
    return ()


def follows_receipt(state: GameState, event: EventRecord) -> tuple[Draft, ...]:
    """What an answer that has come back leads to: an agreement, or word of none."""
    if event.kind != "message_received":
        return ()
    if event.part("offer"):
        return _read_by_rule(state, state.offers[event.part("offer")])
    if event.part("answer") != "accept":
        return ()
    made = state.offers[event.part("answers")]
    if made.status == "agreed":
        return ()
    is_hard = made.form == "ultimatum" and made.deadline is not None
    is_late = is_hard and made.deadline is not None and event.hour > made.deadline
    open_ones = ("accepted", "ratified", "reopened")
    is_bound = any(a.status in open_ones for a in state.agreements.values())
    if is_late or is_bound:
        ends = (made.author, made.to)
        return (Draft("offer_lapsed", "", (Part(ends, {"offer": made.name}),)),)
    return (_agreed(state, made),)


def _agreed(state: GameState, made: OfferMade) -> Draft:
    """Announce what is public, and tell each private term to those who are in it."""
    crisis = state.crisis
    name = made.name.replace("offer", "agreement")
    public, parts = {}, []
    ends = _leaders(state, made)
    for issue, text in made.package.items():
        choice = read_choice(text)
        private = crisis.issues[issue].levels[choice.level].private
        if choice.visibility == "public" or private is None:
            public[issue] = text
            continue
        inside = state.compartments[private.compartment]
        audience = tuple(dict.fromkeys((*ends, *inside)))
        parts.append(Part(audience, {"package": {issue: text}}))
    shown = Part((EVERYONE,), {"agreement": name, "package": public})
    sealed = Part((), {"made_of": made.name})
    between = Part(ends, {"conditions": list(made.conditions)})
    costs = [
        Part((party,), {"audience_costs": {party: cost}})
        for party, cost in _costs_of_retreat(state, made).items()
    ]
    return Draft("agreement_reached", "", (shown, *parts, between, *costs, sealed))


def _costs_of_retreat(state: GameState, made: OfferMade) -> dict[str, float]:
    """What it costs a party to sign in public what it said in public it would not."""
    costs: dict[str, float] = {}
    for party in (state.roles[made.author].party, made.to):
        bound = state.commitments.get(party, {})
        for issue, text in made.package.items():
            choice = read_choice(text)
            value = state.crisis.values.get(party, {}).get(issue, {}).get(choice.level)
            is_retreat = issue in bound and bound[issue] != choice.level
            if value is None or not is_retreat or choice.visibility != "public":
                continue
            cost = value_in(state, value.audience_cost)
            costs[party] = costs.get(party, 0.0) + cost
    return {party: cost for party, cost in costs.items() if cost}


def _leaders(state: GameState, made: OfferMade) -> tuple[str, ...]:
    sides = (state.roles[made.author].actor, made.to, made.author)
    return tuple(dict.fromkeys(sides))


def _apply_offer(state: GameState, event: EventRecord) -> None:
    name = event.part("offer")
    if name is None:
        return
    channel = state.crisis.channels[event.part("channel")]
    state.offers[name] = OfferMade(
        name=name,
        message=event.part("message"),
        author=event.author,
        to=channel.receiver,
        package=event.part("package"),
        deadline=event.part("deadline"),
        form=event.part("form"),
        conditions=tuple(event.part("conditions") or ()),
    )


def _apply_received(state: GameState, event: EventRecord) -> None:
    for name, status in (
        (event.part("offer"), "received"),
        (event.part("answers"), event.part("answer")),
    ):
        if name in state.offers:
            state.offers[name] = replace(state.offers[name], status=status)


def _apply_agreed(state: GameState, event: EventRecord) -> None:
    made = state.offers[event.part("made_of")]
    state.offers[made.name] = replace(made, status="agreed")
    name = event.part("agreement")
    state.agreements[name] = Agreement(
        name, made.name, made.package, {}, {}, conditions=made.conditions
    )
    for party, cost in _costs_of_retreat(state, made).items():
        state.audience_costs[party] = state.audience_costs.get(party, 0.0) + cost


def _apply_mandate(state: GameState, event: EventRecord) -> None:
    state.mandates[event.part("envoy")] = tuple(event.part("levels"))


MOVES: dict[str, Decide] = {
    "offer": offer,
    "answer": answer,
    "give_mandate": give_mandate,
    "take_as": take_as,
}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "message_sent": _apply_offer,
    "message_received": _apply_received,
    "agreement_reached": _apply_agreed,
    "mandate_given": _apply_mandate,
}
