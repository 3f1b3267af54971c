"""How long a solver may run, and whom it tells how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Watch:
    """A limit in seconds of the clock, and somebody who listens.

    Parameters
    ----------
    limit_seconds : stop soon after; the best so far is returned
    tell : called now and then with a short text
    keep : called now and then with a function that gives the state to go on from
    """

    limit_seconds: float = float("inf")
    tell: Callable[[str], None] = lambda _: None
    keep: Callable[[Callable[[], object]], None] = lambda _: None
    started: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() - self.started > self.limit_seconds
