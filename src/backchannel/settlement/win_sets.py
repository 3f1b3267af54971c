"""Which packages of a domain are passed at home, how many, and who stops the rest.

Every package is judged, none is stored: issues are cut into slow and fast ones, and
what a block of fast issues needs of each actor is one search in a ladder.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.settlement._kernels.win_sets import (
    Home,
    Words,
    keep_unbeaten,
    ladder_cells,
    ladder_sets,
    list_passing,
    scan_win_sets,
)
from backchannel.settlement.additive import (
    Additive,
    additive,
    last_issues_within,
    partial_sums,
    unpack,
)
from backchannel.settlement.method import IntArray
from backchannel.settlement.nondominated import nondominated
from backchannel.settlement.two_level import HomeRule, TwoLevel

_SET_BITS = 1 << 23
"""Sets of a block take at most a MiB, which the second-level cache holds."""
_MOST_STRONG = 256
_FIRST_ROOM = 1 << 14


@dataclass(frozen=True)
class ScanWinSets:
    """Judge every package; exact.

    `max_packages` bounds the work, `max_listed` how many passing packages are listed.
    `counts_blocked` finds who alone stops a package, at about twice the time.
    `n_threads` 0 means one per core; the answer is the same for any.

    Source: Putnam (1988), International Organization 42(3), 427-460, for win-sets;
    counters in planes of bits: Knuth, The Art of Computer Programming 4A, 7.1.3.
    """

    max_packages: int = 10_000_000_000
    max_listed: int = 1_000_000
    slice_blocks: int = 4096
    counts_blocked: bool = True
    n_threads: int = 0

    def __post_init__(self) -> None:
        for name in ("max_packages", "slice_blocks"):
            value = getattr(self, name)
            if value < 1:
                raise MethodError(
                    f"ScanWinSets.{name}: is {value}; must be 1 or larger"
                )


@dataclass(frozen=True, eq=False)
class Judged:
    """What the scan found.

    `n_passing` packages pass; `numbers` are theirs in ascending order, None where they
    are more than the method lists. `n_assents` and `n_blocked` (n_actors,) count the
    packages to which an actor assents, and those that it alone stops (None where that
    was not asked). `on_frontier` (n, n_issues) are the passing packages that no other
    passing one beats for the leaders, equal ones all kept.
    """

    n_passing: int
    numbers: IntArray | None
    n_assents: IntArray
    n_blocked: IntArray | None
    on_frontier: IntArray


@dataclass(frozen=True, eq=False)
class Slice:
    """What the kernel fills for one slice; see `scan_win_sets`."""

    passing: Words
    n_assents: IntArray
    n_blocked: IntArray
    stopped: Words
    n_passing: int = 0


@dataclass(frozen=True, eq=False)
class Hall:
    """A problem as the kernel takes it: slices of blocks, each block alike.

    `high` (n_slices, n_rows), `middle` (n_blocks, n_rows) and `low` (n_low, n_rows) are
    sums over the slow, middle and fast issues, one row for each actor and then one for
    each that is not always asked.
    """

    high: FloatArray
    middle: FloatArray
    low: FloatArray
    home: Home
    leaders: IntArray
    unit: FloatArray

    @property
    def per_slice(self) -> int:
        """Packages of a slice."""
        return len(self.middle) * len(self.low)


def scan_home(problem: TwoLevel, method: ScanWinSets) -> Judged:
    """Judge every package of a game on two levels.

    Raises
    ------
    MethodError : more packages than `method.max_packages`.
    ModelError : an actor without whom nothing passes refuses even its best package.
    """
    n_packages = problem.domain.n_packages
    if n_packages > method.max_packages:
        raise MethodError(
            f"ScanWinSets: {n_packages:.3g} packages are more than max_packages = "
            f"{method.max_packages:.3g}; fix the level of some issues, or let a solver "
            "search them"
        )
    sums = additive(problem.domain.utilities)
    refuse_hopeless(problem, sums)
    hall = open_hall(problem, sums, method)

    def work(index: int) -> Slice:
        return judge_slice(hall, index, counts_blocked=method.counts_blocked)

    indices = range(len(hall.high))
    n_threads = min(method.n_threads or os.cpu_count() or 1, len(indices))
    if n_threads == 1:
        return _gather(problem, sums, hall, map(work, indices), method)
    with ThreadPoolExecutor(n_threads) as pool:
        return _gather(problem, sums, hall, pool.map(work, indices), method)


def judge_slice(
    hall: Hall, index: int, *, counts_blocked: bool, lists_stopped: bool = False
) -> Slice:
    """Judge one slice of blocks."""
    high = hall.high[index] + hall.middle
    n_actors, n_words = len(hall.home.is_must), hall.home.sets.shape[2]
    found = Slice(
        np.empty((len(high), n_words), dtype=np.uint64),
        np.zeros(n_actors, dtype=np.int64),
        np.zeros(n_actors if counts_blocked else 0, dtype=np.int64),
        np.empty((len(high) * lists_stopped, n_actors, n_words), dtype=np.uint64),
    )
    n_passing = scan_win_sets(
        high,
        hall.home,
        found.passing,
        found.n_assents,
        found.n_blocked,
        found.stopped,
    )
    return replace(found, n_passing=n_passing)


def refuse_hopeless(problem: TwoLevel, sums: Additive) -> None:
    """Stop where an actor without whom nothing passes refuses its best package.

    Raises
    ------
    ModelError : as said; an actor that is not asked about everything is left out.
    """
    if problem.asked is not None:
        return
    cut = sums.cut_at(problem.thresholds)
    for name in problem.musts():
        k = problem.actors.index(name)
        if cut[k] > sums.span[k]:
            best = float(sums.base[k] + sums.span[k] * sums.step[k])
            least = float(problem.thresholds[k])
            raise ModelError(
                f"{problem.domain.title}: {name}: can never pass a package: its best "
                f"is worth {best:.6g}, below its threshold {least:.6g}. Lower the "
                f"threshold by {least - best:.6g}, or drop its veto"
            )


def open_hall(problem: TwoLevel, sums: Additive, method: ScanWinSets) -> Hall:
    """Sum the fast issues once, and make the sets that every block shares."""
    tables, cut, asked_row = _rows(problem, sums)
    n_rows, n_levels = len(cut), sums.n_levels
    limit = max(64, math.isqrt(_SET_BITS // n_rows))
    first_fast = last_issues_within(n_levels, len(n_levels), limit)
    first_middle = last_issues_within(n_levels, first_fast, method.slice_blocks)
    low = partial_sums(tables[first_fast:], n_rows)
    across = np.ascontiguousarray(low.T)
    order, ladder = _ranked(across)
    musts = set(problem.musts())
    is_must = np.array([name in musts for name in problem.actors], dtype=np.int64)
    return Hall(
        high=partial_sums(tables[:first_middle], n_rows),
        middle=partial_sums(tables[first_middle:first_fast], n_rows),
        low=low,
        home=Home(
            ladder,
            ladder_cells(ladder),
            ladder_sets(order),
            cut,
            asked_row,
            is_must,
            *_seats(problem),
        ),
        leaders=problem.leader_rows,
        unit=sums.unit[problem.leader_rows],
    )


def _ranked(sums: FloatArray) -> tuple[IntArray, FloatArray]:
    """Each row in ascending order: where its entries stood, and the entries.

    NOTE: whole numbers with their place in the last bits sort without an index beside
    them, 4x faster than `argsort`.
    """
    places = np.arange(sums.shape[1])
    n_bits = len(places).bit_length()
    if sums.max(initial=0.0) >= 2.0 ** (62 - n_bits):
        order = np.argsort(sums, axis=1, kind="stable")
        return order, np.take_along_axis(sums, order, axis=1)
    keys = (sums.astype(np.int64) << n_bits) | places
    keys.sort(axis=1)
    return keys & ((1 << n_bits) - 1), (keys >> n_bits).astype(np.float64)


def _rows(
    problem: TwoLevel, sums: Additive
) -> tuple[list[FloatArray], FloatArray, IntArray]:
    """Tables with a row for each actor, and one for what a constituency is asked."""
    n_actors = len(problem.actors)
    asked_row = np.full(n_actors, -1, dtype=np.int64)
    cut = sums.cut_at(problem.thresholds)
    tables = list(sums.tables)
    if problem.asked is None:
        return tables, cut, asked_row
    home = np.setdiff1d(np.arange(n_actors), problem.leader_rows)
    asked_row[home] = n_actors + np.arange(len(home))
    tables = [
        np.hstack([table, asked[home].T.astype(float)])
        for table, asked in zip(tables, problem.asked, strict=True)
    ]
    return tables, np.concatenate([cut, np.ones(len(home))]), asked_row


def _seats(problem: TwoLevel) -> tuple[IntArray, IntArray, IntArray, IntArray, int]:
    """Counting rules: first seats, members, weights, starts of counters, planes."""
    rules = [rule for rule in problem.rules if not rule.is_veto]
    most = max((sum(rule.weights) for rule in rules), default=0)
    n_bits = max(1, most.bit_length())
    return (
        np.cumsum([0, *(len(rule.members) for rule in rules)], dtype=np.int64),
        np.array(
            [problem.actors.index(m) for rule in rules for m in rule.members],
            dtype=np.int64,
        ),
        np.array([w for rule in rules for w in rule.weights], dtype=np.int64),
        np.array([_start(rule, n_bits) for rule in rules], dtype=np.int64),
        n_bits + 1,
    )


def _start(rule: HomeRule, n_bits: int) -> int:
    """Where a counter starts so that it overflows at the weight needed."""
    return (1 << n_bits) - max(rule.needed, 0)


def _gather(
    problem: TwoLevel,
    sums: Additive,
    hall: Hall,
    slices: Iterable[Slice],
    method: ScanWinSets,
) -> Judged:
    """Add up the slices, in their order, and keep the frontier of what passes."""
    n_passing = 0
    assents = np.zeros(len(problem.actors), dtype=np.int64)
    blocked = np.zeros(len(problem.actors), dtype=np.int64)
    listed: list[IntArray] = []
    front = np.zeros(0, dtype=np.int64)
    for index, part in enumerate(slices):
        n, first = part.n_passing, index * hall.per_slice
        n_passing += n
        assents += part.n_assents
        if method.counts_blocked:
            blocked += part.n_blocked
        if not n:
            continue
        if n_passing <= method.max_listed:
            listed.append(first + numbers_of(part, len(hall.low)))
        front = _with_slice(sums, hall, front, index, part.passing)
    found = np.concatenate([front[:0], *listed])
    return Judged(
        n_passing,
        found if len(found) == n_passing else None,
        assents,
        blocked if method.counts_blocked else None,
        unpack(np.sort(front), sums.n_levels),
    )


def numbers_of(part: Slice, n_low: int) -> IntArray:
    """Numbers of the passing packages, counted from the first of the slice."""
    numbers = np.empty(part.n_passing, dtype=np.int64)
    list_passing(part.passing, n_low, numbers)
    return numbers


def _with_slice(
    sums: Additive, hall: Hall, front: IntArray, index: int, passing: Words
) -> IntArray:
    """The frontier of the leaders after one more slice."""
    leaders, per_slice = hall.leaders, hall.per_slice
    strong = _leader_sums(sums, hall, front)
    if len(strong) > _MOST_STRONG:
        strong = strong[:: len(strong) // _MOST_STRONG]
    high = np.ascontiguousarray((hall.high[index] + hall.middle)[:, leaders])
    low = np.ascontiguousarray(hall.low[:, leaders])
    room = _FIRST_ROOM
    while True:
        kept = np.empty(room, dtype=np.int64)
        n = keep_unbeaten(
            passing, high, low, low.max(axis=0), strong, 2.0 * hall.unit, kept
        )
        if n <= room:
            break
        room = n
    joined = np.concatenate([front, index * per_slice + kept[:n]])
    points = np.rint(_leader_sums(sums, hall, joined) / hall.unit).astype(np.int64)
    return joined[nondominated(points)]


def _leader_sums(sums: Additive, hall: Hall, numbers: IntArray) -> FloatArray:
    return sums.sums_of(unpack(numbers, sums.n_levels))[:, hall.leaders]
