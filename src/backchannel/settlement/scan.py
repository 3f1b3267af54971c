"""Every package of an additive domain, block by block, none of them stored.

The issues are cut into slow and fast ones; a block is one combination of the slow
issues, and its packages are that block's sums plus those of the fast issues, which all
blocks share. A tree bounds the fast issues, so that a known package can rule out many
at once.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import prod

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.settlement._kernels.blocks import scan_blocks
from backchannel.settlement.additive import (
    Additive,
    last_issues_within,
    partial_sums,
    unpack,
)
from backchannel.settlement.bounding_tree import BoundingTree, bare_tree, grow_tree
from backchannel.settlement.method import IntArray
from backchannel.settlement.nondominated import nondominated
from backchannel.settlement.strong import strong_packages

_FIRST_ROOM = 1 << 14
_FEW, _SWEPT_PARTIES = 1 << 15, 3
"""Packages that are all looked at, where they can be sorted and swept."""


@dataclass(frozen=True)
class Scan:
    """Look at every package, or prove it dominated by the block it lies in; exact.

    `max_packages` bounds the work. `block_packages` is the size up to which fast
    issues are taken together (their sums stay in the cache), `slice_blocks` how many
    blocks one thread takes at a time. `visits_all` forms the sums of every package
    and uses no bound. `n_threads` 0 means one per core; the answer is the same for
    any.

    Source: bounds from a sketch of supported points, as in branch and bound for
    several objectives: Ehrgott and Gandibleux (2007), European Journal of Operational
    Research 178(2), 569-602; sort and sweep: Kung, Luccio and Preparata (1975).
    """

    max_packages: int = 10_000_000_000
    block_packages: int = 4096
    slice_blocks: int = 4096
    visits_all: bool = False
    n_threads: int = 0

    def __post_init__(self) -> None:
        for name in ("max_packages", "block_packages", "slice_blocks"):
            value = getattr(self, name)
            if value < 1:
                raise MethodError(f"Scan.{name}: is {value}; must be 1 or larger")
        if self.n_threads < 0:
            raise MethodError(
                f"Scan.n_threads: is {self.n_threads}; must be 0 (all cores) or larger"
            )


@dataclass(frozen=True, eq=False)
class _Cut:
    """Slow, middle and fast issues: one slice per combination of the slow ones."""

    slow: FloatArray
    middle: FloatArray
    fast: BoundingTree

    @property
    def n_slices(self) -> int:
        return len(self.slow)

    @property
    def packages_per_slice(self) -> int:
        return len(self.middle) * len(self.fast.rows)


def scan(problem: Additive, method: Scan) -> tuple[IntArray, int]:
    """Find the packages on the frontier.

    Parameters
    ----------
    problem : additive utilities on the grid
    method : bounds on the work

    Returns
    -------
    packages : (n, n_issues), in ascending order of their numbers, equal ones all kept
    n_seen : packages whose sums were formed

    Raises
    ------
    MethodError : more packages than `method.max_packages`.
    """
    n_packages = prod(problem.n_levels)
    if n_packages > method.max_packages:
        raise MethodError(
            f"Scan: {n_packages:.3g} packages are more than max_packages = "
            f"{method.max_packages:.3g}; for two parties use MergeByIssue(), which "
            "does not enumerate, otherwise fix the level of some issues"
        )
    if n_packages <= _FEW and problem.n_parties <= _SWEPT_PARTIES:
        # NOTE: bounds take longer to make than so few sums to sort: 0.4 s for 30,000
        # packages that divide one prize, against 0.01 s.
        every = unpack(np.arange(n_packages), problem.n_levels)
        keep = nondominated(problem.snapped(problem.sums_of(every)))
        return every[keep], n_packages
    strong = strong_packages(problem)
    sums = problem.sums_of(strong)
    cut = _cut(problem, method)
    n_threads = method.n_threads or os.cpu_count() or 1

    def work(index: int) -> tuple[IntArray, int]:
        return _scan_slice(problem, cut, sums, index)

    if min(n_threads, cut.n_slices) == 1:
        parts = [work(index) for index in range(cut.n_slices)]
    else:
        with ThreadPoolExecutor(n_threads) as pool:
            parts = list(pool.map(work, range(cut.n_slices)))
    numbers = np.sort(np.concatenate([numbers for numbers, _ in parts]))
    packages = unpack(numbers, problem.n_levels)
    keep = nondominated(problem.snapped(problem.sums_of(packages)))
    return packages[keep], sum(n_seen for _, n_seen in parts)


def _cut(problem: Additive, method: Scan) -> _Cut:
    n_levels = problem.n_levels
    first_fast = last_issues_within(n_levels, len(n_levels), method.block_packages)
    first_middle = last_issues_within(n_levels, first_fast, method.slice_blocks)
    tables, n_parties = problem.tables, problem.n_parties
    fast = partial_sums(tables[first_fast:], n_parties)
    return _Cut(
        slow=partial_sums(tables[:first_middle], n_parties),
        middle=partial_sums(tables[first_middle:first_fast], n_parties),
        fast=bare_tree(fast) if method.visits_all else grow_tree(fast, problem.span),
    )


def _scan_slice(
    problem: Additive, cut: _Cut, strong: FloatArray, index: int
) -> tuple[IntArray, int]:
    """Numbers of the packages of one slice that no other of the slice dominates."""
    high = cut.slow[index] + cut.middle
    tree = cut.fast
    clear = 2.0 * problem.unit
    room = _FIRST_ROOM
    while True:
        found = np.empty(room, dtype=np.int64)
        n_found, n_seen = scan_blocks(
            high, tree.low, tree.top, tree.begin, tree.skip, strong, clear, found
        )
        if n_found <= room:
            break
        room = n_found
    blocks, places = np.divmod(found[:n_found], len(tree.rows))
    points = problem.snapped(high[blocks] + tree.low[places])
    keep = nondominated(points)
    inside = blocks[keep] * len(tree.rows) + tree.rows[places[keep]]
    return index * cut.packages_per_slice + inside, n_seen
