"""Sources of chance that occur at a rate, and the ways in which each may end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation.hazards import clock_row, rate_rows
from backchannel.escalation.problem import FloatArray, IntArray
from backchannel.escalation.rows import ONE, ZERO
from backchannel.escalation.rules import Rule, calm, drawn, inverse, moves, outcomes
from backchannel.escalation.sampling.contexts import NOTHING, Contexts
from backchannel.escalation.workshop import Workshop

# The part of what always may occur; then one part for each kind of heat, one for each
# matter.
ALWAYS = 0


def stream_of(*name: object) -> int:
    """Number of a random stream, from the name of its source alone.

    Parameters
    ----------
    name : what the source is, such as ("incident", "clash", "hazard")

    Returns
    -------
    32 bits of SHA-256: two of 50 sources share a number in one file of 3 million

    >>> stream_of("move", "lunge") == stream_of("move", "lunge")
    True
    """
    digest = hashlib.sha256("\\0".join(map(str, name)).encode()).digest()
    return int.from_bytes(digest[:4], "little")


@dataclass(frozen=True)
class Way:
    """What one occurrence of a source may do.

    `chance` is a row of theta, `to` (n_contexts,) the context after it; heat of `kind`
    grows by `change`, the matter `asks` gets under way, `off` is called off.
    """

    to: IntArray
    cause: int = NOTHING
    chance: int = ONE
    kind: int = NOTHING
    change: float = 0.0
    asks: int = NOTHING
    off: int = NOTHING


@dataclass(frozen=True)
class Source:
    """One source: its stream, its part, its rate (n_contexts,) rows, its ways."""

    stream: int
    part: int
    rate: IntArray
    clock: int
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Sources:
    """All sources in order of their parts; rates are products of rows of theta.

    `part` (n_parts + 1,) says where each part begins, `first` (n_sources + 1,) where
    the ways of each source begin; `rate` (n_sources, n_contexts), `clock` and `chance`
    are rows of theta, all other arrays as in `Way`.
    """

    part: NDArray[np.uint64]
    stream: NDArray[np.uint64]
    rate: IntArray
    clock: IntArray
    first: IntArray
    chance: IntArray
    to: NDArray[np.uint64]
    cause: IntArray
    kind: IntArray
    change: FloatArray
    asks: IntArray
    off: IntArray

    def rates(self, columns: FloatArray) -> FloatArray:
        """Rates (n_regimes * n_contexts, n_sources) per hour.

        `columns` (n_regimes, n_rows) is one draw of theta in every regime.
        """
        rate = columns[:, self.rate] * columns[:, self.clock, None]
        by_row = rate.transpose(0, 2, 1)
        return np.ascontiguousarray(by_row.reshape(-1, len(self.stream)))

    def upto(self, column: FloatArray) -> FloatArray:
        """Chances (n_ways,) of the ways of each source, added up.

        Infinite for the last way of each, beyond which nothing falls.
        """
        total = np.cumsum(column[self.chance])
        before = np.concatenate([[0.0], total])[self.first[:-1]]
        upto = np.asarray(total - np.repeat(before, np.diff(self.first)))
        upto[self.first[1:] - 1] = np.inf
        return upto


def list_sources(shop: Workshop, contexts: Contexts, *, is_kernel: bool) -> Sources:
    """Ask the rules in all contexts at once.

    Parameters
    ----------
    shop : of the compilation; its rows grow
    contexts : of the crisis
    is_kernel : whether heat fades by itself, so that no token cools
    """
    found = [*_incidents(shop, contexts), *_spontaneous(shop, contexts)]
    if not is_kernel:
        found += _cooling(shop, contexts)
    found += _countermands(shop, contexts)
    found = sorted(found, key=lambda source: source.part)
    n_parts = 1 + len(shop.escalation.tokens) + contexts.n_matters
    ways = [way for source in found for way in source.ways]
    settle = shop.rows.settle
    rate = np.array([source.rate for source in found], np.int64)
    rate = rate.reshape(-1, contexts.n)
    return Sources(
        # Unsigned, so that no index is asked whether it counts from the end.
        part=np.searchsorted(
            [source.part for source in found], np.arange(n_parts + 1)
        ).astype(np.uint64),
        stream=np.array([source.stream for source in found], np.uint64),
        # What is over has no sources.
        rate=np.where(contexts.over == 0, settle(rate), ZERO),
        clock=settle(np.array([source.clock for source in found], np.int64)),
        first=np.cumsum([0, *(len(source.ways) for source in found)]),
        chance=settle(np.array([way.chance for way in ways], np.int64)),
        to=np.array([way.to for way in ways], np.uint64).reshape(-1, contexts.n),
        cause=np.array([way.cause for way in ways], np.int64),
        kind=np.array([way.kind for way in ways], np.int64),
        change=np.array([way.change for way in ways]),
        asks=np.array([way.asks for way in ways], np.int64),
        off=np.array([way.off for way in ways], np.int64),
    )


def _incidents(shop: Workshop, contexts: Contexts) -> Iterator[Source]:
    """The hazard of each incident, and what each kind of heat adds to it."""
    kinds = list(shop.escalation.tokens)
    for name, incident in shop.escalation.incidents.items():
        left = incident.leaves
        ways = tuple(
            Way(
                to=contexts.after(changed),
                cause=cause,
                chance=row,
                kind=NOTHING if left is None else kinds.index(left),
                change=1.0,
                asks=contexts.asked(changed),
            )
            for row, changed, cause in outcomes(shop, name, contexts.here)
        )
        clock = clock_row(shop, name)
        for kind in (None, *incident.excited_by):
            yield Source(
                stream=stream_of("incident", name, kind or ""),
                part=ALWAYS if kind is None else 1 + kinds.index(kind),
                rate=rate_rows(shop, name, kind, contexts.here),
                clock=clock,
                ways=ways,
            )


def _spontaneous(shop: Workshop, contexts: Contexts) -> Iterator[Source]:
    """Calm, the end by itself, and moves, by the name of their row."""
    for rules in (calm, moves):
        for rule in rules(shop, contexts.here):
            row = _row(rule)
            name = shop.rows.keys().get(row, ())
            yield Source(
                stream=stream_of(*name),
                part=ALWAYS,
                rate=np.where(np.asarray(rule.mult) > 0, row, ZERO),
                clock=ONE,
                ways=(Way(contexts.after(rule.changed), rule.cause),),
            )


def _row(rule: Rule) -> int:
    return int(np.asarray(rule.factors[0]))


def _cooling(shop: Workshop, contexts: Contexts) -> Iterator[Source]:
    for k, (kind, token) in enumerate(shop.escalation.tokens.items()):
        row = shop.rows.number(("cool", kind), inverse(shop, token.cooling))
        yield Source(
            stream=stream_of("cooling", kind),
            part=1 + k,
            rate=np.full(contexts.n, row),
            clock=ONE,
            ways=(Way(contexts.after({}), kind=k, change=-1.0),),
        )


def _countermands(shop: Workshop, contexts: Contexts) -> Iterator[Source]:
    """An order under way that is called off; parties call nothing off."""
    n_kinds = len(shop.escalation.tokens)
    delayed = [o for o in shop.world.orders.items() if o[1].delay is not None]
    for m, (name, order) in enumerate(delayed):
        row = shop.rows.number(("countermand", name), drawn(shop, order.countermand))
        if row != ZERO:
            yield Source(
                stream=stream_of("countermand", name),
                part=1 + n_kinds + m,
                rate=np.full(contexts.n, row),
                clock=ONE,
                ways=(Way(contexts.after({}), off=m),),
            )
