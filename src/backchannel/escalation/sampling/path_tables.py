"""From a crisis to the arrays that its general paths are drawn from.

Every number comes from the same rules as the exact engine's (`rules.py`, `hazards.py`,
`answers.py`), asked in all contexts at once instead of in all states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation.causes import Cause
from backchannel.escalation.problem import FloatArray, IntArray, Theta
from backchannel.escalation.rows import Rows
from backchannel.escalation.rules import inverse
from backchannel.escalation.sampling.beginnings import (
    Beginning,
    Jumps,
    begin,
    list_jumps,
)
from backchannel.escalation.sampling.contexts import Contexts
from backchannel.escalation.sampling.matters import Matters, list_matters
from backchannel.escalation.sampling.sources import Sources, list_sources
from backchannel.escalation.timeline import Timeline, draw_timeline
from backchannel.escalation.workshop import Workshop
from backchannel.escalation.world import World


@dataclass(frozen=True)
class PathTables:
    """A crisis under one variation, for all draws; `of_draw` makes kernel arrays of it.

    `rung` and `over` (n_contexts,): where each context stands, and whether that is war
    (1), settled (2) or neither; `cooling` (n_kinds,) rows of theta, `cap` (n_kinds,).
    """

    theta: Theta
    timeline: Timeline
    rungs: tuple[str, ...]
    start_rung: int
    causes: tuple[Cause, ...]
    rung: IntArray
    over: IntArray
    is_kernel: bool
    cooling: IntArray
    cap: FloatArray
    sources: Sources
    matters: Matters
    beginning: Beginning
    jumps: Jumps

    @property
    def n_contexts(self) -> int:
        """Number of contexts: rungs times postures times uncertain deadlines."""
        return len(self.over)

    @property
    def horizon(self) -> float:
        """Hours from now to the end of the look."""
        return float(sum(piece.hours for piece in self.timeline.pieces))

    def of_draw(self, draw: int) -> tuple[Any, ...]:
        """Build what `follow_history` reads, with the numbers of one draw.

        Parameters
        ----------
        draw : column of theta

        Returns
        -------
        (pieces, sources, ways, matters, decided, jumps, start)
        """
        regimes = range(len(self.timeline.regimes))
        columns = np.stack([self.theta.regime(r, draw) for r in regimes])
        column, matters, found = columns[0], self.matters, self.sources
        rate = found.rates(columns)
        mean = np.full_like(rate, np.inf)
        np.divide(1.0, rate, out=mean, where=rate > 0.0)
        decay = self._decay(column)
        fade = np.zeros_like(decay)
        np.divide(-1.0, decay, out=fade, where=decay > 0.0)
        ends = found.first[:-1].astype(np.uint64), found.upto(column)
        sources = rate, mean, found.part, decay, fade, found.stream, *ends
        effects = found.kind, found.change, found.asks, found.off
        ways = found.to, found.cause, *effects, self.cap, self._touched(), self.rung
        law = matters.laws(draw)
        timed = matters.slot, matters.stage, matters.stream, law, matters.table
        chances = matters.owner, column[matters.up], column[matters.down]
        decided = *chances, matters.up_to, matters.down_to, matters.cause
        jumps = self.jumps
        passed = column[jumps.prob], jumps.to, jumps.cause, jumps.stream
        start = self._start(column)
        return self._pieces(), sources, ways, timed, decided, passed, start

    def _touched(self) -> NDArray[np.uint64]:
        """What each way changes in each context, (n_ways, n_contexts).

        Twice the part whose level it changes, 0 for none; and 1 for anything else.
        """
        found = self.sources
        here = np.arange(self.n_contexts, dtype=np.uint64)
        is_more = (found.to != here) | (found.asks >= 0)[:, None]
        is_more |= (found.off >= 0)[:, None]
        touched = 2 * (1 + found.kind)[:, None] + is_more
        return np.asarray(touched, np.uint64)

    def _decay(self, column: FloatArray) -> FloatArray:
        """How fast the level of each part falls by itself, (n_parts,) per hour."""
        decay = np.zeros(len(self.sources.part) - 1)
        if self.is_kernel:
            decay[1 : 1 + len(self.cap)] = column[self.cooling]
        return decay

    def _pieces(self) -> tuple[Any, ...]:
        pieces = self.timeline.pieces
        regime = np.array([piece.regime for piece in pieces], np.uint64)
        return (
            np.cumsum([piece.hours for piece in pieces]),
            regime * np.uint64(self.n_contexts),
            np.array([piece.atom for piece in pieces]),
            self.over,
        )

    def _start(self, column: FloatArray) -> tuple[Any, ...]:
        start = self.beginning
        upto = np.cumsum(column[start.chance], axis=1)
        # Nothing falls beyond the last one.
        upto[:, -1:] = np.inf
        level = np.zeros(len(self.sources.part) - 1)
        level[0] = 1.0
        level[1 : 1 + len(start.heat)] = start.heat
        pending = np.repeat(np.arange(len(start.pending)), start.pending)
        answers = upto, start.to, start.asks, start.cause, start.stream
        return (np.uint64(start.context), level, pending, *answers)

    def scratch(self, n_lanes: int = 1) -> tuple[Any, ...]:
        """Working space of paths in flight, a column each.

        Parameters
        ----------
        n_lanes : number of paths in flight

        Returns
        -------
        (parts, clocks, under_way, chain): level and its integral (n_parts, n_lanes);
        points, what is left of targets, numbers and marks of points (n_sources,
        n_lanes); hours and marks (n_slots, n_lanes) and occasions of what is under way;
        what raised each rung (n_rungs, n_lanes)
        """
        n, n_slots = len(self.sources.stream), len(self.matters.owner)
        n_parts = len(self.sources.part) - 1
        parts = np.zeros((n_parts, n_lanes)), np.zeros((n_parts, n_lanes))
        drawn = np.zeros((n, n_lanes), np.uint64)
        clocks = np.zeros((n, n_lanes)), np.zeros((n, n_lanes)), drawn
        occasion = np.zeros((len(self.matters.stream), n_lanes), np.int64)
        due = np.full((n_slots, n_lanes), np.inf)
        under_way = due, np.zeros((n_slots, n_lanes)), occasion
        chain = np.zeros((len(self.rungs), n_lanes), np.int64)
        return parts, clocks, under_way, chain


def path_tables(
    world: World, *, is_kernel: bool = False, is_declared: bool = True
) -> PathTables:
    """Compile a crisis for general paths.

    Parameters
    ----------
    world : crisis, draws and variation
    is_kernel : whether heat decays as an exponential kernel, with no cap; otherwise
        token by token
    is_declared : whether what takes time takes it by the law of the file; otherwise
        the time is exponential with the mean that a draw has

    Returns
    -------
    PathTables

    Raises
    ------
    ModelError : no escalation section, horizon 0, or a latency without a law.
    """
    timeline = draw_timeline(world)
    shop = Workshop(world, timeline, Rows(world.draws.n_draws, len(timeline.regimes)))
    contexts = Contexts(shop)
    matters = list_matters(shop, contexts, is_declared=is_declared)
    beginning = begin(shop, contexts, len(matters.cause))
    jumps = list_jumps(shop, contexts)
    tokens = shop.escalation.tokens
    cooling = [
        shop.rows.number(("cool", kind), inverse(shop, token.cooling))
        for kind, token in tokens.items()
    ]
    # Last: clock rows are numbered after all plain ones.
    sources = list_sources(shop, contexts, is_kernel=is_kernel)
    caps = [np.inf if is_kernel else token.cap for token in tokens.values()]
    return PathTables(
        theta=shop.rows.theta(),
        timeline=timeline,
        rungs=tuple(shop.rungs),
        start_rung=shop.rungs.index(shop.escalation.start.rung),
        causes=shop.causes.all(),
        rung=contexts.here["rung"],
        over=contexts.over,
        is_kernel=is_kernel,
        cooling=np.array(cooling, np.int64),
        cap=np.array(caps, float),
        sources=sources,
        matters=matters,
        beginning=beginning,
        jumps=jumps,
    )
