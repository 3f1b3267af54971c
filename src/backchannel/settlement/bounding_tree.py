"""A tree over the sums of the fast issues, with the largest sums below each node."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import IntArray

_LEAF = 16
"""Rows of a leaf: bounding fewer costs as much as looking at them."""


@dataclass(frozen=True, eq=False)
class BoundingTree:
    """Nodes in preorder; a node without children is a leaf.

    `rows` (n_low,) are the original rows in the order of the tree, `low` their sums;
    `top`, `begin` and `skip` are as the scan takes them.
    """

    rows: IntArray
    low: FloatArray
    top: FloatArray
    begin: IntArray
    skip: IntArray


@dataclass
class _Nodes:
    top: list[FloatArray] = field(default_factory=list)
    begin: list[int] = field(default_factory=list)
    skip: list[int] = field(default_factory=list)
    rows: list[IntArray] = field(default_factory=list)


def grow_tree(low: FloatArray, span: FloatArray) -> BoundingTree:
    """Halve the rows along the party that differs most, until few are left.

    Parameters
    ----------
    low : (n_low, n_parties), sums
    span : (n_parties,), what makes parties comparable

    Returns
    -------
    BoundingTree : ties are split in the order of the rows

    Source: Bentley (1975), Communications of the ACM 18(9), 509-517 (the k-d tree).
    """
    nodes = _Nodes()
    scale = np.where(span > 0, span, 1.0)
    _grow(nodes, low, scale, np.arange(len(low)), 0)
    rows = np.concatenate(nodes.rows)
    return BoundingTree(
        rows=rows,
        low=np.ascontiguousarray(low[rows]),
        top=np.array(nodes.top),
        begin=np.array([*nodes.begin, len(low)], dtype=np.int64),
        skip=np.array(nodes.skip, dtype=np.int64),
    )


def _grow(
    nodes: _Nodes, low: FloatArray, scale: FloatArray, rows: IntArray, begin: int
) -> None:
    sums = low[rows]
    node = len(nodes.top)
    nodes.top.append(sums.max(axis=0))
    nodes.begin.append(begin)
    nodes.skip.append(0)
    if len(rows) <= _LEAF:
        nodes.rows.append(rows)
    else:
        axis = int(np.argmax(np.ptp(sums, axis=0) / scale))
        ranked = rows[np.argsort(-sums[:, axis], kind="stable")]
        half = len(rows) // 2
        _grow(nodes, low, scale, ranked[:half], begin)
        _grow(nodes, low, scale, ranked[half:], begin + half)
    nodes.skip[node] = len(nodes.top)


def bare_tree(low: FloatArray) -> BoundingTree:
    """One leaf that nothing bounds: every package is looked at."""
    return BoundingTree(
        rows=np.arange(len(low)),
        low=low,
        top=np.full((1, low.shape[1]), np.inf),
        begin=np.array([0, len(low)], dtype=np.int64),
        skip=np.ones(1, dtype=np.int64),
    )
