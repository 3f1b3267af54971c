"""Joint samples of every uncertain number: one draw is one way the world may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import Exact, FloatArray
from backchannel.base.streams import stream
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.model import Crisis
from backchannel.crisis.walk import engine_numbers_of

MAX_DRAWS = 1_000_000


@dataclass(frozen=True)
class Draws:
    """Values of the uncertain numbers of one crisis, draw by draw.

    `uncertain` are the numbers that vary; `values[path]` is (n_draws,) in canonical
    units. Indexing with any number of the file gives its values, exact ones repeated.
    """

    n_draws: int
    seed: int
    crisis_digest: str
    uncertain: tuple[Uncertain, ...]
    values: Mapping[str, FloatArray]

    def __getitem__(self, number: Uncertain) -> FloatArray:
        if number.path in self.values:
            return self.values[number.path]
        if isinstance(number.law, Exact):
            return np.full(self.n_draws, number.law.value)
        raise ModelError(
            f"{number.path or 'number'}: is {number.presence} and was not drawn; "
            "give an interval"
        )

    def replaced(self, values: Mapping[str, FloatArray | float]) -> Draws:
        """Set some numbers by path, leaving the luck of all others as it is."""
        new = {path: np.broadcast_to(v, self.n_draws) for path, v in values.items()}
        merged: dict[str, FloatArray] = {**self.values, **new}
        return Draws(
            self.n_draws, self.seed, self.crisis_digest, self.uncertain, merged
        )

    def first(self, n_draws: int) -> Draws:
        """The first so many draws, as if no more had been made."""
        kept = {path: values[:n_draws] for path, values in self.values.items()}
        return Draws(
            min(n_draws, self.n_draws),
            self.seed,
            self.crisis_digest,
            self.uncertain,
            kept,
        )

    def at_medians(self) -> Draws:
        """One draw with every uncertain number at its median: the nominal world."""
        medians = {n.path: np.array([n.median()]) for n in self.uncertain}
        return Draws(1, self.seed, self.crisis_digest, self.uncertain, medians)


def draw_numbers(crisis: Crisis, n_draws: int = 2000, seed: int = 1) -> Draws:
    """Draw every uncertain number that an engine may need.

    Parameters
    ----------
    crisis : a loaded crisis
    n_draws : how many joint samples
    seed : the only source of randomness

    Returns
    -------
    Draws : independent numbers, each from a stream of its own, so that adding one to
        the file leaves the draws of the others unchanged

    Raises
    ------
    MethodError : n_draws or seed out of range.
    """
    if not 1 <= n_draws <= MAX_DRAWS:
        raise MethodError(f"n_draws: is {n_draws}; must lie between 1 and {MAX_DRAWS}")
    numbers = engine_numbers_of(crisis)
    uncertain = tuple(n for n in numbers if not n.is_exact and n.is_usable)
    values = {
        n.path: n.quantile(stream(seed, n.path).random(n_draws)) for n in uncertain
    }
    return Draws(n_draws, seed, crisis.digest, uncertain, values)
