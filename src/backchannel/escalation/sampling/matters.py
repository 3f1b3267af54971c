"""What takes time: delayed orders, and matters that have gone up to a party."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from backchannel.base.uncertain import Uncertain
from backchannel.escalation.answers import respond
from backchannel.escalation.problem import FloatArray, IntArray
from backchannel.escalation.rows import ONE, ZERO
from backchannel.escalation.rules import drawn
from backchannel.escalation.sampling.contexts import Contexts
from backchannel.escalation.sampling.laws import Stages
from backchannel.escalation.sampling.sources import stream_of
from backchannel.escalation.workshop import Workshop

Hours = Callable[[], FloatArray]


@dataclass(frozen=True)
class _Matter:
    n_slots: int
    stream: int
    cause: int
    up: int
    down: int
    up_to: IntArray
    down_to: IntArray


@dataclass(frozen=True)
class Matters:
    """Every matter by number: orders with a delay, then parties.

    Matter m may be under way in slots `slot[m]` to `slot[m + 1]` at once, takes the
    stages `stage[m]` to `stage[m + 1]` of `law`, and then leads to the context
    `up_to[m]` with the chance in row `up[m]` of theta, to `down_to[m]` with that in
    `down[m]`, and else nowhere. `means` are hours (n_draws,) by stage where a law
    differs between draws.
    """

    slot: IntArray
    stage: IntArray
    stream: NDArray[np.uint64]
    cause: IntArray
    up: IntArray
    down: IntArray
    up_to: NDArray[np.uint64]
    down_to: NDArray[np.uint64]
    law: FloatArray
    table: FloatArray
    means: dict[int, FloatArray]

    @property
    def owner(self) -> IntArray:
        """Matter of every slot."""
        return np.repeat(np.arange(len(self.cause)), np.diff(self.slot))

    def laws(self, draw: int) -> FloatArray:
        """Rows of stages in one draw."""
        law = self.law.copy()
        for stage, hours in self.means.items():
            law[stage, 1] = hours[draw]
        return law


def list_matters(shop: Workshop, contexts: Contexts, *, is_declared: bool) -> Matters:
    """List what takes time.

    Parameters
    ----------
    shop, contexts : of the compilation
    is_declared : whether the file's laws hold, or exponential ones with the mean of a
        draw

    Raises
    ------
    ModelError : a latency has no law.
    """
    stages = Stages([], [])
    means: dict[int, FloatArray] = {}
    found = [*_orders(shop, contexts), *_parties(shop, contexts)]
    stage = [0]
    for numbers, hours in _times(shop):
        if is_declared:
            stages.declared(numbers)
        else:
            means[len(stages.rows)] = hours()
            stages.exponential()
        stage.append(len(stages.rows))
    law, table = stages.arrays()
    return Matters(
        slot=np.cumsum([0, *(m.n_slots for m in found)]),
        stage=np.array(stage),
        stream=np.array([m.stream for m in found], np.uint64),
        cause=np.array([m.cause for m in found], np.int64),
        up=np.array([m.up for m in found], np.int64),
        down=np.array([m.down for m in found], np.int64),
        up_to=_stacked([m.up_to for m in found], contexts.n),
        down_to=_stacked([m.down_to for m in found], contexts.n),
        law=law,
        table=table,
        means=means,
    )


def _stacked(targets: list[IntArray], n: int) -> NDArray[np.uint64]:
    return np.array(targets, np.uint64).reshape(-1, n)


def _times(
    shop: Workshop,
) -> Iterator[tuple[list[Uncertain], Callable[[], FloatArray]]]:
    """Stages of every matter, and its mean hours in every draw."""
    for order in shop.world.orders.values():
        if order.delay is not None:
            yield [order.delay], drawn(shop, order.delay)
    for party in shop.escalation.decisions:
        mean = partial(shop.world.decision_hours, party)
        yield shop.world.decision_stages(party), mean


def _orders(shop: Workshop, contexts: Contexts) -> Iterator[_Matter]:
    for name, order in shop.world.orders.items():
        if order.delay is None:
            continue
        trigger = order.trigger[0] if len(order.trigger) == 1 else ""
        yield _Matter(
            n_slots=1,
            stream=stream_of("order", name),
            cause=shop.causes.number("order", name, trigger),
            up=ONE,
            down=ZERO,
            up_to=contexts.after(respond(shop, order.response, contexts.here)),
            down_to=contexts.after({}),
        )


def _parties(shop: Workshop, contexts: Contexts) -> Iterator[_Matter]:
    for party, decision in shop.escalation.decisions.items():
        yield _Matter(
            n_slots=decision.cap,
            stream=stream_of("decision", party),
            cause=shop.causes.number("decision", party),
            up=shop.rows.number(("up", party), drawn(shop, decision.up)),
            down=shop.rows.number(("down", party), drawn(shop, decision.down)),
            up_to=contexts.after({"rung": shop.climbed(contexts.here, 1)}),
            down_to=contexts.after({"rung": shop.lowered(contexts.here)}),
        )
