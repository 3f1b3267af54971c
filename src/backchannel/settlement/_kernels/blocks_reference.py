"""The same scan in plain NumPy: what the compiled one is tested against."""

from __future__ import annotations

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import BoolArray, IntArray


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
    """Find what no strong point clearly dominates; see the compiled scan."""
    n_low = len(low)
    n_kept, n_seen = 0, 0
    for block in range(len(high)):
        node = 0
        while node < len(top):
            if _are_beaten(high[block] + top[node : node + 1], strong, clear)[0]:
                node = int(skip[node])
                continue
            if skip[node] == node + 1:
                rows = np.arange(begin[node], begin[node + 1])
                beaten = _are_beaten(high[block] + low[rows], strong, clear)
                found = block * n_low + rows[~beaten]
                room = kept[n_kept : n_kept + len(found)]
                room[:] = found[: len(room)]
                n_kept += len(found)
                n_seen += len(rows)
            node += 1
    return n_kept, n_seen


def _are_beaten(points: FloatArray, strong: FloatArray, clear: FloatArray) -> BoolArray:
    lead = strong[None, :, :] - points[:, None, :]
    is_beaten = np.all(lead >= 0.0, axis=2) & np.any(lead >= clear, axis=2)
    return np.asarray(np.any(is_beaten, axis=1))
