"""The frontier of two parties issue by issue, without enumerating packages.

Whatever begins with a dominated choice on the first issues ends dominated; so the
frontier of all issues lies within the sums of a frontier and one more issue. The cost
follows the size of the frontier, not the number of packages: 10^50 of them will do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.settlement.additive import Additive
from backchannel.settlement.method import BoolArray, IntArray
from backchannel.settlement.nondominated import nondominated

_SAME = 1e-3
"""Sums are merged within a thousandth of what counts as equal at the end."""


@dataclass(frozen=True)
class MergeByIssue:
    """Merge issue by issue and drop what is dominated; two parties; exact.

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


def merge(
    problem: Additive, method: MergeByIssue
) -> tuple[IntArray, tuple[int, ...], int]:
    """Find the points of the frontier of two parties.

    Returns
    -------
    packages : (n_points, n_issues), one package for each point, by descending utility
        of the first party
    n_equal : how many packages there are at each point
    n_seen : sums formed

    Raises
    ------
    MethodError : not two parties, or more sums for one issue than `method.max_sums`.
    """
    if problem.n_parties != 2:
        raise MethodError(
            f"MergeByIssue: is for two parties, this domain has {problem.n_parties}; "
            "Scan() takes any number"
        )
    sums = np.zeros((1, 2))
    # Whole numbers of any size: there can be more equal packages than int64 holds.
    counts = np.ones(1, dtype=object)
    trail: list[IntArray] = []
    n_seen = 0
    for i, table in enumerate(problem.tables):
        n_sums = len(sums) * len(table)
        if n_sums > method.max_sums:
            raise MethodError(
                f"MergeByIssue: issue {i + 1} needs {n_sums} sums, more than "
                f"max_sums = {method.max_sums}; raise it, or round the utilities"
            )
        n_seen += n_sums
        wide = (sums[:, None, :] + table[None, :, :]).reshape(-1, 2)
        rows = np.flatnonzero(~_clearly_dominated(wide, 2.0 * problem.unit))
        order, firsts, counts = _merge_equal(
            wide[rows], counts[rows // len(table)], problem.unit * _SAME
        )
        trail.append(rows[order[firsts]])
        sums = wide[trail[-1]]
    order, firsts, counted = _merge_equal(sums, counts, problem.unit)
    keep = nondominated(problem.snapped(sums[order[firsts]]))
    ends = order[firsts][keep]
    n_equal = tuple(int(count) for count in counted[keep])
    return _follow(trail, problem.n_levels, ends), n_equal, n_seen


def _merge_equal(
    sums: FloatArray, counts: np.ndarray, unit: FloatArray
) -> tuple[IntArray, IntArray, np.ndarray]:
    """Sort by descending sums; say where each new one begins and how many it has."""
    snapped = np.rint(sums / unit)
    order = np.lexsort((-snapped[:, 1], -snapped[:, 0]))
    ranked = snapped[order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    firsts = np.flatnonzero(is_new)
    return order, firsts, np.add.reduceat(counts[order], firsts)


def _clearly_dominated(sums: FloatArray, clear: FloatArray) -> BoolArray:
    """Mark sums beaten by more than what counts as equal, whatever is added to both.

    Parameters
    ----------
    sums : (n, 2)
    clear : (2,), the least lead that is certain
    """
    order = np.argsort(-sums[:, 0])
    # First the cheap half: whom an earlier one beats clearly in the second column.
    second = sums[order, 1]
    reach = np.maximum.accumulate(second)
    left = np.ones(len(sums), dtype=bool)
    left[1:] = reach[:-1] < second[1:] + clear[1]
    rest = order[left]
    first, second = sums[rest, 0], sums[rest, 1]
    # Largest second among the k with the largest first; none for k = 0.
    reach = np.concatenate([[-np.inf], np.maximum.accumulate(second)])
    as_good = reach[np.searchsorted(-first, -first, side="right")]
    better = reach[np.searchsorted(-first, -(first + clear[0]), side="right")]
    beaten = np.ones(len(sums), dtype=bool)
    beaten[rest] = (as_good >= second + clear[1]) | (better >= second)
    return beaten


def _follow(
    trail: list[IntArray], n_levels: tuple[int, ...], ends: IntArray
) -> IntArray:
    """Levels of the packages that end in some rows, traced back issue by issue."""
    packages = np.empty((len(ends), len(trail)), dtype=np.int64)
    rows = ends
    for i in reversed(range(len(trail))):
        rows, packages[:, i] = np.divmod(trail[i][rows], n_levels[i])
    return packages
