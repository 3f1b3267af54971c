"""From a crisis to the arrays that its general paths are drawn from.

Every number comes from the same rules as the exact engine's (`rules.py`, `hazards.py`,
`answers.py`), asked in all contexts at once instead of in all states.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation._kernels.alias import fill_row_block
from backchannel.escalation.answers import answers_to, respond
from backchannel.escalation.causes import Cause
from backchannel.escalation.hazards import clock_row, rate_rows
from backchannel.escalation.problem import FloatArray, IntArray, Theta
from backchannel.escalation.rows import Rows
from backchannel.escalation.rules import calm, drawn, inverse, moves, outcomes
from backchannel.escalation.sampling.laws import Stages
from backchannel.escalation.state_space import Columns
from backchannel.escalation.timeline import Timeline, draw_timeline
from backchannel.escalation.workshop import Workshop
from backchannel.escalation.world import World

# Counter word 3 of what takes time: streams keep their number when orders are switched.
_ORDER_STREAM, _PARTY_STREAM = 0x100, 0x10000
_NOWHERE = -1


@dataclass
class _Ways:
    """What can happen, one row each: chances by row of theta, and what it changes."""

    rate: list[list[IntArray]] = field(default_factory=list)
    """For the base and each kind of heat, rows of theta (n_contexts,) or empty."""
    chance: list[int] = field(default_factory=list)
    clock: list[int] = field(default_factory=list)
    to: list[IntArray] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    asks: list[int] = field(default_factory=list)
    cause: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class PathTables:
    """A crisis under one variation, for all draws; see `of_draw`."""

    theta: Theta
    timeline: Timeline
    rungs: tuple[str, ...]
    start_rung: int
    causes: tuple[Cause, ...]
    contexts: dict[str, IntArray]
    over: IntArray
    is_kernel: bool
    kinds: tuple[str, ...]
    ways: dict[str, Any]
    matters: dict[str, Any]
    start: dict[str, Any]

    @property
    def n_contexts(self) -> int:
        """Number of contexts: rungs times postures times uncertain deadlines."""
        return len(self.over)

    @property
    def horizon(self) -> float:
        """Hours from now to the end of the look."""
        return float(sum(piece.hours for piece in self.timeline.pieces))

    @property
    def ends(self) -> FloatArray:
        """Hours at which pieces end, (n_pieces,)."""
        return np.cumsum([piece.hours for piece in self.timeline.pieces])

    def of_draw(self, draw: int) -> tuple[Any, ...]:
        """Build what `follow_history` reads, with the numbers of one draw.

        Parameters
        ----------
        draw : column of theta

        Returns
        -------
        (pieces, rates, outcomes, matters, decided, jumps, start)
        """
        n_regimes = len(self.timeline.regimes)
        columns = np.stack([self.theta.regime(r, draw) for r in range(n_regimes)])
        column = columns[0]
        weight = self._weights(columns)
        n_ways = weight.shape[-1]
        rows = weight.reshape(-1, n_ways)
        threshold = np.empty(rows.size, np.uint32)
        other = np.empty(rows.size, np.int32)
        totals = fill_row_block(rows, threshold, other)
        totals = totals.reshape(weight.shape[:-1])
        ways, matters = self.ways, self.matters
        regime = np.array([p.regime for p in self.timeline.pieces])
        atom = np.array([p.atom for p in self.timeline.pieces])
        rung = self.contexts["rung"]
        cooling = column[self.start["cooling"]] if self.kinds else np.zeros(0)
        pieces = (self.ends, regime, atom, self.over)
        rates = (
            np.ascontiguousarray(totals[..., 0]),
            np.ascontiguousarray(totals[..., 1:]),
            cooling,
            self.start["cap"],
            column[matters["off"]],
            self.is_kernel,
        )
        tables = (
            threshold, other, ways["to"], ways["leaves"], ways["asks"], ways["cause"],
            rung,
        )  # fmt: skip
        law, table = self._laws(draw)
        timed = (matters["slot"], matters["stage"], matters["stream"], law, table)
        decided = (
            matters["owner"], column[matters["up"]], column[matters["down"]],
            matters["up_to"], matters["down_to"], matters["cause"], rung,
        )  # fmt: skip
        jumps = (
            column[self.start["jump_prob"]],
            self.start["jump_to"],
            self.start["jump_cause"],
        )
        return pieces, rates, tables, timed, decided, jumps, self._begin(column, rung)

    def _weights(self, columns: FloatArray) -> FloatArray:
        """Rate of every way, (n_regimes, n_contexts, 1 + n_kinds, n_ways)."""
        ways = self.ways
        # (n_regimes, 1 + n_kinds, n_ways, n_contexts)
        rate = columns[:, ways["rate"]]
        here = columns[:, ways["chance"]] * columns[:, ways["clock"]]
        weight = rate * here[:, None, :, None] * ways["mult"][None]
        return np.ascontiguousarray(weight.transpose(0, 3, 1, 2))

    def _begin(self, column: FloatArray, rung: IntArray) -> tuple[Any, ...]:
        """Where paths begin, and how what is outstanding is answered."""
        start, ways = self.start, self.ways
        rows = column[start["answers"]] * (start["answers"] > 1)
        threshold = np.empty(rows.size, np.uint32)
        other = np.empty(rows.size, np.int32)
        fill_row_block(np.ascontiguousarray(rows), threshold, other)
        return (
            start["context"], start["heat"], start["pending"], threshold, other,
            start["answer_to"], start["answer_asks"], start["answer_cause"], rung,
        )  # fmt: skip

    def _laws(self, draw: int) -> tuple[FloatArray, FloatArray]:
        law, table = self.matters["law"].copy(), self.matters["table"]
        means = self.matters["means"]
        for stage, hours in means.items():
            law[stage, 1] = hours[draw]
        return law, table

    def scratch(self) -> tuple[Any, ...]:
        """Working space of one path at a time."""
        n_slots = len(self.matters["owner"])
        return (
            np.zeros(len(self.kinds)),
            np.full(n_slots, np.inf),
            np.zeros(n_slots),
            np.zeros(len(self.matters["stream"]), np.int64),
            np.zeros(len(self.rungs), np.int64),
        )


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
    return _Compiler(shop, is_kernel, is_declared).tables()


class _Compiler:
    """One compilation: asks the rules in all contexts at once."""

    def __init__(self, shop: Workshop, is_kernel: bool, is_declared: bool) -> None:
        self.shop, self.is_kernel, self.is_declared = shop, is_kernel, is_declared
        sizes = shop.space.sizes
        names = ("rung", "posture ", "deadline ")
        self.digits = {n: s for n, s in sizes.items() if n.startswith(names)}
        axes = np.meshgrid(*map(np.arange, self.digits.values()), indexing="ij")
        zeros = np.zeros(axes[0].size, np.int64)
        self.here: Columns = {
            **dict.fromkeys(sizes, zeros),
            **{n: a.ravel() for n, a in zip(self.digits, axes, strict=True)},
        }
        self.kinds = tuple(shop.escalation.tokens)
        self.matters = [*self._orders(), *shop.escalation.decisions]

    def _orders(self) -> list[str]:
        orders = self.shop.world.orders.items()
        return [name for name, order in orders if order.delay is not None]

    def tables(self) -> PathTables:
        """All arrays."""
        shop, here = self.shop, self.here
        ways, start = self._ways(), self._start()
        matters = self._matters()
        rung = here["rung"]
        over = np.where(rung == shop.war, 1, np.where(rung == shop.settled, 2, 0))
        return PathTables(
            theta=shop.rows.theta(),
            timeline=shop.timeline,
            rungs=tuple(shop.rungs),
            start_rung=shop.rungs.index(shop.escalation.start.rung),
            causes=shop.causes.all(),
            contexts={name: self.here[name] for name in self.digits},
            over=over,
            is_kernel=self.is_kernel,
            kinds=self.kinds,
            ways=self._settled(ways),
            matters=matters,
            start=start,
        )

    def _target(self, changed: Columns) -> IntArray:
        """Contexts after a change, (n_contexts,)."""
        after = np.zeros(len(self.here["rung"]), np.int64)
        for name, size in self.digits.items():
            after = after * size + changed.get(name, self.here[name])
        return after

    def _asked(self, changed: Columns) -> int:
        for name in changed:
            kind, _, what = name.rpartition(" ")
            if kind == "under way" or kind == "pending":
                return self.matters.index(what)
        return _NOWHERE

    def _ways(self) -> _Ways:
        shop, ways = self.shop, _Ways()
        n, n_kinds = len(self.here["rung"]), len(self.kinds)
        none = np.ones(n, np.int64)
        for name, incident in shop.escalation.incidents.items():
            rates = [rate_rows(shop, name, None, self.here)]
            for kind in self.kinds:
                hot = kind in incident.excited_by
                rates.append(rate_rows(shop, name, kind, self.here) if hot else none)
            leaves = incident.leaves
            for row, changed, cause in outcomes(shop, name, self.here):
                ways.rate.append(rates)
                ways.chance.append(row)
                ways.clock.append(clock_row(shop, name))
                ways.to.append(self._target(changed))
                ways.leaves.append(self.kinds.index(leaves) if leaves else _NOWHERE)
                ways.asks.append(self._asked(changed))
                ways.cause.append(cause)
        for rules in (calm, moves):
            for rule in rules(shop, self.here):
                there = np.asarray(rule.mult) > 0
                rate = np.where(there, rule.factors[0], 1)
                ways.rate.append([rate, *[none] * n_kinds])
                ways.chance.append(0)
                ways.clock.append(0)
                ways.to.append(self._target(rule.changed))
                ways.leaves.append(_NOWHERE)
                ways.asks.append(_NOWHERE)
                ways.cause.append(rule.cause)
        return ways

    def _settled(self, ways: _Ways) -> dict[str, Any]:
        """Lists as arrays; what is over has no ways."""
        settle = self.shop.rows.settle
        rate = settle(np.array(ways.rate).transpose(1, 0, 2))
        rung = self.here["rung"]
        is_open = (rung != self.shop.war) & (rung != self.shop.settled)
        return {
            "rate": rate,
            "mult": np.broadcast_to(is_open.astype(float), rate.shape),
            "chance": settle(np.array(ways.chance)),
            "clock": settle(np.array(ways.clock)),
            "to": np.array(ways.to),
            "leaves": np.array(ways.leaves),
            "asks": np.array(ways.asks),
            "cause": np.array(ways.cause),
        }

    def _matters(self) -> dict[str, Any]:
        shop, section = self.shop, self.shop.escalation
        stages, means = Stages([], []), dict[int, FloatArray]()
        slots, stage, streams, causes = [0], [0], [], []
        up, down, off, up_to, down_to = [], [], [], [], []
        rows, here = shop.rows, self.here
        stay = self._target({})
        for name in self.matters[: len(self._orders())]:
            order = shop.world.orders[name]
            assert_delay = order.delay
            if assert_delay is not None and self.is_declared:
                stages.declared([assert_delay])
            else:
                means[len(stages.rows)] = shop.draw(assert_delay)
                stages.exponential(0.0)
            slots.append(slots[-1] + 1)
            stage.append(len(stages.rows))
            number = list(section.standing_orders).index(name)
            streams.append(_ORDER_STREAM + number)
            trigger = order.trigger[0] if len(order.trigger) == 1 else ""
            causes.append(shop.causes.number("order", name, trigger))
            up.append(0)
            down.append(1)
            countermand = order.countermand
            off.append(rows.number(("countermand", name), drawn(shop, countermand)))
            up_to.append(self._target(respond(shop, order.response, here)))
            down_to.append(stay)
        for number, (party, decision) in enumerate(section.decisions.items()):
            if self.is_declared:
                stages.declared(shop.world.decision_stages(party))
            else:
                means[len(stages.rows)] = shop.world.decision_hours(party)
                stages.exponential(0.0)
            slots.append(slots[-1] + decision.cap)
            stage.append(len(stages.rows))
            streams.append(_PARTY_STREAM + number)
            causes.append(shop.causes.number("decision", party))
            up.append(rows.number(("up", party), drawn(shop, decision.up)))
            down.append(rows.number(("down", party), drawn(shop, decision.down)))
            off.append(1)
            up_to.append(self._target({"rung": shop.climbed(here, 1)}))
            down_to.append(self._target({"rung": shop.lowered(here)}))
        law, table = stages.arrays()
        n = len(stay)
        return {
            "slot": np.array(slots),
            "stage": np.array(stage),
            "stream": np.array(streams, np.uint64),
            "owner": np.repeat(np.arange(len(up)), np.diff(slots)),
            "up": np.array(up, np.int64),
            "down": np.array(down, np.int64),
            "off": np.array(off, np.int64),
            "up_to": np.array(up_to, np.int64).reshape(-1, n),
            "down_to": np.array(down_to, np.int64).reshape(-1, n),
            "cause": np.array(causes, np.int64),
            "law": law,
            "table": table,
            "means": means,
        }

    def _start(self) -> dict[str, Any]:
        shop, section, rows = self.shop, self.shop.escalation, self.shop.rows
        start = section.start
        digits = dict.fromkeys(self.digits, 0)
        digits["rung"] = shop.rungs.index(start.rung)
        for posture in shop.world.movable_postures:
            settings = list(section.postures[posture].settings)
            digits[f"posture {posture}"] = settings.index(shop.world.setting(posture))
        context = 0
        for name, size in self.digits.items():
            context = context * size + digits[name]
        answers: list[list[int]] = []
        found: list[tuple[IntArray, int, int]] = []
        for incident in start.outstanding:
            here = []
            for k, answer in enumerate(answers_to(shop, incident, self.here)):
                key = ("outstanding", incident, k)
                row = rows.number(key, lambda chance=answer.chance: chance)
                here.append((len(found), row))
                changed = answer.changed
                found.append((self._target(changed), self._asked(changed), answer.cause))
            answers.append([here])  # type: ignore[list-item]
        table = np.ones((len(answers), len(found)), np.int64)
        for i, row_here in enumerate(answers):
            for j, row in row_here[0]:  # type: ignore[attr-defined]
                table[i, j] = row
        n = len(self.here["rung"])
        due = shop.timeline.deadlines
        jump_to, jump_prob = [], []
        for deadline in due:
            then, changed = deadline.then, dict[str, IntArray]()
            if then.to_rung is not None:
                to = shop.rungs.index(then.to_rung)
                changed["rung"] = np.maximum(self.here["rung"], to)
            if deadline in shop.random_deadlines:
                changed[f"deadline {deadline.name}"] = np.ones(n, np.int64)
            jump_to.append(self._target(changed))
            key2 = ("deadline", deadline.name)
            jump_prob.append(rows.number(key2, drawn(shop, then.prob)))
        tokens = section.tokens
        cooling = [
            rows.number(("cool", k), inverse(shop, token.cooling))
            for k, token in tokens.items()
        ]
        caps = [np.inf if self.is_kernel else t.cap for t in tokens.values()]
        return {
            "context": context,
            "heat": np.array([start.tokens.get(k, 0) for k in tokens], float),
            "pending": np.array([start.pending.get(m, 0) for m in self.matters], int),
            "answers": table,
            "answer_to": np.array([f[0] for f in found], np.int64).reshape(-1, n),
            "answer_asks": np.array([f[1] for f in found], np.int64),
            "answer_cause": np.array([f[2] for f in found], np.int64),
            "jump_prob": np.array(jump_prob, np.int64),
            "jump_to": np.array(jump_to, np.int64).reshape(-1, n),
            "jump_cause": np.array(
                [shop.causes.number("deadline", d.name) for d in due], np.int64
            ),
            "cooling": np.array(cooling, np.int64),
            "cap": np.array(caps, float),
        }
