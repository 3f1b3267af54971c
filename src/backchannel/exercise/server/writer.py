"""The one writer: whatever comes in while a commit runs shares the next commit."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from backchannel.base.errors import LedgerError
from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.ledger import Ledger

KeyRow = tuple[str, str, str, str, int]
MAX_BATCH = 512
"""Events in one transaction at most, so that the first of them need not wait long."""


@dataclass(frozen=True)
class _Waiting:
    game: str
    events: tuple[EventRecord, ...]
    keys: tuple[KeyRow, ...]
    done: asyncio.Future[None]


class Writer:
    """Takes events in order and tells each caller when they are on disk."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write; needs a running loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Write what is waiting, then stop."""
        while self._waiting:
            await asyncio.wait([item.done for item in self._waiting])
        if self._task is not None:
            self._task.cancel()
        self._thread.shutdown()

    def submit(
        self, game: str, events: Sequence[EventRecord], keys: Sequence[KeyRow] = ()
    ) -> asyncio.Future[None]:
        """Queue events; the future is done when they are stored.

        It fails with LedgerError when they are not; then whatever of the same game was
        queued behind them has failed as well, since it follows from them.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Whoever gave up waiting must not make a noise in the log.
        done.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._waiting.append(_Waiting(game, tuple(events), tuple(keys), done))
        self._wake.set()
        return done

    async def read(self, game: str, after: int) -> list[EventRecord]:
        """Read events back from the ledger, behind everything written so far.

        Raises LedgerError where the ledger cannot be reached.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._thread, lambda: list(self._ledger.read(game, after))
        )

    async def note_alive(self, games: Sequence[str], at: float) -> None:
        """Note that games are served; what cannot be noted now is noted next time."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(LedgerError):
            await loop.run_in_executor(self._thread, self._ledger.note_alive, games, at)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch = self._take()
                try:
                    await loop.run_in_executor(self._thread, self._store, batch)
                except LedgerError as error:
                    self._fail(batch, error)
                else:
                    for item in batch:
                        if not item.done.done():
                            item.done.set_result(None)
                    # Let those who waited deliver before the next commit begins.
                    await asyncio.sleep(0)

    def _take(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        n_events = 0
        for item in self._waiting:
            if batch and n_events + len(item.events) > MAX_BATCH:
                break
            batch.append(item)
            n_events += len(item.events)
        del self._waiting[: len(batch)]
        return batch

    def _store(self, batch: Sequence[_Waiting]) -> None:
        events = [(item.game, event) for item in batch for event in item.events]
        if events:
            self._ledger.append(events)
        self._ledger.add_keys(row for item in batch for row in item.keys)

    def _fail(self, batch: Sequence[_Waiting], error: LedgerError) -> None:
        games = {item.game for item in batch}
        after = [item for item in self._waiting if item.game in games]
        self._waiting = [item for item in self._waiting if item.game not in games]
        for item in (*batch, *after):
            if not item.done.done():
                item.done.set_exception(error)
