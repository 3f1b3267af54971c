"""Levers pulled together: named by the reader, run in the same draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from backchannel.base.errors import MethodError, did_you_mean
from backchannel.crisis.model import Crisis
from backchannel.escalation.checkpoint import Checkpoint, identity_of
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import Curves, solve_forward
from backchannel.escalation.levers import Lever, levers_of
from backchannel.escalation.long_run import LongRun
from backchannel.escalation.methods import Sampled, Uniformisation
from backchannel.escalation.result import EscalationResult, LeverEffect
from backchannel.escalation.sampling.answer import sampled_effect
from backchannel.escalation.world import Variation, World


def lever_named(crisis: Crisis, names: Sequence[str]) -> Lever:
    """Find levers by name and join them into one.

    Parameters
    ----------
    crisis : with an escalation section
    names : at least one, each `what=value` as `levers_of` calls them

    Returns
    -------
    Lever : its variation holds all of them

    Raises
    ------
    MethodError : no such lever, or two that set the same thing.

    >>> from backchannel.crisis.load import load
    >>> lever_named(load("strait"), ["drones=grounded"]).controlled_by
    'alpha'
    """
    known = {lever.name: lever for lever in levers_of(crisis)}
    found: list[Lever] = []
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, "lever")
            raise MethodError(f"--lever: no lever '{name}'; {hint}")
        found.append(known[name])
    things = [lever.name.partition("=")[0] for lever in found]
    for thing in things:
        if things.count(thing) > 1:
            raise MethodError(f"--lever: '{thing}' is set twice; give it one value")
    return Lever(
        " + ".join(lever.name for lever in found),
        "; ".join(lever.description for lever in found),
        ", ".join(dict.fromkeys(lever.controlled_by for lever in found)),
        Variation(
            orders={k: v for x in found for k, v in x.variation.orders.items()},
            postures={k: v for x in found for k, v in x.variation.postures.items()},
            channels={k: v for x in found for k, v in x.variation.channels.items()},
        ),
    )


def pull(
    result: EscalationResult,
    crisis: Crisis,
    names: Sequence[str],
    *,
    progress: Callable[[str], None] | None = None,
    checkpoint: Path | None = None,
) -> LeverEffect:
    """Run a crisis once more with some levers pulled, in the draws of a result.

    Parameters
    ----------
    result : of the crisis as it is written
    crisis : the same crisis
    names : of levers, all pulled at once
    progress : called with what is being done, and how far it is
    checkpoint : the file of the result, to stop and go on

    Returns
    -------
    LeverEffect : at the hours of the result; the difference is at the horizon

    Raises
    ------
    MethodError : no such lever, two that set the same thing, or another crisis.
    ModelError : too many states.
    """
    if crisis.digest != result.crisis_digest:
        raise MethodError(
            f"crisis: the result is not of {crisis.name}; compute it anew"
        )
    lever, report = lever_named(crisis, names), progress or _nobody
    if isinstance(result.method, Sampled):
        return sampled_effect(
            lever, crisis, result, result.method, report=report, checkpoint=checkpoint
        )
    curves = _solved(result, result.method, crisis, lever, report, checkpoint)
    # Rounding may let a curve fall in its last digit; a probability by an hour cannot.
    war = np.minimum(np.maximum.accumulate(curves.values[:, 0].T, axis=1), 1.0)
    shown = np.ascontiguousarray(war[:, np.searchsorted(curves.hours, result.hours)])
    return LeverEffect(lever, shown, war[:, -1] - result.risk.prob_war[:, -1])


def _solved(
    result: EscalationResult,
    method: Uniformisation,
    crisis: Crisis,
    lever: Lever,
    report: Callable[[str], None],
    checkpoint: Path | None,
) -> Curves:
    draws, most = result.draws, method.max_states
    # As the levers of the result were compiled: the same order of sums, the same bits.
    as_written = compile_escalation(World(crisis, draws), max_states=most)
    compiled = compile_escalation(
        World(crisis, draws, lever.variation), max_states=most, like=as_written
    )
    identity = identity_of(crisis, draws, asdict(method), result.hours, result.seed)
    run = LongRun(Checkpoint(checkpoint, identity), report, {lever.name: 1.0})
    with run.keeping():
        run.say(f"pulling {lever.name}")
        return solve_forward(
            compiled.problem,
            compiled.theta,
            np.unique(np.append(result.hours, result.risk.horizon)),
            tail=method.tail(compiled.problem),
            n_threads=method.n_threads,
            max_jumps=method.max_jumps,
            track=run.track(lever.name),
        )


def _nobody(_stage: str) -> None:
    """Report to nobody."""
