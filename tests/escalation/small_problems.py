"""Markov problems of a few states, written row by row or drawn by seed."""

import numpy as np

from backchannel.escalation.problem import Entries, MarkovProblem, Piece, Theta


def constant(rows, n_states, start, war, *, settled=-1, hours=96.0):
    """One piece; rows are (src, dst, rate)."""
    return MarkovProblem(
        n_states=n_states,
        entries=Entries.of([(s, d, rate, ()) for s, d, rate in rows]),
        start=Entries.of([(0, start, 1.0, ())]),
        pieces=(Piece(hours, 0),),
        atoms=(),
        war=war,
        settled=settled,
        group=np.arange(n_states),
    )


def no_numbers(n_draws=1):
    """Theta of a problem whose rates stand in `mult`."""
    return Theta(np.ones((1, n_draws)), np.zeros((1, 0, n_draws)))


def walk(up, down, n):
    """A random walk on 0..n, absorbed at both ends."""
    inner = range(1, n)
    return [(i, i + 1, up) for i in inner] + [(i, i - 1, down) for i in inner]


def random_problem(seed, n_states=7, n_draws=5):
    """Dense random rates, two regimes, one atom; the last states are settled, war."""
    rng = np.random.default_rng(seed)
    war, settled = n_states - 1, n_states - 2
    rows = []
    for s in range(n_states - 2):
        for d in range(n_states):
            if s != d and rng.random() < 0.6:
                factors = tuple(rng.integers(0, 6, rng.integers(1, 4)).tolist())
                rows.append((s, d, float(rng.uniform(0.1, 2)), factors))
    rows += rows[:3]
    atom = [(s, war if s % 2 else 0, 0.5, (3,)) for s in range(1, n_states - 2)]
    problem = MarkovProblem(
        n_states=n_states,
        entries=Entries.of(rows),
        start=Entries.of([(0, 0, 0.75, ()), (0, 1, 0.25, ())]),
        pieces=(Piece(5.0, 0), Piece(7.0, 1, 0), Piece(0.0, 1), Piece(4.0, 0)),
        atoms=(Entries.of(atom),),
        war=war,
        settled=settled,
        group=np.arange(n_states),
    )
    parameters = np.vstack([np.ones(n_draws), rng.uniform(0.01, 0.4, (4, n_draws))])
    return problem, Theta(parameters, rng.uniform(0.0, 0.5, (2, 1, n_draws)))


def uncertain_climb(rates, hours):
    """Three steps to war, all at one rate that differs from draw to draw."""
    problem = MarkovProblem(
        n_states=4,
        entries=Entries.of([(k, k + 1, 1.0, (1,)) for k in range(3)]),
        start=Entries.of([(0, 0, 1.0, ())]),
        pieces=(Piece(hours, 0),),
        atoms=(),
        war=3,
        settled=-1,
        group=np.arange(4),
    )
    ones = np.ones(len(rates))
    return problem, Theta(np.stack([ones, rates]), np.zeros((1, 0, len(rates))))


def three_or_more(mean):
    """P(war) of that climb, by the mean number of steps: a tail of the Poisson law."""
    return -np.expm1(-mean) - np.exp(-mean) * (mean + mean**2 / 2)
