"""One draw of a Markov problem, read from the states that paths leave.

The solvers read rows by target; a path asks what can happen from where it is. Jumps
with the same effect are one kind: two incidents that leave the same token and go up to
the same party are alike to everything that comes after.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from backchannel.escalation._kernels.choices import Jumps
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

    @property
    def arrays(self) -> Jumps:
        """All but the rates and cells, as the kernels read it."""
        return Jumps(**{name: getattr(self, name) for name in Jumps._fields})

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


@dataclass(frozen=True)
class Order:
    """Jumps by source: row_start (n_states + 1,) and target (n_jumps,).

    Jump j is the sum of the entries `entry` (n_kept,) from `first` (n_jumps,) of j on.
    """

    row_start: IntArray
    target: IntArray
    entry: IntArray
    first: IntArray

    def sum(self, rate: FloatArray) -> FloatArray:
        """Rates of the jumps, (n_regimes, n_jumps), from those of the entries."""
        kept = rate[:, self.entry]
        if len(self.first):
            kept = np.add.reduceat(kept, self.first, axis=1)
        return np.ascontiguousarray(kept)


@dataclass(frozen=True)
class DrawTables:
    """Tables of every draw: the same jumps in the same order, with rates of their own.

    A jump that is possible in some draw has its place in all of them, so that what is
    learnt of a cell in one draw is meant for the same cell of another. `hour` cuts them
    off; the table of draw k is `tables[k]`, made when it is asked for.
    """

    problem: MarkovProblem
    theta: Theta
    hour: float
    whole: JumpTable = field(repr=False)
    jumps: Order = field(repr=False)
    atoms: tuple[Order, ...] = field(repr=False)

    @classmethod
    def of(
        cls,
        problem: MarkovProblem,
        theta: Theta,
        *,
        codes: IntArray | None = None,
    ) -> DrawTables:
        """Sort the jumps once, for all draws.

        Parameters
        ----------
        problem, theta, codes : as for `tabulate`

        Returns
        -------
        DrawTables : up to the horizon
        """
        most = Theta(
            theta.parameters.max(axis=1, keepdims=True),
            theta.clocks.max(axis=2, keepdims=True),
        )
        rate = _rates(problem, most, 0)
        shares = [_shares(problem, most, k, 0) for k in range(len(problem.atoms))]
        n = problem.n_states
        return cls(
            problem,
            theta,
            problem.hours,
            tabulate(problem, most, codes=codes),
            _by_source(problem.entries, rate, n),
            tuple(
                _by_source(atom, share, n)
                for atom, share in zip(problem.atoms, shares, strict=True)
            ),
        )

    def __len__(self) -> int:
        return self.theta.n_draws

    def until(self, hour: float) -> DrawTables:
        """Keep what happens up to an hour, its jumps included."""
        return replace(self, hour=hour)

    def __getitem__(self, draw: int) -> JumpTable:
        problem, theta = self.problem, self.theta
        shares = [
            order.sum(_shares(problem, theta, k, draw))[0]
            for k, order in enumerate(self.atoms)
        ]
        return replace(
            self.whole,
            rate=self.jumps.sum(_rates(problem, theta, draw)),
            atom_share=np.concatenate([np.zeros(0), *shares]),
            start_share=_start_share(problem, theta, draw),
        ).until(self.hour)


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
    rate = _rates(problem, theta, draw)
    order = _by_source(problem.entries, rate, n)
    row_start, target, rate = order.row_start, order.target, order.sum(rate)
    source = np.repeat(np.arange(n), np.diff(row_start))
    effect = codes[target] - codes[source]
    known = np.unique(effect, return_inverse=True)[1].reshape(-1) + 2
    known[target == problem.war] = _TO_WAR
    known[target == problem.settled] = _TO_SETTLED
    rungs = problem.group - problem.group.min()
    pair = known * (int(rungs.max(initial=0)) + 1) + rungs[source]
    cell = np.unique(pair, return_inverse=True)[1].reshape(-1).astype(np.int64)
    shares = [_shares(problem, theta, k, draw) for k in range(len(problem.atoms))]
    atoms = [
        _by_source(atom, share, n)
        for atom, share in zip(problem.atoms, shares, strict=True)
    ]
    offset = np.concatenate([[0], np.cumsum([len(a.target) for a in atoms])])
    rows = [a.row_start + offset[k] for k, a in enumerate(atoms)]
    summed = [a.sum(share)[0] for a, share in zip(atoms, shares, strict=True)]
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
        np.concatenate([np.zeros(0, dtype=np.int64), *(a.target for a in atoms)]),
        np.concatenate([np.zeros(0), *summed]),
        problem.start.dst.astype(np.int64),
        _start_share(problem, theta, draw),
        problem.war,
        problem.settled,
    )


def _shares(problem: MarkovProblem, theta: Theta, atom: int, draw: int) -> FloatArray:
    """Probabilities of one atom, (1, n_entries), in the regime that it ends."""
    piece = next(piece for piece in problem.pieces if piece.atom == atom)
    return problem.atoms[atom].values(theta.regime(piece.regime, draw))[None]


def _rates(problem: MarkovProblem, theta: Theta, draw: int) -> FloatArray:
    """Rates of all entries in one draw, (n_regimes, n_entries)."""
    regimes = range(len(theta.clocks))
    return np.stack([problem.entries.values(theta.regime(r, draw)) for r in regimes])


def _start_share(problem: MarkovProblem, theta: Theta, draw: int) -> FloatArray:
    """Probabilities of the start states, added up."""
    share = problem.start.values(theta.regime(problem.pieces[0].regime, draw))
    added: FloatArray = np.cumsum(share)
    return added


def _by_source(entries: Entries, rate: FloatArray, n: int) -> Order:
    """Rows by source; entries between the same two states are to be added up."""
    keep = np.flatnonzero((rate > 0).any(axis=0) & (entries.src != entries.dst))
    pair = entries.src[keep].astype(np.int64) * n + entries.dst[keep]
    order = np.argsort(pair, kind="stable")
    pair = pair[order]
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    pair = pair[first]
    row_start = np.searchsorted(pair, np.arange(n + 1) * n)
    return Order(row_start.astype(np.int64), pair % n, keep[order], first)
