"""The same forward solution in plain NumPy and SciPy, one draw at a time.

It is what the compiled kernel is tested against, and it serves questions about single
draws: all start states, chains, hours of one nominal world.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from backchannel.escalation.problem import (
    Entries,
    FloatArray,
    IntArray,
    MarkovProblem,
    Theta,
)


def generator(entries: Entries, n_states: int, theta: FloatArray) -> sparse.csr_array:
    """Generator Q of one draw and regime, rows by source state.

    Parameters
    ----------
    entries : transitions
    theta : (n_rows,), one column of parameters and clocks

    Returns
    -------
    (n_states, n_states) sparse matrix, per hour; rows sum to zero
    """
    off = sparse.coo_array(
        (entries.values(theta), (entries.src, entries.dst)), (n_states, n_states)
    ).tocsr()
    return (off - sparse.diags_array(off.sum(axis=1))).tocsr()


def poisson_weights(mean: float, tail: float) -> FloatArray:
    """Poisson probabilities of 0, 1, ... with at most `tail` left out, summing to 1.

    Parameters
    ----------
    mean : expected number of jumps, at most about 700
    tail : probability left out at the upper end

    Notes: upwards from exp(-mean); beyond the mean the weights fall geometrically,
    which bounds the rest.

    >>> poisson_weights(0.0, 1e-12).tolist()
    [1.0]
    """
    weights = [np.exp(-mean)]
    while True:
        k = len(weights)
        if k > mean and weights[-1] * mean <= tail * (k - mean):
            break
        weights.append(weights[-1] * mean / k)
    all_weights = np.array(weights)
    shares: FloatArray = all_weights / all_weights.sum()
    return shares


def jump_rate(q: sparse.csr_array) -> float:
    """Largest exit rate of a generator, per hour."""
    return float(-q.diagonal().min(initial=0.0))


def spread(
    q: sparse.csr_array, x: FloatArray, hours: float, tail: float
) -> tuple[FloatArray, int]:
    """Carry x (n_states, ...) over a span: exp(hours Q) x, and the products it took.

    Pass the transposed generator to carry probabilities forward.
    """
    top = jump_rate(q)
    if top * hours == 0.0:
        return x, 0
    n_stretches = int(np.ceil(top * hours / 600.0))
    matrix = (sparse.eye_array(q.shape[0]) + q / top).tocsr()
    n_products = 0
    for _ in range(n_stretches):
        weights = poisson_weights(top * hours / n_stretches, tail)
        total = weights[0] * x
        for weight in weights[1:]:
            x = matrix @ x
            total = total + weight * x
        x, n_products = total, n_products + len(weights) - 1
    return x, n_products


def jump(x: FloatArray, atom: Entries, theta: FloatArray) -> FloatArray:
    """Move the shares of an atom between the states of x (n_states,)."""
    moved = x[atom.src] * atom.values(theta)
    y = x.copy()
    np.subtract.at(y, atom.src, moved)
    np.add.at(y, atom.dst, moved)
    return y


def states_at(
    problem: MarkovProblem,
    theta: Theta,
    hours: FloatArray,
    draw: int = 0,
    tail: float = 1e-14,
) -> FloatArray:
    """Probability of every state at the hours, (n_hours, n_states).

    Parameters
    ----------
    problem, theta, draw : the process, and which column of parameters to use
    hours : (n_hours,), ascending, from 0 to the horizon; at the hour of an atom the
        value after it
    tail : Poisson probability left out per stretch

    Returns
    -------
    rows sum to 1
    """
    last = len(problem.pieces) - 1
    at = np.clip(np.searchsorted(problem.breaks, hours, side="right") - 1, 0, last)
    kept = np.zeros((len(hours), problem.n_states))
    x = np.zeros(problem.n_states)
    column = theta.regime(problem.pieces[0].regime, draw)
    np.add.at(x, problem.start.dst, problem.start.values(column))
    for p, piece in enumerate(problem.pieces):
        column = theta.regime(piece.regime, draw)
        q = generator(problem.entries, problem.n_states, column).T.tocsr()
        now = problem.breaks[p]
        for t in np.flatnonzero(at == p):
            x, _ = spread(q, x, hours[t] - now, tail)
            kept[t], now = x, hours[t]
        x, _ = spread(q, x, problem.breaks[p + 1] - now, tail)
        if piece.atom >= 0:
            x = jump(x, problem.atoms[piece.atom], column)
    return kept


def solve_reference(
    problem: MarkovProblem,
    theta: Theta,
    hours: FloatArray,
    tail: float,
    group: IntArray,
) -> FloatArray:
    """Probability of each group of states at the hours, draw by draw.

    Parameters
    ----------
    problem, theta, hours, tail : as in `states_at`, for all draws
    group : (n_states,), -1 where a state is not observed

    Returns
    -------
    (n_hours, n_groups, n_draws)
    """
    curve = np.zeros((len(hours), int(group.max()) + 1, theta.n_draws))
    seen = np.flatnonzero(group >= 0)
    for draw in range(theta.n_draws):
        states = states_at(problem, theta, hours, draw, tail)
        np.add.at(curve[:, :, draw].T, group[seen], states[:, seen].T)
    return curve
