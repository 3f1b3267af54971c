"""Multilevel splitting: reach war rung by rung, from where earlier paths arrived."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.base.streams import stream
from backchannel.escalation._kernels.stages import run_stage
from backchannel.escalation.jump_table import DrawTables, JumpTable


@dataclass(frozen=True)
class Splitting:
    """Fixed effort: `n_paths` start every stage, drawn from the arrivals of the last.

    `n_runs` independent runs give the standard error. No rate is changed, so a way to
    war that tilting hides is still met here.

    Source: Garvels (2000), The splitting method in rare event simulation, Twente;
    L'Ecuyer, Demers and Tuffin (2007), ACM Transactions on Modeling and Computer
    Simulation 17(2), 9.
    """

    n_paths: int = 4000
    n_runs: int = 40

    def __post_init__(self) -> None:
        if self.n_paths < 100:
            raise MethodError(f"n_paths: is {self.n_paths}; must be 100 or more")
        if self.n_runs < 2:
            raise MethodError(f"n_runs: is {self.n_runs}; must be 2 or more")


def split_paths(table: JumpTable, method: Splitting, seed: int) -> tuple[float, float]:
    """Estimate P(war by the horizon) by fixed-effort splitting on the rung.

    Parameters
    ----------
    table : jumps of the process
    method : paths a stage, and runs
    seed : of every path

    Returns
    -------
    mean over the runs, and its standard error

    Notes: unbiased, whatever the rungs. Source: Garvels (2000), ch. 2.
    """
    found = np.array([_one_run(table, method, seed, k) for k in range(method.n_runs)])
    return float(found.mean()), float(found.std(ddof=1) / np.sqrt(method.n_runs))


def split_draws(
    tables: DrawTables, chance: FloatArray, method: Splitting, seed: int
) -> tuple[float, float]:
    """Estimate the mean over all draws of P(war) by splitting in a few of them.

    Parameters
    ----------
    tables : of every draw
    chance : (n_draws,), above 0, adds up to 1: with which a run is of a draw. The mean
        is right for any, and its error least where it is in proportion to P(war)
    method, seed : as for `split_paths`

    Returns
    -------
    mean over the runs, and its standard error, draws and paths together

    Source: Hansen and Hurwitz (1943), Annals of Mathematical Statistics 14(4), 333-362.
    """
    rng = stream(seed, "splitting: which draws")
    picked = rng.choice(len(tables), size=method.n_runs, p=chance)
    found = np.array(
        [
            _one_run(tables[int(draw)], method, seed, run) / chance[draw]
            for run, draw in enumerate(picked)
        ]
    ) / len(tables)
    return float(found.mean()), float(found.std(ddof=1) / np.sqrt(method.n_runs))


def _one_run(table: JumpTable, method: Splitting, seed: int, run: int) -> float:
    goals = sorted({int(g) for g in table.group if g > table.first_group})
    n = method.n_paths
    nobody = np.zeros(0, dtype=np.int64)
    state, hour, piece = nobody, np.zeros(0), nobody
    product, jumps, out = 1.0, table.arrays, table.outflow(table.rate)
    for k, goal in enumerate(goals):
        arrived_state, arrived_hour = np.empty(n, dtype=np.int64), np.empty(n)
        arrived_piece = np.empty(n, dtype=np.int64)
        n_arrived = run_stage(
            jumps,
            table.rate,
            out,
            goal,
            np.uint64(seed),
            run * n,
            k,
            state,
            hour,
            piece,
            arrived_state,
            arrived_hour,
            arrived_piece,
        )
        if n_arrived == 0:
            return 0.0
        product *= n_arrived / n
        state, hour = arrived_state[:n_arrived], arrived_hour[:n_arrived]
        piece = arrived_piece[:n_arrived]
    return product
