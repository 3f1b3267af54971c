"""Check the sampler of a crisis by a route that samples nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.result import Certificate
from backchannel.crisis.model import Crisis
from backchannel.escalation._kernels.general_paths import follow_history
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.certificate import against_each_other
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.methods import Sampled
from backchannel.escalation.nominal import with_nominal
from backchannel.escalation.sampling.general_run import count_histories
from backchannel.escalation.sampling.path_tables import PathTables, path_tables
from backchannel.escalation.sampling.rescaling import compare_rates
from backchannel.escalation.world import World

if TYPE_CHECKING:
    from backchannel.escalation.result import EscalationResult

_N_PATHS = 20_000
_N_HOURS = 4
_N_PLAIN = 20
# Parts of the horizon by which ends are told apart.
_N_PLAIN_HOURS = 1_000
_MAX_STATES = 20_000
# In standard errors: a true sampler passes it less than once in 35,000 checks.
BOUND = 4.5
_ROUNDING = 1e-9


def compare_with_exact(world: World, draw: int, seed: int) -> Certificate:
    """Sample one draw under exponential delays and tokens, and solve it exactly.

    Parameters
    ----------
    world : crisis and draws
    draw : which of them
    seed : of the paths

    Returns
    -------
    Certificate : the largest deviation of P(war) at four hours, in standard errors;
        where the states are too many to solve, the number of paths that plain Python
        follows to another end
    """
    tables = path_tables(world, is_declared=False)
    grid = np.linspace(0.0, tables.horizon, _N_HOURS + 1)
    key = key_of(seed, "certificate")
    try:
        compiled = compile_escalation(world, max_states=_MAX_STATES)
    except ModelError:
        return _replayed(tables, draw, key)
    exact = solve_forward(compiled.problem, compiled.theta, grid).values[1:, 0, draw]
    counts, _ = count_histories(tables, draw, key, 0, _N_PATHS, grid)
    share = counts[0].cumsum()[1:] / _N_PATHS
    # A tiny chance is Poisson: with one path more its deviation stays in proportion.
    error = np.sqrt((exact * (1.0 - exact) + 1.0 / _N_PATHS) / _N_PATHS)
    worst = float((np.abs(share - exact) / error).max())
    claim = "sampled = exact P(war), exponential delays, in standard errors"
    return Certificate(claim, worst, BOUND, "uniformisation of the nominal world")


def certify(tables: PathTables, world: World, draw: int, seed: int) -> Certificate:
    """Test a sampler twice: against the exact solution, and at its own settings.

    Parameters
    ----------
    tables : of the world under the settings of the result
    world, draw, seed : as for `compare_with_exact`

    Returns
    -------
    Certificate : the one of the two that is nearer to its bound
    """
    rates = compare_rates(tables, draw, key_of(seed, "rescaling"))
    exact = compare_with_exact(world, draw, seed)
    return max(exact, rates, key=_share_of_bound)


def _share_of_bound(found: Certificate) -> float:
    if found.bound > 0.0:
        return found.value / found.bound
    return np.inf if found.value > 0.0 else 0.0


def _replayed(tables: PathTables, draw: int, key: np.uint64) -> Certificate:
    """Follow some paths in lanes and in plain Python; count those that differ."""
    grid = np.linspace(0.0, tables.horizon, _N_PLAIN_HOURS + 1)
    model, scratch = tables.of_draw(draw), tables.scratch()
    nothing, nowhere = np.empty(0), np.empty(0, np.int64)
    n_other = 0
    for path in range(_N_PLAIN):
        asked = np.uint64(path), key, model, scratch, nothing, nowhere, nowhere
        end, hour, _ = follow_history.py_func(*asked)
        plain = np.zeros((2, len(grid)), np.int64)
        if end > 0:
            plain[end - 1, np.searchsorted(grid, hour)] = 1
        counts, _ = count_histories(tables, draw, key, path, path + 1, grid)
        n_other += int((counts != plain).any())
    claim = f"ends of {_N_PLAIN} paths, lanes = plain"
    return Certificate(claim, float(n_other), 0.0, "plain Python")


def recheck(result: EscalationResult, crisis: Crisis) -> Certificate:
    """Check a sampled result: its curves, and its sampler with other paths.

    Parameters
    ----------
    result : as returned by `simulate_escalation`, possibly changed since
    crisis : of the same digest

    Returns
    -------
    Certificate : infinite where the curves contradict each other
    """
    world = World(crisis, with_nominal(result.draws))
    method = result.method
    tables = path_tables(
        world,
        is_kernel=isinstance(method, Sampled) and method.heat == "kernel",
        is_declared=isinstance(method, Sampled) and method.delays == "declared",
    )
    found = certify(tables, world, result.n_draws, result.seed + 1)
    broken = not against_each_other(result) <= _ROUNDING
    value = np.inf if broken or not _is_multiple(result) else found.value
    return Certificate(found.claim, value, found.bound, found.route)


def _is_multiple(result: EscalationResult) -> bool:
    """Whether every chance is a whole number of paths."""
    if result.sampling is None:
        return False
    paths = result.prob_war * result.sampling.n_replications
    return bool((np.abs(paths - np.round(paths)) < 1e-6).all())
