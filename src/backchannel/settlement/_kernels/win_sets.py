"""Which packages of some blocks pass at home: the compiled scan.

A block is all combinations of the fast issues. For one actor the packages of a block
that suffice are the upper end of a ladder that all blocks share, so each is one search
and a set of bits made once; rules are then counted for 64 packages at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import IntArray

Words = NDArray[np.uint64]
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)
_CROWDED = 16
"""Entries of a cell beyond which it is halved before it is walked through."""


class Home(NamedTuple):
    """Who judges, and by which rules; actors first, then counts of what they are asked.

    ladder : (n_rows, n_low), ascending sums over the fast issues
    cells : (n_rows, n_low + 1), see `ladder_cells`
    sets : (n_rows, n_low + 1, n_words), see `ladder_sets`
    cut : (n_rows,), least sum that suffices
    asked_row : (n_actors,), the row that counts what an actor is asked about; -1: all
    is_must : (n_actors,), 1 where an actor's assent is needed in any case
    begin : (n_rules + 1,), first seat of each counting rule
    members, weights : (n_seats,), who sits there, with which weight
    start : (n_rules,), where the counter of a rule starts, see `_rules_met`
    n_planes : bits of a counter, the last one being its overflow
    """

    ladder: FloatArray
    cells: IntArray
    sets: Words
    cut: FloatArray
    asked_row: IntArray
    is_must: IntArray
    begin: IntArray
    members: IntArray
    weights: IntArray
    start: IntArray
    n_planes: int


@njit(cache=True, nogil=True, boundscheck=False)
def ladder_sets(order: IntArray) -> Words:
    """Make the sets of rows from each place of a ladder upward.

    Parameters
    ----------
    order : (n_rows, n_low), the packages of a block by ascending sum, actor by actor

    Returns
    -------
    sets : (n_rows, n_low + 1, n_words), bit j of word w stands for package 64 w + j
    """
    n_rows, n_low = order.shape
    n_words = (n_low + 63) // 64
    sets = np.zeros((n_rows, n_low + 1, n_words), dtype=np.uint64)
    for k in range(n_rows):
        for place in range(n_low - 1, -1, -1):
            for w in range(n_words):
                sets[k, place, w] = sets[k, place + 1, w]
            row = order[k, place]
            sets[k, place, row >> 6] |= _ONE << np.uint64(row & 63)
    return sets


@njit(cache=True, nogil=True, boundscheck=False)
def ladder_cells(ladder: FloatArray) -> IntArray:
    """Divide each ladder into as many cells of equal width as it has rungs.

    Parameters
    ----------
    ladder : (n_rows, n_low), ascending

    Returns
    -------
    cells : (n_rows, n_low + 1), how many entries lie below each cell; all in the end
    """
    n_rows, n_low = ladder.shape
    cells = np.empty((n_rows, n_low + 1), dtype=np.int64)
    for k in range(n_rows):
        low, per_point = ladder[k, 0], _cells_per_point(ladder, k)
        cell = 0
        for place in range(n_low):
            last = int((ladder[k, place] - low) * per_point)
            while cell <= last:
                cells[k, cell] = place
                cell += 1
        cells[k, cell:] = n_low
    return cells


@njit(cache=True, nogil=True, boundscheck=False)
def _cells_per_point(ladder: FloatArray, k: int) -> float:
    n_low = ladder.shape[1]
    span = ladder[k, n_low - 1] - ladder[k, 0]
    # Sums are whole numbers: one point above a ladder without width is past its end.
    return (n_low - 1) / span if span > 0.0 else 1.0


@njit(cache=True, nogil=True, boundscheck=False)
def _place(
    ladder: FloatArray, cells: IntArray, k: int, per_point: float, target: float
) -> int:
    """First place of an ascending ladder that reaches a target.

    NOTE: the cell is found by one product, which rises with the target as it does with
    the entries, so whatever lies below the cell lies below the target. Ten times as
    fast as halving the whole ladder, and so only without a branch for the two ends.
    """
    n_low = ladder.shape[1]
    along = (target - ladder[k, 0]) * per_point
    cell = int(min(max(along, 0.0), n_low - 1.0))
    place, end = int(cells[k, cell]), int(cells[k, cell + 1])
    while end - place > _CROWDED:
        half = (place + end) >> 1
        if ladder[k, half] < target:
            place = half + 1
        else:
            end = half
    while place < n_low and ladder[k, place] < target:
        place += 1
    return place


@njit(cache=True, nogil=True, boundscheck=False)
def _count_word(n: np.uint64) -> int:
    n = n - ((n >> np.uint64(1)) & np.uint64(0x5555555555555555))
    n = (n & np.uint64(0x3333333333333333)) + (
        (n >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    n = (n + (n >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((n * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True, boundscheck=False)
def _rules_met(home: Home, assents: Words, planes: Words, granted: int) -> np.uint64:
    """Packages of one word that meet every counting rule, one actor taken as assenting.

    The counter of a rule has one bit of each package in each plane; it starts so that
    it overflows into the last plane where the weight needed is reached.
    """
    met = _ALL
    last = planes.size - 1
    for rule in range(home.start.size):
        for p in range(planes.size):
            planes[p] = _ALL if (home.start[rule] >> p) & 1 else np.uint64(0)
        for seat in range(home.begin[rule], home.begin[rule + 1]):
            actor = home.members[seat]
            word = _ALL if actor == granted else assents[actor]
            for bit in range(last):
                if (home.weights[seat] >> bit) & 1:
                    carry = word
                    p = bit
                    while carry != np.uint64(0) and p <= last:
                        both = planes[p] & carry
                        planes[p] ^= carry
                        carry = both
                        p += 1
        met &= planes[last]
    return met


@njit(cache=True, nogil=True, boundscheck=False)
def _find_places(
    ladder: FloatArray,
    cells: IntArray,
    per_point: FloatArray,
    cut: FloatArray,
    sums: FloatArray,
    places: IntArray,
) -> None:
    """Search every ladder for what one block still needs of it."""
    for k in range(places.size):
        places[k] = _place(ladder, cells, k, per_point[k], cut[k] - sums[k])


@njit(cache=True, nogil=True, boundscheck=False)
def _count_whole_blocks(
    asked_row: IntArray,
    is_must: IntArray,
    places: IntArray,
    n_low: int,
    n_assents: IntArray,
) -> int:
    """Count the assents of who is always asked; say how many musts refuse the block."""
    n_empty = 0
    for k in range(asked_row.size):
        if asked_row[k] < 0:
            n_assents[k] += n_low - places[k]
            if is_must[k] and places[k] == n_low:
                n_empty += 1
    return n_empty


@njit(inline="always")
def _assents_in(
    home: Home,
    w: int,
    inside: np.uint64,
    places: IntArray,
    n_assents: IntArray,
    assents: Words,
) -> tuple[np.uint64, np.uint64]:
    """Fill in who assents in one word; say where one must, and where more, refuse.

    `inside` are the packages of the word that exist.
    """
    ones, twos = np.uint64(0), np.uint64(0)
    for k in range(home.asked_row.size):
        word = home.sets[k, places[k], w]
        row = home.asked_row[k]
        if row >= 0:
            # Who has nothing before it lets the package pass.
            word |= ~home.sets[row, places[row], w] & inside
            n_assents[k] += _count_word(word)
        assents[k] = word
        if home.is_must[k]:
            twos |= ones & ~word
            ones |= ~word
    return ones, twos


@njit(cache=True, nogil=True, boundscheck=False)
def _vetoes_only(sets: Words, is_must: IntArray, places: IntArray, found: Words) -> int:
    """Fill in what passes in one block where every rule is a veto; count it."""
    # The set from the lowest rung upward holds every package of the block.
    found[:] = sets[0, 0]
    for k in range(is_must.size):
        if is_must[k] and places[k] > 0:
            row = sets[k, places[k]]
            for w in range(found.size):
                found[w] &= row[w]
    n_passing = 0
    for w in range(found.size):
        n_passing += _count_word(found[w])
    return n_passing


@njit(cache=True, nogil=True, boundscheck=False)
def scan_win_sets(
    high: FloatArray,
    home: Home,
    passing: Words,
    n_assents: IntArray,
    n_blocked: IntArray,
    stopped: Words,
) -> int:
    """Find which packages pass.

    Parameters
    ----------
    high : (n_blocks, n_rows), sums over the slow issues
    home : who judges
    passing : (n_blocks, n_words), filled with the packages that pass
    n_assents : (n_actors,), packages to which each assents, added to
    n_blocked : (n_actors,), packages that only this actor stops, added to; of length 0
        they are not counted
    stopped : (n_blocks, n_actors, n_words), filled with the packages that only this
        actor stops; of length 0 they are not listed

    Returns
    -------
    packages that pass
    """
    n_low, n_words = home.ladder.shape[1], home.sets.shape[2]
    n_actors, n_rules = home.asked_row.size, home.start.size
    tail = (_ONE << np.uint64(n_low & 63)) - _ONE if n_low & 63 else _ALL
    # Whatever two musts refuse, no one actor stops alone.
    most_empty = 1 if n_blocked.size > 0 else 0
    if n_actors < high.shape[1]:
        most_empty = n_actors
    is_simple = n_rules == 0 and most_empty == 0
    # NOTE: out of the record once; each look into it counts a reference, 2x.
    ladder, cells, cut, sets = home.ladder, home.cells, home.cut, home.sets
    asked_row, is_must = home.asked_row, home.is_must
    places = np.empty(high.shape[1], dtype=np.int64)
    per_point = np.empty(high.shape[1])
    for k in range(places.size):
        per_point[k] = _cells_per_point(home.ladder, k)
    assents = np.empty(n_actors, dtype=np.uint64)
    planes = np.empty(home.n_planes, dtype=np.uint64)
    n_passing = 0
    for block in range(high.shape[0]):
        _find_places(ladder, cells, per_point, cut, high[block], places)
        n_empty = _count_whole_blocks(asked_row, is_must, places, n_low, n_assents)
        if n_empty > most_empty:
            passing[block] = 0
            stopped[block : block + 1] = 0
            continue
        if is_simple:
            # NOTE: no branch in the inner loop, 3x.
            n_passing += _vetoes_only(sets, is_must, places, passing[block])
            continue
        for w in range(n_words):
            inside = tail if w == n_words - 1 else _ALL
            ones, twos = _assents_in(home, w, inside, places, n_assents, assents)
            met = inside
            if n_rules > 0:
                met &= _rules_met(home, assents, planes, -1)
            found = met & ~ones
            passing[block, w] = found
            if found != np.uint64(0):
                n_passing += _count_word(found)
            for k in range(n_blocked.size):
                only = ~assents[k] & inside
                only &= ones & ~twos if home.is_must[k] else ~ones & ~met
                if only != np.uint64(0) and n_rules > 0:
                    only &= _rules_met(home, assents, planes, k)
                if stopped.shape[0] > 0:
                    stopped[block, k, w] = only
                if only != np.uint64(0):
                    n_blocked[k] += _count_word(only)
    return n_passing


@njit(cache=True, nogil=True, boundscheck=False)
def list_passing(passing: Words, n_low: int, numbers: IntArray) -> None:
    """Write the numbers of passing packages, ascending, into an array that holds them.

    Parameters
    ----------
    passing : (n_blocks, n_words), as `scan_win_sets` fills it
    numbers : (n_passing,), filled with block x n_low + row
    """
    n = 0
    for block in range(passing.shape[0]):
        for w in range(passing.shape[1]):
            word = passing[block, w]
            while word != np.uint64(0):
                lowest = word & (~word + _ONE)
                numbers[n] = block * n_low + (w << 6) + _count_word(lowest - _ONE)
                n += 1
                word ^= lowest


@njit(cache=True, nogil=True, boundscheck=False)
def keep_unbeaten(
    passing: Words,
    high: FloatArray,
    low: FloatArray,
    top: FloatArray,
    strong: FloatArray,
    clear: FloatArray,
    kept: IntArray,
) -> int:
    """Find the passing packages that no strong point clearly beats.

    Parameters
    ----------
    passing : (n_blocks, n_words), as `scan_win_sets` fills it
    high, low : (n_blocks, n_leaders) and (n_low, n_leaders), sums of the leaders
    top : (n_leaders,), largest sums over the fast issues
    strong : (n_strong, n_leaders), sums of packages that pass
    clear : (n_leaders,), by how much a lead is certain
    kept : (capacity,), filled with block x n_low + row

    Returns
    -------
    how many there are; those past the capacity are counted, not stored
    """
    n_low, n_leaders = low.shape
    point = np.empty(n_leaders)
    n_kept = 0
    for block in range(passing.shape[0]):
        is_open = False
        for w in range(passing.shape[1]):
            word = passing[block, w]
            if word == np.uint64(0):
                continue
            if not is_open:
                for p in range(n_leaders):
                    point[p] = high[block, p] + top[p]
                if _is_clearly_beaten(point, strong, clear):
                    break
                is_open = True
            while word != np.uint64(0):
                lowest = word & (~word + _ONE)
                word ^= lowest
                row = (w << 6) + _count_word(lowest - _ONE)
                for p in range(n_leaders):
                    point[p] = high[block, p] + low[row, p]
                if not _is_clearly_beaten(point, strong, clear):
                    if n_kept < kept.size:
                        kept[n_kept] = block * n_low + row
                    n_kept += 1
    return n_kept


@njit(cache=True, nogil=True, boundscheck=False)
def _is_clearly_beaten(
    point: FloatArray, strong: FloatArray, clear: FloatArray
) -> bool:
    for rival in range(strong.shape[0]):
        as_good, better = True, False
        for p in range(point.size):
            lead = strong[rival, p] - point[p]
            if lead < 0.0:
                as_good = False
                break
            if lead >= clear[p]:
                better = True
        if as_good and better:
            return True
    return False
