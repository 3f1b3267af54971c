"""The payoffs of two players as learning reads them: blocks first, then the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from backchannel.games._kernels.blocks import components, fill
from backchannel.games.sequence_form import COUNT, FIRST, PARENT, SequenceForm
from backchannel.games.tree import FloatArray, IntArray

_MOST_CELLS = 2.0  # cells held for a leaf, beyond which an index for it costs less
_FEWEST = 4  # blocks of one shape, below which a loop over them does not pay
_BUNDLE = 128  # blocks together, so that what is read again stays in the nearest cache
LongArray = npt.NDArray[np.int64]
Rest = tuple[IntArray, IntArray, IntArray, FloatArray]


@dataclass(frozen=True, eq=False)
class SetOrder:
    """A player's sequences renumbered, so that sets can be handled many at a time.

    Sets of one own depth and one number of actions are a group; none comes before
    another. Within a group the first actions of all sets stand side by side, then the
    second ones.

    Parameters
    ----------
    order : (n_sequences,), the form's number of the sequence at every place
    place : (n_sequences,), the place of every sequence
    groups : (n_groups, 4), first place, sets, actions, where its parents begin
    parents : (n_sets,), place of the sequence before every set, group by group
    """

    order: IntArray
    place: IntArray
    groups: LongArray
    parents: IntArray


def set_order(sets: IntArray) -> SetOrder:
    """Group a player's sets.

    Parameters
    ----------
    sets : (n_sets, 3), the player's sequence tree

    Returns
    -------
    SetOrder : groups from the first own moves to the last
    """
    n_sequences = 1 + int(sets[:, COUNT].sum())
    depth = np.zeros(n_sequences, dtype=np.int64)
    of_set = np.zeros(len(sets), dtype=np.int64)
    # One pass per level: parents come first, and a set lies one below its parent.
    for _ in range(len(sets)):
        found = depth[sets[:, PARENT]] + 1
        if (found == of_set).all():
            break
        of_set = found
        depth[1:] = np.repeat(of_set, sets[:, COUNT])
    rank = np.lexsort((np.arange(len(sets)), sets[:, COUNT], of_set))
    order, groups, parents = [np.zeros(1, np.int64)], [], []
    keys = np.column_stack([of_set, sets[:, COUNT]])[rank]
    is_new = np.append(True, (keys[1:] != keys[:-1]).any(axis=1))
    starts = np.flatnonzero(is_new) if len(rank) else np.empty(0, np.int64)
    first, n_before = 1, 0
    for start, end in zip(starts, [*starts[1:], len(rank)], strict=True):
        here = sets[rank[start:end]]
        count = int(here[0, COUNT])
        groups.append((first, len(here), count, n_before))
        order.append((here[:, FIRST] + np.arange(count)[:, None]).ravel())
        parents.append(here[:, PARENT])
        first, n_before = first + len(here) * count, n_before + len(here)
    joined = np.concatenate(order).astype(np.int32)
    place = np.empty(n_sequences, dtype=np.int32)
    place[joined] = np.arange(n_sequences)
    above = np.concatenate([np.empty(0, np.int64), *parents])
    return SetOrder(
        joined,
        place,
        np.array(groups, dtype=np.int64).reshape(-1, 4),
        place[above].astype(np.int32),
    )


@dataclass(frozen=True, eq=False)
class LeafBlocks:
    """What both players earn at the leaves, by places of their sequences.

    Parameters
    ----------
    shapes, rows, columns : as the compiled loops read them
    values : per player (n_cells,); the second's are the first's where `sign` is -1
    sign : -1 in a zero-sum game, else 1
    rests : per player the leaves in no block: starts, rows, columns, values
    """

    shapes: LongArray
    rows: IntArray
    columns: IntArray
    values: tuple[FloatArray, FloatArray]
    sign: float
    rests: tuple[Rest, Rest]

    @property
    def arrays(self) -> tuple[Any, ...]:
        """All of it in the order in which the compiled loops take it."""
        return (
            self.shapes,
            self.rows,
            self.columns,
            *self.values,
            self.sign,
            *self.rests,
        )


def leaf_blocks(form: SequenceForm, orders: tuple[SetOrder, SetOrder]) -> LeafBlocks:
    """Sort the leaves of a game of two players into blocks.

    Parameters
    ----------
    form : of two players
    orders : the places of their sequences

    Returns
    -------
    LeafBlocks : a block for every component of leaves that share sequences, where
        components of its shape are many and full enough
    """
    own, other = (o.place[s] for o, s in zip(orders, form.leaf_sequences, strict=True))
    counts = len(orders[0].order), len(orders[1].order)
    cut = _cut(own, other, *counts)
    is_zero_sum = bool((form.payoffs[0] == -form.payoffs[1]).all())
    tables: list[FloatArray] = []
    for player in (0, 1):
        if player and is_zero_sum:
            tables.append(tables[0])
            continue
        table = np.zeros(cut.n_cells)
        fill(
            own,
            other,
            form.leaf_chance,
            form.payoffs[player],
            cut.row_places,
            cut.column_places,
            table,
        )
        tables.append(table)
    left = np.flatnonzero(cut.row_places[own] < 0)
    weighted = form.leaf_chance[left] * form.payoffs[:, left]
    return LeafBlocks(
        cut.shapes,
        cut.rows,
        cut.columns,
        (tables[0], tables[1]),
        -1.0 if is_zero_sum else 1.0,
        (
            _rest(own[left], other[left], weighted[0], counts),
            _rest(other[left], own[left], weighted[1], counts[::-1]),
        ),
    )


def _rest(
    own: IntArray, other: IntArray, weighted: FloatArray, counts: tuple[int, int]
) -> Rest:
    rows, at = np.unique(own, return_inverse=True)
    shape = (len(rows), counts[1])
    table = csr_array((weighted, (at, other)), shape=shape)
    return (
        table.indptr.astype(np.int32),
        rows.astype(np.int32),
        table.indices.astype(np.int32),
        table.data,
    )


@dataclass(frozen=True, eq=False)
class _Cut:
    shapes: LongArray
    rows: IntArray
    columns: IntArray
    row_places: LongArray
    column_places: LongArray
    n_cells: int


def _cut(own: IntArray, other: IntArray, n_own: int, n_other: int) -> _Cut:
    """Decide which components become blocks, and where their cells lie."""
    component = components(own, other, n_own, n_other)
    n_leaves = np.bincount(component[own], minlength=n_own + n_other)
    used = np.zeros(n_own + n_other, dtype=bool)
    used[own] = used[n_own + other] = True
    n_rows = np.bincount(component[:n_own][used[:n_own]], minlength=len(used))
    n_columns = np.bincount(component[n_own:][used[n_own:]], minlength=len(used))
    roots = np.flatnonzero(n_leaves)
    roots = roots[np.lexsort((roots, n_columns[roots], n_rows[roots]))]
    row_places = np.full(n_own, -1, dtype=np.int64)
    column_places = np.zeros(n_other, dtype=np.int64)
    rows_of = _Members(component[:n_own], used[:n_own])
    columns_of = _Members(component[n_own:], used[n_own:])
    shapes: list[tuple[int, ...]] = []
    rows, columns = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    at_row = at_column = n_cells = 0
    keys = n_rows[roots] * (len(used) + 1) + n_columns[roots]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    for here in np.split(roots, starts[1:]) if len(roots) else []:
        r, c = int(n_rows[here[0]]), int(n_columns[here[0]])
        n_bundles = -(-len(here) // _BUNDLE)
        n = -(-len(here) // n_bundles)
        n_held = n_bundles * n * r * c
        if len(here) < _FEWEST or n_held > _MOST_CELLS * n_leaves[here].sum():
            continue
        bundle, lane = np.divmod(np.arange(len(here)), n)
        base = n_cells + bundle * (r * c * n) + lane
        own_rows, own_columns = rows_of(here, r), columns_of(here, c)
        row_places[own_rows] = base[:, None] + np.arange(r) * (c * n)
        column_places[own_columns] = np.arange(c) * n
        rows.append(_bundled(own_rows, n_bundles, n, n_own))
        columns.append(_bundled(own_columns, n_bundles, n, n_other))
        shapes.append((r, c, n_bundles, n, at_row, at_column, n_cells))
        at_row += len(rows[-1])
        at_column += len(columns[-1])
        n_cells += n_held
    return _Cut(
        np.array(shapes, dtype=np.int64).reshape(-1, 7),
        np.concatenate(rows),
        np.concatenate(columns),
        row_places,
        column_places,
        n_cells,
    )


class _Members:
    """The sequences of every component, in their order."""

    def __init__(self, component: IntArray, used: npt.NDArray[np.bool_]) -> None:
        held = np.flatnonzero(used)
        self.sorted = held[np.argsort(component[held], kind="stable")].astype(np.int32)
        self.keys = component[self.sorted]

    def __call__(self, roots: npt.NDArray[np.intp], count: int) -> IntArray:
        """(n_roots, count), of components of one size."""
        first = np.searchsorted(self.keys, roots)
        return np.asarray(self.sorted[first[:, None] + np.arange(count)])


def _bundled(members: IntArray, n_bundles: int, n: int, none: int) -> IntArray:
    """Bundle by bundle, the members of one position together; `none` where empty."""
    padded = np.full((n_bundles * n, members.shape[1]), none, dtype=np.int32)
    padded[: len(members)] = members
    return padded.reshape(n_bundles, n, -1).transpose(0, 2, 1).ravel()
