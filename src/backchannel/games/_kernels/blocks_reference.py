"""The loops over blocks in plain NumPy: what the compiled ones are tested against."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from backchannel.games.tree import FloatArray, IntArray


def components(own: IntArray, other: IntArray, n_own: int, n_other: int) -> IntArray:
    """Find which sequences leaves connect; see the compiled loop."""
    n = n_own + n_other
    links = coo_array((np.ones(len(own)), (own, n_own + other)), shape=(n, n))
    _, label = connected_components(links.tocsr(), directed=False)
    first = np.full(n, n, dtype=np.int64)
    np.minimum.at(first, label, np.arange(n))
    return np.asarray(first[label], dtype=np.int32)


def fill(
    own: IntArray,
    other: IntArray,
    chance: FloatArray,
    payoffs: FloatArray,
    row_places: Any,
    column_places: Any,
    values: FloatArray,
) -> None:
    """Add every leaf to its cell; see the compiled loop."""
    held = row_places[own] >= 0
    place = row_places[own[held]] + column_places[other[held]]
    np.add.at(values, place, chance[held] * payoffs[held])


def _bundles(shapes: Any, rows: IntArray, columns: IntArray, values: FloatArray) -> Any:
    """Every bundle as (rows, blocks), (columns, blocks), (rows, columns, blocks)."""
    for r, c, n_bundles, n, at_row, at_column, at in shapes.tolist():
        yield from zip(
            rows[at_row : at_row + n_bundles * r * n].reshape(n_bundles, r, n),
            columns[at_column : at_column + n_bundles * c * n].reshape(n_bundles, c, n),
            values[at : at + n_bundles * r * c * n].reshape(n_bundles, r, c, n),
            strict=True,
        )


def earn_rows(
    shapes: Any,
    rows: IntArray,
    columns: IntArray,
    values: FloatArray,
    plan: FloatArray,
    gradient: FloatArray,
) -> None:
    """What each row's sequence earns; see the compiled loop."""
    for own, other, cells in _bundles(shapes, rows, columns, values):
        gradient[own] = np.einsum("rck,ck->rk", cells, plan[other])


def earn_columns(
    shapes: Any,
    rows: IntArray,
    columns: IntArray,
    values: FloatArray,
    sign: float,
    plan: FloatArray,
    gradient: FloatArray,
) -> None:
    """What each column's sequence earns; see the compiled loop."""
    for own, other, cells in _bundles(shapes, rows, columns, values):
        gradient[other] = sign * np.einsum("rck,rk->ck", cells, plan[own])


def earn_rest(
    starts: IntArray,
    rows: IntArray,
    columns: IntArray,
    values: FloatArray,
    plan: FloatArray,
    gradient: FloatArray,
) -> None:
    """What rows of no block earn; see the compiled loop."""
    shape = (len(rows), len(plan))
    gradient[rows] = csr_array((values, columns, starts), shape=shape) @ plan
