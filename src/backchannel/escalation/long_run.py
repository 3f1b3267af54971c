"""A long exact run: how far it is, what is kept of it, and how it stops."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation.checkpoint import Checkpoint
from backchannel.escalation.problem import FloatArray, IntArray


def _nobody(_share: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Track:
    """One solution of a long run: parts that end one by one.

    `name` is that of the solution in the file that keeps it, `tell` hears the share
    that is done, and once `halt` (1,) is not zero every thread stops soon.
    """

    name: str = ""
    kept: Checkpoint = field(default_factory=lambda: Checkpoint(None, {}))
    tell: Callable[[float], None] = _nobody
    halt: IntArray = field(default_factory=lambda: np.zeros(1, np.int64))

    def parts(self, size: int, n_parts: int) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Numbers (size,) of all parts and which of them they hold, as kept so far."""
        values, done = self.kept.run(self.name, (size,), n_parts, np.float64)
        if done.any():
            self.tell(float(done.mean()))
        return values, done

    @contextmanager
    def ending(self, done: NDArray[np.bool_], which: slice) -> Iterator[None]:
        """Within, write the numbers of some parts; on leaving they count as done.

        Raises
        ------
        CancelledError : the run is being stopped, so these numbers may not be whole.
        """
        if self.halt[0]:
            raise CancelledError
        with self.kept.writing:
            yield
            done[which] = True
        self.kept.save()
        self.tell(float(done.mean()))

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """Within, threads are waited for; an error or Ctrl-C there halts them all."""
        try:
            yield
        except BaseException:
            self.halt[0] = 1
            raise


class LongRun:
    """All solutions that one question takes, told as one share of the whole."""

    def __init__(
        self,
        kept: Checkpoint,
        report: Callable[[str], None],
        costs: Mapping[str, float],
    ) -> None:
        """Begin, or go on.

        Parameters
        ----------
        kept : where finished parts are, and will be, kept
        report : called with a stage and, at its end, the percentage of the whole
        costs : of every solution by its name, in any unit
        """
        self._kept, self._report, self._costs = kept, report, costs
        self._lock = threading.RLock()
        self._shares = dict.fromkeys(costs, 0.0)
        self._stage = ""
        self._halt = np.zeros(1, np.int64)

    def track(self, name: str) -> Track:
        """The solution of this name."""
        return Track(
            name, self._kept, lambda share: self._told(name, share), self._halt
        )

    def say(self, stage: str) -> None:
        """Name what is being done from now on."""
        with self._lock:
            self._stage = stage
            self._report(f"{stage}, {self._percentage()} %")

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """As `stopping` of every track."""
        with Track(halt=self._halt).stopping():
            yield

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Within, solutions run; however it ends, what they found is written down."""
        try:
            yield
        finally:
            self._kept.save(is_last=True)

    def _told(self, name: str, share: float) -> None:
        # One at a time to the end: a share told late would look like a step back.
        with self._lock:
            before = self._percentage()
            self._shares[name] = share
            after = self._percentage()
            if after > before:
                self._report(f"{self._stage}, {after} %")

    def _percentage(self) -> int:
        """Rounded down, so that 100 means that nothing is left."""
        done = sum(cost * self._shares[name] for name, cost in self._costs.items())
        return int(100.0 * done / sum(self._costs.values()) + 1e-9)
