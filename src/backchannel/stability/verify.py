"""Verdicts held against what the definitions say, and explanations played again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from backchannel.base.result import Certificate
from backchannel.stability.concepts import CONCEPTS, Concept
from backchannel.stability.explain import Explanation, Reply, Step
from backchannel.stability.literal import LiteralConflict
from backchannel.stability.methods import EachOnce, IntArray

if TYPE_CHECKING:
    from backchannel.stability.result import Stability

_MOST_LITERAL = 300
_MOST_REPLAYED = 64
_MOST_SEARCHED = 5_000
_REPLAYED_OF_LARGE = 3


def certify(result: Stability) -> Certificate:
    """Recompute four states by the definitions, where the conflict is small."""
    n_states = result.conflict.n_states
    if n_states > _MOST_LITERAL:
        return Certificate("not checked", float("nan"), 0.0, "call check() of it")
    wrong, counted = _recompute(result, _spread(n_states, 4))
    claim = f"{counted} verdicts, wrong ones"
    return Certificate(claim, float(wrong), 0.0, "the definitions, literally")


def verify(result: Stability) -> Certificate:
    """Recompute every verdict of a small conflict, and replay explanations of any.

    Of a large conflict some states are replayed: each sanction is played move by move.
    That an improvement has none is searched for up to 5,000 states, and beyond that
    left to the implications between concepts.
    """
    n_states = result.conflict.n_states
    wrong, counted = _break_the_chain(result), 0
    if n_states <= _MOST_LITERAL:
        wrong_here, counted = _recompute(result, np.arange(n_states))
        wrong += wrong_here
    most = _MOST_REPLAYED if n_states <= _MOST_SEARCHED else _REPLAYED_OF_LARGE
    replayed, failed = _replay(result, _spread(n_states, most))
    claim = f"{counted} verdicts recomputed and {replayed} explained, wrong ones"
    route = "the definitions, literally, and sanctions played again"
    return Certificate(claim, float(wrong + failed), 0.0, route)


def _spread(n_states: int, most: int) -> IntArray:
    return np.unique(np.linspace(0, n_states - 1, min(most, n_states)).astype(np.int64))


def _recompute(result: Stability, states: IntArray) -> tuple[int, int]:
    literal = LiteralConflict(result.conflict, result.method)
    wrong = counted = 0
    for actor in range(result.conflict.n_actors):
        for state in states.tolist():
            for c, concept in enumerate(CONCEPTS):
                counted += 1
                said = bool(result.stable[actor, c, state])
                wrong += said != literal.is_stable(actor, state, concept)
    return wrong, counted


def _break_the_chain(result: Stability) -> int:
    """How many verdicts contradict that one concept implies another."""
    nash, sseq, seq, smr, gmr = (result.stable[:, c] for c in range(len(CONCEPTS)))
    pairs = ((nash, sseq), (sseq, seq), (sseq, smr), (seq, gmr), (smr, gmr))
    return int(sum(np.count_nonzero(a & ~b) for a, b in pairs))


def _replay(result: Stability, states: IntArray) -> tuple[int, int]:
    literal = LiteralConflict(result.conflict, result.method)
    is_large = result.conflict.n_states > _MOST_SEARCHED
    replayed = failed = 0
    for actor, name in enumerate(result.conflict.actors):
        for state in states.tolist():
            for c, concept in enumerate(CONCEPTS):
                said = bool(result.stable[actor, c, state])
                if is_large and not said:
                    continue
                why = result.explain(state, name, concept)
                replayed += 1
                is_right = why.is_stable == said and replays(literal, why)
                failed += not is_right
    return replayed, failed


def replays(literal: LiteralConflict, why: Explanation) -> bool:
    """Whether an explanation, played move by move, shows what it says.

    Every improvement must have its reply; a sanction must be a legal sequence that ends
    no better for the actor, and with no escape where the concept looks for one.
    """
    actor = literal.conflict.actors.index(why.actor)
    improvements = literal.improvements(actor, why.state)
    if sorted(reply.improvement for reply in why.replies) != sorted(improvements):
        return False
    is_held = all(reply.is_sanctioned for reply in why.replies)
    return is_held == why.is_stable and all(
        _shows(literal, actor, why, reply) for reply in why.replies
    )


def _shows(
    literal: LiteralConflict, actor: int, why: Explanation, reply: Reply
) -> bool:
    own = literal.likes(actor, why.state)
    if not reply.is_sanctioned:
        if reply.escape is None:
            return not reply.escaped
        end = reply.escaped[-1].state
        can_escape = reply.escape in literal.moves(actor, end)
        return (
            can_escape
            and literal.likes(actor, reply.escape) > own
            and _is_legal(literal, actor, reply.improvement, reply.escaped, why.concept)
        )
    if not _is_legal(literal, actor, reply.improvement, reply.sanction, why.concept):
        return False
    end = reply.sanction[-1].state
    reached = {end} | (literal.moves(actor, end) if why.concept.has_escape else set())
    return all(literal.likes(actor, state) <= own for state in reached)


def _is_legal(
    literal: LiteralConflict,
    actor: int,
    start: int,
    steps: Iterable[Step],
    concept: Concept,
) -> bool:
    here, moved = start, [actor]
    for step in steps:
        mover = literal.conflict.actors.index(step.actor)
        too_often = moved if isinstance(literal.method, EachOnce) else moved[-1:]
        if mover in too_often or mover == actor:
            return False
        allowed = literal.improvements if concept.is_credible else literal.moves
        if step.state not in allowed(mover, here):
            return False
        here = step.state
        moved.append(mover)
    return True
