"""What follows from a move or from time: pure answers of the rules to one state."""

from __future__ import annotations

from backchannel.crisis.event_record import Draft, EventRecord
from backchannel.exercise.moves import (
    channels,
    forces,
    fulfilment,
    leaks,
    offers,
    opening,
    papers,
    ratify,
    risk,
    talk,
)
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.moves.channels import DecideDue
from backchannel.exercise.moves.opening import Decide
from backchannel.exercise.refusals import refused, unknown
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.state import Due, GameState

MOVES: dict[str, Decide] = {
    **opening.MOVES,
    **talk.MOVES,
    **channels.MOVES,
    **offers.MOVES,
    **ratify.MOVES,
    **forces.MOVES,
    **papers.MOVES,
    **leaks.MOVES,
    **fulfilment.MOVES,
}
DUE: dict[str, DecideDue] = {
    **channels.DUE,
    **fulfilment.DUE,
    **leaks.DUE,
    **forces.DUE,
    **risk.DUE,
}
FOLLOWS = (
    offers.follows_receipt,
    ratify.follows_agreement,
    leaks.follows_leak,
    fulfilment.follows_term,
)
# What the facilitator does before the game and after it.
_OUT_OF_PLAY = {*opening.MOVES, "estimate", "redact"}


def decide(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Say which events a move makes.

    Parameters
    ----------
    state : the game as it is; it is not changed
    role : who moves
    move : what it asks for
    at : the machine's clock, seconds since 1970

    Returns
    -------
    tuple : drafts of events; none where the same move was made before

    Raises
    ------
    MoveRefusedError : the rules forbid it; nothing has happened.
    """
    if role not in state.roles and role != FACILITATOR:
        raise refused(role, "no_such_role")
    if role == PUBLIC:
        raise refused(role, "looks_on")
    if (role, move.client_id) in state.acts:
        return ()
    if move.kind not in MOVES:
        raise unknown(role, "no_move", "move", move.kind, MOVES)
    if not 8 <= len(move.client_id) <= 64:
        raise refused(role, "bad_id", "id")
    if state.phase not in ("open", "settled") and move.kind not in _OUT_OF_PLAY:
        raise refused(role, "not_open", move.kind)
    return MOVES[move.kind](state, role, move, at)


def decide_due(state: GameState, due: Due) -> tuple[Draft, ...]:
    """Say which events follow from an hour that has come.

    Parameters
    ----------
    state : the game as it is, `due` among what is due
    due : what has come

    Returns
    -------
    tuple : drafts, the first with the name of `due` as client id, so that the ledger
        takes it once; none where it has become void
    """
    return DUE[due.kind](state, due)


def follows(state: GameState, event: EventRecord) -> tuple[Draft, ...]:
    """Say what an event leads to at once.

    Parameters
    ----------
    state : the game after the event
    event : what has just happened

    Returns
    -------
    tuple : drafts of further events of the same instant
    """
    return tuple(draft for rule in FOLLOWS for draft in rule(state, event))


def next_due(state: GameState) -> Due | None:
    """What will happen first; of two at one hour the one set down first."""
    return min(state.due.values(), key=lambda due: due.hour, default=None)
