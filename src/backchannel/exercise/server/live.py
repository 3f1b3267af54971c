"""One game on the wire: decide, commit, deliver, acknowledge, in this order."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable

from backchannel.base.errors import LedgerError, MoveRefusedError
from backchannel.crisis.event_record import EventRecord
from backchannel.crisis.model import Crisis
from backchannel.exercise.book import Book
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.projection import Instant, View, project, readers_of
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import Screen, show
from backchannel.exercise.server.writer import Writer

AHEAD = Instant()
RETRY_SECONDS = 0.25
"""How long after a failure of the ledger what is due is tried again."""


class WallClock:
    """Seconds since 1970 that never jump: set once, then counted by the machine.

    Somebody who sets the clock of the machine does not move the game.
    """

    def __init__(self, not_before: float = 0.0) -> None:
        self._start = max(time.time(), not_before)
        self._mark = time.monotonic()

    def __call__(self) -> float:
        """The time now."""
        return self._start + time.monotonic() - self._mark


class Stream:
    """What one role has seen, as lines of JSON, numbered from 1, and who follows it.

    `screen` shows the same, kept up with every view, so that a page costs no more in a
    long game than in a short one; it is read, never changed.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.screen = Screen()
        self._followers: set[asyncio.Event] = set()

    def add(self, view: View) -> None:
        """Append what was seen and wake those who follow."""
        self.lines.append(view.to_json(len(self.lines) + 1))
        show(self.screen, view)
        for follower in self._followers:
            follower.set()

    def follow(self) -> asyncio.Event:
        """An event that is set whenever something is added; give it back with leave."""
        follower = asyncio.Event()
        self._followers.add(follower)
        return follower

    def leave(self, follower: asyncio.Event) -> None:
        """Stop following."""
        self._followers.discard(follower)


class LiveGame:
    """A game that is being played.

    `events` are those stored; `streams` hold what each role has been shown of them, and
    nothing that is not stored.
    """

    def __init__(
        self,
        name: str,
        crisis: Crisis,
        events: Iterable[EventRecord],
        writer: Writer,
        wall: Callable[[], float],
    ) -> None:
        self.name, self.crisis, self._writer, self._wall = name, crisis, writer, wall
        self.events: list[EventRecord] = []
        before = list(events)
        self.book = Book(crisis, before)
        names = [*self.book.state.roles, FACILITATOR]
        self.streams = {role: Stream() for role in names}
        self._pending: dict[tuple[str, str], asyncio.Future[None]] = {}
        self._wake = asyncio.Event()
        self._recovery: asyncio.Future[None] | None = None
        self._deliver(before)

    async def move(self, role: str, move: Move) -> bool:
        """Let a role move, and return when that is on disk and delivered.

        Parameters
        ----------
        role, move : who, and what

        Returns
        -------
        bool : whether it is new; False for one that was stored before

        Raises
        ------
        MoveRefusedError : the rules forbid it; nothing was stored.
        LedgerError : it could not be stored; send it again.
        """
        if self._recovery is not None:
            raise LedgerError("ledger: is being read back; send it again")
        key = (role, move.client_id)
        if key in self._pending:
            await asyncio.shield(self._pending[key])
            return False
        events = self.book.catch_up(self._wall())
        try:
            own = self.book.move(role, move, self._wall())
        except MoveRefusedError:
            if events:
                self._commit(events)
            raise
        if not own:
            if events:
                self._commit(events)
            return False
        await asyncio.shield(self._commit([*events, *own], key))
        return True

    def _commit(
        self, events: list[EventRecord], key: tuple[str, str] | None = None
    ) -> asyncio.Future[None]:
        """Store events, then deliver them; roll back when they cannot be stored."""
        stored = self._writer.submit(self.name, events)
        book = self.book
        if key is not None:
            self._pending[key] = stored

        def after(done: asyncio.Future[None]) -> None:
            if key is not None:
                self._pending.pop(key, None)
            if done.cancelled():
                return
            if done.exception() is None:
                self._deliver(events)
            elif self.book is book:
                # What was decided since stands on what was lost: begin at the ledger.
                self.book = Book(self.crisis, self.events)
                self._recovery = asyncio.ensure_future(self._recover())
            self._wake.set()

        stored.add_done_callback(after)
        return stored

    async def _recover(self) -> None:
        """Read back what the ledger has: a commit may have failed after it was done."""
        while True:
            try:
                missing = await self._writer.read(self.name, len(self.events))
                break
            except LedgerError:
                await asyncio.sleep(RETRY_SECONDS)
        self._deliver(missing)
        self.book = Book(self.crisis, self.events)
        self._recovery = None
        self._wake.set()

    def _deliver(self, events: Iterable[EventRecord]) -> None:
        for event in events:
            self.events.append(event)
            for role in readers_of(event, self.streams):
                view = project(event, role, AHEAD)
                if view is not None:
                    self.streams[role].add(view)

    async def keep_time(self) -> None:
        """Let what is due happen when its hour has come; runs until cancelled."""
        while True:
            self._wake.clear()
            wait = self.book.next_at() - self._wall()
            if self._recovery is not None:
                wait = math.inf
            if wait > 0:
                try:
                    limit = None if math.isinf(wait) else min(wait, 60.0)
                    await asyncio.wait_for(self._wake.wait(), limit)
                except TimeoutError:
                    pass
                continue
            events = self.book.catch_up(self._wall())
            if not events:
                continue
            try:
                await asyncio.shield(self._commit(events))
            except LedgerError:
                await asyncio.sleep(RETRY_SECONDS)
