"""Pack a problem for the forward product: rows by target, equal rates shared.

Many entries carry the same sum of monomials (an incident is as likely whatever is
pending), so each distinct sum is computed once per draw and the product reads it from a
small table. On REF-8 55,964 non-zeros share a few hundred rates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.escalation.problem import N_FACTORS, Entries, IntArray, MarkovProblem


@dataclass(frozen=True)
class Stencil:
    """Compressed rows by target state; `rate` numbers sums of monomial terms.

    Entry k of row i (row_start[i] <= k < row_start[i + 1]) comes from state `source[k]`
    at rate `rate[k]`; rate r sums the terms term_start[r] to term_start[r + 1] of the
    monomials `mult`, `factor`. `start` and `atoms` are triples source, target, rate.
    """

    row_start: IntArray
    source: IntArray
    rate: IntArray
    term_start: IntArray
    mult: np.ndarray
    factor: IntArray
    start: IntArray
    atom_start: IntArray
    atoms: IntArray

    @property
    def n_nonzero(self) -> int:
        """Number of non-zeros off the diagonal."""
        return len(self.source)

    @property
    def n_rates(self) -> int:
        """Number of distinct rates."""
        return len(self.term_start) - 1


def pack(problem: MarkovProblem) -> Stencil:
    """Merge equal entries and share equal rates.

    Parameters
    ----------
    problem : n_states, entries, start and atoms are read

    Returns
    -------
    Stencil : entries within a row sorted by source state

    Notes: O(n log n) in the number of entries.
    """
    blocks = [problem.entries, problem.start, *problem.atoms]
    block = np.repeat(np.arange(len(blocks)), [len(b) for b in blocks])
    src, dst, mult, factor = _stack(blocks)
    # Kept apart from the rates: the start has no source and atoms happen in order.
    cell = (block * problem.n_states + dst) * problem.n_states + src
    monomial = _number_rows(mult, factor)
    order = np.lexsort((monomial, cell))
    cell, monomial = cell[order], monomial[order]
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    size = np.diff(np.append(first, len(cell)))
    rate_of_cell, member = _number_sums(monomial, first, size)
    terms = [monomial[first[m] : first[m] + size[m]] for m in member]
    term = np.concatenate(terms) if terms else np.zeros(0, dtype=np.int64)
    example = np.full(int(monomial.max(initial=-1)) + 1, -1)
    example[monomial] = order
    block, src, dst = block[order][first], src[order][first], dst[order][first]
    is_entry = block == 0
    count = np.bincount(dst[is_entry], minlength=problem.n_states)
    triple = np.stack([src, dst, rate_of_cell], axis=1)
    per_block = np.bincount(block, minlength=len(blocks))
    return Stencil(
        row_start=np.concatenate([[0], np.cumsum(count)]),
        source=src[is_entry],
        rate=rate_of_cell[is_entry],
        term_start=np.concatenate([[0], np.cumsum([len(t) for t in terms])]).astype(
            np.int64
        ),
        mult=mult[example[term]],
        factor=factor[example[term]],
        start=triple[block == 1],
        atom_start=np.concatenate([[0], np.cumsum(per_block[2:])]),
        atoms=triple[block > 1],
    )


def _stack(blocks: list[Entries]) -> tuple[IntArray, IntArray, np.ndarray, IntArray]:
    return (
        np.concatenate([b.src for b in blocks]),
        np.concatenate([b.dst for b in blocks]),
        np.concatenate([b.mult for b in blocks]),
        np.concatenate([b.factor for b in blocks]).reshape(-1, N_FACTORS),
    )


def _number_rows(mult: np.ndarray, factor: IntArray) -> IntArray:
    """Equal (mult, factor) rows get equal numbers."""
    code = np.unique(mult, return_inverse=True)[1].astype(np.int64)
    for column in factor.T:
        code = np.unique(
            code * (int(factor.max(initial=0)) + 1) + column, return_inverse=True
        )[1]
    return code


def _number_sums(
    monomial: IntArray, first: IntArray, size: IntArray
) -> tuple[IntArray, IntArray]:
    """Number the distinct sums; `member` is one cell of each."""
    base = int(monomial.max(initial=0)) + 2
    code = np.zeros(len(first), dtype=np.int64)
    for k in range(int(size.max(initial=0))):
        there = size > k
        term = np.zeros(len(first), dtype=np.int64)
        term[there] = monomial[first[there] + k] + 1
        code = np.unique(code * base + term, return_inverse=True)[1]
    member = np.full(int(code.max(initial=-1)) + 1, -1)
    member[code] = np.arange(len(first))
    return code, member
