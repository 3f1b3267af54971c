"""Solve a problem forward over all draws: choose blocks and threads, run the kernel."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.escalation._kernels.lanes import WIDTH
from backchannel.escalation._kernels.uniformisation import (
    N_TERMS,
    expected_jumps,
    solve_blocks,
)
from backchannel.escalation.long_run import Track
from backchannel.escalation.one_draw import Machine, Place, curve_of, pattern_of
from backchannel.escalation.problem import FloatArray, IntArray, MarkovProblem, Theta
from backchannel.escalation.slices import aligned
from backchannel.escalation.stencil import Stencil, pack

# Blocks per task: small enough that a slow core does not hold up a fast one.
_BLOCKS_PER_TASK = 4
# Beyond so many states a block alone takes long enough.
_FEW_STATES = 4_000
# At 1,000 non-zeros some 10 ms for each draw.
MAX_JUMPS = 60_000.0
# So few draws would leave lanes empty: one draw alone takes 3x its share of sixteen.
_MOST_ALONE = 4


@dataclass(frozen=True)
class Curves:
    """Probabilities of the groups, (n_hours, n_groups, n_draws), and the work done.

    `n_products` counts sparse products, one for each draw.
    """

    hours: FloatArray
    values: FloatArray
    n_nonzero: int
    n_products: int


def n_free_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def solve_forward(
    problem: MarkovProblem,
    theta: Theta,
    hours: FloatArray,
    *,
    tail: float = 1e-14,
    group: IntArray | None = None,
    n_threads: int | None = None,
    max_jumps: float = MAX_JUMPS,
    track: Track | None = None,
) -> Curves:
    """Probability of groups of states at given hours, for every draw.

    Parameters
    ----------
    problem, theta : structure, and parameters of the draws
    hours : (n_hours,), ascending, between 0 and the length of all pieces; at the hour
        of an atom the value after it
    tail : Poisson probability left out per stretch
    group : (n_states,), which sum each state belongs to, -1 for none; war and settled
        (0 and 1) where nothing is said
    n_threads : how many blocks run at once; the result does not depend on it
    max_jumps : largest expected number of jumps, at the fastest state's pace
    track : where blocks are kept as they end, and who is told

    Returns
    -------
    Curves : `values` (n_hours, n_groups, n_draws)

    Raises
    ------
    MethodError : hours are not ascending or lie outside the pieces.
    ModelError : more than `max_jumps` jumps, or a rate that is not finite.
    """
    check_hours(hours, problem)
    track = track or Track()
    group = war_and_settled(problem) if group is None else group
    if theta.n_draws <= _MOST_ALONE:
        return _one_by_one(problem, theta, hours, group, tail, max_jumps, track)
    n_groups = int(group.max()) + 1
    stencil = pack(problem)
    theta = Theta(
        np.ascontiguousarray(theta.parameters), np.ascontiguousarray(theta.clocks)
    )
    n_blocks = -(-theta.n_draws // WIDTH)
    draw = _in_order(problem, stencil, theta, max_jumps)
    size = len(hours) * n_groups * n_blocks * WIDTH
    held, done = track.parts(size + n_blocks, n_blocks)
    curve, products = held[:size].reshape(len(hours), n_groups, -1), held[size:]
    n_products = np.zeros(n_blocks, dtype=np.int64)
    fixed = _kernel_arrays(problem, stencil, hours, group)
    sizes = _workspace_sizes(problem, stencil, theta, n_groups)
    per_task = _blocks_per_task(problem, n_blocks)

    def run(first: int) -> None:
        last = min(first + per_task, n_blocks)
        work = [aligned(size) for size in sizes]
        solve_blocks(
            first, last, *fixed, n_groups, theta.parameters, theta.clocks, draw, tail,
            *work, curve, n_products, track.halt,
        )  # fmt: skip
        with track.ending(done, slice(first, last)):
            products[first:last] = n_products[first:last]

    firsts = range(0, n_blocks, per_task)
    todo = [k for k in firsts if not done[k : k + per_task].all()]
    if len(todo) == 1:
        run(todo[0])
    elif todo:
        threads = ThreadPoolExecutor(n_threads or n_free_cores())
        with threads as pool, track.stopping():
            list(pool.map(run, todo))
    values = np.empty((len(hours), n_groups, theta.n_draws))
    values[:, :, draw] = curve
    by_draw = np.repeat(products, WIDTH)[: theta.n_draws]
    return Curves(hours, values, stencil.n_nonzero, int(by_draw.sum()))


def _blocks_per_task(problem: MarkovProblem, n_blocks: int) -> int:
    if problem.n_states > _FEW_STATES:
        return 1
    return max(1, min(_BLOCKS_PER_TASK, n_blocks // 8))


def _one_by_one(
    problem: MarkovProblem,
    theta: Theta,
    hours: FloatArray,
    group: IntArray,
    tail: float,
    max_jumps: float,
    track: Track,
) -> Curves:
    """Few draws: sixteen states side by side, not sixteen draws."""
    pattern, n_draws = pattern_of(problem), theta.n_draws
    n_groups, n_pieces = int(group.max()) + 1, len(problem.pieces)
    size, width = n_draws * len(hours) * n_groups, pattern.layout.width
    held, done = track.parts(size + width + n_draws, n_draws * n_pieces)
    curves = held[:size].reshape(n_draws, len(hours), n_groups)
    x, products = held[size : size + width], held[size + width :]
    for draw in range(n_draws):
        machine = Machine(pattern, theta, draw, tail, max_jumps)
        first = draw * n_pieces
        place = Place(curves[draw], x, products[draw : draw + 1], done, first, track)
        curve_of(machine, hours, group, place)
    n_products = int(products.sum())
    values = np.ascontiguousarray(curves.transpose(1, 2, 0))
    return Curves(hours, values, pattern.n_cells, n_products)


def _in_order(
    problem: MarkovProblem, stencil: Stencil, theta: Theta, max_jumps: float
) -> IntArray:
    """Draws by falling cost, (n_blocks * WIDTH,); the last one fills the last block."""
    n_lanes = -(-theta.n_draws // WIDTH) * WIDTH
    draw = np.minimum(np.arange(n_lanes), theta.n_draws - 1)
    hours = np.zeros(theta.clocks.shape[0])
    for piece in problem.pieces:
        hours[piece.regime] += piece.hours
    jumps = np.empty(n_lanes)
    *_, stay, amount, step, tile, _ = map(
        aligned, _workspace_sizes(problem, stencil, theta, 0)
    )
    expected_jumps(
        stencil.row_start, _offsets(stencil.source), _offsets(stencil.rate),
        stencil.term_start, stencil.mult, _offsets(stencil.factor.ravel()),
        hours, theta.parameters, theta.clocks, draw, stay, amount, step, tile, jumps,
    )  # fmt: skip
    if not jumps.max() <= max_jumps:
        raise ModelError(
            f"escalation: {jumps.max():.3g} jumps within {problem.hours:g} h, at most "
            f"{max_jumps:g} can be followed; shorten the horizon, or slow down the "
            "fastest hazard, decision, order or cooling"
        )
    order = np.argsort(-jumps[: theta.n_draws], kind="stable")
    return np.append(order, np.repeat(order[-1:], n_lanes - theta.n_draws))


def check_hours(hours: FloatArray, problem: MarkovProblem) -> None:
    """Refuse hours that no piece covers.

    Raises
    ------
    MethodError : not ascending, negative or beyond the horizon.
    """
    if len(hours) == 0 or np.any(np.diff(hours) < 0):
        raise MethodError("hours: must be given and ascending")
    if hours[0] < 0 or hours[-1] > problem.hours * (1 + 1e-12):
        raise MethodError(
            f"hours: run from {hours[0]:g} to {hours[-1]:g}; "
            f"must lie between 0 and the horizon, {problem.hours:g} h"
        )


def war_and_settled(problem: MarkovProblem) -> IntArray:
    """Group 0 for the state of war, 1 for settled, -1 for all others."""
    group = np.full(problem.n_states, -1)
    group[problem.war] = 0
    if problem.settled >= 0:
        group[problem.settled] = 1
    return group


def _kernel_arrays(
    problem: MarkovProblem, stencil: Stencil, hours: FloatArray, group: IntArray
) -> tuple[np.ndarray, ...]:
    """Everything about structure and time, in the order the kernel takes it."""
    breaks = problem.breaks
    last = len(problem.pieces) - 1
    piece = np.clip(np.searchsorted(breaks, hours, side="right") - 1, 0, last)
    observed = np.flatnonzero(group >= 0)
    return (
        stencil.row_start,
        _offsets(stencil.source),
        _offsets(stencil.rate),
        stencil.term_start,
        stencil.mult,
        _offsets(stencil.factor.ravel()),
        stencil.start,
        stencil.atom_start,
        stencil.atoms,
        np.array([p.hours for p in problem.pieces], dtype=np.float64),
        np.array([p.regime for p in problem.pieces], dtype=np.int64),
        np.array([p.atom for p in problem.pieces], dtype=np.int64),
        np.searchsorted(piece, np.arange(last + 2)),
        hours - breaks[piece],
        _offsets(observed),
        group[observed],
    )


def _workspace_sizes(
    problem: MarkovProblem, stencil: Stencil, theta: Theta, n_groups: int
) -> list[int]:
    """Lengths of x, y, total, stay, amount, step, tile and series."""
    n_rows = theta.parameters.shape[0] + theta.clocks.shape[1]
    rows = [*[problem.n_states] * 4, stencil.n_rates, stencil.n_rates, n_rows]
    return [WIDTH * n for n in [*rows, N_TERMS * n_groups]]


def _offsets(rows: IntArray) -> np.ndarray:
    return np.ascontiguousarray(rows * WIDTH, dtype=np.uint32)
