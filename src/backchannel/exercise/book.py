"""One game as it goes: moves in, sealed events out, the state always that of the fold.

Nothing here waits, writes or sends; `server` does, and `fold` on the ledger gives the
same state again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backchannel.crisis.event_record import FIRST_DIGEST, Draft, EventRecord, seal
from backchannel.crisis.model import Crisis
from backchannel.exercise.fold import fold, new_state, take
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.moves.opening import open_game
from backchannel.exercise.moves.outage import end_outage
from backchannel.exercise.rules import decide, decide_due, follows, next_due
from backchannel.exercise.state import GameState, Settings


class Book:
    """A game in memory: its state and the place of the next event.

    `state` is that after the last event sealed, stored or not. When storing fails, the
    book is thrown away and opened again from the ledger.
    """

    def __init__(self, crisis: Crisis, events: Iterable[EventRecord] = ()) -> None:
        self.state: GameState = fold(crisis, events)

    @classmethod
    def begin(
        cls, crisis: Crisis, settings: Settings, secret: str, at: float
    ) -> tuple[Book, list[EventRecord]]:
        """Open a new game; its first events are to be stored before anything else."""
        book = cls(crisis)
        drafts = open_game(crisis, new_state(crisis).roles, settings, secret)
        return book, book._seal(drafts, 0.0, at)

    def move(self, role: str, move: Move, at: float) -> list[EventRecord]:
        """Let a role move at a time of the machine.

        Parameters
        ----------
        role, move : who, and what
        at : seconds since 1970, UTC

        Returns
        -------
        list : events to store, none for a repetition

        Raises
        ------
        MoveRefusedError : the rules forbid it; the state is as it was.
        """
        drafts = decide(self.state, role, move, at)
        return self._seal(drafts, self.state.clock.hour_at(at), at)

    def come_back(self, since: float, at: float) -> list[EventRecord]:
        """Note that nobody could move since then, and what that does to the clock.

        Parameters
        ----------
        since, at : last sign of life and now, seconds since 1970, UTC

        Returns
        -------
        list : events to store before anything else; none where no clock was running
        """
        drafts = end_outage(self.state, since, at)
        return self._seal(drafts, self.state.clock.hour_at(since), at)

    def catch_up(self, at: float, most: int = 1000) -> list[EventRecord]:
        """Let everything happen whose hour has come, in order, each at its own hour."""
        events: list[EventRecord] = []
        now = self.state.clock.hour_at(at)
        while len(events) < most:
            due = next_due(self.state)
            if due is None or due.hour > now or self.state.is_over:
                break
            new = self._seal(decide_due(self.state, due), due.hour, at)
            if not new:
                # Void: what it was about has gone another way.
                self.state.due.pop(due.name, None)
            events += new
        return events

    def next_at(self) -> float:
        """When the machine's clock will show the next thing due; infinite if none."""
        due = next_due(self.state)
        if due is None or self.state.is_over:
            return float("inf")
        return self.state.clock.at_hour(due.hour)

    def _seal(
        self, drafts: Sequence[Draft], hour: float, at: float
    ) -> list[EventRecord]:
        events: list[EventRecord] = []
        waiting = list(drafts)
        while waiting:
            state, draft = self.state, waiting.pop(0)
            event = seal(
                draft,
                number=state.n_events + 1,
                hour=max(state.hour, hour),
                at=at,
                previous=state.digest or FIRST_DIGEST,
            )
            take(state, event)
            events.append(event)
            waiting = [*follows(state, event), *waiting]
        return events
