"""Ratification: those at home judge what they see of an agreement."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.crisis.worth import sees
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.moves.opening import Decide
from backchannel.exercise.refusals import refused
from backchannel.exercise.state import Agreement, GameState
from backchannel.exercise.world import terms_of, value_in, worth_seen
from backchannel.settlement.choices import requirements_of

_WAITING = ("accepted", "reopened")


def asked_about(
    state: GameState, package: dict[str, str], out: Collection[str] = ()
) -> dict[str, str]:
    """Who is asked, and by what right.

    Parameters
    ----------
    state : the game
    package : what was agreed
    out : issues whose private terms have become public

    Returns
    -------
    dict : by actor, the name of the ratification that asks it, or `consent` for those
        without whom a term they see cannot be
    """
    crisis, asked = state.crisis, dict[str, str]()
    terms = terms_of(crisis, package)
    for name, rule in crisis.ratification.items():
        if rule.rule == "pressure":
            continue
        for member in rule.members:
            if any(
                sees(crisis, member, issue, choice, is_leaked=issue in out)
                for issue, choice in terms.items()
                if not rule.issues or issue in rule.issues
            ):
                asked[member] = name
    for issue, choice in terms.items():
        needs = requirements_of(crisis, issue, choice)
        names = [need.consent or need.ratified_by for need in needs]
        giver = crisis.issues[issue].levels[choice.level].giver
        if giver and crisis.actors[giver].kind == "guarantor":
            names.append(giver)
        for actor in names:
            if actor and sees(crisis, actor, issue, choice, is_leaked=issue in out):
                asked[actor] = "consent"
    return asked


def visible_to(
    state: GameState, actor: str, package: dict[str, str], out: Collection[str] = ()
) -> dict[str, str]:
    """The part of a package that an actor sees; all else looks like the status quo."""
    return {
        issue: package[issue]
        for issue, choice in terms_of(state.crisis, package).items()
        if sees(state.crisis, actor, issue, choice, is_leaked=issue in out)
    }


def follows_agreement(state: GameState, event: EventRecord) -> tuple[Draft, ...]:
    """Ask those at home, let the rule answer for empty seats, and count."""
    if event.kind == "agreement_reached":
        name = event.part("agreement")
        return ask_home(state, state.agreements[name])
    if event.kind in ("ratification_asked", "assent_given"):
        return _count(state, state.agreements[event.part("agreement")])
    return ()


def ask_home(state: GameState, agreement: Agreement) -> tuple[Draft, ...]:
    """Ask those at home, for the first time or again, and answer for empty seats.

    Parameters
    ----------
    state : the game
    agreement : accepted, or ratified and since then changed by a leak

    Returns
    -------
    tuple : drafts; assents given before count no more
    """
    out = state.out.get(agreement.offer, frozenset())
    package = {i: c for i, c in agreement.package.items() if i not in agreement.void}
    asked = asked_about(state, package, out)
    parts = [
        Part(
            (actor,),
            {
                "agreement": agreement.name,
                "asks": right,
                "package": visible_to(state, actor, package, out),
            },
        )
        for actor, right in asked.items()
    ]
    sealed = Part((), {"agreement": agreement.name, "asked": asked})
    drafts = [Draft("ratification_asked", "", (*parts, sealed))]
    drafts += [
        _assent(agreement.name, actor, _by_rule(state, actor, package, out), "")
        for actor in asked
        if not state.seats.get(actor)
    ]
    return tuple(drafts)


def _by_rule(
    state: GameState, actor: str, package: dict[str, str], out: Collection[str]
) -> bool:
    """The model's rule: assent where what is seen is worth the threshold."""
    threshold = value_in(state, state.crisis.actors[actor].threshold)
    return worth_seen(state, actor, package, out) >= threshold


def _assent(name: str, actor: str, is_assent: bool, client_id: str) -> Draft:
    fields = {"agreement": name, "by": actor, "assent": is_assent}
    author = actor if client_id else ""
    return Draft("assent_given", author, (Part((actor,), fields),), client_id)


def ratify(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Assent to an agreement, or refuse it; raises MoveRefusedError if not asked."""
    open_to = [
        name
        for name, agreement in state.agreements.items()
        if role in agreement.asked and role not in agreement.assents
        if agreement.status in _WAITING
    ]
    name = move.name_in(role, "agreement", open_to, "no_agreement_waiting")
    verdict = move.fields.get("assent")
    if verdict not in (True, False, "yes", "no"):
        raise refused(role, "assent_missing", "ratify.assent")
    return (_assent(name, role, verdict in (True, "yes"), move.client_id),)


def _count(state: GameState, agreement: Agreement) -> tuple[Draft, ...]:
    """Tell the outcome as soon as nothing can change it."""
    if agreement.status not in _WAITING or set(agreement.asked) - set(
        agreement.assents
    ):
        return ()
    failed = [
        right
        for right in dict.fromkeys(agreement.asked.values())
        if not _passes(state, agreement, right)
    ]
    public = {
        "agreement": agreement.name,
        "phase": "open" if failed else "settled",
    }
    first = agreement.status == "accepted"
    kind = "ratification_failed" if failed else "settlement_ratified"
    if not first:
        kind = "settlement_collapsed" if failed else "settlement_held"
    return (Draft(kind, "", (Part((EVERYONE,), public), Part((), {"failed": failed}))),)


def _passes(state: GameState, agreement: Agreement, right: str) -> bool:
    """Whether one rule is met by the assents of those whom it asks."""
    asked = [actor for actor, r in agreement.asked.items() if r == right]
    assents = [actor for actor in asked if agreement.assents[actor]]
    rule = state.crisis.ratification.get(right)
    if rule is None or rule.rule == "veto":
        return len(assents) == len(asked)
    # Who sees nothing of it is not asked, and is taken to go along.
    silent = [member for member in rule.members if member not in asked]
    if rule.rule == "quota":
        return len(assents) + len(silent) >= (rule.quota or 0)
    weights = {m: value_in(state, r.weight, 1.0) for m, r in rule.members.items()}
    share = sum(weights[m] for m in (*assents, *silent)) / sum(weights.values())
    return share >= value_in(state, rule.share, 0.5)


def _apply_asked(state: GameState, event: EventRecord) -> None:
    name = event.parts[-1].fields["agreement"]
    asked = event.parts[-1].fields["asked"]
    agreement = state.agreements[name]
    status = "accepted" if agreement.status == "accepted" else "reopened"
    state.agreements[name] = replace(agreement, asked=asked, assents={}, status=status)


def _apply_assent(state: GameState, event: EventRecord) -> None:
    agreement = state.agreements[event.part("agreement")]
    assents = {**agreement.assents, event.part("by"): event.part("assent")}
    state.agreements[agreement.name] = replace(agreement, assents=assents)


def _apply_outcome(state: GameState, event: EventRecord) -> None:
    name = event.part("agreement")
    status = "failed" if event.kind == "ratification_failed" else "ratified"
    state.agreements[name] = replace(state.agreements[name], status=status)
    state.phase = event.part("phase")


MOVES: dict[str, Decide] = {"ratify": ratify}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "ratification_asked": _apply_asked,
    "assent_given": _apply_assent,
    "ratification_failed": _apply_outcome,
    "settlement_ratified": _apply_outcome,
    "settlement_held": _apply_outcome,
}
