"""Which states lead where, whatever the rates."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from backchannel.base.laws import FloatArray
from backchannel.escalation.prism.chain import BoolArray
from backchannel.escalation.problem import IntArray


def leads_to(rates: sparse.csr_array, ends: BoolArray, through: BoolArray) -> BoolArray:
    """States from which `ends` can be reached by way of states in `through`, (n,)."""
    return _spread(rates.T.tocsr(), ends, through)


def reached_from(
    rates: sparse.csr_array, begin: BoolArray, through: BoolArray
) -> BoolArray:
    """States reached from `begin` by way of `through`, (n,)."""
    return _spread(rates, begin, through)


def _spread(rates: sparse.csr_array, begin: BoolArray, through: BoolArray) -> BoolArray:
    known = begin.copy()
    frontier = np.flatnonzero(begin)
    while len(frontier):
        found = np.zeros(len(known), dtype=bool)
        found[_neighbours(rates, frontier)] = True
        found &= through & ~known
        known |= found
        frontier = np.flatnonzero(found)
    return known


def _neighbours(rates: sparse.csr_array, states: IntArray) -> IntArray:
    """Columns of the rows of some states, with repeats."""
    first, count = rates.indptr[states], np.diff(rates.indptr)[states]
    offset = np.repeat(first - np.cumsum(count) + count, count)
    return np.asarray(rates.indices[offset + np.arange(len(offset))])


def bottom_classes(rates: sparse.csr_array) -> list[IntArray]:
    """Sets of states that lead to each other and nowhere else."""
    n, member = connected_components(rates, directed=True, connection="strong")
    source = np.repeat(np.arange(rates.shape[0]), np.diff(rates.indptr))
    leaves = np.zeros(n, dtype=bool)
    leaves[member[source[member[source] != member[rates.indices]]]] = True
    return [np.flatnonzero(member == k) for k in np.flatnonzero(~leaves)]


def among(rates: sparse.csr_array, states: IntArray) -> sparse.csr_array:
    """Rates between some states, (n_states, n_states)."""
    return rates[states][:, states].tocsr()


def exit_rates(rates: sparse.csr_array) -> FloatArray:
    """Sum of each row, (n,)."""
    return np.asarray(rates.sum(axis=1)).ravel()
