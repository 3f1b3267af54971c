"""Which packages of some blocks may be on the frontier: the compiled scan."""

from __future__ import annotations

import numpy as np
from numba import njit

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import IntArray


@njit(cache=True, nogil=True, boundscheck=False)
def _is_beaten(
    point: FloatArray, strong: FloatArray, clear: FloatArray, order: IntArray
) -> bool:
    """Whether some strong point is as good everywhere and clearly better somewhere."""
    for place in range(order.size):
        rival = order[place]
        as_good, better = True, False
        for p in range(point.size):
            lead = strong[rival, p] - point[p]
            if lead < 0.0:
                as_good = False
                break
            if lead >= clear[p]:
                better = True
        if as_good and better:
            # Whoever ruled out one point tends to rule out the next: it moves forward.
            ahead = place // 2
            order[place] = order[ahead]
            order[ahead] = rival
            return True
    return False


@njit(cache=True, nogil=True, boundscheck=False)
def scan_blocks(
    high: FloatArray,
    low: FloatArray,
    top: FloatArray,
    begin: IntArray,
    skip: IntArray,
    strong: FloatArray,
    clear: FloatArray,
    kept: IntArray,
) -> tuple[int, int]:
    """Find what no strong point clearly dominates.

    Parameters
    ----------
    high : (n_blocks, n_parties), sums over the slow issues, one row per block
    low : (n_low, n_parties), sums over the fast issues, in the order of the tree
    top : (n_nodes, n_parties), largest sums below each node of the tree, in preorder
    begin : (n_nodes + 1,), first row of each node, and n_low
    skip : (n_nodes,), the node that follows once a node and all below it are done
    strong : (n_strong, n_parties), sums of packages that exist
    clear : (n_parties,), by how much a domination is certain
    kept : (capacity,), filled with block x n_low + row

    Returns
    -------
    n_kept : how many there are; those past the capacity are counted, not stored
    n_seen : packages whose sums were formed; the others lie below a beaten node
    """
    n_low, n_parties = low.shape
    n_nodes = top.shape[0]
    order = np.arange(strong.shape[0])
    point = np.empty(n_parties)
    n_kept, n_seen = 0, 0
    for block in range(high.shape[0]):
        node = 0
        while node < n_nodes:
            for p in range(n_parties):
                point[p] = high[block, p] + top[node, p]
            if _is_beaten(point, strong, clear, order):
                node = skip[node]
                continue
            if skip[node] > node + 1:
                node += 1
                continue
            for row in range(begin[node], begin[node + 1]):
                for p in range(n_parties):
                    point[p] = high[block, p] + low[row, p]
                if not _is_beaten(point, strong, clear, order):
                    if n_kept < kept.size:
                        kept[n_kept] = block * n_low + row
                    n_kept += 1
            n_seen += begin[node + 1] - begin[node]
            node += 1
    return n_kept, n_seen
