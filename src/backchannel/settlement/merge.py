"""The frontier of two or three parties issue by issue, without enumerating packages.

Whatever begins with a dominated choice on the first issues ends dominated; so the
frontier of all issues lies within the sums of a frontier and one more issue. The cost
follows the size of the frontier, not the number of packages: 10^50 of them will do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.settlement._kernels.clear_sweep import (
    mark_hopeful,
    sweep_three_clear,
    sweep_two_clear,
)
from backchannel.settlement.additive import Additive
from backchannel.settlement.method import IntArray
from backchannel.settlement.nondominated import nondominated

MERGED_PARTIES = (2, 3)
_SAME = 1e-3
"""Sums are merged within a thousandth of what counts as equal at the end."""


@dataclass(frozen=True)
class MergeByIssue:
    """Merge issue by issue and drop what is dominated; two or three parties; exact.

    `max_sums` bounds the sums formed for one issue.

    Source: Nemhauser and Ullmann (1969), Management Science 15(9), 494-505, whose
    list of undominated partial solutions this is.
    """

    max_sums: int = 20_000_000

    def __post_init__(self) -> None:
        if self.max_sums < 1:
            raise MethodError(
                f"MergeByIssue.max_sums: is {self.max_sums}; must be 1 or larger"
            )


@dataclass(frozen=True, eq=False)
class _Begun:
    """Sums of beginnings, by descending first column, and how many there are of each.

    `counts` are whole numbers of any size, as there can be more equal packages than
    int64 holds; None while every sum is alone.
    """

    sums: FloatArray
    counts: np.ndarray | None


def merge(
    problem: Additive, method: MergeByIssue
) -> tuple[IntArray, tuple[int, ...], int]:
    """Find the points of the frontier of two or three parties.

    Returns
    -------
    packages : (n_points, n_issues), one package for each point, by descending utility
        of the first party
    n_equal : how many packages there are at each point
    n_seen : sums formed

    Raises
    ------
    MethodError : not two or three parties, or more sums for one issue than
        `method.max_sums`.
    """
    n_parties = problem.n_parties
    if n_parties not in MERGED_PARTIES:
        raise MethodError(
            f"MergeByIssue: is for two or three parties, this domain has {n_parties}; "
            "Scan() takes any number"
        )
    sweep = sweep_two_clear if n_parties == 2 else sweep_three_clear
    begun = _Begun(np.zeros((1, n_parties)), None)
    trail: list[IntArray] = []
    n_seen = 0
    for i, table in enumerate(problem.tables):
        n_begun = len(begun.sums)
        n_sums = n_begun * len(table)
        if n_sums > method.max_sums:
            raise MethodError(
                f"MergeByIssue: issue {i + 1} needs {n_sums} sums, more than "
                f"max_sums = {method.max_sums}; raise it, or round the utilities"
            )
        n_seen += n_sums
        # One run for each level, sorted already: a stable sort only merges them.
        wide = (table[:, None, :] + begun.sums[None, :, :]).reshape(n_sums, -1)
        clear = 2.0 * problem.unit
        if n_parties == 2:
            some = np.flatnonzero(mark_hopeful(wide, clear))
            order = some[np.argsort(-wide[some, 0], kind="stable")]
        else:
            order = np.argsort(-wide[:, 0], kind="stable")
        ranked = wide[order]
        left = ~sweep(ranked, clear)
        rows = order[left]
        counts = None if begun.counts is None else begun.counts[rows % n_begun]
        firsts, counts = _merge_equal(ranked[left], counts, problem.unit * _SAME)
        trail.append(np.stack([rows[firsts] % n_begun, rows[firsts] // n_begun]))
        begun = _Begun(wide[rows[firsts]], counts)
    firsts, counts = _merge_equal(begun.sums, begun.counts, problem.unit)
    keep = nondominated(problem.snapped(begun.sums[firsts]))
    ends = firsts[keep]
    n_equal = (1,) * len(ends)
    if counts is not None:
        n_equal = tuple(int(count) for count in counts[keep])
    packages = _follow(trail, ends)
    points = problem.snapped(problem.sums_of(packages))
    order = np.lexsort(-points.T[::-1])
    return packages[order], tuple(n_equal[k] for k in order), n_seen


def _merge_equal(
    sums: FloatArray, counts: np.ndarray | None, unit: FloatArray
) -> tuple[IntArray, np.ndarray | None]:
    """Rows of the first of each distinct sum, in order, and how many each has.

    Parameters
    ----------
    sums : (n, n_parties), by descending first column
    """
    snapped = np.rint(sums / unit)
    if (snapped[1:, 0] != snapped[:-1, 0]).all():
        return np.arange(len(sums)), counts
    order = np.lexsort(-snapped.T[::-1])
    ranked = snapped[order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    if is_new.all():
        return np.arange(len(sums)), counts
    if counts is None:
        counts = np.ones(len(order), dtype=object)
    firsts = np.flatnonzero(is_new)
    merged = np.add.reduceat(counts[order], firsts)
    # Back to the order of the first column, which the next sort builds on.
    back = np.argsort(order[firsts], kind="stable")
    return order[firsts][back], merged[back]


def _follow(trail: list[IntArray], ends: IntArray) -> IntArray:
    """Levels of the packages that end in some rows, traced back issue by issue."""
    packages = np.empty((len(ends), len(trail)), dtype=np.int64)
    rows = ends
    for i in reversed(range(len(trail))):
        packages[:, i] = trail[i][1][rows]
        rows = trail[i][0][rows]
    return packages
