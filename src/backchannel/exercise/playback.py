"""A whole ledger played back: verified, folded, and shown to every role at once.

One walk over the events: each is read once, and put on the screens of those who saw it.
The live game shows the same events one by one; both give the same bytes.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from backchannel.crisis.event_record import EventRecord, verified, with_parts
from backchannel.crisis.model import Crisis
from backchannel.exercise.fold import new_state, take
from backchannel.exercise.projection import Instant, project, readers_of
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import Screen, show
from backchannel.exercise.state import GameState


@dataclass(frozen=True)
class Playback:
    """What a ledger holds: how many events were verified, the state, the screens.

    `screens` has one for each role of the game, and the facilitator's.
    """

    n_events: int
    state: GameState
    screens: Mapping[str, Screen]


def play_back(
    crisis: Crisis, events: Iterable[EventRecord], *, until: float = float("inf")
) -> Playback:
    """Verify a ledger and rebuild the state and every screen, now or at any hour.

    Parameters
    ----------
    crisis : what was played
    events : the ledger from its first event
    until : last hour that counts; the chain is verified to its end all the same

    Returns
    -------
    Playback : the same bytes for the same events

    Raises
    ------
    LedgerError : names the first event that was changed, moved or is missing.

    >>> from backchannel.crisis.load import load
    >>> play_back(load("strait"), []).n_events
    0
    """
    state, now, n_events = new_state(crisis), Instant(until), 0
    screens = {role: Screen() for role in (*state.roles, FACILITATOR)}
    with _no_collection():
        for event in with_parts(verified(events)):
            n_events += 1
            if event.hour <= until:
                take(state, event)
                _show_all(screens, event, now)
    return Playback(n_events, state, screens)


def screens_of(
    events: Iterable[EventRecord], roles: Iterable[str], now: Instant | None = None
) -> dict[str, Screen]:
    """Build the screens of several roles in one walk over a ledger.

    Parameters
    ----------
    events : a ledger, in order
    roles : whose screens are asked for
    now : the instant of looking; the end of the ledger where it is not given

    Returns
    -------
    dict : by role, what `screen_of(views_of(events, role, now))` gives
    """
    screens = {role: Screen() for role in roles}
    for event in events:
        _show_all(screens, event, now or Instant())
    return screens


def _show_all(screens: Mapping[str, Screen], event: EventRecord, now: Instant) -> None:
    for role in screens if now.is_open else readers_of(event, screens):
        view = project(event, role, now)
        if view is not None:
            show(screens[role], view)


@contextmanager
def _no_collection() -> Iterator[None]:
    # NOTE: of the time for 100,000 events the collector would take more than half,
    # walking over records that are all kept; nothing here makes a cycle.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
