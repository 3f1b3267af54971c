"""How long have we got: P(war) by hour and draw, every lever, the paths, the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np

from backchannel.base.errors import MethodError, ModelError, TooManyStatesError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.draws import Draws, draw_numbers
from backchannel.crisis.model import Crisis
from backchannel.crisis.risk import RiskCurve
from backchannel.escalation.backward import Backward, solve_backward
from backchannel.escalation.checkpoint import Checkpoint, identity_of
from backchannel.escalation.clock import Clock
from backchannel.escalation.compile import Compiled, compile_escalation
from backchannel.escalation.derivatives import (
    RateEffect,
    differentiate,
    rate_effects,
)
from backchannel.escalation.forward import Curves, n_free_cores, solve_forward
from backchannel.escalation.hours import fine_hours, reported_hours
from backchannel.escalation.levers import Lever, levers_of
from backchannel.escalation.long_run import LongRun, Track
from backchannel.escalation.methods import AS_EXACT, Sampled, Uniformisation
from backchannel.escalation.nominal import with_nominal
from backchannel.escalation.one_draw import Pattern, pattern_of
from backchannel.escalation.paths import dominant_paths
from backchannel.escalation.problem import Theta
from backchannel.escalation.result import EscalationResult, LeverEffect, Nominal, Work
from backchannel.escalation.sampling.answer import sample_escalation
from backchannel.escalation.world import World

_CLOCK_HOURS = 13
_IDENTITY_BOUND = 1e-10
# Names of solutions in a checkpoint; no lever has a space in its name.
_AS_WRITTEN, _TABLE = "as written", "from every state"
_NOMINAL, _RATES = "at the medians", "every rate"


def simulate_escalation(
    crisis: Crisis,
    *,
    draws: Draws | None = None,
    n_draws: int = 2000,
    method: Uniformisation | Sampled | None = None,
    hours: Sequence[float] | FloatArray | None = None,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
    executor: Executor | None = None,
    checkpoint: Path | None = None,
) -> EscalationResult:
    """Solve the escalation model of a crisis for every draw of its numbers.

    Parameters
    ----------
    crisis : with an escalation section
    draws : joint samples of the numbers; drawn here where None
    n_draws : how many to draw
    method : exact uniformisation, or `Sampled` paths, with its settings; where None,
        exact, or paths of the same model where it has too many states, which
        `progress` is told and `method` of the result says
    hours : at which to report, hours from `now`, ascending up to the horizon; every
        hour (at most 96 steps) where None
    seed : of the draws, where they are not given
    progress : called with the name of each run as it begins, and how far it is
    executor : of concurrent.futures, where sampled paths are to be followed; threads
        of this process where None
    checkpoint : file that keeps what is found, to stop and go on with the same bytes

    Returns
    -------
    EscalationResult : curves (n_draws, n_hours), levers as differences of two full
        runs in the same draws, dominant paths, the clock, a certificate

    Raises
    ------
    ModelError : no escalation section, horizon 0, no way to war, or too many states.
    MethodError : hours, draws or settings out of range, or a checkpoint of another
        question.

    Notes: exact; time grows with non-zeros x draws x (1 + levers) x exit rate x hours.
    Source: Jensen (1953), Skandinavisk Aktuarietidskrift 36, 87-91.

    >>> from backchannel.crisis.load import load
    >>> result = simulate_escalation(load("strait"), n_draws=10, hours=(24, 72))
    >>> result.prob_war.shape, str(result.status)
    ((10, 2), 'exact')
    """
    draws = draws or draw_numbers(crisis, n_draws, seed)
    _check_draws(draws, crisis)
    report = progress or _nobody
    sample = partial(
        sample_escalation, hours=hours, seed=seed, report=report, checkpoint=checkpoint
    )
    if isinstance(method, Sampled):
        return sample(crisis, draws, method, executor=executor)
    if executor is not None:
        raise MethodError("executor: is for sampled paths; add method=Sampled()")
    exact = method or Uniformisation()
    try:
        return _solve_exactly(crisis, draws, exact, hours, report, checkpoint)
    except TooManyStatesError as error:
        if method is not None:
            raise
        report(f"{error}. Sampling paths instead")
        return sample(crisis, draws, AS_EXACT)


def _solve_exactly(
    crisis: Crisis,
    draws: Draws,
    method: Uniformisation,
    hours: Sequence[float] | FloatArray | None,
    report: Callable[[str], None],
    checkpoint: Path | None,
) -> EscalationResult:
    compiled = compile_escalation(
        World(crisis, with_nominal(draws)), max_states=method.max_states
    )
    asked = reported_hours(hours, compiled.problem.pieces)
    fine = fine_hours(compiled.problem.pieces, asked)
    identity = identity_of(crisis, draws, asdict(method), asked, draws.seed)
    kept = Checkpoint(checkpoint, identity)
    run = LongRun(kept, report, _costs(crisis, draws.n_draws))
    with run.keeping():
        run.say(f"solving in {draws.n_draws:,} draws")
        curves = _solve(compiled, fine, method, run.track(_AS_WRITTEN))
        risk = RiskCurve(fine, *_by_draw(curves, draws.n_draws))
        _check_war_is_possible(risk, compiled)
        levers, work = _pull_levers(compiled, crisis, draws, asked, risk, method, run)
        run.say("tracing the paths to war")
        pattern = pattern_of(compiled.problem)
        table = _table(compiled, method, pattern, run.track(_TABLE))
        clock = Clock(compiled, table, draws.n_draws)
        nominal = _nominal(compiled, curves, asked, method, run.track(_NOMINAL))
        rates = _rates(compiled, method, pattern, run.track(_RATES))
    at = np.searchsorted(fine, asked)
    return EscalationResult(
        hours=asked,
        prob_war=np.ascontiguousarray(risk.prob_war[:, at]),
        prob_settled=np.ascontiguousarray(risk.prob_settled[:, at]),
        expected_hours_open=_hours_open(risk),
        risk=risk,
        levers=levers,
        paths=dominant_paths(
            compiled, crisis, draw=draws.n_draws, backward=clock.table
        ),
        nominal=nominal,
        clock=clock,
        status=Status.EXACT,
        method=method,
        seed=draws.seed,
        crisis_digest=crisis.digest,
        work=_add_work(work, compiled, curves),
        certificate=_certify(compiled, clock, curves),
        draws=draws,
        rates=rates,
    )


def _hours_open(risk: RiskCurve) -> FloatArray:
    """Mean hours until the crisis ends, up to the horizon, (n_draws,)."""
    is_open = 1.0 - risk.prob_war - risk.prob_settled
    return np.asarray(np.trapezoid(is_open, risk.hours, axis=1))


def _check_draws(draws: Draws, crisis: Crisis) -> None:
    if draws.crisis_digest != crisis.digest:
        raise MethodError(
            f"draws: are of another crisis than {crisis.name}; "
            "draw them from this one with draw_numbers"
        )


def _costs(crisis: Crisis, n_draws: int) -> dict[str, float]:
    """What each solution costs, in draws."""
    of_levers = {lever.name: float(n_draws) for lever in levers_of(crisis)}
    # Whoever asks for derivatives pays five solutions.
    of_medians = {_TABLE: 1.0, _NOMINAL: 1.0, _RATES: 5.0}
    return {_AS_WRITTEN: n_draws + 1.0, **of_levers, **of_medians}


def _solve(
    compiled: Compiled, hours: FloatArray, method: Uniformisation, track: Track
) -> Curves:
    return solve_forward(
        compiled.problem,
        compiled.theta,
        hours,
        tail=method.tail(compiled.problem),
        n_threads=method.n_threads,
        max_jumps=method.max_jumps,
        track=track,
    )


def _by_draw(curves: Curves, n_draws: int) -> tuple[FloatArray, FloatArray]:
    """P(war) and P(settled), (n_draws, n_hours) each."""
    curve = curves.values[:, :, :n_draws].transpose(1, 2, 0)
    war = _never_falling(curve[0])
    return war, _never_falling(curve[1]) if len(curve) > 1 else np.zeros_like(war)


def _never_falling(curve: FloatArray) -> FloatArray:
    """Make a curve (n_draws, n_hours) rise in its last digits too, up to 1."""
    return np.minimum(np.maximum.accumulate(curve, axis=1), 1.0)


def _check_war_is_possible(risk: RiskCurve, compiled: Compiled) -> None:
    if not risk.prob_war.any():
        raise ModelError(
            f"escalation: no way from {compiled.rungs[compiled.start_rung]} to "
            f"{compiled.rungs[-1]} within {risk.horizon:g} h in any draw; "
            "check hazards, orders and decisions, or leave the section out"
        )


def _pull_levers(
    as_written: Compiled,
    crisis: Crisis,
    draws: Draws,
    hours: FloatArray,
    risk: RiskCurve,
    method: Uniformisation,
    run: LongRun,
) -> tuple[tuple[LeverEffect, ...], Work]:
    """Run every lever in the same draws, one to a core.

    Building one model and solving another then overlap: building holds Python's lock,
    solving does not.
    """
    asked = np.unique(np.append(hours, risk.horizon))
    alone = replace(method, n_threads=1)
    levers = levers_of(crisis)

    def pull(lever: Lever) -> tuple[Compiled, Curves]:
        world = World(crisis, draws, lever.variation)
        compiled = compile_escalation(
            world, max_states=method.max_states, like=as_written
        )
        return compiled, _solve(compiled, asked, alone, run.track(lever.name))

    effects: list[LeverEffect] = []
    work = Work(0, 0, 0, 1)
    threads = ThreadPoolExecutor(method.n_threads or n_free_cores())
    with threads as pool, run.stopping():
        runs = pool.map(pull, levers)
        for lever, (compiled, curves) in zip(levers, runs, strict=True):
            run.say(f"switched {len(effects) + 1} of {len(levers)}: {lever.name}")
            war = _never_falling(curves.values[:, 0].T)
            shown = np.ascontiguousarray(war[:, np.searchsorted(asked, hours)])
            change = war[:, -1] - risk.prob_war[:, -1]
            effects.append(LeverEffect(lever, shown, change))
            work = _add_work(work, compiled, curves, n_runs=work.n_runs + 1)
    return tuple(effects), work


def _nobody(_stage: str) -> None:
    """Report to nobody."""


def _add_work(
    work: Work, compiled: Compiled, curves: Curves, n_runs: int | None = None
) -> Work:
    """Largest model so far, and all products."""
    return Work(
        max(work.n_states, compiled.problem.n_states),
        max(work.n_nonzero, curves.n_nonzero),
        work.n_products + curves.n_products,
        work.n_runs if n_runs is None else n_runs,
    )


def _table(
    compiled: Compiled, method: Uniformisation, pattern: Pattern, track: Track
) -> Backward:
    hours = np.linspace(0.0, compiled.problem.hours, _CLOCK_HOURS)
    draw = compiled.theta.n_draws - 1
    tail = method.tail(compiled.problem)
    return solve_backward(
        compiled.problem,
        compiled.theta,
        draw=draw,
        hours=hours,
        tail=tail,
        pattern=pattern,
        track=track,
    )


def _rates(
    compiled: Compiled, method: Uniformisation, pattern: Pattern, track: Track
) -> tuple[RateEffect, ...]:
    """What every rate does to the end in the nominal world, to first order."""
    draw, tail = compiled.theta.n_draws - 1, method.tail(compiled.problem)
    found = differentiate(
        pattern, compiled.theta, draw=draw, tail=tail, tell=track.tell
    )
    return rate_effects(compiled, found)


def _nominal(
    compiled: Compiled,
    curves: Curves,
    hours: FloatArray,
    method: Uniformisation,
    track: Track,
) -> Nominal:
    theta = Theta(
        compiled.theta.parameters[:, -1:].copy(),
        compiled.theta.clocks[:, :, -1:].copy(),
    )
    group, tail = compiled.problem.group, method.tail(compiled.problem)
    curves_by_rung = solve_forward(
        compiled.problem, theta, hours, tail=tail, group=group, track=track
    )
    by_rung = curves_by_rung.values[:, :, 0]
    at = np.searchsorted(curves.hours, hours)
    return Nominal(curves.values[at, 0, -1], by_rung, compiled.rungs)


def _certify(compiled: Compiled, clock: Clock, curves: Curves) -> Certificate:
    """P(war) of the nominal world, once forward and once backward in time."""
    problem, theta = compiled.problem, compiled.theta
    column = theta.regime(problem.pieces[0].regime, clock.draw)
    risk = clock.table.prob_war[0][problem.start.dst]
    backward = float(problem.start.values(column) @ risk)
    deviation = abs(backward - float(curves.values[-1, 0, clock.draw]))
    claim = "P(war) forward = backward"
    route = "one draw alone, from the horizon"
    return Certificate(claim, deviation, _IDENTITY_BOUND, route)
