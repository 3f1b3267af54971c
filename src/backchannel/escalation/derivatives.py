"""What every rate is worth: exact derivatives of P(war) and P(settled).

With p the probabilities carried forward and h the values carried backward, one more
unit of the rate from s to t adds the integral of p_s (h_t - h_s). Uniformisation turns
the integral into a sum of products without a remainder, so the derivative is that of
the computed probability itself, for all rates in one pass each way.

Source: Cao (2007), Stochastic Learning and Optimization, section 2.1; the pass backward
is the adjoint of the solver, Griewank and Walther (2008), Evaluating Derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.escalation._kernels.slices import trace_flows
from backchannel.escalation.backward import before
from backchannel.escalation.compile import Compiled
from backchannel.escalation.one_draw import Machine, Pattern
from backchannel.escalation.problem import Entries, FloatArray, Theta
from backchannel.escalation.slices import aligned

# Doubles for what is kept of one stretch of time, 256 MiB.
_MOST_KEPT = 2**25
_LONGEST = 600.0
# What the first word of a row's key stands for; all other rows are chances or clocks.
_KINDS = {
    "incident": "incident",
    "delay": "order",
    "countermand": "countermand",
    "decide": "decision",
    "cool": "cooling",
    "calm": "calming",
    "settle": "settling",
    "move": "move",
}


@dataclass(frozen=True)
class RateEffect:
    """What a rate does to the end, to first order.

    `war` and `settled` are the change of P(war) and P(settled) by the horizon for each
    unit of relative change: ten per cent more of the rate adds a tenth of them.
    `kind` says which rate of `name` is meant: of an incident, an order carried out or
    countermanded, a decision, cooling, calming, settling, or a move.
    """

    kind: str
    name: str
    war: float
    settled: float


@dataclass(frozen=True)
class Derivatives:
    """Derivatives of P(war) and P(settled) by the horizon, for one draw.

    `war` and `settled` (n_rows,) belong to the rows of theta, each times the value of
    its row: the change for each unit of relative change. `by_cell` (n_regimes, n_cells,
    2) holds the plain derivatives for the rate of every pair of states, per 1/h; where
    two regimes have the same rate, they add up.
    """

    prob_war: float
    prob_settled: float
    war: FloatArray
    settled: FloatArray
    by_cell: FloatArray
    bound: float


def _nobody(_share: float) -> None:
    """Tell nobody."""


def differentiate(
    pattern: Pattern,
    theta: Theta,
    *,
    draw: int = 0,
    tail: float = 1e-14,
    tell: Callable[[float], None] = _nobody,
) -> Derivatives:
    """Differentiate the ends of a process in all its numbers at once.

    Parameters
    ----------
    pattern : of the problem
    theta, draw : its numbers, and which column
    tail : Poisson probability left out per stretch
    tell : called with the share that is done

    Returns
    -------
    Derivatives : of P(war) and P(settled) at the end of the last piece

    Raises
    ------
    MethodError : no such draw.

    Notes: exact up to rounding; costs five solutions, however many rates there are.
    Source: Griewank and Walther (2008), Evaluating Derivatives, chapter 3.
    """
    if not 0 <= draw < theta.n_draws:
        raise MethodError(f"draw: is {draw}; must be 0 to {theta.n_draws - 1}")
    machine = Machine(pattern, theta, draw, tail)
    problem = pattern.problem
    n_rows = theta.parameters.shape[0] + theta.clocks.shape[1]
    by_row = np.zeros((n_rows, 2))
    by_cell = np.zeros((theta.clocks.shape[0], pattern.n_cells, 2))
    values = np.zeros((problem.n_states, 2))
    values[problem.war, 0] = 1.0
    if problem.settled >= 0:
        values[problem.settled, 1] = 1.0
    stretches = _stretches(machine)
    for k, stretch in enumerate(reversed(stretches)):
        tell((k + 1) / (len(stretches) + 1))
        column = machine.column(stretch.regime)
        if stretch.atom >= 0:
            atom = problem.atoms[stretch.atom]
            gain = stretch.end[atom.src, None] * (values[atom.dst] - values[atom.src])
            by_row += _by_row(atom, gain, column)
            values = np.stack([before(v, atom, column) for v in values.T], axis=1)
        flows, values = _trace(machine, stretch, values)
        by_cell[stretch.regime] += flows
    tell(1.0)
    column = machine.column(problem.pieces[0].regime)
    first = values[problem.start.dst]
    by_row += _by_row(problem.start, first, column)
    ends = problem.start.values(column) @ first
    for regime, derivatives in enumerate(by_cell):
        # The last cell takes the entries that leave the state as it is: worth nothing.
        of_entry = np.vstack([derivatives, np.zeros((1, 2))])[pattern.cell]
        by_row += _by_row(problem.entries, of_entry, machine.column(regime))
    war, settled = by_row.T
    return Derivatives(
        float(ends[0]), float(ends[1]), war, settled, by_cell, machine.bound
    )


@dataclass(frozen=True)
class _Stretch:
    """A span short enough to keep all its powers: what it begins with, in places.

    `end` (n_states,) are the probabilities before the atom at its end, if any.
    """

    regime: int
    hours: float
    begin: FloatArray
    atom: int
    end: FloatArray


def _stretches(machine: Machine) -> list[_Stretch]:
    """Go forward once and note where every stretch begins."""
    problem = machine.pattern.problem
    found, x = [], machine.mass(machine.begin())
    for piece in problem.pieces:
        mean = machine.jumps(piece.regime).top * piece.hours
        longest = min(_LONGEST, _MOST_KEPT / machine.pattern.layout.width / 2)
        n = max(1, math.ceil(mean / longest))
        for k in range(n):
            begin, hours = x, piece.hours / n
            x = machine.spread(piece.regime, begin, hours, is_forward=True)
            end, atom = machine.states(x), piece.atom if k == n - 1 else -1
            found.append(_Stretch(piece.regime, hours, begin, atom, end))
        if piece.atom >= 0:
            column = machine.column(piece.regime)
            end = machine.jumped(end, problem.atoms[piece.atom], column)
            x = machine.mass(end)
    return found


def _trace(
    machine: Machine, stretch: _Stretch, values: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Derivatives (n_cells, 2) for the rates of one stretch; values at its begin."""
    layout = machine.pattern.layout
    slices, jumps = layout.backward, machine.jumps(stretch.regime)
    weights = machine.weights(jumps, stretch.hours)
    kept = aligned(len(weights) * layout.width).reshape(len(weights), layout.width)
    machine.spread(
        stretch.regime, stretch.begin, stretch.hours,
        is_forward=True, kept=kept, weights=weights,
    )  # fmt: skip
    flows = np.zeros((machine.pattern.n_cells, 2))
    earlier = np.empty_like(values)
    for q in range(values.shape[1]):
        flow, left = aligned(slices.n_lanes), aligned(len(slices.left_row))
        x, room = aligned(layout.width), aligned(layout.width)
        trace_flows(
            *slices.arrays(), *jumps.arrays(), weights, kept,
            layout.spread_out(values[:, q]), x, room, flow, left,
        )  # fmt: skip
        machine.n_products += len(weights) - 1
        flows[:, q] = np.concatenate([flow, left])[slices.slot] / (jumps.top or 1.0)
        earlier[:, q] = x[layout.place]
    return flows, earlier


def _by_row(entries: Entries, worth: FloatArray, column: FloatArray) -> FloatArray:
    """Sum what entries are worth (n, 2), times their values, by the rows they name."""
    relative = worth * entries.values(column)[:, None]
    rows, n_rows = entries.factor.ravel(), len(column)
    repeated = np.repeat(relative, entries.factor.shape[1], axis=0)
    sums = [np.bincount(rows, weights, n_rows) for weights in repeated.T]
    return np.stack(sums, axis=1)


def rate_effects(
    compiled: Compiled, derivatives: Derivatives
) -> tuple[RateEffect, ...]:
    """Sum derivatives over the rows that belong to one rate of the crisis file.

    Parameters
    ----------
    compiled : the crisis
    derivatives : of its problem

    Returns
    -------
    Every rate once, by falling effect on P(war)
    """
    found: dict[tuple[str, str], list[float]] = {}
    for row, key in compiled.row_keys.items():
        kind = _KINDS.get(str(key[0]))
        if kind is not None:
            effect = found.setdefault((kind, str(key[1])), [0.0, 0.0])
            effect[0] += float(derivatives.war[row])
            effect[1] += float(derivatives.settled[row])
    effects = [RateEffect(*name, *effect) for name, effect in found.items()]
    return tuple(sorted(effects, key=lambda effect: -abs(effect.war)))
