"""Lay a sparse matrix out in slices of sixteen rows, for one draw at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.escalation._kernels.lanes import WIDTH
from backchannel.escalation.problem import FloatArray, IntArray

# Fewer entries of a slice at one distance are quicker one by one.
_LEAST_IN_VECTOR = 3
# Doubles that a core's second-level cache holds beside the vectors: beyond it equal
# vectors of probabilities are stored once, 2x on 150,000 states.
_MOST_UNSHARED = 131_072

# Knuth's multiplier, 2^64 divided by the golden ratio, to tell vectors apart.
_SPREAD = np.uint64(11400714819323198485)


@dataclass(frozen=True)
class Slices:
    """Where the entries of a matrix stand; a place is an index of a padded vector.

    Slice s holds the places WIDTH (s + 1) on. Its vectors start[s] to start[s + 1] read
    from `column` on; entries left_start[s] to left_start[s + 1] stand alone, from
    `left_column` to `left_row`. `slot` says where the value of each cell goes: into a
    vector, or beyond them all among those that stand alone.
    """

    width: int
    start: IntArray
    column: np.ndarray
    left_start: IntArray
    left_row: np.ndarray
    left_column: np.ndarray
    slot: np.ndarray

    @property
    def n_lanes(self) -> int:
        """Doubles in all vectors."""
        return WIDTH * len(self.column)

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The layout in the order in which the kernels take it."""
        layout = self.start, self.column, self.left_start
        return (*layout, self.left_row, self.left_column)


@dataclass(frozen=True)
class Jumps:
    """A jump matrix I + Q / top in some layout.

    `pattern` says where in `values` each vector begins, `left` holds the entries that
    stand alone, `stay` (width,) the diagonal, -1 at places of no state.
    """

    pattern: np.ndarray
    values: FloatArray
    left: FloatArray
    stay: FloatArray
    top: float

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The matrix in the order in which the kernels take it."""
        return self.pattern, self.values, self.left, self.stay


@dataclass(frozen=True)
class Layout:
    """Both directions of one sparse pattern.

    `place` (n_states,) is where each state stands. A state without a way out may stand
    sixteen times, from its place on: whatever leads there from lane j of a slice leads
    to its copy j, so that ends of the crisis are reached by vectors too. `backward` has
    rows by source, `forward` rows by target. `source` (n_cells,) is the place of each
    source, `held` (width,) whether a place stands for a state.
    """

    place: IntArray
    is_end: np.ndarray
    backward: Slices
    forward: Slices
    source: np.ndarray
    held: np.ndarray

    @property
    def width(self) -> int:
        """Length of a padded vector."""
        return self.backward.width

    def spread_out(self, values: FloatArray) -> FloatArray:
        """Values (n_states,) in their places, all copies alike, (width,)."""
        x = aligned(self.width)
        x[self.place] = values
        for end in self.place[self.is_end]:
            x[end : end + WIDTH] = x[end]
        return x

    def runs(self, group: IntArray) -> IntArray:
        """Triples first, last, group of the places of each group, -1 for none."""
        order = np.argsort(self.place, kind="stable")
        place, of = self.place[order], group[order]
        last = place + np.where(self.is_end[order], WIDTH, 1)
        is_new = np.ones(len(place), dtype=bool)
        is_new[1:] = (of[1:] != of[:-1]) | (place[1:] != last[:-1])
        first = np.flatnonzero(is_new)
        ends = np.append(first[1:], len(place)) - 1
        triples = np.stack([place[first], last[ends], of[first]], axis=1)
        return np.ascontiguousarray(triples[of[first] >= 0]).ravel()

    def jumps(self, rates: FloatArray, *, is_forward: bool = False) -> Jumps:
        """Jump matrix of rates (n_cells,) in one of the directions."""
        slices = self.forward if is_forward else self.backward
        exits = np.bincount(self.source, rates, self.width)
        top = float(exits.max(initial=0.0))
        filled = aligned(slices.n_lanes + len(slices.left_row))
        filled[slices.slot] = rates / (top or 1.0)
        stay = aligned(self.width)
        stay[:] = np.where(self.held, np.maximum(0.0, 1.0 - exits / (top or 1.0)), -1.0)
        pattern, values = _shared(filled[: slices.n_lanes])
        return Jumps(pattern, values, filled[slices.n_lanes :].copy(), stay, top)


def lay_out(source: np.ndarray, target: np.ndarray, n_states: int) -> Layout:
    """Find the places of states and the vectors of a sparse pattern.

    Parameters
    ----------
    source, target : (n_cells,), each pair once, off the diagonal
    n_states : how many

    Returns
    -------
    Layout

    Notes: O(n log n). States next to each other should do the same: order them by the
    digits that they are made of.
    """
    into = np.bincount(target, minlength=n_states)
    leaves = np.bincount(source, minlength=n_states) > 0
    is_end = ~leaves & (into >= 4 * WIDTH)
    inner = np.flatnonzero(~is_end)
    place = np.empty(n_states, dtype=np.int64)
    place[inner] = WIDTH + np.arange(len(inner))
    ends = np.flatnonzero(is_end)
    first = WIDTH * (1 + -(-len(inner) // WIDTH))
    place[ends] = first + WIDTH * np.arange(len(ends))
    width = first + WIDTH * (len(ends) + 1)
    # Narrow integers: at 10^6 states each column of cells takes 50 MB less.
    row = place[source].astype(np.int32)
    column = place[target].astype(np.int32)
    column += np.where(is_end[target], row % WIDTH, 0).astype(np.int32)
    backward, forward = _slice(row, column, width), _slice(column, row, width)
    held = np.zeros(width, dtype=bool)
    held[WIDTH : WIDTH + len(inner)] = True
    held[first : width - WIDTH] = True
    return Layout(place, is_end, backward, forward, row, held)


def aligned(size: int) -> FloatArray:
    """Zeros on a 64-byte boundary: vectors that straddle cache lines cost 1.4x."""
    room = np.zeros(size + 8)
    first = -room.ctypes.data % 64 // 8
    return room[first : first + size]


def _slice(row: np.ndarray, column: np.ndarray, width: int) -> Slices:
    """Group cells by slice and distance."""
    key = (row // WIDTH).astype(np.int64) * (2 * width)
    key += column
    key -= row - width
    order = np.argsort(key, kind="stable")
    key = key[order]
    is_new = np.ones(len(key), dtype=bool)
    is_new[1:] = key[1:] != key[:-1]
    first = np.flatnonzero(is_new)
    of_slice, distance = np.divmod(key[first], 2 * width)
    is_vector = np.diff(np.append(first, len(key))) >= _LEAST_IN_VECTOR
    member = np.cumsum(is_new, dtype=np.int32) - 1
    del key
    n_vectors = int(is_vector.sum())
    number = np.cumsum(is_vector, dtype=np.int32) - 1
    rows, alone = row[order], ~is_vector[member]
    slot = WIDTH * number[member] + rows % WIDTH
    slot[alone] = WIDTH * n_vectors + np.arange(int(alone.sum()), dtype=np.int32)
    of_cell = np.empty(len(slot), dtype=np.int32)
    of_cell[order] = slot
    edges = np.arange(width // WIDTH - 1) + 1
    base = of_slice * WIDTH + distance - width
    return Slices(
        width,
        np.searchsorted(of_slice[is_vector], edges),
        base[is_vector].astype(np.uint32),
        np.searchsorted(rows[alone] // WIDTH, edges),
        rows[alone].astype(np.uint32),
        column[order][alone].astype(np.uint32),
        of_cell,
    )


def _shared(lanes: FloatArray) -> tuple[np.ndarray, FloatArray]:
    """Store equal vectors once; `pattern` says where each begins."""
    n_vectors = len(lanes) // WIDTH
    each = (WIDTH * np.arange(n_vectors)).astype(np.uint32)
    if len(lanes) <= _MOST_UNSHARED:
        return each, lanes
    table = lanes.reshape(n_vectors, WIDTH)
    mark = np.zeros(n_vectors, dtype=np.uint64)
    for bits in np.ascontiguousarray(table.view(np.uint64).T):
        mark = (mark ^ bits) * _SPREAD
        mark ^= mark >> np.uint64(29)
    _, first, number = np.unique(mark, return_index=True, return_inverse=True)
    if not (table == table[first[number]]).all():
        return each, lanes
    values = aligned(WIDTH * len(first))
    values[:] = table[first].ravel()
    return (WIDTH * number).astype(np.uint32), values
