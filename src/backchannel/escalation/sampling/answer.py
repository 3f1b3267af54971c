"""The answer of the escalation room from sampled paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backchannel.base.laws import FloatArray
from backchannel.base.result import Status
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.checkpoint import Checkpoint, identity_of
from backchannel.escalation.hours import fine_hours, reported_hours
from backchannel.escalation.levers import Lever, levers_of
from backchannel.escalation.methods import Sampled
from backchannel.escalation.nominal import with_nominal
from backchannel.escalation.paths import PathToWar, describe_chain
from backchannel.escalation.result import (
    EscalationResult,
    LeverEffect,
    Nominal,
    Sampling,
    Work,
)
from backchannel.escalation.sampling.certificate import certify
from backchannel.escalation.sampling.general_run import count_histories
from backchannel.escalation.sampling.path_tables import PathTables, path_tables
from backchannel.escalation.sampling.run import Sample, run_sample
from backchannel.escalation.world import World

PATHS_KEY = "escalation paths"
_FEWEST_NOMINAL, _MOST_NOMINAL = 20_000, 1_000_000
_N_PATHS = 8


def sample_escalation(
    crisis: Crisis,
    draws: Draws,
    method: Sampled,
    *,
    hours: Sequence[float] | FloatArray | None,
    seed: int,
    report: Callable[[str], None],
    executor: Executor | None = None,
    checkpoint: Path | None = None,
) -> EscalationResult:
    """Follow paths in every draw, once as written and once for each lever.

    Parameters
    ----------
    crisis, draws, method, hours, seed, executor, checkpoint : as for
        `simulate_escalation`; path k of draw d has the same random numbers in every run
    report : called with what is being done

    Returns
    -------
    EscalationResult : status sampled, standard errors in `sampling`

    Raises
    ------
    ModelError : no escalation section, horizon 0, or a latency without a law.
    MethodError : hours out of range, or a checkpoint of another question.
    """
    world = World(crisis, with_nominal(draws))
    tables = tables_for(world, method)
    asked = reported_hours(hours, tables.timeline.pieces)
    fine = fine_hours(tables.timeline.pieces, asked)
    identity = identity_of(crisis, draws, asdict(method), asked, seed)
    kept = Checkpoint(checkpoint, identity)
    runner = _Runner(method, key_of(seed, PATHS_KEY), kept, executor, report)
    counts = runner.count("as written", tables, fine, draws.n_draws)
    risk = RiskCurve(fine, *_curves(counts, method.n_replications))
    at = np.searchsorted(fine, asked)
    war = np.ascontiguousarray(risk.prob_war[:, at])
    levers = _pull(crisis, draws, asked, risk, runner)
    report("tracing the paths to war")
    nominal, paths = _nominal(crisis, tables, draws.n_draws, asked, runner.key, method)
    is_open = 1.0 - risk.prob_war - risk.prob_settled
    n_runs = 1 + len(levers)
    return EscalationResult(
        hours=asked,
        prob_war=war,
        prob_settled=np.ascontiguousarray(risk.prob_settled[:, at]),
        expected_hours_open=np.asarray(np.trapezoid(is_open, fine, axis=1)),
        risk=risk,
        levers=levers,
        paths=paths,
        nominal=nominal,
        clock=None,
        status=Status.SAMPLED,
        method=method,
        seed=draws.seed,
        crisis_digest=crisis.digest,
        work=Work(tables.n_contexts, len(tables.sources.cause), 0, n_runs),
        certificate=certify(tables, world, draws.n_draws, seed),
        draws=draws,
        sampling=_noise(method, war, risk, levers, nominal, n_runs),
    )


def tables_for(world: World, method: Sampled) -> PathTables:
    """Compile a world under the settings of a method."""
    return path_tables(
        world,
        is_kernel=method.heat == "kernel",
        is_declared=method.delays == "declared",
    )


def sampled_effect(
    lever: Lever,
    crisis: Crisis,
    result: EscalationResult,
    method: Sampled,
    *,
    report: Callable[[str], None],
    checkpoint: Path | None = None,
) -> LeverEffect:
    """Run one lever with the random numbers of a result.

    Parameters
    ----------
    lever : of the crisis
    crisis, result, method : the crisis, and what was sampled of it
    report : called with what is being done
    checkpoint : the file of the result, to stop and go on
    """
    key, draws = key_of(result.seed, PATHS_KEY), result.draws
    identity = identity_of(crisis, draws, asdict(method), result.hours, result.seed)
    runner = _Runner(method, key, Checkpoint(checkpoint, identity), None, report)
    return _effect(lever, crisis, result.draws, result.hours, result.risk, runner)


class _Runner:
    """What all runs of one question share."""

    def __init__(
        self,
        method: Sampled,
        key: np.uint64,
        kept: Checkpoint,
        executor: Executor | None,
        report: Callable[[str], None],
    ) -> None:
        self.method, self.key, self._kept = method, key, kept
        self._executor, self._report = executor, report

    def count(
        self, name: str, tables: PathTables, grid: FloatArray, n_draws: int
    ) -> NDArray[np.int64]:
        """Ends by the hours of a grid, (n_draws, 2, n_hours)."""
        n = self.method.n_replications
        self._report(f"following {n_draws * n:,} paths, {name}")
        return run_sample(
            Sample(tables, self.key, grid, n_draws, n),
            name,
            self._kept,
            executor=self._executor,
            n_threads=self.method.n_threads,
            report=lambda share: self._report(
                f"following {n_draws * n:,} paths, {name}: {share:.0%}"
            ),
        )


def _curves(counts: NDArray[np.int64], n: int) -> tuple[FloatArray, FloatArray]:
    """Shares of paths that have ended in war, and settled, (n_draws, n_hours) each."""
    shares = counts.cumsum(axis=2) / n
    war, settled = shares[:, 0], shares[:, 1]
    return np.ascontiguousarray(war), np.ascontiguousarray(settled)


def _pull(
    crisis: Crisis, draws: Draws, hours: FloatArray, risk: RiskCurve, runner: _Runner
) -> tuple[LeverEffect, ...]:
    return tuple(
        _effect(lever, crisis, draws, hours, risk, runner)
        for lever in levers_of(crisis)
    )


def _effect(
    lever: Lever,
    crisis: Crisis,
    draws: Draws,
    hours: FloatArray,
    risk: RiskCurve,
    runner: _Runner,
) -> LeverEffect:
    asked = np.unique(np.append(hours, risk.horizon))
    tables = tables_for(World(crisis, draws, lever.variation), runner.method)
    counts = runner.count(lever.name, tables, asked, draws.n_draws)
    war, _ = _curves(counts, runner.method.n_replications)
    shown = np.ascontiguousarray(war[:, np.searchsorted(asked, hours)])
    return LeverEffect(lever, shown, war[:, -1] - risk.prob_war[:, -1])


def _nominal(
    crisis: Crisis,
    tables: PathTables,
    draw: int,
    hours: FloatArray,
    key: np.uint64,
    method: Sampled,
) -> tuple[Nominal, tuple[PathToWar, ...]]:
    """Curve of the nominal world, and what raised each rung on its paths to war."""
    n = n_nominal(method)
    grid = np.unique(np.append(hours, tables.horizon))
    base = draw << 32
    counts, chains = count_histories(
        tables, draw, key, base, base + n, grid, n_chains=n
    )
    war = counts[0].cumsum() / n
    nominal = Nominal(war[np.searchsorted(grid, hours)], None, tables.rungs)
    return nominal, _told(crisis, tables, chains, n)


def n_nominal(method: Sampled) -> int:
    """Paths of the nominal world: enough to tell chains apart."""
    return int(np.clip(method.n_replications, _FEWEST_NOMINAL, _MOST_NOMINAL))


def _told(
    crisis: Crisis, tables: PathTables, chains: NDArray[np.int16], n: int
) -> tuple[PathToWar, ...]:
    """The most frequent chains, and all others together."""
    if len(chains) == 0:
        return ()
    first, war = tables.start_rung, len(tables.rungs) - 1
    found, counts = np.unique(chains[:, first:war], axis=0, return_counts=True)
    total = len(chains) / n
    order = np.argsort(-counts, kind="stable")
    paths = [
        describe_chain(
            crisis,
            tables.rungs[first + 1 :],
            tuple(tables.causes[c] for c in found[k].tolist()),
            float(counts[k] / n),
            total,
        )
        for k in order[:_N_PATHS].tolist()
    ]
    rest = float(counts[order[_N_PATHS:]].sum()) / n
    if rest > 0:
        paths.append(PathToWar((), (), "all other chains", rest, rest / total))
    return tuple(paths)


def _noise(
    method: Sampled,
    war: FloatArray,
    risk: RiskCurve,
    levers: tuple[LeverEffect, ...],
    nominal: Nominal,
    n_runs: int,
) -> Sampling:
    n = method.n_replications
    end = _standard_error(risk.prob_war[:, -1], n)
    by_lever = [
        np.hypot(_standard_error(risk.prob_war[:, -1] + e.difference, n), end)
        for e in levers
    ]
    return Sampling(
        n_replications=n,
        n_nominal=n_nominal(method),
        n_paths=n * len(war) * n_runs + n_nominal(method),
        standard_error=_standard_error(war, n),
        nominal_standard_error=_standard_error(nominal.prob_war, n_nominal(method)),
        lever_standard_error=np.array(by_lever).reshape(len(levers), len(war)),
    )


def _standard_error(share: FloatArray, n: int) -> FloatArray:
    """Standard error of a share of n paths, by Wilson's centre so that 0 has one too.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212, at one standard deviation.
    """
    variance = np.clip(share * (1.0 - share), 0.0, None) / n + 1.0 / (4.0 * n * n)
    return np.asarray(np.sqrt(variance) / (1.0 + 1.0 / n))
