"""One draw of a Markov problem, read from the states that paths leave.

The solvers read rows by target; a path asks what can happen from where it is. Jumps
with the same effect are one kind: two incidents that leave the same token and go up to
the same party are alike to everything that comes after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from backchannel.escalation.problem import (
    Entries,
    FloatArray,
    IntArray,
    MarkovProblem,
    Theta,
)

_TO_WAR, _TO_SETTLED = 0, 1


@dataclass(frozen=True)
class JumpTable:
    """Jumps by source state, with their rates in every regime.

    State s has the jumps row_start[s] to row_start[s + 1], to `target` at `rate`
    (n_regimes, n_jumps); `cell` numbers (effect, rung it starts from), `group`
    (n_states,) the rungs. `end` and `regime` (n_pieces,) are the pieces; after piece p
    the jumps atom_row[atom[p], s] to atom_row[atom[p], s + 1] of `atom_target` happen
    with `atom_share`. `start` are states, `start_share` their probabilities added up.
    """

    row_start: IntArray
    target: IntArray
    cell: IntArray
    rate: FloatArray
    group: IntArray
    end: FloatArray
    regime: IntArray
    atom: IntArray
    atom_row: IntArray
    atom_target: IntArray
    atom_share: FloatArray
    start: IntArray
    start_share: FloatArray
    war: int
    settled: int

    @property
    def n_cells(self) -> int:
        """Number of (effect, rung)."""
        return int(self.cell.max(initial=-1)) + 1

    @property
    def first_group(self) -> int:
        """Highest rung that the start can be on."""
        return int(self.group[self.start].max())

    def until(self, hour: float) -> JumpTable:
        """Keep what happens up to an hour, its jumps included."""
        n_whole = int(np.searchsorted(self.end, hour, side="right"))
        end, atom = self.end[:n_whole], self.atom[:n_whole]
        if n_whole == 0 or end[-1] < hour:
            end, atom = np.append(end, hour), np.append(atom, -1)
        return replace(self, end=end, atom=atom, regime=self.regime[: len(end)])

    def outflow(self, rate: FloatArray) -> FloatArray:
        """Sum of rates out of every state, (n_regimes, n_states)."""
        total = np.zeros((len(rate), len(self.row_start) - 1))
        full = np.flatnonzero(np.diff(self.row_start))
        if len(full):
            total[:, full] = np.add.reduceat(rate, self.row_start[full], axis=1)
        return total


def tabulate(
    problem: MarkovProblem,
    theta: Theta,
    *,
    draw: int = 0,
    codes: IntArray | None = None,
) -> JumpTable:
    """Sort the jumps of one draw by source and number their effects.

    Parameters
    ----------
    problem, theta, draw : the process, and which column of parameters
    codes : (n_states,), numbers whose difference tells what a jump changes; the
        numbers of the states where None

    Returns
    -------
    JumpTable : jumps with rate 0 in every regime are left out
    """
    n = problem.n_states
    codes = np.arange(n) if codes is None else codes
    regimes = range(len(theta.clocks))
    entries = problem.entries
    rate = np.stack([entries.values(theta.regime(r, draw)) for r in regimes])
    row_start, target, rate = _by_source(entries, rate, n)
    source = np.repeat(np.arange(n), np.diff(row_start))
    effect = codes[target] - codes[source]
    known = np.unique(effect, return_inverse=True)[1].reshape(-1) + 2
    known[target == problem.war] = _TO_WAR
    known[target == problem.settled] = _TO_SETTLED
    rungs = problem.group - problem.group.min()
    pair = known * (int(rungs.max(initial=0)) + 1) + rungs[source]
    cell = np.unique(pair, return_inverse=True)[1].reshape(-1).astype(np.int64)
    atoms = [
        _by_source(atom, _shares(problem, theta, k, draw), n)
        for k, atom in enumerate(problem.atoms)
    ]
    offset = np.concatenate([[0], np.cumsum([len(a[1]) for a in atoms])])
    rows = [a[0] + offset[k] for k, a in enumerate(atoms)]
    share = problem.start.values(theta.regime(problem.pieces[0].regime, draw))
    return JumpTable(
        row_start,
        target,
        cell,
        rate,
        problem.group,
        problem.breaks[1:].astype(np.float64),
        np.array([piece.regime for piece in problem.pieces], dtype=np.int64),
        np.array([piece.atom for piece in problem.pieces], dtype=np.int64),
        np.stack(rows) if rows else np.zeros((0, n + 1), dtype=np.int64),
        np.concatenate([np.zeros(0, dtype=np.int64), *(a[1] for a in atoms)]),
        np.concatenate([np.zeros(0), *(a[2][0] for a in atoms)]),
        problem.start.dst.astype(np.int64),
        np.cumsum(share),
        problem.war,
        problem.settled,
    )


def _shares(problem: MarkovProblem, theta: Theta, atom: int, draw: int) -> FloatArray:
    """Probabilities of one atom, (1, n_entries), in the regime that it ends."""
    piece = next(piece for piece in problem.pieces if piece.atom == atom)
    return problem.atoms[atom].values(theta.regime(piece.regime, draw))[None]


def _by_source(
    entries: Entries, rate: FloatArray, n: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Rows by source; entries between the same two states are added up."""
    keep = np.flatnonzero((rate > 0).any(axis=0) & (entries.src != entries.dst))
    pair = entries.src[keep].astype(np.int64) * n + entries.dst[keep]
    order = np.argsort(pair, kind="stable")
    pair, rate = pair[order], rate[:, keep[order]]
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    if len(first):
        rate = np.add.reduceat(rate, first, axis=1)
    pair = pair[first]
    row_start = np.searchsorted(pair, np.arange(n + 1) * n)
    return row_start.astype(np.int64), pair % n, np.ascontiguousarray(rate)
