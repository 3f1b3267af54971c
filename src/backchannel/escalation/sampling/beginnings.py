"""Where paths begin, how what is outstanding is answered, what deadlines do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backchannel.escalation.answers import answers_to
from backchannel.escalation.problem import FloatArray, IntArray
from backchannel.escalation.rows import ZERO
from backchannel.escalation.rules import drawn
from backchannel.escalation.sampling.contexts import Contexts
from backchannel.escalation.sampling.sources import stream_of
from backchannel.escalation.state_space import Columns
from backchannel.escalation.workshop import Workshop


@dataclass(frozen=True)
class Beginning:
    """The start of the file.

    `context`, heat by kind, matters pending by number; for each outstanding incident a
    row of `chance` (n_outstanding, n_answers), rows of theta, over all answers, which
    lead to the contexts `to` and put the matters `asks` under way; `stream`
    (n_outstanding,) are their random streams.
    """

    context: int
    heat: FloatArray
    pending: IntArray
    chance: IntArray
    to: NDArray[np.uint64]
    asks: IntArray
    cause: IntArray
    stream: NDArray[np.uint64]


@dataclass(frozen=True)
class Jumps:
    """Deadlines by number: row of the chance, contexts after, cause, random stream.

    `to` is (n, n_contexts), all others (n,).
    """

    prob: IntArray
    to: NDArray[np.uint64]
    cause: IntArray
    stream: NDArray[np.uint64]


def begin(shop: Workshop, contexts: Contexts, n_matters: int) -> Beginning:
    """Read the start of a crisis.

    Parameters
    ----------
    shop, contexts : of the compilation
    n_matters : number of matters; those of the parties are the last
    """
    section = shop.escalation
    start = section.start
    digits = {"rung": shop.rungs.index(start.rung)}
    for posture in shop.world.movable_postures:
        settings = list(section.postures[posture].settings)
        digits[f"posture {posture}"] = settings.index(shop.world.setting(posture))
    pending = [start.pending.get(party, 0) for party in section.decisions]
    found = [
        (i, ("outstanding", name, k), answer)
        for i, name in enumerate(start.outstanding)
        for k, answer in enumerate(answers_to(shop, name, contexts.here))
    ]
    chance = np.full((len(start.outstanding), len(found)), ZERO)
    for j, (i, key, answer) in enumerate(found):
        chance[i, j] = shop.rows.number(key, _same(answer.chance))
    changes = [answer.changed for _, _, answer in found]
    return Beginning(
        context=contexts.number(digits),
        heat=np.array([start.tokens.get(k, 0) for k in section.tokens], float),
        pending=np.array([0] * (n_matters - len(pending)) + pending, np.int64),
        chance=chance,
        to=_targets(contexts, changes),
        asks=np.array([contexts.asked(changed) for changed in changes], np.int64),
        cause=np.array([answer.cause for _, _, answer in found], np.int64),
        stream=np.array(_streams(start.outstanding), np.uint64),
    )


def _streams(outstanding: Sequence[str]) -> list[int]:
    """A stream for each outstanding incident; the same one may be there twice."""
    return [
        stream_of("outstanding", name, outstanding[:i].count(name))
        for i, name in enumerate(outstanding)
    ]


def list_jumps(shop: Workshop, contexts: Contexts) -> Jumps:
    """List what the passing of each deadline ahead does."""
    prob, changes, causes, streams = [], [], [], []
    for due in shop.timeline.deadlines:
        changed: dict[str, IntArray] = {}
        if due.then.to_rung is not None:
            to = shop.rungs.index(due.then.to_rung)
            changed["rung"] = np.maximum(contexts.here["rung"], to)
        if due in shop.random_deadlines:
            changed[f"deadline {due.name}"] = np.ones(contexts.n, np.int64)
        changes.append(changed)
        key = ("deadline", due.name)
        prob.append(shop.rows.number(key, drawn(shop, due.then.prob)))
        causes.append(shop.causes.number("deadline", due.name))
        streams.append(stream_of("deadline", due.name))
    to_contexts = _targets(contexts, changes)
    return Jumps(
        np.array(prob, np.int64),
        to_contexts,
        np.array(causes, np.int64),
        np.array(streams, np.uint64),
    )


def _targets(contexts: Contexts, changes: Sequence[Columns]) -> NDArray[np.uint64]:
    targets = [contexts.after(changed) for changed in changes]
    return np.array(targets, np.uint64).reshape(-1, contexts.n)


def _same(chance: FloatArray) -> Callable[[], FloatArray]:
    return lambda: chance
