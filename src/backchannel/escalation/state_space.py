"""States as mixed-radix numbers, and the search for those that can be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backchannel.base.errors import TooManyStatesError
from backchannel.escalation.problem import IntArray

Columns = Mapping[str, IntArray]
Moves = tuple[IntArray, IntArray]
"""Rows of the columns asked about, and the code that each of them may move to."""
# Conceivable codes that are marked one by one, 256 MB at most.
_MOST_MARKS = 2**28
# States asked about at once: their successors are some hundred bytes each.
_AT_A_TIME = 65_536


@dataclass(frozen=True)
class Space:
    """All conceivable states: one digit for each of `sizes`, the rung first.

    War and the settled rung are one state each: what is pending there no longer counts.
    """

    sizes: Mapping[str, int]
    war: int
    settled: int

    def __post_init__(self) -> None:
        if self.n_codes > 2**62:
            raise TooManyStatesError(
                f"escalation: {self.n_codes:.1e} conceivable states, too many to "
                f"number; {self.largest()}"
            )

    @property
    def n_codes(self) -> int:
        """Number of conceivable states."""
        product = 1
        for size in self.sizes.values():
            product *= size
        return product

    @cached_property
    def weights(self) -> dict[str, int]:
        """What one step of each digit adds to the code."""
        weight = 1
        weights: dict[str, int] = {}
        for name in reversed(list(self.sizes)):
            weights[name] = weight
            weight *= self.sizes[name]
        return weights

    def decode(self, codes: IntArray) -> dict[str, IntArray]:
        """Digits of codes (n,), one column (n,) each."""
        columns = {}
        for name, weight in self.weights.items():
            columns[name] = codes // weight % self.sizes[name]
        return columns

    def encode(self, columns: Columns) -> IntArray:
        """Codes (n,) of columns; what ends the crisis drops all digits but the rung."""
        weights = self.weights
        rung = columns["rung"]
        code = sum(columns[name] * weight for name, weight in weights.items())
        is_over = (rung == self.war) | (rung == self.settled)
        return np.where(is_over, rung * weights["rung"], code)

    def moved(self, codes: IntArray, here: Columns, changed: Columns) -> IntArray:
        """Codes (n,) of states `here`, with some columns changed."""
        for name, column in changed.items():
            codes = codes + (column - here[name]) * self.weights[name]
        if "rung" in changed:
            rung = changed["rung"]
            is_over = (rung == self.war) | (rung == self.settled)
            codes = np.where(is_over, rung * self.weights["rung"], codes)
        return codes

    def largest(self) -> str:
        """The digit that multiplies the number of states most, in words."""
        name = max(self.sizes, key=lambda n: self.sizes[n])
        return f"the largest factor is {name} with {self.sizes[name]} values; lower it"


def reach(
    space: Space,
    start: IntArray,
    successors: Callable[[Columns], list[Moves]],
    max_states: int,
    likely: IntArray | None = None,
) -> IntArray:
    """Find all states that can be reached, breadth first, a whole frontier at a time.

    Parameters
    ----------
    space : the digits
    start : codes to begin with
    successors : from columns of states to rows that move, and the codes they move to
    max_states : largest number allowed
    likely : codes among which all that can be reached probably are: then all are asked
        at once instead of a frontier at a time, 6x where there are few states

    Returns
    -------
    (n_states,) codes, ascending

    Raises
    ------
    TooManyStatesError : more than `max_states`; the message names the largest factor.
    """
    if likely is not None and len(likely) <= min(max_states, _AT_A_TIME):
        within = _reach_within(space, start, successors, likely)
        if within is not None:
            return within
    frontier = np.unique(start)
    known = _Marks(space.n_codes) if space.n_codes <= _MOST_MARKS else _Sorted()
    known.add(frontier)
    while len(frontier):
        found = [
            known.new(codes)
            for some in np.array_split(frontier, -(-len(frontier) // _AT_A_TIME))
            for _, codes in successors(space.decode(some))
        ]
        frontier = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *found]))
        known.add(frontier)
        if known.n > max_states:
            raise TooManyStatesError(
                f"escalation: more than {max_states} reachable states "
                f"(of {space.n_codes} conceivable); {space.largest()}, "
                "or raise max_states"
            )
    return known.codes()


def _reach_within(
    space: Space,
    start: IntArray,
    successors: Callable[[Columns], list[Moves]],
    likely: IntArray,
) -> IntArray | None:
    """The same among likely codes; None where something leads out of them."""
    known = np.union1d(start, likely)
    moves = successors(space.decode(known))
    nobody = np.zeros(0, dtype=np.int64)
    source = np.concatenate([nobody, *(where for where, _ in moves)])
    codes = np.concatenate([nobody, *(to for _, to in moves)])
    target = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    if (known[target] != codes).any():
        return None
    is_reached = np.isin(known, start)
    frontier = is_reached
    while frontier.any():
        is_next = np.zeros_like(is_reached)
        is_next[target[frontier[source]]] = True
        frontier = is_next & ~is_reached
        is_reached = is_reached | frontier
    return known[is_reached]


class _Marks:
    """Codes met so far, one mark for each conceivable code."""

    def __init__(self, n_codes: int) -> None:
        self.n = 0
        self._is_known = np.zeros(n_codes, dtype=bool)

    def new(self, codes: IntArray) -> IntArray:
        """Those of some codes that are not known."""
        return codes[~self._is_known[codes]]

    def add(self, codes: IntArray) -> None:
        """Mark new codes."""
        self._is_known[codes] = True
        self.n += len(codes)

    def codes(self) -> IntArray:
        """All that are known, ascending."""
        return np.flatnonzero(self._is_known)


class _Sorted:
    """The same for digits with too many conceivable codes to mark."""

    def __init__(self) -> None:
        self._known = np.zeros(0, dtype=np.int64)

    @property
    def n(self) -> int:
        return len(self._known)

    def new(self, codes: IntArray) -> IntArray:
        return np.setdiff1d(codes, self._known)

    def add(self, codes: IntArray) -> None:
        self._known = np.union1d(self._known, codes)

    def codes(self) -> IntArray:
        return self._known
