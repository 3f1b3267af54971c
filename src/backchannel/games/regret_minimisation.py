"""Regret minimisation on the sequence form, with the best certified average kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from backchannel.games._kernels.regret import (
    DISCOUNTED,
    PLUS,
    PREDICTIVE,
    best_value,
    gather,
    run_pair,
    update,
)
from backchannel.games.methods import RegretMinimisation
from backchannel.games.sequence_form import COUNT, SequenceForm
from backchannel.games.tree import FloatArray, IntArray
from backchannel.games.watch import Watch

_RULES = {"cfr+": PLUS, "predictive": PREDICTIVE, "discounted": DISCOUNTED}
_GROWTH = 0.1  # the gap is computed after every tenth more iterations
Table = tuple[IntArray, IntArray, FloatArray]


@dataclass(frozen=True)
class LearningState:
    """Where learning stands: enough to go on from there, number for number.

    Per player, all (n_sequences,): regrets, behaviour, plan, and the weighted total of
    plans.
    """

    step: int
    regrets: tuple[FloatArray, ...]
    behaviour: tuple[FloatArray, ...]
    plans: tuple[FloatArray, ...]
    totals: tuple[FloatArray, ...]


@dataclass(frozen=True, eq=False)
class Learned:
    """The best average play, its gap, and where to go on.

    `gaps` (n, 2) lists iteration and gap at every look.
    """

    plans: tuple[FloatArray, ...]
    gap: float
    step: int
    gaps: FloatArray
    state: LearningState = field(repr=False)


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
    machine = _Machine(form, method)
    state = start or _fresh(form)
    buffers = machine.load(state)
    step, seen = state.step, []
    best_plans, best_gap, best_step = state.plans, np.inf, step
    try:
        while step < method.max_steps and not watch.is_over:
            count = min(max(1, int(step * _GROWTH)), method.max_steps - step)
            count = min(count, machine.longest)
            machine.run(buffers, step + 1, count)
            step += count
            averages = tuple(b[4] / b[4][0] for b in buffers)
            gap = nash_gap(form, machine.tables, averages)
            seen.append((step, gap))
            if gap < best_gap:
                best_plans, best_gap, best_step = averages, gap, step
                watch.tell(f"{step} iterations, gap {gap:.1e}")
            if gap <= method.gap:
                break
    except KeyboardInterrupt:
        watch.tell("stopped; the best so far is kept")
    columns = list(zip(*(tuple(a.copy() for a in b[1:]) for b in buffers), strict=True))
    return Learned(
        plans=best_plans,
        gap=best_gap,
        step=best_step,
        gaps=np.array(seen, dtype=np.float64).reshape(-1, 2),
        state=LearningState(step, *columns),
    )


def _fresh(form: SequenceForm) -> LearningState:
    plans = form.uniform_plans()
    zeros = tuple(np.zeros_like(plan) for plan in plans)
    even = tuple(
        np.concatenate([[1.0], np.repeat(1.0 / sets[:, COUNT], sets[:, COUNT])])
        for sets in form.sets
    )
    return LearningState(0, zeros, even, plans, zeros)


Buffers = tuple[tuple[FloatArray, ...], ...]


class _Machine:
    """The arrays of a game as the compiled loops want them."""

    def __init__(self, form: SequenceForm, method: RegretMinimisation) -> None:
        self.form = form
        self.rule, self.power = _RULES[method.rule], float(method.power)
        self.is_pair = form.n_players == 2
        self.tables = tables_of(form)
        # About a second between two looks at the time.
        self.longest = max(1, 400_000_000 // max(1, 2 * form.n_leaves))

    def load(self, state: LearningState) -> Buffers:
        """Own copies: (gradient, regrets, behaviour, plan, total) per player."""
        return tuple(
            (np.zeros_like(p), r.copy(), b.copy(), p.copy(), t.copy())
            for r, b, p, t in zip(
                state.regrets, state.behaviour, state.plans, state.totals, strict=True
            )
        )

    def run(self, buffers: Buffers, first_step: int, n_steps: int) -> None:
        """Iterate, changing the buffers in place."""
        if self.is_pair:
            run_pair(
                self.tables,
                self.form.sets,
                buffers,
                first_step,
                n_steps,
                self.rule,
                self.power,
            )
            return
        for step in range(first_step, first_step + n_steps):
            for player, (gradient, regrets, behaviour, plan, total) in enumerate(
                buffers
            ):
                plans = tuple(b[3] for b in buffers)
                gradient[:] = self.form.gradient(player, plans)
                update(
                    self.form.sets[player],
                    gradient,
                    regrets,
                    behaviour,
                    plan,
                    total,
                    float(step) ** self.power,
                    self.rule,
                    float(step),
                )


def tables_of(form: SequenceForm) -> tuple[Table, ...]:
    """Payoffs by own sequence in compressed rows, for two players.

    Parameters
    ----------
    form : of any game

    Returns
    -------
    per player (starts, columns, values); empty where there are not two players
    """
    if form.n_players != 2:
        return ()
    tables = []
    for player in (0, 1):
        matrix = form.matrix(player)
        tables.append(
            (
                matrix.indptr.astype(np.int32),
                matrix.indices.astype(np.int32),
                matrix.data,
            )
        )
    return tuple(tables)


def nash_gap(
    form: SequenceForm, tables: tuple[Table, ...], plans: tuple[FloatArray, ...]
) -> float:
    """Find the largest gain of one player who changes its whole plan.

    Parameters
    ----------
    form : of the game
    tables : from `tables_of`
    plans : per player (n_sequences,)

    Returns
    -------
    float : in units of the payoffs, never negative
    """
    gains = [0.0]
    for player, own in enumerate(plans):
        gradient = np.empty_like(own)
        if tables:
            gather(*tables[player], plans[1 - player], gradient)
        else:
            gradient[:] = form.gradient(player, plans)
        value = float(gradient @ own)
        gains.append(float(best_value(form.sets[player], gradient)) - value)
    return max(gains)
