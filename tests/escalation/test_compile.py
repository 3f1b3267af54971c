"""A lever compiled after the crisis as written: the same model, found in one look."""

from __future__ import annotations

import numpy as np
import pytest

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.levers import levers_of
from backchannel.escalation.state_space import Space, reach
from backchannel.escalation.world import World


@pytest.mark.parametrize("name", ["strait", "cuba-1962"])
def test_a_guess_of_the_states_changes_no_answer(name: str) -> None:
    """For every lever: the states found with and without the guess, and the risk."""
    crisis = load(name)
    draws = draw_numbers(crisis, 20)
    as_written = compile_escalation(World(crisis, draws))
    hours = np.array([as_written.problem.hours])
    for lever in levers_of(crisis):
        world = World(crisis, draws, lever.variation)
        alone = compile_escalation(world)
        guessed = compile_escalation(world, like=as_written)
        assert np.array_equal(alone.codes, guessed.codes)
        one = solve_forward(alone.problem, alone.theta, hours).values
        other = solve_forward(guessed.problem, guessed.theta, hours).values
        assert np.abs(one - other).max() < 1e-13


# A line of six states; each leads on, the last back to the first.
SPACE = Space({"rung": 8}, war=7, settled=-1)


def _onward(columns):
    rung = columns["rung"]
    rows = np.flatnonzero(rung < 6)
    return [(rows, (rung[rows] + 1) % 6)]


@pytest.mark.parametrize(
    "likely", [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6], [1, 2], [6], []]
)
def test_a_guess_may_hold_too_much_or_too_little(likely: list[int]) -> None:
    """What is guessed and not reached is left out; what is not guessed is found."""
    start = np.array([0])
    found = reach(SPACE, start, _onward, 100, np.array(likely, dtype=np.int64))
    assert found.tolist() == [0, 1, 2, 3, 4, 5]
