"""Levers pulled together: named by the reader, run in the same draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backchannel.base.errors import MethodError, did_you_mean
from backchannel.crisis.model import Crisis
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.levers import Lever, levers_of
from backchannel.escalation.methods import Sampled
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


def pull(result: EscalationResult, crisis: Crisis, names: Sequence[str]) -> LeverEffect:
    """Run a crisis once more with some levers pulled, in the draws of a result.

    Parameters
    ----------
    result : of the crisis as it is written
    crisis : the same crisis
    names : of levers, all pulled at once

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
    lever = lever_named(crisis, names)
    if isinstance(result.method, Sampled):
        return sampled_effect(lever, crisis, result, result.method)
    world = World(crisis, result.draws, lever.variation)
    most = result.method.max_states
    # As the levers of the result were compiled: the same order of sums, the same bits.
    as_written = compile_escalation(World(crisis, result.draws), max_states=most)
    compiled = compile_escalation(world, max_states=most, like=as_written)
    asked = np.unique(np.append(result.hours, result.risk.horizon))
    curves = solve_forward(
        compiled.problem,
        compiled.theta,
        asked,
        tail=result.method.tail(compiled.problem),
        n_threads=result.method.n_threads,
        max_jumps=result.method.max_jumps,
    )
    # Rounding may let a curve fall in its last digit; a probability by an hour cannot.
    war = np.minimum(np.maximum.accumulate(curves.values[:, 0].T, axis=1), 1.0)
    shown = np.ascontiguousarray(war[:, np.searchsorted(asked, result.hours)])
    return LeverEffect(lever, shown, war[:, -1] - result.risk.prob_war[:, -1])
