"""What tempts each actor away from an outcome, and what the others would answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.frozen import Choice
from backchannel.stability.around import Surroundings
from backchannel.stability.cells import Cells
from backchannel.stability.concepts import Concept
from backchannel.stability.explain import Explainer
from backchannel.stability.holding import Act, Reason
from backchannel.stability.methods import BoolArray, Int32Array, Method


@dataclass(frozen=True, eq=False)
class Judged:
    """What the kernel says of one outcome; arrays begin with (n_actors, n_draws)."""

    holds: BoolArray
    tempted: Int32Array
    leaves_for: Int32Array


def find_reasons(
    around: Surroundings,
    cells: Cells,
    judged: Judged,
    worth_in: Callable[[int], FloatArray],
    method: Method,
) -> tuple[Reason, ...]:
    """Say for each actor what is deterred and what is not, by its commonest act.

    Parameters
    ----------
    around, cells : the states and the moves between them
    judged : verdicts by draw
    worth_in : the worth of every state in one draw, (n_actors, n_states)
    method : how replies are put together
    """
    found = []
    for i in range(len(judged.tempted)):
        leaves = judged.leaves_for[i]
        stays = np.where(leaves < 0, judged.tempted[i], -1)
        for ends in (stays, leaves):
            if (ends >= 0).any():
                end = int(np.bincount(ends[ends >= 0]).argmax())
                draw = int(np.flatnonzero(ends == end)[0])
                ranked = replace(around.conflict, preference=_ranks(worth_in(draw)))
                path = Explainer(ranked, cells, method).reply(
                    i, around.state, end, Concept.SEQ
                )
                steps = [(around.conflict.actors[i], end)]
                steps += [(step.actor, step.state) for step in path.sanction]
                first, *rest = _acts(around, steps)
                share = float((ends >= 0).mean())
                found.append(Reason(share, first, tuple(rest)))
    return tuple(found)


def _ranks(worth: FloatArray) -> Int32Array:
    rows = [np.unique(own, return_inverse=True)[1] for own in worth]
    return np.array(rows, dtype=np.int32)


def _acts(around: Surroundings, steps: list[tuple[str, int]]) -> Iterator[Act]:
    """Each step as what it changes."""
    before = around.state
    for actor, after in steps:
        yield Act(actor, changes_between(around, before, after))
        before = after


def changes_between(
    around: Surroundings, before: int, after: int
) -> tuple[tuple[str, Choice], ...]:
    """The issues whose choice differs between two states, with the new one."""
    old, new = around.choices_in(before), around.choices_in(after)
    return tuple((issue, new[issue]) for issue in new if new[issue] != old[issue])
