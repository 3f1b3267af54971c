"""The risk of war at each hour, for the roles that are allowed to see it.

A look-up in the table of the exact engine: the world with every number at its median,
from the rung, the hot tokens, the pending matters and the orders under way of now.
Postures that no standing order changes count as the file has them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import backchannel.exercise as room
from backchannel.base.errors import ModelError
from backchannel.crisis.event_record import Draft, EventRecord, Part
from backchannel.exercise.state import Due, GameState

TOLD_EVERY_HOURS = 1.0


def prob_war(state: GameState, hour: float) -> float | None:
    """P(war by the horizon) from a game as it stands.

    Parameters
    ----------
    state : the game
    hour : hours from `now`

    Returns
    -------
    float : None behind the horizon, without an escalation section, and in a state that
        the model of the file cannot reach
    """
    if state.crisis.escalation is None:
        return None
    # Through the front of the room: a game that tells no risk waits for no engine.
    clock = room.clock_of(state.crisis)
    sizes = clock.compiled.space.sizes
    dues = state.due.values()
    pending = Counter(d.fields["decides"] for d in dues if d.kind == "matter_due")
    orders = [d.fields["order"] for d in dues if d.kind == "order_due"]
    hot = {k: sum(end > hour for end in ends) for k, ends in state.tokens.items()}
    postures = {
        name: list(state.crisis.escalation.postures[name].settings).index(setting)
        for name, setting in state.postures.items()
        if f"posture {name}" in sizes
    }
    try:
        prob: float | None = clock.prob_war(
            hour,
            rung=state.rung,
            pending=_within("pending", pending, sizes),
            tokens=_within("tokens", hot, sizes),
            under_way=tuple(n for n in orders if f"under way {n}" in sizes),
            postures=postures,
            passed=tuple(n for n in state.passed if f"deadline {n}" in sizes),
        )
    except ModelError:
        return None
    return prob


def _within(
    part: str, counts: Mapping[str, int], sizes: Mapping[str, int]
) -> dict[str, int]:
    """Counts of the parts that the model has, none above its cap."""
    return {
        name: min(n, sizes[f"{part} {name}"] - 1)
        for name, n in counts.items()
        if f"{part} {name}" in sizes
    }


def _told(state: GameState, due: Due) -> tuple[Draft, ...]:
    fields = {"prob_war": prob_war(state, due.hour)}
    parts = (Part(state.settings.risk_told_to, fields),)
    return (Draft("risk_told", "", parts, due.name),)


def _plan(state: GameState, hour: float) -> None:
    horizon = state.crisis.horizon.median()
    if state.settings.risk_told_to and state.phase == "open" and hour <= horizon:
        name = f"risk at {hour:g}"
        state.due[name] = Due(name, "risk_due", hour, {})


def _apply_told(state: GameState, event: EventRecord) -> None:
    _plan(state, event.hour + TOLD_EVERY_HOURS)


def _apply_clock(state: GameState, event: EventRecord) -> None:
    if not any(due.kind == "risk_due" for due in state.due.values()):
        _plan(state, event.hour)


DUE: dict[str, Callable[[GameState, Due], tuple[Draft, ...]]] = {"risk_due": _told}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "risk_told": _apply_told,
    "clock_set": _apply_clock,
}
