"""How the harmed party answers an incident: by its orders, else by a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backchannel.crisis.escalation import Response
from backchannel.escalation.problem import FloatArray, IntArray
from backchannel.escalation.state_space import Columns
from backchannel.escalation.workshop import Workshop


@dataclass(frozen=True)
class Answer:
    """One way to answer: its chance in every draw (n_draws,), and what it changes."""

    chance: FloatArray
    changed: Columns
    cause: int


def answers_to(shop: Workshop, incident: str, here: Columns) -> Iterator[Answer]:
    """List the ways in which an incident is answered.

    Parameters
    ----------
    shop : world and digits
    incident : its name
    here : columns (n,) of the states in which it happens

    Yields
    ------
    Answer : chances sum to 1. Orders are tried in order of declaration; an order
        without delay is carried out at once, another gets under way; if none fires, the
        matter goes up to the party, where the file says how it decides.
    """
    chances = _chances(shop, incident)
    for chance, name in zip(chances[:-1], _triggered(shop, incident), strict=True):
        order = shop.world.orders[name]
        if order.delay is None:
            changed = respond(shop, order.response, here)
            cause = shop.causes.number("order", name, incident)
        else:
            changed = {f"under way {name}": np.ones_like(here["rung"])}
            cause = shop.causes.number("incident", incident)
        yield Answer(chance, changed, cause)
    pending = f"pending {shop.escalation.incidents[incident].harmed}"
    goes_up: dict[str, IntArray] = {}
    if pending in here:
        goes_up[pending] = np.minimum(here[pending] + 1, shop.space.sizes[pending] - 1)
    yield Answer(chances[-1], goes_up, shop.causes.number("incident", incident))


def _triggered(shop: Workshop, incident: str) -> list[str]:
    """Orders of the harmed party that this incident sets off."""
    harmed = shop.escalation.incidents[incident].harmed
    return [
        name
        for name, order in shop.world.orders.items()
        if order.holder == harmed and incident in order.trigger
    ]


def _chances(shop: Workshop, incident: str) -> list[FloatArray]:
    """Chance of each order to be the one that fires, and of none."""
    if incident not in shop.chances:
        chances, still_open = [], np.ones(shop.world.draws.n_draws)
        for name in _triggered(shop, incident):
            fires = shop.draw(shop.world.orders[name].prob_fires)
            chances.append(still_open * fires)
            still_open = still_open * (1.0 - fires)
        shop.chances[incident] = [*chances, still_open]
    return shop.chances[incident]


def respond(shop: Workshop, response: Response, here: Columns) -> Columns:
    """Columns that carrying out an order changes; it never lowers the rung."""
    if response.climb is not None:
        return {"rung": shop.climbed(here, response.climb)}
    if response.to_rung is not None:
        return {"rung": np.maximum(here["rung"], shop.rungs.index(response.to_rung))}
    return {
        f"posture {posture}": np.full_like(
            here["rung"],
            list(shop.escalation.postures[posture].settings).index(setting),
        )
        for posture, setting in response.set_posture.items()
    }
