"""The table of parameters: each distinct product of numbers of the file once."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from backchannel.escalation.problem import FloatArray, Theta

ONE, ZERO = 0, 1
# What a row is made of: the kind of thing, its name, what else it depends on.
Key = tuple[Hashable, ...]


class Rows:
    """Collects rows of theta while rules ask for them; used by one compilation only.

    A row that is zero in every draw gets the number `ZERO`, so that rules can leave the
    transition out and the states behind it are never built.
    """

    def __init__(self, n_draws: int, n_regimes: int) -> None:
        self.n_draws, self.n_regimes = n_draws, n_regimes
        self._values: list[FloatArray] = [np.ones(n_draws), np.zeros(n_draws)]
        self._number: dict[Key, int] = {}
        self._clocks: list[FloatArray] = []

    def number(self, key: Key, compute: Callable[[], FloatArray]) -> int:
        """Row of a product, (n_draws,); `key` says what it is made of."""
        if key not in self._number:
            value = compute()
            if not value.any():
                self._number[key] = ZERO
            else:
                self._number[key] = len(self._values)
                self._values.append(value)
        return self._number[key]

    def clock(self, key: Key, compute: Callable[[], list[FloatArray]]) -> int:
        """Row that differs between regimes, a list of (n_draws,)."""
        if key not in self._number:
            by_regime = compute()
            if all((value == 1.0).all() for value in by_regime):
                self._number[key] = ONE
            else:
                self._clocks.append(np.stack(by_regime))
                # Negative until the number of plain rows is known.
                self._number[key] = -len(self._clocks)
        return self._number[key]

    def settle(self, factor: np.ndarray) -> np.ndarray:
        """Replace the provisional numbers of clock rows in place, any shape."""
        is_clock = factor < 0
        factor[is_clock] = len(self._values) - 1 - factor[is_clock]
        return factor

    def keys(self) -> dict[int, Key]:
        """What each row is made of, by its number in theta."""
        numbers = {
            key: len(self._values) - 1 - row if row < 0 else row
            for key, row in self._number.items()
        }
        return {row: key for key, row in numbers.items() if row not in (ONE, ZERO)}

    def theta(self) -> Theta:
        """All rows as arrays."""
        if self._clocks:
            clocks = np.ascontiguousarray(np.stack(self._clocks, axis=1))
        else:
            clocks = np.zeros((self.n_regimes, 0, self.n_draws))
        return Theta(np.stack(self._values), clocks)
