"""From a crisis to the arrays that its general paths are drawn from.

Every number comes from the same rules as the exact engine's (`rules.py`, `hazards.py`,
`answers.py`), asked in all contexts at once instead of in all states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation._kernels.alias import fill_row_block
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
from backchannel.escalation.sampling.ways import Ways, list_ways
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
    ways: Ways
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
        (pieces, rates, outcomes, matters, decided, jumps, start)
        """
        regimes = range(len(self.timeline.regimes))
        columns = np.stack([self.theta.regime(r, draw) for r in regimes])
        column, matters, ways = columns[0], self.matters, self.ways
        weight = ways.weights(columns)
        threshold, other, totals = _alias(weight)
        rates = (
            np.ascontiguousarray(totals[..., 0]),
            np.ascontiguousarray(totals[..., 1:]),
            column[self.cooling],
            self.cap,
            column[matters.off],
            self.is_kernel,
        )
        after = ways.to, ways.leaves, ways.asks, ways.cause, self.rung
        law = matters.laws(draw)
        timed = matters.slot, matters.stage, matters.stream, law, matters.table
        chances = matters.owner, column[matters.up], column[matters.down]
        targets = matters.up_to, matters.down_to, matters.cause, self.rung
        jumps = column[self.jumps.prob], self.jumps.to, self.jumps.cause
        return (
            self._pieces(),
            rates,
            (threshold, other, *after),
            timed,
            (*chances, *targets),
            jumps,
            self._start(column),
        )

    def _pieces(self) -> tuple[Any, ...]:
        pieces = self.timeline.pieces
        return (
            np.cumsum([piece.hours for piece in pieces]),
            np.array([piece.regime for piece in pieces]),
            np.array([piece.atom for piece in pieces]),
            self.over,
        )

    def _start(self, column: FloatArray) -> tuple[Any, ...]:
        start = self.beginning
        threshold, other, _ = _alias(column[start.chance])
        place = start.context, start.heat, start.pending
        return (*place, threshold, other, start.to, start.asks, start.cause, self.rung)

    def scratch(self) -> tuple[Any, ...]:
        """Working space of one path at a time."""
        n_slots = len(self.matters.owner)
        return (
            np.zeros(len(self.cap)),
            np.full(n_slots, np.inf),
            np.zeros(n_slots),
            np.zeros(len(self.matters.stream), np.int64),
            np.zeros(len(self.rungs), np.int64),
        )


def _alias(
    weight: FloatArray,
) -> tuple[NDArray[np.uint32], NDArray[np.int32], FloatArray]:
    """Alias rows along the last axis: thresholds, others, and sums of the weights."""
    threshold, other = np.empty(weight.size, np.uint32), np.empty(weight.size, np.int32)
    rows = weight.reshape(int(np.prod(weight.shape[:-1])), weight.shape[-1])
    totals: FloatArray = fill_row_block(rows, threshold, other)
    return threshold, other, totals.reshape(weight.shape[:-1])


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
    ways = list_ways(shop, contexts)
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
        ways=ways,
        matters=matters,
        beginning=beginning,
        jumps=jumps,
    )
