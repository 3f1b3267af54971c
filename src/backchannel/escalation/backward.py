"""Risk from every state: one draw carried backward from the horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.escalation.one_draw import Machine, Pattern, pattern_of
from backchannel.escalation.problem import Entries, FloatArray, MarkovProblem, Theta


@dataclass(frozen=True)
class Backward:
    """`prob_war[i, s]`: probability of war by the horizon from state s at `hours[i]`.

    `hours` (n_hours,) ascend from 0 to the horizon, `prob_war` is (n_hours, n_states).
    At the hour of a deadline the value is the one after it has passed. No value is off
    by more than `bound`, rounding aside.
    """

    hours: FloatArray
    prob_war: FloatArray
    bound: float = 0.0


def solve_backward(
    problem: MarkovProblem,
    theta: Theta,
    *,
    draw: int = 0,
    hours: FloatArray | None = None,
    tail: float = 1e-14,
    pattern: Pattern | None = None,
) -> Backward:
    """Probability of war by the horizon, for all states at once.

    Parameters
    ----------
    problem, theta, draw : the process, and which column of parameters to use
    hours : at which to keep the table, besides the breaks between pieces
    tail : Poisson probability left out per stretch
    pattern : of the problem, where the caller has it

    Returns
    -------
    Backward : one row for each kept hour

    Raises
    ------
    MethodError : hours outside the pieces.
    """
    asked = np.zeros(0) if hours is None else hours
    if len(asked) and (asked.min() < 0 or asked.max() > problem.hours):
        raise MethodError(f"hours: must lie between 0 and {problem.hours:g}")
    machine = Machine(pattern or pattern_of(problem), theta, draw, tail)
    layout = machine.pattern.layout
    x = np.zeros(problem.n_states)
    x[problem.war] = 1.0
    kept = [(problem.hours, x)]
    breaks = problem.breaks
    for p in reversed(range(len(problem.pieces))):
        piece = problem.pieces[p]
        if piece.atom >= 0:
            column = machine.column(piece.regime)
            x = before(x, problem.atoms[piece.atom], column)
        stops = asked[(asked > breaks[p]) & (asked < breaks[p + 1])]
        now = breaks[p + 1]
        for stop in [*np.unique(stops)[::-1], breaks[p]]:
            spread = machine.spread(piece.regime, layout.spread_out(x), now - stop)
            x = spread[layout.place]
            now = stop
            kept.append((float(stop), x))
    # Of two rows for one hour the one kept first lies after the jump between them.
    rows = dict(reversed(kept))
    order = sorted(rows)
    table = np.stack([rows[hour] for hour in order])
    return Backward(np.array(order), table, machine.bound)


def before(x: FloatArray, atom: Entries, theta: FloatArray) -> FloatArray:
    """Value before an atom, given the value (n_states,) after it.

    Parameters
    ----------
    x : (n_states,) after it
    atom : what happens
    theta : one column of parameters and clocks

    Returns
    -------
    (n_states,)
    """
    change = atom.values(theta) * (x[atom.dst] - x[atom.src])
    y = x.copy()
    np.add.at(y, atom.src, change)
    return y
