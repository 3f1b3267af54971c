"""From a Markov problem and one draw to the arrays that its paths are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation._kernels.alias import fill_cells
from backchannel.escalation._kernels.markov_paths import NO_JUMP
from backchannel.escalation._kernels.markov_tables import fill_rows, pack_cells
from backchannel.escalation.problem import Entries, FloatArray, MarkovProblem, Theta

Words = NDArray[np.uint64]
# States whose number takes 16 bits: two of them fit into the word of a cell.
_MOST_SHORT = 65_535
_LINE = 64


@dataclass(frozen=True)
class MarkovTables:
    """Alias tables of one draw.

    A row stands for one state in one regime, or at one jump: `waits` (n_rows,) holds
    its mean waiting time in hours, `ways` (n_rows * width,) its cells. A cell has its
    threshold in bits 0-31, the state below it from bit 32 on, and the state above it
    from bit 48 on, or in `others` where numbers of states are long. `ends`, `row`,
    `jump` (n_pieces,) say when each piece ends, which row state 0 has while it lasts,
    and which at its end; `jump` is empty where no piece ends with one. War is state
    `n_states` and settled `n_states + 1`. `start_ways` and `start_others` are one row.
    """

    ends: FloatArray
    row: Words
    jump: Words
    waits: FloatArray
    ways: Words
    others: Words
    start_ways: Words
    start_others: Words
    n_states: int

    @property
    def start(self) -> tuple[Words, Words]:
        """The row over the states to begin in, as the kernels take it."""
        return self.start_ways, self.start_others

    @property
    def model(self) -> tuple[FloatArray | Words, ...]:
        """The arrays as the kernels take them."""
        return self.ends, self.row, self.jump, self.waits, self.ways, self.others


@dataclass(frozen=True)
class _Layout:
    """Entries in order of the state they leave and the one they lead to.

    Entry e is `mult[e]` times product `product[e]` of three parameters, `factor`
    (n_products, 3), and adds to cell `cell[e]` of its row; those between the same two
    states share a cell. `target` is (n_states, width).
    """

    mult: FloatArray
    product: NDArray[np.int64]
    factor: NDArray[np.int64]
    cell: NDArray[np.int64]
    entry: NDArray[np.int64]
    target: NDArray[np.int64]
    is_jump: bool


class MarkovLayout:
    """What all draws of one problem share: sorted once, filled for each draw."""

    def __init__(self, problem: MarkovProblem) -> None:
        self._problem = problem
        self._regimes = max(piece.regime for piece in problem.pieces) + 1
        self._is_short = problem.n_states + 2 <= _MOST_SHORT
        parts = [(problem.entries, False), *((atom, True) for atom in problem.atoms)]
        width = max(1, *(_most_targets(part) + is_jump for part, is_jump in parts))
        self._parts = [self._layout(part, width, is_jump) for part, is_jump in parts]

    def tables(self, theta: Theta, draw: int = 0) -> MarkovTables:
        """Build the alias tables of one draw.

        Parameters
        ----------
        theta : values of the parameters
        draw : which column of them

        Returns
        -------
        MarkovTables
        """
        moves, *jumps = self._parts
        blocks = [(moves, regime) for regime in range(self._regimes)]
        blocks += [(jump, self._regime_before(k)) for k, jump in enumerate(jumps)]
        n, width = moves.target.shape
        waits = np.empty(len(blocks) * n)
        ways = _on_lines(len(waits) * width)
        others = _on_lines(0 if self._is_short else len(ways))
        for k, (part, regime) in enumerate(blocks):
            value = theta.regime(regime, draw)[part.factor].prod(axis=1)
            fill_rows(
                part.mult, part.product, value, part.cell, part.entry, part.target,
                part.is_jump, k * n, waits, ways, others,
            )  # fmt: skip
        pieces = self._problem.pieces
        start_ways, start_others = self._start(theta, draw)
        return MarkovTables(
            ends=self._problem.breaks[1:],
            row=np.array([p.regime * n for p in pieces], np.uint64),
            jump=self._jumps(),
            waits=waits,
            ways=ways,
            others=others,
            start_ways=start_ways,
            start_others=start_others,
            n_states=n,
        )

    def _jumps(self) -> Words:
        atoms = np.array([p.atom for p in self._problem.pieces])
        if (atoms < 0).all():
            return np.empty(0, np.uint64)
        rows = (atoms + self._regimes) * self._problem.n_states
        return np.where(atoms >= 0, rows.astype(np.uint64), NO_JUMP)

    def _layout(self, entries: Entries, width: int, is_jump: bool) -> _Layout:
        n, leads_to = self._problem.n_states, self._ended(entries.dst)
        order = np.lexsort((leads_to, entries.src))
        src, leads_to = entries.src[order], leads_to[order]
        entry = np.searchsorted(src, np.arange(n + 1))
        is_new = np.ones(len(order), np.bool_)
        is_new[1:] = (src[1:] != src[:-1]) | (leads_to[1:] != leads_to[:-1])
        cell = np.cumsum(is_new) - 1
        cell -= cell[entry[src]]
        # Cells that no entry fills, and what a jump leaves where it is.
        target = np.repeat(np.arange(n)[:, None], width, axis=1)
        target[src, cell] = leads_to
        # 175,554 entries of the reference workload have 131 products between them.
        factor, product = np.unique(entries.factor[order], axis=0, return_inverse=True)
        return _Layout(
            mult=entries.mult[order],
            product=product,
            factor=factor,
            cell=cell,
            entry=entry,
            target=target,
            is_jump=is_jump,
        )

    def _ended(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give war and settled the numbers after the last state."""
        problem, n = self._problem, self._problem.n_states
        ended = np.where(states == problem.war, n, states)
        return np.where(states == problem.settled, n + 1, ended)

    def _regime_before(self, atom: int) -> int:
        return next(p.regime for p in self._problem.pieces if p.atom == atom)

    def _start(self, theta: Theta, draw: int) -> tuple[Words, Words]:
        start = self._problem.start
        chance = start.values(theta.regime(self._problem.pieces[0].regime, draw))
        n = len(chance)
        threshold, other = np.empty(n, np.uint32), np.empty(n, np.int64)
        fill_cells(chance.copy(), threshold, other, np.empty(n, np.int64))
        ways = np.empty(n, np.uint64)
        others = np.empty(0 if self._is_short else n, np.uint64)
        pack_cells(threshold, other, self._ended(start.dst), ways, others, 0)
        return ways, others


def _most_targets(entries: Entries) -> int:
    """Largest number of states that one state leads to."""
    if len(entries) == 0:
        return 0
    pairs = np.unique(np.stack([entries.src, entries.dst]), axis=1)
    return int(np.bincount(pairs[0]).max())


def _on_lines(n: int) -> Words:
    """Room for n words that begins where a line of the cache does."""
    room = np.empty(n + _LINE // 8, np.uint64)
    skipped = -(room.ctypes.data // 8) % (_LINE // 8)
    return room[skipped : skipped + n]
