"""Another game from an instant of one that was played: the same past, other luck."""

from __future__ import annotations

from collections.abc import Iterable

from backchannel.base.errors import LedgerError
from backchannel.crisis.event_record import EventRecord
from backchannel.crisis.model import Crisis
from backchannel.exercise.book import Book
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.roles import FACILITATOR

_AFTER_THE_END = ("war", "debrief")


def branch(
    crisis: Crisis,
    events: Iterable[EventRecord],
    *,
    hour: float,
    seed: int,
    at: float,
) -> list[EventRecord]:
    """Begin a game where another stood at an hour.

    Parameters
    ----------
    crisis : the file that was played
    events : the ledger of the other game, in order
    hour : hours from `now`; what came later is left out
    seed : of the luck from there on; incidents, latencies and rulings are drawn anew,
        the hidden numbers of the world stay
    at : the machine's clock, seconds since 1970

    Returns
    -------
    list : the ledger of the new game; its clock stands

    Raises
    ------
    LedgerError : another crisis was played, or the game was over by then.
    """
    kept = [event for event in events if event.hour <= hour]
    if not kept or kept[0].part("digest") != crisis.digest:
        raise LedgerError(
            "ledger: does not begin a game of this crisis file; give the file that "
            "was played"
        )
    book = Book(crisis, kept)
    if book.state.phase in _AFTER_THE_END:
        raise LedgerError(
            f"ledger: the game was over by hour {hour:g}; branch off at an earlier one"
        )
    at = max(at, kept[-1].at)
    name = f"branch-{seed}-{len(kept)}"
    # Stopped at its last event: no time passes between the two games.
    stop = Move("set_clock", f"{name}-stop", {"is_running": False})
    new = book.move(FACILITATOR, stop, kept[-1].at)
    new += book.move(FACILITATOR, Move("reseed", f"{name}-luck", {"seed": seed}), at)
    return [*kept, *new]
