"""Walk along the edges of a polytope in general position to every vertex: compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.games._kernels.vertices import Masks
from backchannel.games.tree import FloatArray, IntArray

_ZERO = 1e-11  # below it a slack or a tie counts as degenerate
_REFRESH = 64  # pivots after which the dictionary is computed afresh from its basis


@njit(cache=True, nogil=True)
def _dictionary(system: FloatArray, basic: IntArray, nonbasic: IntArray) -> FloatArray:
    """(n, m + 1), basic variables as right-hand side less columns of the others."""
    n = len(basic)
    square = np.empty((n, n))
    for k in range(n):
        square[:, k] = system[:, basic[k]]
    right = np.empty((n, len(nonbasic) + 1))
    for k in range(len(nonbasic)):
        right[:, k] = system[:, nonbasic[k]]
    right[:, len(nonbasic)] = 1.0
    right[:, :] = np.linalg.solve(square, right)
    return right


@njit(cache=True, nogil=True, boundscheck=False)
def _exchange(table: FloatArray, row: int, column: int) -> None:
    """Swap a basic and a nonbasic variable in place; done twice it changes nothing."""
    n, width = table.shape
    scale = 1.0 / table[row, column]
    for k in range(width):
        table[row, k] *= scale
    table[row, column] = scale
    for other in range(n):
        factor = table[other, column]
        if other != row:
            for k in range(width):
                table[other, k] -= factor * table[row, k]
            table[other, column] = -factor * scale


@njit(cache=True, nogil=True, boundscheck=False)
def _is_new(seen: Masks, mask: np.uint64) -> bool:
    """Put a mask into an open hash table; False where it is there already."""
    size = np.uint64(len(seen) - 1)
    at = (mask * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20) & size
    while seen[at] != np.uint64(0):
        if seen[at] == mask:
            return False
        at = (at + np.uint64(1)) & size
    seen[at] = mask
    return True


@njit(cache=True, nogil=True)
def _larger(masks: Masks, size: int) -> Masks:
    seen = np.zeros(size, np.uint64)
    for mask in masks:
        _is_new(seen, mask)
    return seen


@njit(cache=True, nogil=True, boundscheck=False)
def _leaving(table: FloatArray, column: int) -> int:
    """Row that bounds a nonbasic variable; -1 where two do, which is degenerate."""
    last = table.shape[1] - 1
    best, ratio, second = -1, np.inf, np.inf
    for row in range(len(table)):
        if table[row, column] > _ZERO:
            here = table[row, last] / table[row, column]
            if here < ratio:
                best, ratio, second = row, here, ratio
            elif here < second:
                second = here
    if second - ratio < _ZERO * (1.0 + ratio):
        return -1
    return best


@njit(cache=True, nogil=True, boundscheck=False)
def walk(system: FloatArray, most: int) -> tuple[FloatArray, Masks, bool]:
    """List the vertices of {x >= 0, rows of x at most 1}, from the origin on.

    Parameters
    ----------
    system : (n, m + n), coefficients of x, then the identity for the slacks
    most : give up beyond so many vertices

    Returns
    -------
    points : (n_vertices, m), coordinates, the origin first
    masks : (n_vertices,), bit i where x_i = 0, bit m + j where row j is met
    is_general : False where a vertex is degenerate or there are too many; the lists are
        then of no use

    Notes: depth first; to go back, the exchange is undone.
    """
    n, width = system.shape
    m = width - n
    one = np.uint64(1)
    basic = np.arange(m, m + n).astype(np.int32)
    nonbasic = np.arange(m).astype(np.int32)
    table = _dictionary(system, basic, nonbasic)
    mask = np.uint64((one << np.uint64(m)) - one)
    seen = np.zeros(1 << 12, np.uint64)
    _is_new(seen, mask)
    points, masks = np.zeros((1024, m)), np.empty(1024, np.uint64)
    masks[0] = mask
    size, n_pivots, depth = 1, 0, 0
    rows, columns = np.empty(1024, np.int32), np.empty(1024, np.int32)
    tried = np.zeros(1024, np.int32)
    while depth >= 0:
        column = tried[depth]
        if column == m:
            depth -= 1
            if depth >= 0:
                row, column = rows[depth], columns[depth]
                _exchange(table, row, column)
                basic[row], nonbasic[column] = nonbasic[column], basic[row]
                mask ^= (one << np.uint64(basic[row])) | (
                    one << np.uint64(nonbasic[column])
                )
            continue
        tried[depth] += 1
        row = _leaving(table, column)
        if row < 0:
            return points[:0], masks[:0], False
        there = (
            mask ^ (one << np.uint64(basic[row])) ^ (one << np.uint64(nonbasic[column]))
        )
        if not _is_new(seen, there):
            continue
        rows[depth], columns[depth] = row, column
        _exchange(table, row, column)
        basic[row], nonbasic[column] = nonbasic[column], basic[row]
        mask = there
        n_pivots += 1
        if n_pivots % _REFRESH == 0:
            table = _dictionary(system, basic, nonbasic)
        if size == len(masks):
            points, masks = _longer(points, masks)
        for k in range(n):
            if basic[k] < m:
                points[size, basic[k]] = table[k, m]
            if table[k, m] < _ZERO:
                return points[:0], masks[:0], False
        masks[size] = mask
        size += 1
        if size > most:
            return points[:0], masks[:0], False
        if 2 * size > len(seen):
            seen = _larger(masks[:size], 4 * len(seen))
        depth += 1
        if depth == len(rows):
            rows = np.concatenate((rows, np.empty(depth, np.int32)))
            columns = np.concatenate((columns, np.empty(depth, np.int32)))
            tried = np.concatenate((tried, np.zeros(depth, np.int32)))
        tried[depth] = 0
    return points[:size], masks[:size], True


@njit(cache=True, nogil=True)
def _longer(points: FloatArray, masks: Masks) -> tuple[FloatArray, Masks]:
    more_points = np.zeros((2 * len(points), points.shape[1]))
    more_points[: len(points)] = points
    more_masks = np.empty(2 * len(masks), np.uint64)
    more_masks[: len(masks)] = masks
    return more_points, more_masks
