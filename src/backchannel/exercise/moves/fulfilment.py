"""After the signature: terms fall due, are performed or broken, conditions are judged.

A party may go back on a term in secret; whether that is seen is a draw by the file's
chance of detection. What is not seen looks performed, to everybody but who broke it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backchannel.base.streams import stream
from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.moves.leaks import LIVE, term_void
from backchannel.exercise.moves.opening import Decide
from backchannel.exercise.refusals import refused
from backchannel.exercise.state import Agreement, Due, GameState
from backchannel.exercise.world import read_choice, terms_of, value_in

BOUND = ("ratified", "reopened")


def renege(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Decide in secret not to perform a term; it may be seen when it falls due.

    Raises MoveRefusedError where one owes no such term.
    """
    owed = [
        f"{name} {issue}"
        for name, agreement in state.agreements.items()
        if agreement.status in BOUND
        for issue in _owed_by(state, agreement, role)
    ]
    wanted = f"{move.fields.get('agreement')} {move.fields.get('issue')}"
    if wanted not in owed:
        raise refused(role, "nothing_owed", move.kind)
    agreement, _, issue = wanted.partition(" ")
    fields = {"agreement": agreement, "reneged_on": issue, "id": move.client_id}
    return (Draft("reneged", role, (Part((role,), fields),), move.client_id),)


def _owed_by(state: GameState, agreement: Agreement, actor: str) -> list[str]:
    crisis = state.crisis
    settled = agreement.void | agreement.performed
    return [
        issue
        for issue, choice in terms_of(crisis, dict(agreement.package)).items()
        if crisis.issues[issue].levels[choice.level].giver == actor
        and issue not in settled
    ]


def denounce(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Declare in public that an agreement binds one no more, since it was broken.

    Raises MoveRefusedError where no breach, leak or failed condition was seen.
    """
    open_to = [
        name
        for name, agreement in state.agreements.items()
        if agreement.status in BOUND
        and agreement.grievances
        and role in _leaders(state, agreement)
    ]
    name = move.name_in(role, "agreement", open_to, "no_agreement_broken")
    text = move.text(role, "text", is_needed=False)
    fields = {"agreement": name, "by": role, "text": text, "phase": "open"}
    parts = (Part((role,), {"id": move.client_id}), Part((EVERYONE,), fields))
    return (Draft("agreement_denounced", role, parts, move.client_id),)


def _leaders(state: GameState, agreement: Agreement) -> tuple[str, ...]:
    offer = state.offers[agreement.offer]
    return tuple(dict.fromkeys((state.roles[offer.author].actor, offer.to)))


def _watchers(state: GameState, agreement: Agreement, issue: str) -> tuple[str, ...]:
    """Who learns what becomes of a term: everybody, or those between whom it is."""
    choice = read_choice(agreement.package[issue])
    is_out = issue in state.out.get(agreement.offer, ())
    if choice.visibility == "public" or is_out:
        return (EVERYONE,)
    level = state.crisis.issues[issue].levels[choice.level]
    return tuple(n for n in (level.giver, level.receiver) if n in state.roles)


def _term_due(state: GameState, due: Due) -> tuple[Draft, ...]:
    """A term is performed, or its breach is seen or not, when its time has come."""
    name, issue = due.fields["agreement"], due.fields["issue"]
    agreement = state.agreements[name]
    if agreement.status not in BOUND or issue in agreement.void:
        return ()
    choice = read_choice(agreement.package[issue])
    fields = {"agreement": name, "issue": issue, "level": choice.level}
    told = Part(_watchers(state, agreement, issue), fields)
    sealed = Part((), {"agreement": name, "issue": issue})
    if (name, issue) not in state.reneged:
        return (Draft("term_performed", "", (told, sealed), due.name),)
    level = state.crisis.issues[issue].levels[choice.level]
    number = level.verification.prob_detection if level.verification else None
    luck = stream(state.luck, f"breach {name} {issue}").random()
    if luck < value_in(state, number, 1.0):
        return (Draft("breach_seen", "", (told, sealed), due.name),)
    hidden = Part((), {"is_breach_unseen": True})
    return (Draft("term_performed", "", (told, sealed, hidden), due.name),)


def follows_term(state: GameState, event: EventRecord) -> tuple[Draft, ...]:
    """Judge the conditions that hang on what has become of a term."""
    if event.kind in ("term_performed", "breach_seen", "term_void"):
        issue = event.part("voided") or event.part("issue")
        outcome = "met" if event.kind == "term_performed" else "failed"
        wanted = ("performed", issue)
    elif event.kind == "terms_leaked":
        outcome, wanted = "failed", ("secret", "")
    else:
        return ()
    name = event.part("agreement")
    if name is None or name not in state.agreements:
        return ()
    agreement = state.agreements[name]
    out = event.part("issues_out") or [wanted[1]]
    return tuple(
        draft
        for i, condition in enumerate(agreement.conditions)
        if condition["kind"] == wanted[0] and condition["needs"] in out
        for draft in _judged(state, agreement, i, outcome)
    )


def _judged(
    state: GameState, agreement: Agreement, i: int, outcome: str, client_id: str = ""
) -> tuple[Draft, ...]:
    """Draft the verdict on a condition and what it voids; none where it was judged."""
    if i in agreement.judged or agreement.status not in LIVE:
        return ()
    condition = agreement.conditions[i]
    audience = _leaders(state, agreement)
    if condition["verified_by"] in state.roles:
        audience = tuple(dict.fromkeys((*audience, condition["verified_by"])))
    fields = {
        "agreement": agreement.name,
        "condition": i,
        "outcome": outcome,
        "then": condition["then"],
        "needs": condition["needs"],
    }
    verdict = Draft("condition_judged", "", (Part(audience, fields),), client_id)
    if outcome == "met" or agreement.status == "accepted":
        return (verdict,)
    if condition["otherwise"] == "all":
        public = {"agreement": agreement.name, "phase": "open"}
        over = Draft("settlement_collapsed", "", (Part((EVERYONE,), public),))
        return (verdict, over)
    seen = _watchers(state, agreement, condition["then"])
    return (verdict, term_void(agreement.name, condition["then"], "condition", seen))


def _condition_due(state: GameState, due: Due) -> tuple[Draft, ...]:
    """The hour by which a condition had to be met."""
    agreement = state.agreements[due.fields["agreement"]]
    i = due.fields["condition"]
    # A secret that held until its hour has met its condition; a deed has failed it.
    outcome = "met" if agreement.conditions[i]["kind"] == "secret" else "failed"
    return _judged(state, agreement, i, outcome, due.name)


def _apply_ratified(state: GameState, event: EventRecord) -> None:
    """Set down when each term falls due, and by when each condition has to be met."""
    name = event.part("agreement")
    agreement = replace(state.agreements[name], ratified_at=event.hour)
    state.agreements[name] = agreement
    waits = {
        c["then"]
        for i, c in enumerate(agreement.conditions)
        if c["kind"] == "performed" and i not in agreement.judged
    }
    for issue in terms_of(state.crisis, dict(agreement.package)):
        if issue not in waits and issue not in agreement.void:
            _plan_term(state, agreement, issue, event.hour)
    for i, condition in enumerate(agreement.conditions):
        if condition["within_hours"] is not None:
            hour = event.hour + condition["within_hours"]
            fields = {"agreement": name, "condition": i}
            due = Due(f"condition {name} {i}", "condition_due", hour, fields)
            state.due[due.name] = due


def _plan_term(
    state: GameState, agreement: Agreement, issue: str, not_before: float
) -> None:
    level = state.crisis.issues[issue].levels[
        read_choice(agreement.package[issue]).level
    ]
    wait = value_in(state, level.lead_time)
    if level.about is not None and level.private is not None:
        # A promise of silence is kept when its time is over, not when it is made.
        wait = max(wait, value_in(state, level.private.secret_for))
    began = not_before if agreement.ratified_at is None else agreement.ratified_at
    fields = {"agreement": agreement.name, "issue": issue}
    hour = max(began + wait, not_before)
    due = Due(f"term {agreement.name} {issue}", "term_due", hour, fields)
    state.due[due.name] = due


def _apply_performed(state: GameState, event: EventRecord) -> None:
    name, issue = event.part("agreement"), event.part("issue")
    agreement = state.agreements[name]
    performed = agreement.performed | {issue}
    state.agreements[name] = replace(agreement, performed=performed)


def _apply_breach(state: GameState, event: EventRecord) -> None:
    _aggrieve(state, event.part("agreement"), f"breach {event.part('issue')}")


def _aggrieve(state: GameState, name: str, why: str) -> None:
    agreement = state.agreements[name]
    grievances = (*agreement.grievances, why)
    state.agreements[name] = replace(agreement, grievances=grievances)


def _apply_void(state: GameState, event: EventRecord) -> None:
    name, issue = event.part("agreement"), event.part("voided")
    agreement = state.agreements[name]
    state.agreements[name] = replace(agreement, void=agreement.void | {issue})
    state.due.pop(f"term {name} {issue}", None)
    _aggrieve(state, name, f"void {issue}")


def _apply_judged(state: GameState, event: EventRecord) -> None:
    name, i = event.part("agreement"), event.part("condition")
    agreement = state.agreements[name]
    agreement = replace(agreement, judged=agreement.judged | {i})
    state.agreements[name] = agreement
    state.due.pop(f"condition {name} {i}", None)
    if event.part("outcome") == "failed":
        _aggrieve(state, name, f"condition {i}")
    then = event.part("then")
    left = [
        c
        for k, c in enumerate(agreement.conditions)
        if c["then"] == then and c["kind"] == "performed" and k not in agreement.judged
    ]
    is_met = event.part("outcome") == "met" and agreement.status in BOUND
    if is_met and not left and then not in agreement.void | agreement.performed:
        _plan_term(state, agreement, then, event.hour)


def _apply_over(state: GameState, event: EventRecord) -> None:
    """Nothing of it falls due any more, and the crisis is open again."""
    name = event.part("agreement")
    is_denounced = event.kind == "agreement_denounced"
    status = "denounced" if is_denounced else "collapsed"
    state.agreements[name] = replace(state.agreements[name], status=status)
    state.phase = event.part("phase")
    kinds = ("term_due", "condition_due")
    for due in [d for d in state.due.values() if d.kind in kinds]:
        if due.fields["agreement"] == name:
            del state.due[due.name]


def _apply_reneged(state: GameState, event: EventRecord) -> None:
    state.reneged.add((event.part("agreement"), event.part("reneged_on")))


MOVES: dict[str, Decide] = {"renege": renege, "denounce": denounce}
DUE: dict[str, Callable[[GameState, Due], tuple[Draft, ...]]] = {
    "term_due": _term_due,
    "condition_due": _condition_due,
}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "settlement_ratified": _apply_ratified,
    "settlement_collapsed": _apply_over,
    "agreement_denounced": _apply_over,
    "term_performed": _apply_performed,
    "breach_seen": _apply_breach,
    "term_void": _apply_void,
    "condition_judged": _apply_judged,
    "reneged": _apply_reneged,
}
