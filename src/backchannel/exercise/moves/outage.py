"""What an absence of the server does to the clock of the crisis.

Nobody could move while it was away, so by default no time has passed: the clock is set
back to the last instant at which the server was seen alive. After a short absence it
runs on by itself; after a long one people may have left the room, and it stands until
the facilitator starts it.
"""

from __future__ import annotations

from collections.abc import Callable

from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.exercise.state import GameClock, GameState

PAUSE, RUN = "pause", "run"
"""What an outage does: stop the clock, or nothing, where it is that of a real day."""
SHORT_SECONDS = 30.0
"""Longest absence after which the clock runs on without the facilitator."""


def end_outage(state: GameState, since: float, at: float) -> tuple[Draft, ...]:
    """Say that the server is back, and what has become of the clock.

    Parameters
    ----------
    state : the game as it was left; it is not changed
    since, at : last sign of life and now, seconds since 1970

    Returns
    -------
    tuple : an event that everybody sees; none where no clock was running
    """
    if not state.clock.is_running or state.is_over:
        return ()
    away = max(0.0, at - since)
    is_paused = state.settings.on_outage == PAUSE
    fields = {
        "away_seconds": round(away, 1),
        "is_set_back": is_paused,
        "is_running": away <= SHORT_SECONDS or not is_paused,
        "speed": state.clock.speed,
    }
    # Named by its place, so that two restarts in one go tell of it once each.
    name = f"outage {state.n_events}"
    return (Draft("outage_ended", "", (Part((EVERYONE,), fields),), name),)


def _apply_ended(state: GameState, event: EventRecord) -> None:
    if event.part("is_set_back"):
        state.clock = GameClock(
            event.part("is_running"), event.part("speed"), event.hour, event.at
        )


APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "outage_ended": _apply_ended
}
