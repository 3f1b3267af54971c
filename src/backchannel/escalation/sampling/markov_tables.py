"""From a Markov problem and one draw to the arrays that its paths are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation._kernels.alias import fill_cells
from backchannel.escalation._kernels.markov_tables import fill_rows
from backchannel.escalation.problem import Entries, FloatArray, MarkovProblem, Theta

# A state in one regime: mean waiting time, and its cells.
STATE_ROW = np.dtype([("wait", np.float64), ("first", np.uint32), ("n", np.uint32)])
# Short numbers where they suffice: 8 bytes a cell, never over the edge of a line.
_SHORT = np.dtype([("threshold", np.uint32), ("own", np.uint16), ("other", np.uint16)])
_LONG = np.dtype([("threshold", np.uint32), ("own", np.uint32), ("other", np.uint32)])
_MOST_SHORT = 65_535


@dataclass(frozen=True)
class MarkovTables:
    """Alias tables of one draw.

    `ends`, `regime`, `jump` (n_pieces,) say when each piece ends, which row of `here`
    holds while it lasts, and which at its end (-1 for none); `here`
    (n_regimes + n_jumps, n_states) points into the cells `ways`. War is state
    `n_states` and settled `n_states + 1`. `start_ways` is one alias row.
    """

    ends: FloatArray
    regime: NDArray[np.uint64]
    jump: NDArray[np.int64]
    here: NDArray[Any]
    ways: NDArray[Any]
    start: int
    start_ways: NDArray[Any]
    n_states: int

    @property
    def model(self) -> tuple[Any, ...]:
        """The arrays as the kernels take them."""
        return self.ends, self.regime, self.jump, self.here, self.ways


@dataclass(frozen=True)
class _Layout:
    """Entries in order of the state they leave and the one they lead to.

    Entries between the same two states share a cell.
    """

    mult: FloatArray
    factor: NDArray[np.int64]
    target: NDArray[np.int64]
    entry: NDArray[np.int64]
    first: NDArray[np.int64]
    is_more: NDArray[np.bool_]


class MarkovLayout:
    """What all draws of one problem share: sorted once, filled for each draw."""

    def __init__(self, problem: MarkovProblem) -> None:
        self._problem = problem
        parts = [(problem.entries, False), *((atom, True) for atom in problem.atoms)]
        self._parts = [self._layout(entries, is_jump) for entries, is_jump in parts]
        self._regimes = max(piece.regime for piece in problem.pieces) + 1
        n_ends = problem.n_states + 2
        self._way = _SHORT if n_ends <= _MOST_SHORT else _LONG

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
        problem, n = self._problem, self._problem.n_states
        moves, *jumps = self._parts
        sizes = [int(moves.first[-1])] * self._regimes
        sizes += [int(jump.first[-1]) for jump in jumps]
        here = np.empty((len(sizes), n), STATE_ROW)
        ways = np.empty(max(1, sum(sizes)), self._way)
        base = 0
        for row, size in enumerate(sizes):
            is_jump = row >= self._regimes
            part = self._parts[row - self._regimes + 1] if is_jump else moves
            regime = row if not is_jump else self._regime_before(row - self._regimes)
            fill_rows(
                part.mult,
                part.factor,
                theta.regime(regime, draw),
                part.target,
                part.entry,
                part.first,
                part.is_more,
                is_jump,
                base,
                here[row],
                ways,
            )
            base += size
        start, start_ways = self._start(theta, draw)
        jump = [p.atom + self._regimes if p.atom >= 0 else -1 for p in problem.pieces]
        regimes = [p.regime for p in problem.pieces]
        return MarkovTables(
            ends=problem.breaks[1:],
            regime=np.array(regimes, np.uint64),
            jump=np.array(jump),
            here=here,
            ways=ways,
            start=start,
            start_ways=start_ways,
            n_states=n,
        )

    def _layout(self, entries: Entries, is_jump: bool) -> _Layout:
        target = self._ended(entries.dst)
        order = np.lexsort((target, entries.src))
        src, target = entries.src[order], target[order]
        is_more = np.zeros(len(order), np.bool_)
        is_more[1:] = (src[1:] == src[:-1]) & (target[1:] == target[:-1])
        states = np.arange(self._problem.n_states + 1)
        first = np.searchsorted(src[np.logical_not(is_more)], states)
        return _Layout(
            mult=entries.mult[order],
            factor=entries.factor[order],
            target=target,
            entry=np.searchsorted(src, states),
            # One cell more in each state for those that a jump leaves where they are.
            first=first + states if is_jump else first,
            is_more=is_more,
        )

    def _ended(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give war and settled the numbers after the last state."""
        problem, n = self._problem, self._problem.n_states
        ended = np.where(states == problem.war, n, states)
        return np.where(states == problem.settled, n + 1, ended)

    def _regime_before(self, atom: int) -> int:
        return next(p.regime for p in self._problem.pieces if p.atom == atom)

    def _start(self, theta: Theta, draw: int) -> tuple[int, NDArray[Any]]:
        start = self._problem.start
        chance = start.values(theta.regime(self._problem.pieces[0].regime, draw))
        target = self._ended(start.dst)
        n = len(chance)
        threshold, other = np.empty(n, np.uint32), np.empty(n, np.int64)
        fill_cells(chance.copy(), threshold, other, np.empty(n, np.int64))
        ways = np.empty(n, self._way)
        ways["threshold"], ways["own"] = threshold, target
        ways["other"] = target[other]
        return int(target[0]), ways
