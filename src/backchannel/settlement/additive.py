"""Additive utilities on a grid of whole numbers, so that sums are exact.

Every entry is rounded once, to a multiple of 2^-50 of the party's span; sums of whole
numbers below 2^53 are exact in float64, whatever the order. Blocks, threads and routes
can therefore not disagree by rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import IntArray

_GRID_BITS = 50
RESOLUTION = 1e-9
"""Utilities closer than this share of a party's span count as equal."""


@dataclass(frozen=True, eq=False)
class Additive:
    """Tables of whole numbers, per issue (n_levels, n_parties); 0 is the worst level.

    `span` (n_parties,) is the sum of the best levels; `unit` what counts as equal;
    `step` a whole number in the party's own points, `base` its worst package.
    """

    tables: tuple[FloatArray, ...]
    span: FloatArray
    unit: FloatArray
    step: FloatArray
    base: FloatArray

    @property
    def n_parties(self) -> int:
        """How many parties."""
        return len(self.span)

    @property
    def n_levels(self) -> tuple[int, ...]:
        """Levels of each issue."""
        return tuple(len(table) for table in self.tables)

    def cut_at(self, thresholds: FloatArray) -> FloatArray:
        """Least sums (n_parties,) that reach thresholds, within what counts as equal.

        Parameters
        ----------
        thresholds : (n_parties,), in each party's own points; -inf for none
        """
        return np.asarray(np.ceil((thresholds - self.base) / self.step - self.unit))

    def snapped(self, sums: FloatArray) -> IntArray:
        """Sums (n, n_parties) in units of what counts as equal, at most 1e9."""
        return np.rint(sums / self.unit).astype(np.int64)

    def sums_of(self, packages: IntArray) -> FloatArray:
        """Sums (n, n_parties) of packages (n, n_issues)."""
        total = np.zeros((len(packages), self.n_parties))
        for i, table in enumerate(self.tables):
            total += table[packages[:, i]]
        return total


def additive(utilities: Sequence[FloatArray]) -> Additive:
    """Put utilities on the grid.

    Parameters
    ----------
    utilities : per issue (n_parties, n_levels), finite

    Returns
    -------
    Additive : each entry off by at most 2^-51 of its party's span

    >>> additive([np.array([[0.0, 0.5], [1.0, 0.0]])]).span
    array([1.12589991e+15, 1.12589991e+15])
    """
    # NOTE: all issues below one another, (levels of all issues, n_parties): six small
    # tables one by one take 3x as long.
    n_levels = [table.shape[1] for table in utilities]
    ends = np.cumsum(n_levels)
    starts = ends - n_levels
    stacked = np.concatenate(utilities, axis=1).T
    least = np.minimum.reduceat(stacked, starts, axis=0)
    shifted = stacked - np.repeat(least, n_levels, axis=0)
    span = np.maximum.reduceat(shifted, starts, axis=0).sum(axis=0)
    # A power of two below the span: dividing by it rounds nothing.
    step = np.exp2(np.floor(np.log2(np.where(span > 0, span, 1.0))) - _GRID_BITS)
    whole_entries = np.ascontiguousarray(np.rint(shifted / step))
    whole = np.maximum.reduceat(whole_entries, starts, axis=0).sum(axis=0)
    unit = np.where(whole > 0, whole * RESOLUTION, 1.0)
    pairs = zip(starts.tolist(), ends.tolist(), strict=True)
    tables = tuple(whole_entries[start:end] for start, end in pairs)
    return Additive(tables, whole, unit, step, least.sum(axis=0))


def partial_sums(tables: Sequence[FloatArray], n_parties: int) -> FloatArray:
    """Sums over every combination of some issues, the last one varying fastest.

    Returns
    -------
    (product of n_levels, n_parties); one row of zeros where there is no issue
    """
    sums = np.zeros((1, n_parties))
    for table in tables:
        sums = (sums[:, None, :] + table[None, :, :]).reshape(-1, n_parties)
    return sums


def unpack(numbers: IntArray, n_levels: Sequence[int]) -> IntArray:
    """Levels (n, n_issues) of package numbers, the last issue varying fastest.

    >>> unpack(np.array([5]), (2, 3))
    array([[1, 2]])
    """
    levels = np.empty((len(numbers), len(n_levels)), dtype=np.int64)
    rest = numbers
    for i in reversed(range(len(n_levels))):
        rest, levels[:, i] = np.divmod(rest, n_levels[i])
    return levels


def last_issues_within(n_levels: Sequence[int], end: int, limit: int) -> int:
    """Where the longest group of issues before `end` begins that stays within a limit.

    Parameters
    ----------
    limit : packages of the group, at most; one issue is taken in any case

    >>> last_issues_within((10, 10, 10), 3, 100)
    1
    """
    begin, size = end, 1
    while begin > 0 and (begin == end or size * n_levels[begin - 1] <= limit):
        begin -= 1
        size *= n_levels[begin]
    return begin
