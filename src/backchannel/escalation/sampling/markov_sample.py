"""The chances of a Markov problem from its paths, told beside the exact ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backchannel.base.errors import MethodError
from backchannel.base.result import Certificate, Status
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.forward import n_free_cores, solve_forward
from backchannel.escalation.hours import reported_hours
from backchannel.escalation.problem import FloatArray, MarkovProblem, Theta
from backchannel.escalation.sampling.markov_run import count_markov
from backchannel.escalation.sampling.markov_tables import MarkovLayout, MarkovTables
from backchannel.escalation.sampling.run import BATCH

# A right sampler is further off at one hour in two million.
_MOST_ERRORS = 5.0
Counts = NDArray[np.int64]
Count = Callable[[MarkovTables, np.uint64, FloatArray], Counts]
_NAMES = ("war", "settled")


@dataclass(frozen=True)
class MarkovSample:
    """Shares of paths in war, and settled, by hour.

    `hours` (n_hours,); `probability` and `standard_error` (2, n_hours), war and
    settled; `draw` is the column of theta that was followed.
    """

    hours: FloatArray
    probability: FloatArray
    standard_error: FloatArray
    n_paths: int
    draw: int
    seed: int
    certificate: Certificate
    status: Status = Status.SAMPLED

    def check(self, problem: MarkovProblem, theta: Theta) -> Certificate:
        """Compare with the exact solution anew.

        Parameters
        ----------
        problem, theta : that were sampled

        Returns
        -------
        Certificate : not verified where the paths are of another problem
        """
        asked = problem, theta, self.draw, self.hours
        return _certify(*asked, self.probability, self.n_paths)

    def __str__(self) -> str:
        ends = [
            f"P({name}) {self.probability[k, -1]:.6f} +- "
            f"{self.standard_error[k, -1]:.1e} by hour {self.hours[-1]:g}"
            for k, name in enumerate(_NAMES)
        ]
        made = f"{self.status}, {self.n_paths:,} paths, seed {self.seed}"
        return "\n".join([*ends, made, str(self.certificate)])


def sample_markov(
    problem: MarkovProblem,
    theta: Theta,
    *,
    draw: int = 0,
    n_paths: int = 1_000_000,
    hours: Sequence[float] | FloatArray | None = None,
    seed: int = 1,
    n_threads: int | None = None,
) -> MarkovSample:
    """Follow paths of a Markov problem, many at a time.

    Parameters
    ----------
    problem, theta : structure, and parameters
    draw : column of theta
    n_paths : how many paths
    hours : at which to report, ascending, up to the horizon; every hour where None
    seed : of the random numbers
    n_threads : how many cores; all where None; never changes a result

    Returns
    -------
    MarkovSample

    Raises
    ------
    MethodError : hours, the draw, or the number of paths out of range.

    >>> from backchannel import load
    >>> from backchannel.crisis.draws import draw_numbers
    >>> from backchannel.escalation.compile import compile_escalation
    >>> from backchannel.escalation.world import World
    >>> crisis = load("strait")
    >>> compiled = compile_escalation(World(crisis, draw_numbers(crisis, 1, 1)))
    >>> sample = sample_markov(compiled.problem, compiled.theta, n_paths=100_000)
    >>> sample.certificate.is_verified
    True
    """

    def count(tables: MarkovTables, key: np.uint64, grid: FloatArray) -> Counts:
        def part(first: int) -> Counts:
            last = min(first + BATCH, n_paths)
            return count_markov(tables, key, first, last, grid)

        with ThreadPoolExecutor(n_threads or n_free_cores()) as pool:
            parts = pool.map(part, range(0, n_paths, BATCH))
            return sum(parts, np.zeros((2, len(grid)), np.int64))

    return sample_by(
        count, problem, theta, draw=draw, n_paths=n_paths, hours=hours, seed=seed
    )


def sample_by(
    count: Count,
    problem: MarkovProblem,
    theta: Theta,
    *,
    draw: int,
    n_paths: int,
    hours: Sequence[float] | FloatArray | None,
    seed: int,
) -> MarkovSample:
    """Sample with one way to count paths 0 to `n_paths` - 1, wherever it runs.

    Parameters
    ----------
    count : (tables, key, grid) -> (2, n_hours), as `count_markov`
    problem, theta, draw, n_paths, hours, seed : as for `sample_markov`

    Returns
    -------
    MarkovSample

    Raises
    ------
    MethodError : hours, the draw, or the number of paths out of range.
    """
    if n_paths < 1:
        raise MethodError(f"n_paths: is {n_paths}; must be 1 or more")
    if not 0 <= draw < theta.n_draws:
        raise MethodError(f"draw: is {draw}; must be below {theta.n_draws}")
    asked = reported_hours(hours, problem.pieces)
    tables = MarkovLayout(problem).tables(theta, draw)
    # The kernels count up to the horizon, asked for or not.
    grid = np.unique(np.append(asked, problem.breaks[-1]))
    counts = count(tables, key_of(seed, "markov paths"), grid)
    share = counts.cumsum(axis=1)[:, : len(asked)] / n_paths
    return MarkovSample(
        hours=asked,
        probability=share,
        standard_error=np.sqrt(share * (1.0 - share) / n_paths),
        n_paths=n_paths,
        draw=draw,
        seed=seed,
        certificate=_certify(problem, theta, draw, asked, share, n_paths),
    )


def _certify(
    problem: MarkovProblem,
    theta: Theta,
    draw: int,
    hours: FloatArray,
    share: FloatArray,
    n_paths: int,
) -> Certificate:
    """Largest deviation from the exact solution, in its standard errors."""
    alone = Theta(
        theta.parameters[:, draw : draw + 1].copy(),
        theta.clocks[:, :, draw : draw + 1].copy(),
    )
    exact = solve_forward(problem, alone, hours).values[:, :, 0].T
    exact = np.clip(exact, 0.0, 1.0)
    if len(exact) < len(share):
        exact = np.vstack([exact, np.zeros_like(exact)])
    # One path is the least that can be seen: a chance of 1e-20 allows for none.
    error = np.sqrt(exact * (1.0 - exact) / n_paths) + 1.0 / n_paths
    worst = float(np.abs((share - exact) / error).max())
    claim = "largest deviation from the exact chances, in standard errors"
    route = "uniformisation of the same problem"
    return Certificate(claim, worst, _MOST_ERRORS, route)
