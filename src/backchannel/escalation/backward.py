"""Risk from every state: one draw carried backward from the horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.escalation.long_run import Track
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
    track: Track | None = None,
) -> Backward:
    """Probability of war by the horizon, for all states at once.

    Parameters
    ----------
    problem, theta, draw : the process, and which column of parameters to use
    hours : at which to keep the table, besides the breaks between pieces
    tail : Poisson probability left out per stretch
    pattern : of the problem, where the caller has it
    track : where rows are kept as they are found, and who is told

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
    found, spans, track = [(problem.hours, x)], _spans(problem, asked), track or Track()
    held, done = track.parts(len(spans) * problem.n_states + 1, len(spans))
    rows = held[:-1].reshape(len(spans), problem.n_states)
    machine.bound = float(held[-1])
    for k, (p, late, early) in enumerate(spans):
        if not done[k]:
            piece = problem.pieces[p]
            if piece.atom >= 0 and late == problem.breaks[p + 1]:
                column = machine.column(piece.regime)
                x = before(x, problem.atoms[piece.atom], column)
            spread = machine.spread(piece.regime, layout.spread_out(x), late - early)
            with track.ending(done, slice(k, k + 1)):
                rows[k], held[-1] = spread[layout.place], machine.bound
        x = rows[k]
        found.append((early, x))
    # Of two rows for one hour the one found first lies after the jump between them.
    by_hour = dict(reversed(found))
    order = sorted(by_hour)
    table = np.stack([by_hour[hour] for hour in order])
    return Backward(np.array(order), table, machine.bound)


def _spans(problem: MarkovProblem, asked: FloatArray) -> list[tuple[int, float, float]]:
    """Piece, end and beginning of every span between rows, from the horizon back."""
    spans, breaks = [], problem.breaks
    for p in reversed(range(len(problem.pieces))):
        stops = asked[(asked > breaks[p]) & (asked < breaks[p + 1])]
        late = breaks[p + 1]
        for early in [*np.unique(stops)[::-1], breaks[p]]:
            spans.append((p, float(late), float(early)))
            late = early
    return spans


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
