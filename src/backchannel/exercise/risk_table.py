"""The table of the exact engine for one crisis, for whom the risk is shown."""

from __future__ import annotations

import numpy as np

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.escalation.backward import solve_backward
from backchannel.escalation.clock import Clock
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.methods import Uniformisation
from backchannel.escalation.world import World

_TABLE_HOURS = 97
_CLOCKS: dict[str, Clock] = {}


def clock_of(crisis: Crisis) -> Clock:
    """The table of one crisis, made once; it takes a second or so.

    Parameters
    ----------
    crisis : with an escalation section

    Returns
    -------
    Clock : P(war by the horizon) from every state at every hour

    Raises
    ------
    ModelError : no escalation section, or too many states.
    """
    if crisis.digest not in _CLOCKS:
        method = Uniformisation()
        draws = draw_numbers(crisis, 1).at_medians()
        world = World(crisis, draws)
        compiled = compile_escalation(world, max_states=method.max_states)
        problem = compiled.problem
        hours = np.linspace(0.0, problem.hours, _TABLE_HOURS)
        tail = method.tail(problem)
        table = solve_backward(problem, compiled.theta, draw=0, hours=hours, tail=tail)
        _CLOCKS[crisis.digest] = Clock(compiled, table, 0)
    return _CLOCKS[crisis.digest]
