"""What can happen in a state, and at which rate: the crisis file as transitions.

One function for each kind of rule; docs/escalation.md writes the same rules in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from backchannel.base.uncertain import Uncertain
from backchannel.escalation.answers import answers_to, respond
from backchannel.escalation.hazards import clock_row, rate_rows
from backchannel.escalation.problem import N_FACTORS, FloatArray, IntArray
from backchannel.escalation.rows import ONE, ZERO
from backchannel.escalation.state_space import Columns
from backchannel.escalation.timeline import Due
from backchannel.escalation.workshop import Workshop


@dataclass(frozen=True)
class Step:
    """One kind of transition, from many states at once.

    `where` are rows of the columns asked about and `target` their codes after it; the
    rate is `mult` times the rows `factor` (n, 3) of theta.
    """

    where: IntArray
    target: IntArray
    mult: FloatArray
    factor: IntArray
    cause: int


@dataclass(frozen=True)
class Rule:
    """A rule before it is looked at which states it moves."""

    changed: Columns
    mult: IntArray | float
    factors: tuple[IntArray | int, ...]
    cause: int = -1


def steps(
    shop: Workshop, columns: Columns, *, keep_idle: bool = False
) -> Iterator[Step]:
    """Everything that can happen in the states of columns (n,) each.

    `keep_idle` keeps what happens and leaves the state as it is, such as one more
    incident when the heat is at its cap.
    """
    rung = columns["rung"]
    where = np.flatnonzero((rung != shop.war) & (rung != shop.settled))
    if len(where) == 0:
        return
    here = {name: column[where] for name, column in columns.items()}
    codes = shop.space.encode(here)
    for rules in (_incidents, _orders_under_way, _decisions, _cooling, calm, moves):
        for rule in rules(shop, here):
            target = shop.space.moved(codes, here, rule.changed)
            is_move = keep_idle or target != codes
            yield from _step(where, target, rule, is_move)


def _step(
    where: IntArray, target: IntArray, rule: Rule, is_move: bool | np.ndarray
) -> Iterator[Step]:
    """Leave out what cannot happen in any draw."""
    n = len(where)
    mult = np.broadcast_to(np.asarray(rule.mult, dtype=np.float64), n)
    factor = np.full((n, N_FACTORS), ONE, dtype=np.int64)
    for j, rows in enumerate(rule.factors):
        factor[:, j] = rows
    keep = (mult > 0) & (factor != ZERO).all(axis=1) & is_move
    if keep.any():
        yield Step(where[keep], target[keep], mult[keep], factor[keep], rule.cause)


def _incidents(shop: Workshop, here: Columns) -> Iterator[Rule]:
    for name, incident in shop.escalation.incidents.items():
        hazard, clock = rate_rows(shop, name, None, here), clock_row(shop, name)
        excited = [
            (here[f"tokens {kind}"], rate_rows(shop, name, kind, here))
            for kind in incident.excited_by
        ]
        heat: Columns = {}
        if incident.leaves is not None:
            token = f"tokens {incident.leaves}"
            cap = shop.space.sizes[token] - 1
            heat = {token: np.minimum(here[token] + 1, cap)}
        for row, changed, cause in outcomes(shop, name, here):
            yield Rule({**heat, **changed}, 1.0, (hazard, row, clock), cause)
            for count, rate in excited:
                yield Rule({**heat, **changed}, count, (rate, row, clock), cause)


def outcomes(
    shop: Workshop, incident: str, here: Columns
) -> Iterator[tuple[int, Columns, int]]:
    """What an incident leads to, by row: it ignites by itself, or it is answered."""
    ignites = shop.escalation.incidents[incident].ignites
    row = shop.rows.number(("ignites", incident), lambda: shop.draw(ignites))
    cause = shop.causes.number("incident", incident)
    yield row, {"rung": shop.climbed(here, 1)}, cause
    for k, answer in enumerate(answers_to(shop, incident, here)):

        def value(chance: FloatArray = answer.chance) -> FloatArray:
            return (1.0 - shop.draw(ignites)) * chance

        row = shop.rows.number(("answer", incident, k), value)
        yield row, answer.changed, answer.cause


def _orders_under_way(shop: Workshop, here: Columns) -> Iterator[Rule]:
    for name, order in shop.world.orders.items():
        if order.delay is None:
            continue
        digit = f"under way {name}"
        done = {digit: np.zeros_like(here["rung"])}
        carried_out = {**respond(shop, order.response, here), **done}
        rate = shop.rows.number(("delay", name), inverse(shop, order.delay))
        trigger = order.trigger[0] if len(order.trigger) == 1 else ""
        cause = shop.causes.number("order", name, trigger)
        yield Rule(carried_out, here[digit], (rate,), cause)
        off = shop.rows.number(("countermand", name), drawn(shop, order.countermand))
        yield Rule(done, here[digit], (off,))


def _decisions(shop: Workshop, here: Columns) -> Iterator[Rule]:
    for party in shop.escalation.decisions:
        digit = f"pending {party}"
        decided = {digit: np.maximum(here[digit] - 1, 0)}
        cause = shop.causes.number("decision", party)
        for outcome, rung in (
            ("up", shop.climbed(here, 1)),
            ("down", shop.lowered(here)),
            ("hold", here["rung"]),
        ):
            pace = partial(_decision_rate, shop, party, outcome)
            row = shop.rows.number(("decide", party, outcome), pace)
            yield Rule({**decided, "rung": rung}, here[digit], (row,), cause)


def _decision_rate(shop: Workshop, party: str, outcome: str) -> FloatArray:
    """Rate at which one pending matter is decided this way, per hour."""
    decision = shop.escalation.decisions[party]
    up, down = shop.draw(decision.up), shop.draw(decision.down)
    hold = np.maximum(0.0, 1.0 - up - down)
    chance = {"up": up, "down": down, "hold": hold}[outcome]
    return chance / shop.world.decision_hours(party)


def drawn(shop: Workshop, number: Uncertain | None) -> Callable[[], FloatArray]:
    """Row of a number of the file, 0 where it is silent."""
    return lambda: shop.draw(number)


def inverse(shop: Workshop, hours: Uncertain) -> Callable[[], FloatArray]:
    """Row of a rate by its mean time."""
    return lambda: 1.0 / shop.draw(hours)


def _cooling(shop: Workshop, here: Columns) -> Iterator[Rule]:
    for kind, token in shop.escalation.tokens.items():
        digit = f"tokens {kind}"
        row = shop.rows.number(("cool", kind), inverse(shop, token.cooling))
        yield Rule({digit: np.maximum(here[digit] - 1, 0)}, here[digit], (row,))


def calm(shop: Workshop, here: Columns) -> Iterator[Rule]:
    """Talks that lower the crisis by a rung, and its end by itself."""
    for i, (name, rung) in enumerate(shop.escalation.rungs.items()):
        there = here["rung"] == i
        if rung.calming is not None:
            row = shop.rows.number(("calm", name), drawn(shop, rung.calming))
            yield Rule({"rung": shop.lowered(here)}, there, (row,))
        if rung.settling is not None and shop.settled >= 0:
            row = shop.rows.number(("settle", name), drawn(shop, rung.settling))
            end = np.full_like(here["rung"], shop.settled)
            yield Rule({"rung": end}, there, (row,))


def moves(shop: Workshop, here: Columns) -> Iterator[Rule]:
    """Deliberate steps from one rung to another."""
    for name, move in shop.escalation.moves.items():
        there = here["rung"] == shop.rungs.index(move.from_rung)
        to = np.full_like(here["rung"], shop.rungs.index(move.to_rung))
        row = shop.rows.number(("move", name), drawn(shop, move.hazard))
        cause = shop.causes.number("move", name)
        yield Rule({"rung": to}, there, (row,), cause)


def deadline_steps(shop: Workshop, due: Due, columns: Columns) -> Iterator[Step]:
    """What the passing of a deadline does, with probabilities in place of rates."""
    rung = columns["rung"]
    where = np.flatnonzero((rung != shop.war) & (rung != shop.settled))
    here = {name: column[where] for name, column in columns.items()}
    changed: dict[str, IntArray] = {}
    if due.then.to_rung is not None:
        to = shop.rungs.index(due.then.to_rung)
        changed["rung"] = np.maximum(here["rung"], to)
    if due in shop.random_deadlines:
        changed[f"deadline {due.name}"] = np.ones_like(here["rung"])
    row = shop.rows.number(("deadline", due.name), drawn(shop, due.then.prob))
    cause = shop.causes.number("deadline", due.name)
    codes = shop.space.encode(here)
    target = shop.space.moved(codes, here, changed)
    yield from _step(where, target, Rule(changed, 1.0, (row,), cause), target != codes)
