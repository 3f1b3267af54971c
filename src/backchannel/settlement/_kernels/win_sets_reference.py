"""The same scan in plain NumPy: what the compiled one is tested against."""

from __future__ import annotations

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement._kernels.win_sets import Home, Words
from backchannel.settlement.method import BoolArray, IntArray


def scan_win_sets(
    high: FloatArray,
    home: Home,
    passing: Words,
    n_assents: IntArray,
    n_blocked: IntArray,
    stopped: Words,
) -> int:
    """Find which packages pass; see the compiled scan."""
    n_low, n_actors = home.ladder.shape[1], len(home.asked_row)
    begin, members, weights = home.begin, home.members, home.weights
    n_passing = 0
    needed = np.subtract(1 << (home.n_planes - 1), home.start)
    for block, sums in enumerate(high):
        least = home.cut - sums
        places = map(np.searchsorted, home.ladder, least)
        reach = np.array(
            [_as_bools(s[p], n_low) for s, p in zip(home.sets, places, strict=True)]
        )
        assents = reach[:n_actors].copy()
        for k in np.flatnonzero(home.asked_row >= 0).tolist():
            assents[k] |= ~reach[home.asked_row[k]]
        n_assents += assents.sum(axis=1)

        def passes(assents: BoolArray) -> BoolArray:
            met = assents[home.is_must > 0].all(axis=0)
            for i, j, need in zip(begin[:-1], begin[1:], needed, strict=True):
                met &= weights[i:j] @ assents[members[i:j]] >= need
            return np.asarray(met)

        found = passes(assents)
        passing[block] = _as_words(found)
        n_passing += int(np.count_nonzero(found))
        for actor in range(len(n_blocked)):
            granted = assents.copy()
            granted[actor] = True
            alone = passes(granted) & ~found
            n_blocked[actor] += np.count_nonzero(alone)
            if len(stopped):
                stopped[block, actor] = _as_words(alone)
    return n_passing


def _as_bools(words: Words, n_low: int) -> BoolArray:
    bits = np.unpackbits(words.view(np.uint8), bitorder="little")
    return bits[:n_low].astype(bool)


def _as_words(bools: BoolArray) -> Words:
    padded = np.zeros(-(-len(bools) // 64) * 64, dtype=bool)
    padded[: len(bools)] = bools
    return np.packbits(padded, bitorder="little").view(np.uint64)
