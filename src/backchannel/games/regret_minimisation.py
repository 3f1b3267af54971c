"""Regret minimisation on the sequence form, with the best certified average kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backchannel.games._kernels.regret import (
    DISCOUNTED,
    PLUS,
    PREDICTIVE,
    earn,
    gain,
    run_pair,
    update,
)
from backchannel.games.leaf_blocks import LeafBlocks, leaf_blocks, set_order
from backchannel.games.methods import RegretMinimisation
from backchannel.games.sequence_form import SequenceForm
from backchannel.games.tree import FloatArray
from backchannel.games.watch import Watch

_RULES = {"cfr+": PLUS, "predictive": PREDICTIVE, "discounted": DISCOUNTED}
_GROWTH = 0.1  # the gap is computed after every tenth more iterations
_FEWEST = 8  # iterations between two looks at least


@dataclass(frozen=True)
class LearningState:
    """Where learning stands: enough to go on from there, number for number.

    Per player, all (n_sequences,): regrets, behaviour, plan, and the weighted total of
    plans; then the best average so far, its iteration and its gap.
    """

    step: int
    regrets: tuple[FloatArray, ...]
    behaviour: tuple[FloatArray, ...]
    plans: tuple[FloatArray, ...]
    totals: tuple[FloatArray, ...]
    best_plans: tuple[FloatArray, ...]
    best_step: int = 0
    best_gap: float = np.inf


@dataclass(frozen=True, eq=False)
class Learned:
    """The best average play, its gap, and where to go on.

    `gaps` (n, 2) lists iteration and gap at every look; `is_stopped` tells of a stop by
    hand.
    """

    plans: tuple[FloatArray, ...]
    gap: float
    step: int
    gaps: FloatArray
    state: LearningState = field(repr=False)
    is_stopped: bool = False


def minimise_regret(
    form: SequenceForm,
    method: RegretMinimisation,
    *,
    watch: Watch | None = None,
    start: LearningState | None = None,
) -> Learned:
    """Learn from regrets until the gap is small or the time is over.

    Parameters
    ----------
    form : of a game with any number of players
    method : rule, goal and limits
    watch : how long, and whom to tell
    start : go on from here; None begins with equally likely actions

    Returns
    -------
    Learned : the average play with the smallest gap seen, never simply the last
    """
    watch = watch or Watch()
    machine = Machine(form)
    rule, power = _RULES[method.rule], float(method.power)
    state = start or machine.fresh()
    buffers = machine.load(state)
    step, seen, is_stopped = state.step, [], False
    best = state.best_plans, state.best_step, state.best_gap

    def stand() -> LearningState:
        regrets, behaviour, plans, totals = (
            machine.unload(buffers, column) for column in range(1, 5)
        )
        return LearningState(step, regrets, behaviour, plans, totals, *best)

    try:
        while step < method.max_steps and not watch.is_over:
            if best[2] <= method.gap:
                break
            count = max(_FEWEST, int(step * _GROWTH))
            count = min(count, method.max_steps - step, machine.longest)
            machine.run(buffers, range(step + 1, step + 1 + count), rule, power)
            step += count
            averages = tuple(b[4] / b[4][0] for b in buffers)
            gains = machine.gains(averages)
            gap = float(gains.mean() if method.is_mean_gap else gains.max(initial=0.0))
            seen.append((step, gap))
            if gap < best[2]:
                best = machine.ordered(averages), step, gap
                watch.tell(f"{step} iterations, gap {gap:.1e}")
            watch.keep(stand)
    except KeyboardInterrupt:
        is_stopped = True
        watch.tell("stopped; the best so far is kept")
    return Learned(
        plans=best[0],
        gap=best[2],
        step=best[1],
        gaps=np.array(seen, dtype=np.float64).reshape(-1, 2),
        state=stand(),
        is_stopped=is_stopped,
    )


Buffers = tuple[tuple[FloatArray, ...], ...]


class Machine:
    """A game as the compiled loops want it, and what they do with it."""

    def __init__(self, form: SequenceForm) -> None:
        """Sort a game's sequences and leaves.

        Parameters
        ----------
        form : of any number of players; the leaves of two are sorted into blocks
        """
        self.form = form
        self.orders = tuple(set_order(sets) for sets in form.sets)
        self.ways = tuple((order.groups, order.parents) for order in self.orders)
        self.blocks: LeafBlocks | None = None
        if form.n_players == 2:
            self.blocks = leaf_blocks(form, (self.orders[0], self.orders[1]))
        # About a second between two looks at the time.
        self.longest = max(1, 400_000_000 // max(1, 2 * form.n_leaves))

    def fresh(self) -> LearningState:
        """Where nobody has learnt anything: every action equally often."""
        plans, even = [], []
        for order in self.orders:
            plan, share = np.ones(len(order.order)), np.ones(len(order.order))
            for first, n, count, at in order.groups.tolist():
                here = slice(first, first + n * count)
                share[here] = 1.0 / count
                plan[here] = np.tile(plan[order.parents[at : at + n]] / count, count)
            plans.append(plan[order.place])
            even.append(share[order.place])
        zeros = tuple(np.zeros_like(plan) for plan in plans)
        start = tuple(plans)
        return LearningState(0, zeros, tuple(even), start, zeros, start)

    def load(self, state: LearningState) -> Buffers:
        """Own copies by place: (gradient, regrets, behaviour, plan, total) per player.

        One place more than there are sequences stands for no sequence at all.
        """
        columns = (state.regrets, state.behaviour, state.plans, state.totals)
        return tuple(
            (
                np.zeros(len(order.order) + 1),
                *(np.append(column[player][order.order], 0.0) for column in columns),
            )
            for player, order in enumerate(self.orders)
        )

    def unload(self, buffers: Buffers, column: int) -> tuple[FloatArray, ...]:
        """One column of the buffers, in the form's order."""
        return self.ordered(tuple(held[column] for held in buffers))

    def ordered(self, placed: tuple[FloatArray, ...]) -> tuple[FloatArray, ...]:
        """Numbers of sequences by place, in the form's order."""
        return tuple(
            held[order.place] for held, order in zip(placed, self.orders, strict=True)
        )

    def run(self, buffers: Buffers, steps: range, rule: int, power: float) -> None:
        """Iterate, changing the buffers in place."""
        if self.blocks is not None:
            run_pair(
                self.blocks.arrays,
                self.ways,
                buffers,
                steps.start,
                len(steps),
                rule,
                power,
            )
            return
        for step in steps:
            for player, held in enumerate(buffers):
                self.earn(player, tuple(b[3] for b in buffers), held[0])
                weight = float(step) ** power
                update(*self.ways[player], held, weight, rule, float(step))

    def earn(
        self, player: int, plans: tuple[FloatArray, ...], gradient: FloatArray
    ) -> None:
        """What each place of a player earns against the others' plans, by place."""
        if self.blocks is not None:
            earn(player, self.blocks.arrays, plans[1 - player], gradient)
            return
        earned = self.form.gradient(player, self.ordered(plans))
        gradient[:-1] = earned[self.orders[player].order]

    def gains(self, plans: tuple[FloatArray, ...]) -> FloatArray:
        """(n_players,), what a change of the whole plan adds; plans by place."""
        found = np.zeros(len(plans))
        for player, own in enumerate(plans):
            gradient = np.zeros_like(own)
            self.earn(player, plans, gradient)
            found[player] = max(gain(*self.ways[player], own, gradient), 0.0)
        return found


def nash_gap(form: SequenceForm, plans: tuple[FloatArray, ...]) -> float:
    """Find the largest gain of one player who changes its whole plan.

    Parameters
    ----------
    form : of the game
    plans : per player (n_sequences,)

    Returns
    -------
    float : in units of the payoffs, never negative
    """
    machine = Machine(form)
    placed = tuple(
        np.append(plan[order.order], 0.0)
        for plan, order in zip(plans, machine.orders, strict=True)
    )
    return float(machine.gains(placed).max(initial=0.0))
