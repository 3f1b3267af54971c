"""What a program can choose at a decision epoch, as a numbered list.

Free text is left out: a choice is an offer that the file knows, an answer, a posture,
an order or a ruling. Number 0 is to wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backchannel.crisis.model import Crisis
from backchannel.exercise.screen import Screen


@dataclass(frozen=True)
class Option:
    """One entry of the list: a move, with fields that the screen may still fill in."""

    title: str
    move: str
    fields: tuple[tuple[str, Any], ...] = ()


WAIT = Option("wait", "")


def options_of(crisis: Crisis, party: str) -> tuple[Option, ...]:
    """List what a party's leader may choose, in order of declaration.

    Parameters
    ----------
    crisis : a loaded crisis
    party : name of a party

    Returns
    -------
    tuple : `WAIT` first; the same for the same file
    """
    found = [WAIT]
    for name, offer in crisis.offers.items():
        package = {issue: str(choice) for issue, choice in offer.package.terms.items()}
        found.append(Option(f"offer {name}", "offer", (("package", package),)))
    found += [
        Option(answer, "answer", (("answer", answer),))
        for answer in ("accept", "refuse")
    ]
    if crisis.escalation is not None:
        found += _forces(crisis, party)
    return tuple(found)


def _forces(crisis: Crisis, party: str) -> list[Option]:
    assert crisis.escalation is not None  # the caller has looked
    postures = [
        Option(
            f"set {name} {setting}",
            "set_posture",
            (("posture", name), ("setting", setting)),
        )
        for name, posture in crisis.escalation.postures.items()
        if posture.controlled_by == party
        for setting in posture.settings
    ]
    orders = [
        Option(f"{status} {name}", "set_order", (("order", name), ("status", status)))
        for name, order in crisis.escalation.standing_orders.items()
        if order.holder == party
        for status in ("in_force", "overridden")
    ]
    rulings = [
        Option(f"rule {ruling}", "rule", (("ruling", ruling),))
        for ruling in ("hold", "down", "up")
    ]
    return [*postures, *orders, *rulings]


def fill_in(option: Option, screen: Screen) -> dict[str, Any] | None:
    """Fill in what an option needs from what its role sees; None where it cannot be.

    Parameters
    ----------
    option : one of `options_of`
    screen : what the role knows

    Returns
    -------
    dict : fields of the move
    """
    fields = dict(option.fields)
    if option.move in ("offer", "answer"):
        channel = _channel(screen)
        if channel is None:
            return None
        fields["channel"] = channel
    if option.move == "answer":
        waiting = waiting_offers(screen)
        if not waiting:
            return None
        fields["offer"] = waiting[-1]
    if option.move == "rule":
        matters = [
            n for n, m in screen.matters.items() if m["status"] == "matter_opened"
        ]
        if not matters:
            return None
        fields["matter"] = matters[0]
    return fields


def waiting_offers(screen: Screen) -> list[str]:
    """Offers that came to the role and that it has not answered, oldest first."""
    own = screen.sheet.get("actor")
    return [
        name
        for name, entry in screen.offers.items()
        if "has_come" in entry and "answered" not in entry and entry.get("by") != own
    ]


def _channel(screen: Screen) -> str | None:
    """The fastest private channel that is open, or the fastest."""
    own = screen.sheet.get("actor")
    usable = [
        (bool(channel.get("is_public")), float(channel.get("hours", 0)), name)
        for name, channel in screen.channels.items()
        if channel["is_open"] and channel.get("receiver") != own
    ]
    return min(usable)[2] if usable else None
