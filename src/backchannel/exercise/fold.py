"""The state as a fold over the ledger: the same events always give the same state."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from backchannel.crisis.event_record import EventRecord
from backchannel.crisis.model import Crisis
from backchannel.exercise.moves import (
    channels,
    forces,
    fulfilment,
    leaks,
    offers,
    opening,
    outage,
    papers,
    ratify,
    risk,
    talk,
)
from backchannel.exercise.roles import roles_of
from backchannel.exercise.state import GameState

Apply = Callable[[GameState, EventRecord], None]
_ROOMS = (
    *(opening, talk, channels, offers, ratify, leaks, fulfilment),
    *(forces, papers, risk, outage),
)
APPLY: dict[str, tuple[Apply, ...]] = {
    kind: tuple(room.APPLY[kind] for room in _ROOMS if kind in room.APPLY)
    for kind in dict.fromkeys(kind for room in _ROOMS for kind in room.APPLY)
}
"""What each kind of event changes, in the order of the rooms."""


def new_state(crisis: Crisis) -> GameState:
    """The game before its first event."""
    return GameState(crisis, roles_of(crisis))


def take(state: GameState, event: EventRecord) -> None:
    """Let one event change the state; the only place where a state changes."""
    state.n_events, state.digest = event.number, event.digest
    state.hour, state.at = max(state.hour, event.hour), event.at
    if event.client_id:
        state.acts.add((event.author, event.client_id))
        if not event.author:
            state.due.pop(event.client_id, None)
    for apply in APPLY.get(event.kind, ()):
        apply(state, event)


def fold(
    crisis: Crisis, events: Iterable[EventRecord], *, until: float = float("inf")
) -> GameState:
    """Build the state of a game, now or at any earlier instant.

    Parameters
    ----------
    crisis : what is played
    events : the ledger from its first event
    until : last hour that counts

    Returns
    -------
    GameState : as it was at that hour

    >>> from backchannel.crisis.load import load
    >>> fold(load("strait"), []).phase
    'unopened'
    """
    state = new_state(crisis)
    for event in events:
        if event.hour > until:
            break
        take(state, event)
    return state
