"""What might have led to war and did not: incidents held, orders called off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.debrief.trips import OPEN
from backchannel.exercise.projection import project
from backchannel.exercise.roles import FACILITATOR


@dataclass(frozen=True)
class NearMiss:
    """`held`: an incident that raised nothing; `called_off`: an order stopped in time.

    `by` is who stopped it; empty for an incident that passed.
    """

    hour: float
    kind: Literal["held", "called_off"]
    text: str
    by: str


def near_misses(events: Iterable[EventRecord]) -> list[NearMiss]:
    """List the near misses of a game in order.

    Parameters
    ----------
    events : a ledger, in order

    Returns
    -------
    list : incidents after which the rung did not change at the same instant, and
        orders that were countermanded while they were under way
    """
    found: list[NearMiss] = []
    orders: dict[str, str] = {}
    for event in events:
        view = project(event, FACILITATOR, OPEN)
        if view is None:
            continue
        text = str(view.fields.get("text", ""))
        if event.kind == "incident":
            found.append(NearMiss(event.hour, "held", text, ""))
        elif event.kind == "order_under_way":
            orders[view.fields["order"]] = text
        elif event.kind == "order_countermanded":
            order = view.fields["order"]
            miss = NearMiss(
                event.hour, "called_off", orders.get(order, order), event.author
            )
            found.append(miss)
        elif event.kind == "rung_changed":
            found = [m for m in found if m.kind != "held" or m.hour < event.hour]
    return found
