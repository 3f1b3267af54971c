"""What is said without a channel: face to face, in public, and to the facilitator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.moves.offers import read_package
from backchannel.exercise.moves.opening import Decide
from backchannel.exercise.refusals import refused
from backchannel.exercise.roles import near
from backchannel.exercise.state import GameState

MAX_MANNER = 200
"""Characters of how somebody seemed."""
QUESTIONS = ("war", "settled", "limit")
"""Whether war breaks out, whether it is settled, and how far another party goes."""


def speak(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Say something to some roles in the same room, at once and without a record."""
    to = move.names_in(
        role, "to", near(state.roles, role, state.settings.talk), "no_role_near"
    )
    fields = {"text": move.text(role, "text"), "by": role, "to": list(to)}
    parts = (Part((role,), {"id": move.client_id}), Part((role, *to), fields))
    return (Draft("spoken", role, parts, move.client_id),)


def declare(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Say something in public; who commits himself pays for going back on it.

    `commits_to` names levels, as issue.level, that he ties himself to.
    """
    text = move.text(role, "text")
    levels = [f"{i}.{k}" for i, v in state.crisis.issues.items() for k in v.levels]
    commits: tuple[str, ...] = ()
    if move.fields.get("commits_to"):
        commits = move.names_in(role, "commits_to", levels, "no_level")
    fields = {"text": text, "by": role, "commits_to": list(commits)}
    parts = (Part((role,), {"id": move.client_id}), Part((EVERYONE,), fields))
    return (Draft("declared", role, parts, move.client_id),)


def estimate(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Tell the facilitator what one believes; scored at the debrief.

    Of another party's `limit` one says how likely it would rather have a `package` than
    no agreement; `of` names the party. Raises MoveRefusedError where it is no chance.
    """
    question = move.name_in(role, "question", QUESTIONS, "no_choice")
    prob = move.number(role, "prob", 0.0, 1.0, None)
    if prob is None:
        raise refused(role, "number_missing", "estimate.prob", low="0", high="1")
    fields: dict[str, Any] = {"question": question, "prob": prob, "by": role}
    if question == "limit":
        fields |= _limit(state, role, move)
    fields["id"] = move.client_id
    return (Draft("estimated", role, (Part((role,), fields),), move.client_id),)


def _limit(state: GameState, role: str, move: Move) -> dict[str, Any]:
    """Read whose limit is meant, and the package that is held against it."""
    own = state.roles[role].party
    others = [party for party in state.crisis.parties if party != own]
    of = move.name_in(role, "of", others, "no_actor")
    return {"of": of, "package": read_package(state, role, move)}


def observe(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Note a signal: what somebody let see, against how he is usually, how surely.

    `of` names the role observed; `manner` and `baseline` are words, `times` counts
    repetitions, `credibility` is the observer's chance that it is meant. Seen by nobody
    else before the debrief. Raises MoveRefusedError where a number cannot be.
    """
    others = [name for name in state.roles if name != role]
    fields = {
        "of": move.name_in(role, "of", others, "no_role"),
        "text": move.text(role, "text"),
        "manner": move.text(role, "manner", is_needed=False)[:MAX_MANNER],
        "baseline": move.text(role, "baseline", is_needed=False)[:MAX_MANNER],
        "times": move.number(role, "times", 1, 1000, 1.0),
        "credibility": move.number(role, "credibility", 0.0, 1.0, None),
        "by": role,
        "id": move.client_id,
    }
    return (Draft("signal_noted", role, (Part((role,), fields),), move.client_id),)


def no_answer(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Note that a program in this seat was asked and brought no move, and why."""
    reasons = ("silent", "refused", "unreadable", "late")
    reason = move.name_in(role, "reason", reasons, "no_choice")
    part = Part((role,), {"reason": reason, "by": role, "id": move.client_id})
    return (Draft("no_answer", role, (part,), move.client_id),)


def _apply_declared(state: GameState, event: EventRecord) -> None:
    side = state.roles[event.author].party
    bound = dict(state.commitments.get(side, {}))
    bound.update(name.split(".", 1) for name in event.part("commits_to"))
    state.commitments[side] = bound


def _apply_estimated(state: GameState, event: EventRecord) -> None:
    told = event.part("question"), event.part("prob")
    state.probes.append((event.hour, event.author, *told))


MOVES: dict[str, Decide] = {
    "speak": speak,
    "declare": declare,
    "estimate": estimate,
    "observe": observe,
    "no_answer": no_answer,
}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "declared": _apply_declared,
    "estimated": _apply_estimated,
}
