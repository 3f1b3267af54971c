"""Payoffs of two players in dense blocks of one shape, side by side: compiled loops.

Who knows what about whom makes blocks: after one course of public events the leaves are
all pairs of a sequence of one player and a sequence of the other. Blocks of one shape
are interleaved in bundles, so that the innermost loop runs over blocks, fits vector
instructions and reads no index for a leaf.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.games.tree import FloatArray, IntArray


@njit(cache=True, nogil=True, boundscheck=False)
def components(own: IntArray, other: IntArray, n_own: int, n_other: int) -> IntArray:
    """Find which sequences leaves connect.

    Parameters
    ----------
    own, other : (n_leaves,), the two sequences that end at a leaf
    n_own, n_other : how many sequences there are

    Returns
    -------
    (n_own + n_other,) : the first own sequence of the same component, or itself
    """
    above = np.arange(n_own + n_other).astype(np.int32)
    for leaf in range(len(own)):
        a, b = own[leaf], np.int32(n_own + other[leaf])
        while above[a] != a:
            above[a] = above[above[a]]
            a = above[a]
        while above[b] != b:
            above[b] = above[above[b]]
            b = above[b]
        if a < b:
            above[b] = a
        elif b < a:
            above[a] = b
    for node in range(len(above)):
        above[node] = above[above[node]]
    return above


@njit(cache=True, nogil=True, boundscheck=False)
def fill(
    own: IntArray,
    other: IntArray,
    chance: FloatArray,
    payoffs: FloatArray,
    row_places: Any,
    column_places: Any,
    values: FloatArray,
) -> None:
    """Add every leaf to its cell, weighted with its chance.

    Parameters
    ----------
    own, other : (n_leaves,), the two sequences that end at a leaf
    chance : (n_leaves,)
    payoffs : (n_leaves,), of one player
    row_places : (n_own,), where the row of a sequence begins; -1 for rows of no block
    column_places : (n_other,), to be added
    values : (n_cells,), changed in place
    """
    for leaf in range(len(own)):
        row = row_places[own[leaf]]
        if row >= 0:
            values[row + column_places[other[leaf]]] += chance[leaf] * payoffs[leaf]


@njit(cache=True, nogil=True, boundscheck=False)
def earn_rows(
    shapes: Any,
    rows: IntArray,
    columns: IntArray,
    values: FloatArray,
    plan: FloatArray,
    gradient: FloatArray,
) -> None:
    """What each row's sequence earns against a plan for the columns.

    Parameters
    ----------
    shapes : (n_shapes, 7), rows and columns of a shape, bundles, blocks in a bundle,
        and where its rows, its columns and its values begin
    rows, columns : sequences, those of one position in all blocks of a bundle together
    values : (n_cells,), in the same order, row by row
    plan : (n_other + 1,), the last for places where no block is
    gradient : (n_own + 1,), changed in place for every row that is in a block
    """
    for s in range(len(shapes)):
        n_rows, n_columns, n_bundles, n = (
            shapes[s, 0],
            shapes[s, 1],
            shapes[s, 2],
            shapes[s, 3],
        )
        at_row, at_column, at = shapes[s, 4], shapes[s, 5], shapes[s, 6]
        held, total = np.empty(n_columns * n), np.empty(n)
        for _ in range(n_bundles):
            for k in range(n_columns * n):
                held[k] = plan[columns[at_column + k]]
            at_column += n_columns * n
            for _row in range(n_rows):
                total[:] = 0.0
                for c in range(n_columns):
                    cells, weights = values[at : at + n], held[c * n : (c + 1) * n]
                    for k in range(n):
                        total[k] += cells[k] * weights[k]
                    at += n
                for k in range(n):
                    gradient[rows[at_row + k]] = total[k]
                at_row += n


@njit(cache=True, nogil=True, boundscheck=False)
def earn_columns(
    shapes: Any,
    rows: IntArray,
    columns: IntArray,
    values: FloatArray,
    sign: float,
    plan: FloatArray,
    gradient: FloatArray,
) -> None:
    """What each column's sequence earns against a plan for the rows.

    As `earn_rows`, with `plan` (n_own + 1,), `gradient` (n_other + 1,) and a factor
    `sign`, so that the values of a zero-sum game are held once.
    """
    for s in range(len(shapes)):
        n_rows, n_columns, n_bundles, n = (
            shapes[s, 0],
            shapes[s, 1],
            shapes[s, 2],
            shapes[s, 3],
        )
        at_row, at_column, at = shapes[s, 4], shapes[s, 5], shapes[s, 6]
        held, total = np.empty(n), np.empty(n_columns * n)
        for _ in range(n_bundles):
            total[:] = 0.0
            for _row in range(n_rows):
                for k in range(n):
                    held[k] = plan[rows[at_row + k]]
                at_row += n
                for c in range(n_columns):
                    cells, sums = values[at : at + n], total[c * n : (c + 1) * n]
                    for k in range(n):
                        sums[k] += cells[k] * held[k]
                    at += n
            for k in range(n_columns * n):
                gradient[columns[at_column + k]] = sign * total[k]
            at_column += n_columns * n


@njit(cache=True, nogil=True, boundscheck=False, fastmath={"contract", "reassoc"})
def earn_rest(
    starts: IntArray,
    rows: IntArray,
    columns: IntArray,
    values: FloatArray,
    plan: FloatArray,
    gradient: FloatArray,
) -> None:
    """The same for rows of no block: compressed rows with an index for every leaf."""
    for k in range(len(rows)):
        total = 0.0
        for at in range(starts[k], starts[k + 1]):
            total += values[at] * plan[columns[at]]
        gradient[rows[k]] = total
