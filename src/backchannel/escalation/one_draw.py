"""Solve one draw: forward from its start, backward from its end, all states at once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import ModelError
from backchannel.escalation._kernels.monomials import sum_monomials
from backchannel.escalation._kernels.slices import mix_slices
from backchannel.escalation.long_run import Track
from backchannel.escalation.poisson import poisson_window
from backchannel.escalation.problem import (
    Entries,
    FloatArray,
    IntArray,
    MarkovProblem,
    Theta,
)
from backchannel.escalation.slices import Jumps, Layout, aligned, lay_out

_NO_RUNS = np.zeros(0, dtype=np.int64)
_NEVER_EARLY = -1.0


@dataclass(frozen=True)
class Pattern:
    """Which states lead to which, for all draws and regimes of one problem.

    `cell` (n_entries,) is the pair of states that each entry adds its rate to; entries
    that leave the state as it is belong to the last, which is no pair.
    """

    problem: MarkovProblem
    cell: np.ndarray
    n_cells: int
    layout: Layout

    def rates(self, column: FloatArray) -> FloatArray:
        """Rates (n_cells,) of one column of theta, per hour."""
        rates = np.zeros(self.n_cells + 1)
        entries = self.problem.entries
        sum_monomials(
            self.cell, entries.mult, entries.factor, np.ascontiguousarray(column), rates
        )
        return rates[:-1]


def pattern_of(problem: MarkovProblem) -> Pattern:
    """Lay a problem out for single draws; the work is done once for all of them.

    Parameters
    ----------
    problem : its entries are read

    Returns
    -------
    Pattern

    Notes: O(n log n) in the number of entries; REF-8 takes 30 ms.
    """
    n = problem.n_states
    pairs, cell = _numbered(_pairs(problem.entries, n))
    pairs = pairs[pairs < n * n]
    source, target = (pairs // n).astype(np.int32), (pairs % n).astype(np.int32)
    return Pattern(problem, cell, len(pairs), lay_out(source, target, n))


def _pairs(entries: Entries, n: int) -> IntArray:
    """Source and target of each entry as one number; n * n where they are the same."""
    pair: IntArray = entries.src.astype(np.int64)
    pair *= n
    pair += entries.dst
    pair[entries.src == entries.dst] = n * n
    return pair


def _numbered(pair: IntArray) -> tuple[IntArray, np.ndarray]:
    """Distinct pairs in order, and the number of each; half the room of np.unique."""
    order = np.argsort(pair, kind="stable")
    in_order = pair[order]
    is_new = np.ones(len(pair), dtype=bool)
    is_new[1:] = in_order[1:] != in_order[:-1]
    number = np.empty(len(pair), dtype=np.int32)
    number[order] = np.cumsum(is_new, dtype=np.int32) - 1
    return in_order[is_new], number


@dataclass
class Machine:
    """One draw on its pattern; jump matrices are made when a regime first needs them.

    `n_products` and `bound`, the sum of Poisson tails left out, grow with every span.
    """

    pattern: Pattern
    theta: Theta
    draw: int
    tail: float
    max_jumps: float = np.inf
    n_products: int = 0
    bound: float = 0.0
    _jumps: dict[tuple[int, bool], Jumps] = field(default_factory=dict)

    def column(self, regime: int) -> FloatArray:
        """Parameters and clocks while one regime lasts, (n_rows,)."""
        return self.theta.regime(regime, self.draw)

    def jumps(self, regime: int, *, is_forward: bool = False) -> Jumps:
        """Jump matrix of a regime."""
        key = (regime, is_forward)
        if key not in self._jumps:
            rates = self.pattern.rates(self.column(regime))
            layout = self.pattern.layout
            self._jumps[key] = layout.jumps(rates, is_forward=is_forward)
            self._check_pace(self._jumps[key].top)
        return self._jumps[key]

    def _check_pace(self, top: float) -> None:
        hours = self.pattern.problem.hours
        if not top * hours <= self.max_jumps:
            raise ModelError(
                f"escalation: {top * hours:.3g} jumps within {hours:g} h, at most "
                f"{self.max_jumps:g} can be followed; shorten the horizon, or slow "
                "down the fastest hazard, decision, order or cooling"
            )

    def weights(self, jumps: Jumps, hours: float) -> FloatArray:
        """Poisson probabilities of the number of jumps in a span."""
        self.bound += self.tail
        return poisson_window(jumps.top * hours, self.tail)

    def spread(
        self,
        regime: int,
        x: FloatArray,
        hours: float,
        *,
        is_forward: bool = False,
        runs: IntArray = _NO_RUNS,
        series: FloatArray | None = None,
        kept: FloatArray | None = None,
        weights: FloatArray | None = None,
    ) -> FloatArray:
        """Carry values in their places (width,) over a span of one regime.

        Parameters
        ----------
        regime, x, hours : what holds, the values, and for how long
        is_forward : carry probabilities forward, not values backward
        runs, series : places to sum after every jump, and where to
        kept : (n_terms, width) receives x after every jump
        weights : as `weights` gives them, where the caller has them

        Returns
        -------
        (width,) a new vector
        """
        jumps = self.jumps(regime, is_forward=is_forward)
        if weights is None:
            weights = self.weights(jumps, hours)
        layout = self.pattern.layout
        slices = layout.forward if is_forward else layout.backward
        room, total = aligned(layout.width), aligned(layout.width)
        here = aligned(layout.width)
        here[:] = x
        nothing = np.zeros((len(weights), 1))
        done, _ = mix_slices(
            *slices.arrays(), *jumps.arrays(), weights, weights, runs, 0, _NEVER_EARLY,
            here, room, total, nothing if series is None else series,
            np.zeros((0, 0)) if kept is None else kept,
        )  # fmt: skip
        self.n_products += int(done)
        return total

    def jumped(self, x: FloatArray, atom: Entries, column: FloatArray) -> FloatArray:
        """Move the shares of an atom between states of x (n_states,)."""
        share = atom.values(column) * x[atom.src]
        y = x.copy()
        np.subtract.at(y, atom.src, share)
        np.add.at(y, atom.dst, share)
        return y

    def begin(self) -> FloatArray:
        """Probabilities of the states at hour 0, (n_states,)."""
        problem = self.pattern.problem
        x = np.zeros(problem.n_states)
        column = self.column(problem.pieces[0].regime)
        np.add.at(x, problem.start.dst, problem.start.values(column))
        return x

    def mass(self, states: FloatArray) -> FloatArray:
        """Probabilities (n_states,) in their places: copies of an end share its own."""
        x = aligned(self.pattern.layout.width)
        x[self.pattern.layout.place] = states
        return x

    def states(self, x: FloatArray) -> FloatArray:
        """Probabilities (n_states,) from their places, copies of an end added up."""
        layout = self.pattern.layout
        states: FloatArray = x[layout.place]
        for end in np.flatnonzero(layout.is_end):
            first = layout.place[end]
            states[end] = x[first : first + 16].sum()
        return states


@dataclass(frozen=True)
class Place:
    """How far one draw has come, in numbers that its track keeps.

    `curve` (n_hours, n_groups) holds the hours so far, `x` (width,) the probabilities
    after the last piece that is done, `products` (1,) how many it took; `done` has one
    entry for each piece, this draw's from `first` on.
    """

    curve: FloatArray
    x: FloatArray
    products: FloatArray
    done: NDArray[np.bool_]
    first: int
    track: Track

    def n_done(self, n_pieces: int) -> int:
        """Pieces of this draw that are done."""
        return int(self.done[self.first : self.first + n_pieces].sum())

    def ends(self, piece: int, x: FloatArray, n_products: int) -> None:
        """Keep what the next piece begins with."""
        at = self.first + piece
        with self.track.ending(self.done, slice(at, at + 1)):
            self.x[:] = x
            self.products[0] += n_products


def _beginning(machine: Machine, n_hours: int, n_groups: int) -> Place:
    """A place of its own, kept nowhere."""
    n_pieces, width = len(machine.pattern.problem.pieces), machine.pattern.layout.width
    curve, done = np.zeros((n_hours, n_groups)), np.zeros(n_pieces, np.bool_)
    return Place(curve, np.zeros(width), np.zeros(1), done, 0, Track())


def curve_of(
    machine: Machine,
    hours: FloatArray,
    group: IntArray,
    place: Place | None = None,
) -> FloatArray:
    """Probability of groups of states at given hours, forward in time.

    Parameters
    ----------
    machine : one draw
    hours : (n_hours,), ascending; at the hour of an atom the value after it
    group : (n_states,), -1 for none
    place : where an earlier run of this draw stopped; the beginning where None

    Returns
    -------
    (n_hours, n_groups)
    """
    problem, breaks = machine.pattern.problem, machine.pattern.problem.breaks
    last = len(problem.pieces) - 1
    at = np.clip(np.searchsorted(breaks, hours, side="right") - 1, 0, last)
    runs = machine.pattern.layout.runs(group)
    place = place or _beginning(machine, len(hours), int(group.max()) + 1)
    n_done, curve = place.n_done(last + 1), place.curve
    x = place.x if n_done else machine.mass(machine.begin())
    for p, piece in list(enumerate(problem.pieces))[n_done:]:
        before = machine.n_products
        jumps = machine.jumps(piece.regime, is_forward=True)
        weights = machine.weights(jumps, piece.hours)
        series = np.zeros((len(weights), curve.shape[1]))
        x = machine.spread(
            piece.regime, x, piece.hours,
            is_forward=True, runs=runs, series=series, weights=weights,
        )  # fmt: skip
        for t in np.flatnonzero(at == p):
            # The same powers, mixed for an earlier hour.
            mean = jumps.top * (hours[t] - breaks[p])
            share = poisson_window(mean, machine.tail)[: len(series)]
            curve[t] = share @ series[: len(share)] / share.sum()
        if piece.atom >= 0:
            column = machine.column(piece.regime)
            states = machine.states(x)
            atom = problem.atoms[piece.atom]
            x = machine.mass(machine.jumped(states, atom, column))
        place.ends(p, x, machine.n_products - before)
    return curve
