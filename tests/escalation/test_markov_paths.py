"""Sampled paths of Markov problems: the same bits by every route, and right."""

import numpy as np
import pytest

from backchannel.base.errors import MethodError
from backchannel.escalation import sample_markov
from backchannel.escalation._kernels import markov_paths
from backchannel.escalation._kernels.markov_paths import follow_path, follow_paths
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.problem import Entries, MarkovProblem, Piece, Theta
from backchannel.escalation.sampling import markov_tables
from backchannel.escalation.sampling.markov_run import count_markov, guesses
from backchannel.escalation.sampling.markov_tables import MarkovLayout
from tests.systems.ref8 import answers, ref8

GRID = np.linspace(0.0, 96.0, 385)
KEY = key_of(7, "test")


def _one_by_one(tables, first, last, grid=GRID):
    counts = np.zeros((2, len(grid)), np.int64)
    asked = tables.start, tables.n_states, tables.model
    follow_paths(first, last, KEY, *asked, grid, guesses(grid), counts)
    return counts


def test_any_number_of_lanes_gives_the_same_bits():
    problem, theta = ref8()
    tables = MarkovLayout(problem).tables(theta)
    alone = _one_by_one(tables, 10, 3000)
    for n_lanes in (1, 48, 64, 200):
        assert (count_markov(tables, KEY, 10, 3000, GRID, n_lanes) == alone).all()
    assert (count_markov(tables, KEY, 11, 3001, GRID) != alone).any()


def test_chunks_add_up():
    problem, theta = ref8()
    tables = MarkovLayout(problem).tables(theta)
    parts = [(0, 1), (1, 700), (700, 700), (700, 2000)]
    total = sum(count_markov(tables, KEY, a, b, GRID) for a, b in parts)
    assert (total == count_markov(tables, KEY, 0, 2000, GRID)).all()


def test_the_plain_functions_give_the_same_path(monkeypatch):
    problem, theta = ref8()
    tables = MarkovLayout(problem).tables(theta)
    asked = KEY, tables.start, np.uint64(tables.n_states), tables.model
    compiled = [tuple(follow_path(np.uint64(path), *asked)) for path in range(20)]
    monkeypatch.setattr(markov_paths, "step", markov_paths.step.py_func)
    plain = [follow_path.py_func(np.uint64(path), *asked) for path in range(20)]
    assert compiled == plain


def test_reference_workload_agrees_with_its_exact_answers():
    """400,000 paths, seed 7: within four standard errors at 8 hours, for both ends.

    A true engine fails for one seed in a thousand (16 tests of 6e-5).
    """
    problem, theta = ref8()
    n = 400_000
    ends = count_markov(MarkovLayout(problem).tables(theta), KEY, 0, n, GRID)
    share = ends.cumsum(axis=1) / n
    for point in answers()["REF-8"]["curve"][1:]:
        k = int(np.searchsorted(GRID, point["hour"]))
        wanted = point["war"], point["settled"]
        for found, exact in zip(share[:, k], wanted, strict=True):
            assert abs(found - exact) <= 4 * np.sqrt(exact * (1 - exact) / n)


def _toy(atom_share):
    """Two standing states, a jump at 2 h, two ways to begin."""
    rows = [(0, 1, 1.0, (1,)), (1, 0, 1.0, (2,)), (1, 2, 1.0, (3,))]
    problem = MarkovProblem(
        n_states=3,
        entries=Entries.of(rows),
        start=Entries.of([(0, 0, 0.25, ()), (0, 1, 0.75, ())]),
        pieces=(Piece(2.0, 0, 0), Piece(0.0, 0), Piece(3.0, 1)),
        atoms=(Entries.of([(0, 2, atom_share, ())]),),
        war=2,
        settled=-1,
        group=np.arange(3),
    )
    theta = Theta(np.array([[1.0], [0.7], [0.3], [0.2]]), np.zeros((2, 0, 1)))
    return problem, theta


def test_jumps_at_fixed_hours_and_several_starts():
    """200,000 paths, seed 7; false alarm below 1 in 1,000."""
    problem, theta = _toy(0.4)
    grid = np.array([0.0, np.nextafter(2.0, 0.0), 2.0, 3.0, 5.0])
    exact = solve_forward(problem, theta, grid).values[:, 0, 0]
    n = 200_000
    ends = count_markov(MarkovLayout(problem).tables(theta), KEY, 0, n, grid)
    share = ends[0].cumsum() / n
    error = np.sqrt(exact * (1 - exact) / n)
    assert (np.abs(share - exact) <= 4 * error).all()
    other, _ = _toy(0.45)
    wrong = solve_forward(other, theta, grid).values[:, 0, 0]
    assert (np.abs(share - wrong)[2:] > 4 * error[2:]).all()


@pytest.mark.parametrize("is_long", [False, True])
def test_lanes_follow_the_plain_function_through_jumps(is_long, monkeypatch):
    """Several starts, two jumps, numbers of states in one word of a cell or in two."""
    if is_long:
        monkeypatch.setattr(markov_tables, "_MOST_SHORT", 3)
    problem, theta = _toy(0.4)
    tables = MarkovLayout(problem).tables(theta)
    assert bool(len(tables.others)) is is_long
    grid = GRID[:21]
    lanes = count_markov(tables, KEY, 3, 2000, grid)
    assert lanes[0].sum() > 500
    assert (lanes == _one_by_one(tables, 3, 2000, grid)).all()


def test_a_state_with_no_way_out_waits_for_the_horizon():
    problem, theta = _toy(0.0)
    silent = Theta(
        theta.parameters * np.array([[1.0], [0.0], [0.0], [0.0]]), theta.clocks
    )
    ends = count_markov(MarkovLayout(problem).tables(silent), KEY, 0, 100, GRID[:21])
    assert not ends.any()


@pytest.mark.parametrize("hour", [0.0, 0.1, 0.25, 95.9, 96.0])
def test_guesses_are_never_after_the_hour(hour):
    part = int(hour / 96.0 * (len(guesses(GRID)) - 1))
    assert GRID[guesses(GRID)[part]] <= hour or guesses(GRID)[part] == 0


def test_sample_markov_carries_its_proof():
    """Threads change nothing, and the check refuses paths of another problem."""
    problem, theta = ref8()
    asked = {"n_paths": 200_000, "hours": (24.0, 72.0), "seed": 3}
    sample = sample_markov(problem, theta, n_threads=1, **asked)
    again = sample_markov(problem, theta, n_threads=3, **asked)
    assert (sample.probability == again.probability).all()
    assert sample.check(problem, theta).is_verified
    calmer = Theta(theta.parameters * 1.0, theta.clocks * 0.9)
    assert not sample.check(problem, calmer).is_verified
    assert "200,000 paths, seed 3" in str(sample)


def test_sample_markov_refuses_what_is_out_of_range():
    problem, theta = ref8()
    with pytest.raises(MethodError, match="n_paths: is 0; must be 1 or more"):
        sample_markov(problem, theta, n_paths=0)
    with pytest.raises(MethodError, match="draw: is 1; must be below 1"):
        sample_markov(problem, theta, draw=1)
    with pytest.raises(MethodError, match="horizon, 96 h"):
        sample_markov(problem, theta, hours=(97.0,))
