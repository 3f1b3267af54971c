"""Good packages that are found without a search.

A package that maximises a weighted sum is found issue by issue. Many weights give a
first sketch of the frontier, and whatever the sketch dominates need not be looked at.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.additive import Additive
from backchannel.settlement.method import IntArray
from backchannel.settlement.nondominated import nondominated

_LATTICE = {1: 1, 2: 128, 3: 16}
"""Steps from one pure weight to another, by number of parties."""
_MOST_WEIGHTS = 300
_MOST_STRONG = 512


def weight_lattice(n_parties: int) -> FloatArray:
    """Evenly spread weights (n, n_parties) that sum to 1, the pure ones included.

    >>> weight_lattice(2)[:2]
    array([[0.       , 1.       ],
           [0.0078125, 0.9921875]])
    """
    steps = _LATTICE.get(n_parties, 1)
    if n_parties not in _LATTICE:
        while comb(steps + n_parties, n_parties - 1) <= _MOST_WEIGHTS:
            steps += 1
    slots = range(steps + n_parties - 1)
    bars = np.array(list(combinations(slots, n_parties - 1)), dtype=np.int64)
    bars = bars.reshape(comb(steps + n_parties - 1, n_parties - 1), n_parties - 1)
    ends = np.full((len(bars), 1), steps + n_parties - 1)
    edges = np.concatenate([np.full_like(ends, -1), bars, ends], axis=1)
    return np.asarray((np.diff(edges, axis=1) - 1) / steps)


def strong_packages(problem: Additive) -> IntArray:
    """Packages (n, n_issues) that sketch the frontier.

    Notes: for each weight the best package, and around each every package that
    differs in one issue; of these the ones that no other dominates, `_MOST_STRONG`
    at most.
    """
    weights = weight_lattice(problem.n_parties)
    scaled = weights / np.where(problem.span > 0, problem.span, 1.0)
    best = np.empty((len(weights), len(problem.tables)), dtype=np.int64)
    for i, table in enumerate(problem.tables):
        # Where only some parties count, the others decide between equals.
        score = scaled @ table.T
        score = np.rint(score * 2.0**40)
        best[:, i] = np.argmax(score + 1e-3 * _shares(problem, table), axis=1)
    best = np.unique(best, axis=0)
    n_around = len(best) * sum(problem.n_levels)
    found = best if n_around > 200_000 else _with_neighbours(best, problem.n_levels)
    found = found[nondominated(problem.snapped(problem.sums_of(found)))]
    if len(found) > _MOST_STRONG:
        spread = np.linspace(0, len(found) - 1, _MOST_STRONG).astype(np.int64)
        found = found[spread]
    return found


def _shares(problem: Additive, table: FloatArray) -> FloatArray:
    scale = np.where(problem.span > 0, problem.span, 1.0)
    return np.asarray((table / scale).mean(axis=1))


def _with_neighbours(packages: IntArray, n_levels: tuple[int, ...]) -> IntArray:
    around = [packages]
    for i, n in enumerate(n_levels):
        for level in range(n):
            moved = packages.copy()
            moved[:, i] = level
            around.append(moved)
    return np.unique(np.concatenate(around), axis=0)
