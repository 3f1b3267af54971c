"""The hall: all games of one server, their keys, and the one writer behind them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import backchannel.exercise as room
from backchannel.base.errors import LedgerError
from backchannel.crisis.event_record import EventRecord, verify_chain
from backchannel.crisis.model import Crisis
from backchannel.exercise.book import Book
from backchannel.exercise.branch import branch
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.server.guard import Bucket
from backchannel.exercise.server.keys import KeyRing, Purpose, Seat
from backchannel.exercise.server.live import LiveGame, WallClock
from backchannel.exercise.server.writer import Writer
from backchannel.exercise.state import Settings


@dataclass(frozen=True)
class Limits:
    """How much one seat may do: `burst` moves at once, then `moves_per_second`."""

    burst: float = 60.0
    moves_per_second: float = 20.0
    failed_joins_per_minute: float = 30.0


ALIVE_SECONDS = 1.0
"""How often it is noted that a clock runs; so much of it an outage may take back."""


class Hall:
    """Games by name. Made before the loop runs, opened within it."""

    def __init__(self, ledger: Ledger, limits: Limits | None = None) -> None:
        self.ledger, self.limits = ledger, limits or Limits()
        self.games: dict[str, LiveGame] = {}
        self.keys = KeyRing(ledger.keys())
        self.wall = WallClock()
        self._read: dict[str, list[EventRecord]] = {}
        self._buckets: dict[Seat, Bucket] = {}
        self._strangers: dict[str, Bucket] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def prepare(self, name: str, crisis: Crisis, settings: Settings) -> bool:
        """Put a new game into the ledger, or find it there.

        Parameters
        ----------
        name : the game's name in the ledger
        crisis, settings : what is played and how; a game found keeps its own settings

        Returns
        -------
        bool : whether it is new

        Raises
        ------
        LedgerError : the ledger was tampered with, or holds another crisis.
        """
        events = list(self.ledger.read(name))
        is_new = not events
        verify_chain(events)
        if is_new:
            secret = secrets.token_urlsafe(16)
            _, events = Book.begin(crisis, settings, secret, self.wall())
            self.ledger.append([(name, event) for event in events])
        elif events[0].part("digest") != crisis.digest:
            raise LedgerError(
                f"{name}: the ledger holds a game of another crisis file "
                f"({events[0].part('crisis')}); give the file it began with, or "
                "another ledger"
            )
        self._read[name] = events
        return is_new

    def new_key(self, purpose: Purpose, game: str, role: str, serial: int = 0) -> str:
        """Draw and store a key before the loop runs."""
        key, row = self.keys.make(purpose, Seat(game, role, serial))
        self.ledger.add_keys([row])
        return key

    async def open(self, crises: dict[str, Crisis]) -> None:
        """Read the games from the ledger and let their clocks run."""
        self.writer = Writer(self.ledger)
        self.writer.start()
        for name, crisis in crises.items():
            events = self._read.pop(name, None) or list(self.ledger.read(name))
            if events and events[-1].at > self.wall():
                # The machine's clock was set back while nobody was looking.
                self.wall = WallClock(not_before=events[-1].at)
            events += self._end_outage(name, crisis, events)
            self.games[name] = LiveGame(name, crisis, events, self.writer, self.wall)
        for game in self.games.values():
            state = game.book.state
            if state.settings.risk_told_to and game.crisis.escalation is not None:
                # Made now, so that no player waits for it in mid-game.
                room.clock_of(game.crisis)
            task = asyncio.get_running_loop().create_task(game.keep_time())
            self._tasks.add(task)
        self._tasks.add(asyncio.get_running_loop().create_task(self._keep_alive()))

    def _end_outage(
        self, name: str, crisis: Crisis, events: list[EventRecord]
    ) -> list[EventRecord]:
        """Store that a game is served again; nothing where its clock stood."""
        if not events:
            return []
        since = max(events[-1].at, self.ledger.alive_at(name))
        back = Book(crisis, events).come_back(since, self.wall())
        if back:
            self.ledger.append([(name, event) for event in back])
        return back

    async def _keep_alive(self) -> None:
        """Note now and then which clocks run; runs until cancelled."""
        while True:
            running = [
                name
                for name, game in self.games.items()
                if game.book.state.clock.is_running
            ]
            await self.writer.note_alive(running, self.wall())
            await asyncio.sleep(ALIVE_SECONDS)

    async def close(self) -> None:
        """Stop the clocks and write what is waiting."""
        for task in self._tasks:
            task.cancel()
        await self.writer.note_alive(list(self.games), self.wall())
        await self.writer.stop()
        self.ledger.close()

    def seat(self, purpose: Purpose, key: str) -> Seat | None:
        """The seat that a key opens now; none after the seat changed hands."""
        seat = self.keys.seat(purpose, key)
        if seat is None or seat.game not in self.games:
            return None
        state = self.games[seat.game].book.state
        return seat if state.serials.get(seat.role, 0) == seat.serial else None

    async def new_session(self, seat: Seat) -> str:
        """Give the holder of a join key a session; stored before it is used."""
        key, row = self.keys.make("session", seat)
        stored = self.writer.submit(seat.game, (), (row,))
        if seat.role not in (FACILITATOR, PUBLIC):
            taken = Move("take_seat", secrets.token_hex(8), {"by": "person"})
            await self.games[seat.game].move(seat.role, taken)
        await stored
        return key

    async def hand_over(self, game: str, role: str, by: str, act: str) -> str:
        """Give a seat to somebody else; older keys are void when this returns.

        Parameters
        ----------
        game, role : the seat
        by : `person`, `program`, or `nobody` for the rules of the file
        act : the facilitator's id for this

        Returns
        -------
        str : a new key, for joining or for a program; empty for nobody

        Raises
        ------
        MoveRefusedError : no such role.
        LedgerError : it could not be stored; nothing has changed.
        """
        live = self.games[game]
        await live.move(FACILITATOR, Move("hand_over", act, {"role": role, "by": by}))
        if by == "nobody":
            return ""
        serial = live.book.state.serials[role]
        purpose: Purpose = "program" if by == "program" else "join"
        key, row = self.keys.make(purpose, Seat(game, role, serial))
        await self.writer.submit(game, (), (row,))
        return key

    async def branch(self, name: str, hour: float, seed: int) -> str:
        """Begin another game where one stood at an hour, with other luck from there on.

        Parameters
        ----------
        name : of the game that was played; it is not changed
        hour, seed : as for `branch.branch`

        Returns
        -------
        str : a join key for the facilitator of the new game

        Raises
        ------
        LedgerError : the game was over by then, or it could not be stored.
        """
        live = self.games[name]
        events = branch(live.crisis, live.events, hour=hour, seed=seed, at=self.wall())
        new = f"{name.partition('.')[0]}.{len(self.games) + 1}"
        key, row = self.keys.make("join", Seat(new, FACILITATOR, 0))
        await self.writer.submit(new, events, (row,))
        game = LiveGame(new, live.crisis, events, self.writer, self.wall)
        self.games[new] = game
        self._tasks.add(asyncio.get_running_loop().create_task(game.keep_time()))
        return key

    def may_move(self, seat: Seat) -> bool:
        """Whether a seat is within its rate."""
        bucket = self._buckets.get(seat)
        if bucket is None:
            limits = self.limits
            bucket = Bucket(limits.burst, limits.moves_per_second)
            self._buckets[seat] = bucket
        return bucket.takes()

    def may_fail(self, address: str) -> bool:
        """Whether an address may try another key after those that opened nothing."""
        rate = self.limits.failed_joins_per_minute
        if len(self._strangers) > 10_000:
            self._strangers.clear()
        bucket = self._strangers.setdefault(address, Bucket(rate, rate / 60))
        return bucket.takes()


def crises_by_game(names: Iterable[str], crisis: Crisis) -> dict[str, Crisis]:
    """The same crisis for several games."""
    return dict.fromkeys(names, crisis)
