"""What can happen to a path at a rate: incidents with their answers, calm, moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.escalation.hazards import clock_row, rate_rows
from backchannel.escalation.problem import FloatArray, IntArray
from backchannel.escalation.rows import ONE, ZERO
from backchannel.escalation.rules import calm, moves, outcomes
from backchannel.escalation.sampling.contexts import NOTHING, Contexts
from backchannel.escalation.workshop import Workshop


@dataclass(frozen=True)
class Ways:
    """Every way by number; rates are products of rows of theta.

    `rate` (1 + n_kinds, n_ways, n_contexts) is the row of the hazard, then of what each
    kind of heat adds; `chance` and `clock` (n_ways,) are the rows of the answer and of
    the hour. `to` (n_ways, n_contexts) is the context after it, `leaves`, `asks` and
    `cause` (n_ways,) the kind of heat it leaves, the matter it puts under way, and its
    cause, -1 for none.
    """

    rate: IntArray
    chance: IntArray
    clock: IntArray
    to: IntArray
    leaves: IntArray
    asks: IntArray
    cause: IntArray

    def weights(self, columns: FloatArray) -> FloatArray:
        """Rates (n_regimes, n_contexts, 1 + n_kinds, n_ways) from theta.

        `columns` (n_regimes, n_rows) is one draw of theta in every regime.
        """
        share = columns[:, self.chance] * columns[:, self.clock]
        weight = columns[:, self.rate] * share[:, None, :, None]
        return np.ascontiguousarray(weight.transpose(0, 3, 1, 2))


@dataclass(frozen=True)
class _Way:
    rate: list[IntArray]
    to: IntArray
    cause: int
    chance: int = ONE
    clock: int = ONE
    leaves: int = NOTHING
    asks: int = NOTHING


def list_ways(shop: Workshop, contexts: Contexts) -> Ways:
    """Ask the rules in all contexts at once.

    Parameters
    ----------
    shop : of the compilation; its rows grow
    contexts : of the crisis
    """
    ways = [*_incidents(shop, contexts), *_spontaneous(shop, contexts)]
    settle = shop.rows.settle
    rate = np.array([way.rate for way in ways], np.int64).transpose(1, 0, 2)
    return Ways(
        # What is over has no ways.
        rate=np.where(contexts.over == 0, settle(rate), ZERO),
        chance=settle(np.array([way.chance for way in ways])),
        clock=settle(np.array([way.clock for way in ways])),
        to=np.array([way.to for way in ways]),
        leaves=np.array([way.leaves for way in ways]),
        asks=np.array([way.asks for way in ways]),
        cause=np.array([way.cause for way in ways]),
    )


def _incidents(shop: Workshop, contexts: Contexts) -> list[_Way]:
    kinds = list(shop.escalation.tokens)
    never = np.full(contexts.n, ZERO)
    ways = []
    for name, incident in shop.escalation.incidents.items():
        rates = [rate_rows(shop, name, None, contexts.here)]
        rates += [
            rate_rows(shop, name, kind, contexts.here)
            if kind in incident.excited_by
            else never
            for kind in kinds
        ]
        left = incident.leaves
        for row, changed, cause in outcomes(shop, name, contexts.here):
            way = _Way(
                rate=rates,
                to=contexts.after(changed),
                cause=cause,
                chance=row,
                clock=clock_row(shop, name),
                leaves=NOTHING if left is None else kinds.index(left),
                asks=contexts.asked(changed),
            )
            ways.append(way)
    return ways


def _spontaneous(shop: Workshop, contexts: Contexts) -> list[_Way]:
    never = np.full(contexts.n, ZERO)
    no_heat = [never] * len(shop.escalation.tokens)
    return [
        _Way(
            rate=[np.where(np.asarray(rule.mult) > 0, rule.factors[0], ZERO), *no_heat],
            to=contexts.after(rule.changed),
            cause=rule.cause,
        )
        for rules in (calm, moves)
        for rule in rules(shop, contexts.here)
    ]
