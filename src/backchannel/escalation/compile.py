"""From a crisis and its draws to the arrays that the solvers read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.escalation.answers import answers_to
from backchannel.escalation.causes import Cause
from backchannel.escalation.problem import Entries, IntArray, MarkovProblem, Theta
from backchannel.escalation.rows import Key, Rows
from backchannel.escalation.rules import Step, deadline_steps, steps
from backchannel.escalation.state_space import Columns, Moves, Space, reach
from backchannel.escalation.timeline import draw_timeline
from backchannel.escalation.workshop import Workshop
from backchannel.escalation.world import World

MAX_STATES = 1_000_000
# Beyond so many, entries are kept in narrow integers.
_MANY_STATES = 200_000


@dataclass(frozen=True)
class Compiled:
    """A problem with its parameters and the meaning of its states.

    `codes` (n_states,) are the states in the digits of `space`; `causes` are numbered
    as in the entries; `rungs` are names, `group` of the problem and `start_rung` are
    indices into them; `row_keys` says what each row of theta is made of.
    """

    problem: MarkovProblem
    theta: Theta
    space: Space
    codes: IntArray
    causes: tuple[Cause, ...]
    rungs: tuple[str, ...]
    start_rung: int
    row_keys: Mapping[int, Key] = field(default_factory=dict)

    def columns(self) -> dict[str, IntArray]:
        """Digits of all states, one column (n_states,) each."""
        return self.space.decode(self.codes)


def compile_escalation(
    world: World,
    *,
    max_states: int = MAX_STATES,
    keep_idle: bool = False,
    like: Compiled | None = None,
) -> Compiled:
    """Compile the escalation section of a crisis.

    Parameters
    ----------
    world : crisis, draws and variation
    max_states : largest number of reachable states allowed
    keep_idle : keep entries that leave the state as it is; some questions about paths
        need to see them happen
    like : the same crisis compiled with another variation, to guess the states by; the
        answer does not depend on it

    Returns
    -------
    Compiled : only states that can be reached with rates above zero in some draw

    Raises
    ------
    ModelError : no escalation section, horizon 0, or more than `max_states` states.
    """
    timeline = draw_timeline(world)
    shop = Workshop(world, timeline, Rows(world.draws.n_draws, len(timeline.regimes)))
    codes, start = _start(shop)

    def successors(columns: Columns) -> list[Moves]:
        found = list(steps(shop, columns))
        for due in timeline.deadlines:
            found += deadline_steps(shop, due, columns)
        return [(step.where, step.target) for step in found]

    weight = shop.space.weights["rung"]
    ends = [shop.war * weight, *([0] if shop.settled == 0 else [])]
    likely = None if like is None else _codes_in(shop.space, like)
    reached = reach(shop.space, codes, successors, max_states, likely)
    known = np.union1d(reached, ends)
    columns = shop.space.decode(known)
    entries = _entries(shop, known, steps(shop, columns, keep_idle=keep_idle))
    atoms = tuple(
        _entries(shop, known, deadline_steps(shop, due, columns))
        for due in timeline.deadlines
    )
    problem = MarkovProblem(
        n_states=len(known),
        entries=entries,
        start=Entries(
            start.src,
            np.searchsorted(known, codes),
            start.mult,
            shop.rows.settle(start.factor),
            start.cause,
        ),
        pieces=timeline.pieces,
        atoms=atoms,
        war=int(np.searchsorted(known, ends[0])),
        settled=int(np.searchsorted(known, 0)) if shop.settled == 0 else -1,
        group=columns["rung"],
    )
    return Compiled(
        problem,
        shop.rows.theta(),
        shop.space,
        known,
        shop.causes.all(),
        tuple(shop.rungs),
        shop.rungs.index(shop.escalation.start.rung),
        shop.rows.keys(),
    )


def _codes_in(space: Space, like: Compiled) -> IntArray | None:
    """States of another compilation, where its digits mean the same."""
    is_same = list(like.space.sizes.items()) == list(space.sizes.items())
    return like.codes if is_same else None


def _entries(shop: Workshop, known: IntArray, found: Iterable[Step]) -> Entries:
    """Join steps; a large model keeps its integers as narrow as they can be.

    At 10^6 states the entries then take 0.6 GB and not 1.4 GB.
    """
    is_large = len(known) > _MANY_STATES
    width, narrow = (np.int32, np.int16) if is_large else (np.int64, np.int64)
    columns: list[list[Any]] = [[], [], [], [], []]
    for step in found:
        target = np.searchsorted(known, step.target).astype(width)
        cause = np.full(len(step.where), step.cause, dtype=narrow)
        row = step.where.astype(width), target, step.mult
        for column, part in zip(
            columns, (*row, step.factor.astype(narrow), cause), strict=True
        ):
            column.append(part)
    if not columns[0]:
        return Entries.of([])
    # One after the other, so that no more than one column is held twice.
    joined: list[Any] = [np.concatenate(columns.pop(0)) for _ in range(len(columns))]
    src, dst, mult, factor, cause = joined
    return Entries(src, dst, mult, shop.rows.settle(factor), cause)


def _start(shop: Workshop) -> tuple[IntArray, Entries]:
    """Codes and probabilities at `now`, after outstanding incidents are answered.

    They have happened and have not ignited, and their heat is in `start.tokens`: only
    the answer is still to come.
    """
    start, world = shop.escalation.start, shop.world
    digits = dict.fromkeys(shop.space.sizes, 0)
    digits["rung"] = shop.rungs.index(start.rung)
    for posture in world.movable_postures:
        settings = list(shop.escalation.postures[posture].settings)
        digits[f"posture {posture}"] = settings.index(world.setting(posture))
    digits |= {f"pending {party}": n for party, n in start.pending.items()}
    digits |= {f"tokens {kind}": n for kind, n in start.tokens.items()}
    here: Columns = {name: np.array([digit]) for name, digit in digits.items()}
    branches = [(here, np.ones(world.draws.n_draws), -1)]
    for incident in start.outstanding:
        branches = [
            (
                {**columns, **answer.changed},
                chance * answer.chance,
                answer.cause if "rung" in answer.changed else cause,
            )
            for columns, chance, cause in branches
            for answer in answers_to(shop, incident, columns)
            if answer.chance.any()
        ]
    if not branches:
        raise ModelError("escalation.start: no way to answer what is outstanding")
    codes = np.concatenate([shop.space.encode(columns) for columns, _, _ in branches])
    rows: list[tuple[int, int, float, tuple[int, ...]]] = [
        (0, 0, 1.0, (shop.rows.number(("start", k), partial(np.copy, chance)),))
        for k, (_, chance, _) in enumerate(branches)
    ]
    return codes, Entries.of(rows, [cause for _, _, cause in branches])
