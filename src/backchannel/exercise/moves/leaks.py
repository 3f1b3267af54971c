"""Leaks: planned, by a knower, or by chance; and what follows for what was private.

As in the settlement engine: after a leak the term counts as public, the file's penalty
falls due, a term that a leak voids is void, and those at home judge again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from backchannel.base.streams import stream
from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.crisis.worth import is_void, sees
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.moves.channels import carriers_of, leaked, receivers_of
from backchannel.exercise.moves.opening import Decide
from backchannel.exercise.moves.papers import copy_leaked
from backchannel.exercise.moves.ratify import ask_home
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.state import Agreement, Due, GameState
from backchannel.exercise.world import read_choice, terms_of, value_in

LIVE = ("accepted", "ratified", "reopened")
"""Statuses of an agreement that still binds, or may."""


def private_terms(state: GameState, agreement: Agreement) -> list[str]:
    """Issues of an agreement whose terms are private and have not come out."""
    out = state.out.get(agreement.offer, frozenset())
    terms = terms_of(state.crisis, dict(agreement.package))
    return [
        issue
        for issue, choice in terms.items()
        if choice.visibility == "private" and issue not in out
    ]


def knows_term(state: GameState, role: str, agreement: Agreement, issue: str) -> bool:
    """Whether a role has been told of a private term of an agreement."""
    choice = read_choice(agreement.package[issue])
    level = state.crisis.issues[issue].levels[choice.level]
    inside = state.compartments[level.private.compartment] if level.private else ()
    offer = state.offers[agreement.offer]
    actor = state.roles[role].actor
    return role in (*inside, offer.author, offer.to) or (
        role == actor and sees(state.crisis, actor, issue, choice, is_leaked=False)
    )


def leak(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Let out what one knows, without one's name, now or some hours from now.

    One of `message`, `paper` (one's own copy), or `agreement` with `issue`.
    `after_hours` plans it. Raises MoveRefusedError for what one does not know.
    """
    what = _what(state, role, move)
    hours = move.number(role, "after_hours", 0.0, 1e5, 0.0) or 0.0
    if hours:
        fields = {"plans_to_leak": what, "after_hours": hours, "id": move.client_id}
        part = Part((role,), fields)
        return (Draft("leak_planned", role, (part,), move.client_id),)
    return _leaks(state, what, role, move.client_id)


def _what(state: GameState, role: str, move: Move) -> dict[str, str]:
    if "message" in move.fields:
        known = [n for n in state.messages if _has_message(state, role, n)]
        return {"message": move.name_in(role, "message", known, "no_message")}
    if "paper" in move.fields:
        held = {
            name: copy.reader
            for name, paper in state.papers.items()
            for copy in paper.copies
            if copy.reader == role or role == FACILITATOR
        }
        name = move.name_in(role, "paper", held, "no_document_held")
        return {"paper": name, "reader": held[name]}
    known = [
        name for name, agreement in state.agreements.items() if agreement.status in LIVE
    ]
    name = move.name_in(role, "agreement", known, "no_agreement")
    secrets = [
        issue
        for issue in private_terms(state, state.agreements[name])
        if role == FACILITATOR or knows_term(state, role, state.agreements[name], issue)
    ]
    issue = move.name_in(role, "issue", secrets, "no_private_term")
    return {"agreement": name, "issue": issue}


def _has_message(state: GameState, role: str, name: str) -> bool:
    message = state.messages[name]
    came = message.received_at is not None
    held = [
        c
        for i, c in enumerate(carriers_of(state, message.channel))
        if came or i <= message.at_hop
    ]
    readers = receivers_of(state, message.channel) if came else ()
    return role in (FACILITATOR, message.author, *held, *readers)


def _leaks(
    state: GameState, what: dict[str, str], leaker: str, client_id: str
) -> tuple[Draft, ...]:
    """Publish it; the name of who did it is sealed until the debrief."""
    if "message" in what:
        message = state.messages[what["message"]]
        draft = leaked(message, state.crisis.channels[message.channel], client_id)
    elif "paper" in what:
        draft = copy_leaked(state, what["paper"], what["reader"], client_id)
    else:
        package = state.agreements[what["agreement"]].package
        shown = {"text": "", "said_to_be_by": ""}
        told = Part(
            (EVERYONE,), {**shown, "package": {what["issue"]: package[what["issue"]]}}
        )
        draft = Draft("leaked", "", (told, Part((), dict(what))), client_id)
    sealed = Part((), {"leaked_by": leaker})
    author = leaker if client_id and leaker else ""
    return (replace(draft, author=author, parts=(*draft.parts, sealed)),)


def _leak_due(state: GameState, due: Due) -> tuple[Draft, ...]:
    """What was planned, or what chance let out, comes out unless it has before."""
    what = dict(due.fields["what"])
    agreement = state.agreements.get(what.get("agreement", ""))
    if agreement is not None and (
        agreement.status not in LIVE
        or what["issue"] not in private_terms(state, agreement)
    ):
        return ()
    (draft,) = _leaks(state, what, due.fields["leaker"], "")
    return (replace(draft, client_id=due.name),)


def _offer_in(state: GameState, event: EventRecord) -> tuple[str, list[str]]:
    """The offer whose terms a leak tells, and which of them."""
    agreement = state.agreements.get(event.part("agreement") or "")
    if agreement is not None:
        return agreement.offer, [event.part("issue")]
    message = state.messages.get(event.part("message") or "")
    paper = state.papers.get(event.part("paper") or "")
    if paper is not None:
        message = state.messages.get(paper.about)
    if message is None or "offer" not in message.fields:
        return "", []
    package = message.fields["package"]
    terms = terms_of(state.crisis, package)
    private = [i for i, choice in terms.items() if choice.visibility == "private"]
    return message.fields["offer"], private


def follows_leak(state: GameState, event: EventRecord) -> tuple[Draft, ...]:
    """Private terms that a leak told are public from now on; home judges again."""
    if event.kind == "leaked":
        offer, issues = _offer_in(state, event)
        new = [i for i in issues if i not in state.out.get(offer, ())]
        return (_terms_out(state, offer, new),) if new else ()
    if event.kind != "terms_leaked":
        return ()
    drafts: list[Draft] = []
    for agreement in _of_offer(state, event.part("offer_out")):
        for issue in event.part("issues_out"):
            drafts += _broken(state, agreement, issue)
        # They are void from now on, though the events that say so come after this.
        void = {part.fields["voided"] for draft in drafts for part in draft.parts}
        drafts += ask_home(state, replace(agreement, void=agreement.void | void))
    return tuple(drafts)


def _of_offer(state: GameState, offer: str) -> list[Agreement]:
    return [
        agreement
        for agreement in state.agreements.values()
        if agreement.offer == offer and agreement.status in LIVE
    ]


def _terms_out(state: GameState, offer: str, issues: list[str]) -> Draft:
    package = state.offers[offer].package
    shown: dict[str, Any] = {"package": {i: package[i] for i in issues}}
    for agreement in _of_offer(state, offer):
        shown["agreement"] = agreement.name
    sealed = Part((), {"offer_out": offer, "issues_out": issues})
    costs = [
        Part((actor,), {"audience_costs": {actor: cost}})
        for actor, cost in _costs_of_leak(state, offer, issues).items()
        if actor in state.roles
    ]
    return Draft("terms_leaked", "", (Part((EVERYONE,), shown), *costs, sealed))


def _costs_of_leak(state: GameState, offer: str, issues: list[str]) -> dict[str, float]:
    """Penalties of the file and costs of being seen; nothing before a signature."""
    costs: dict[str, float] = {}
    if not _of_offer(state, offer):
        return costs
    crisis = state.crisis
    for issue in issues:
        choice = read_choice(state.offers[offer].package[issue])
        private = crisis.issues[issue].levels[choice.level].private
        due = dict(private.penalty_if_leaked) if private else {}
        for actor, penalty in due.items():
            costs[actor] = costs.get(actor, 0.0) + value_in(state, penalty)
        for party in crisis.parties:
            value = crisis.values.get(party, {}).get(issue, {}).get(choice.level)
            if value is not None:
                cost = value_in(state, value.audience_cost)
                costs[party] = costs.get(party, 0.0) + cost
    return {actor: cost for actor, cost in costs.items() if cost}


def _broken(state: GameState, agreement: Agreement, issue: str) -> list[Draft]:
    """Say what the leak voids, and whose promise of silence is broken with it."""
    drafts = []
    choice = read_choice(agreement.package[issue])
    if is_void(state.crisis, issue, choice):
        drafts.append(term_void(agreement.name, issue, "leaked", (EVERYONE,)))
    for name, text in agreement.package.items():
        level = state.crisis.issues[name].levels[read_choice(text).level]
        if level.about == issue and name not in agreement.void:
            ends = tuple(n for n in (level.giver, level.receiver) if n in state.roles)
            drafts.append(term_void(agreement.name, name, "secrecy_broken", ends))
    return drafts


def term_void(name: str, issue: str, why: str, audience: tuple[str, ...]) -> Draft:
    """Draft that a term binds nobody any more, and why."""
    fields = {"agreement": name, "voided": issue, "why": why}
    return Draft("term_void", "", (Part(audience, fields),))


def _apply_planned(state: GameState, event: EventRecord) -> None:
    hour = event.hour + event.part("after_hours")
    fields = {"what": event.part("plans_to_leak"), "leaker": event.author}
    due = Due(f"leak {event.author} {event.client_id}", "leak_due", hour, fields)
    state.due[due.name] = due


def _apply_out(state: GameState, event: EventRecord) -> None:
    """Count the terms as public: penalties of the file, and costs of being seen."""
    offer, issues = event.part("offer_out"), event.part("issues_out")
    state.out[offer] = state.out.get(offer, frozenset()) | frozenset(issues)
    for actor, cost in _costs_of_leak(state, offer, issues).items():
        state.audience_costs[actor] = state.audience_costs.get(actor, 0.0) + cost


def _apply_ratified(state: GameState, event: EventRecord) -> None:
    """Draw when each private term will come out by chance, as the engine has it.

    The hazard is that of one knower times the number of knowers as it was, for as long
    as the term has to stay secret.
    """
    agreement = state.agreements[event.part("agreement")]
    if not state.settings.has_hazard:
        return
    for issue in private_terms(state, agreement):
        level = state.crisis.issues[issue].levels[
            read_choice(agreement.package[issue]).level
        ]
        if level.private is None:
            continue
        circle = state.crisis.compartments[level.private.compartment]
        rate = value_in(state, circle.hazard_per_knower) * value_in(
            state, circle.as_was
        )
        lasts = value_in(state, level.private.secret_for or level.lead_time)
        luck = stream(state.luck, f"secret {agreement.name} {issue}").exponential()
        if rate > 0 and luck / rate < lasts:
            fields = {"what": {"agreement": agreement.name, "issue": issue}}
            name = f"secret {agreement.name} {issue}"
            hour = event.hour + luck / rate
            due = Due(name, "leak_due", hour, {**fields, "leaker": ""})
            state.due[name] = due


MOVES: dict[str, Decide] = {"leak": leak}
DUE: dict[str, Callable[[GameState, Due], tuple[Draft, ...]]] = {"leak_due": _leak_due}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "leak_planned": _apply_planned,
    "terms_leaked": _apply_out,
    "settlement_ratified": _apply_ratified,
}
