"""Contexts: what the rates of a path depend on besides its heat."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backchannel.escalation.problem import IntArray
from backchannel.escalation.state_space import Columns
from backchannel.escalation.workshop import Workshop

NOTHING = -1


class Contexts:
    """Rungs times postures times uncertain deadlines, numbered in mixed radix.

    `here` are columns (n,) with every digit of a state, as the rules want them; what is
    pending, hot or under way is 0 in all of them.
    """

    def __init__(self, shop: Workshop) -> None:
        sizes = shop.space.sizes
        names = ("rung", "posture ", "deadline ")
        self.sizes = {n: s for n, s in sizes.items() if n.startswith(names)}
        axes = np.meshgrid(*map(np.arange, self.sizes.values()), indexing="ij")
        self.n = axes[0].size
        digits = {n: a.ravel() for n, a in zip(self.sizes, axes, strict=True)}
        none = np.zeros(self.n, np.int64)
        self.here: Columns = {**dict.fromkeys(sizes, none), **digits}
        rung = self.here["rung"]
        self.over = np.where(rung == shop.war, 1, np.where(rung == shop.settled, 2, 0))
        orders = shop.world.orders.items()
        delayed = [name for name, order in orders if order.delay is not None]
        self._matters = [f"under way {name}" for name in delayed]
        self._matters += [f"pending {party}" for party in shop.escalation.decisions]

    @property
    def n_matters(self) -> int:
        """Number of matters that can be under way."""
        return len(self._matters)

    def number(self, digits: Mapping[str, int]) -> int:
        """Number of one context; digits that are not named are 0."""
        number = 0
        for name, size in self.sizes.items():
            number = number * size + digits.get(name, 0)
        return number

    def after(self, changed: Columns) -> IntArray:
        """Context after a change, from each of them, (n,)."""
        after = np.zeros(self.n, np.int64)
        for name, size in self.sizes.items():
            after = after * size + changed.get(name, self.here[name])
        return after

    def asked(self, changed: Columns) -> int:
        """Matter that a change puts under way, orders first; `NOTHING` for none."""
        for number, name in enumerate(self._matters):
            if name in changed:
                return number
        return NOTHING
