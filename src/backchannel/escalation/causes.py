"""What can raise the crisis by a rung, numbered for the solvers, worded for readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backchannel.crisis.model import Crisis

Kind = Literal["incident", "order", "decision", "move", "deadline"]


@dataclass(frozen=True)
class Cause:
    """One thing of the file that brings a transition about.

    `name` is its key in the section of its kind (the party, for a decision); `trigger`
    is the incident that an order answers, empty where several may have set it off.
    """

    kind: Kind
    name: str
    trigger: str = ""

    @property
    def incident(self) -> str:
        """The incident behind it, empty where there is none or several are possible."""
        return self.name if self.kind == "incident" else self.trigger

    def describe(self, crisis: Crisis) -> str:
        """Name it in the words of the file."""
        escalation = crisis.escalation
        if escalation is None:
            return self.name
        if self.kind == "incident":
            return escalation.incidents[self.name].title
        if self.kind == "order":
            title = escalation.standing_orders[self.name].title
            if not self.trigger:
                return title
            return f"{escalation.incidents[self.trigger].title} → {title}"
        if self.kind == "decision":
            return f"{crisis.actors[self.name].title} decides to climb"
        if self.kind == "move":
            return escalation.moves[self.name].title
        return f"{crisis.deadlines[self.name].title} passes"

    def leaps(self, crisis: Crisis) -> bool:
        """Whether it leads to one given rung, so that several rungs are one climb."""
        if self.kind == "order" and crisis.escalation is not None:
            response = crisis.escalation.standing_orders[self.name].response
            return response.to_rung is not None
        return self.kind in ("move", "deadline")


class Causes:
    """Numbers causes in the order in which they are first asked for."""

    def __init__(self) -> None:
        self._number: dict[Cause, int] = {}

    def number(self, kind: Kind, name: str, trigger: str = "") -> int:
        """Return the number of a cause, a new one where it is not known yet."""
        return self._number.setdefault(Cause(kind, name, trigger), len(self._number))

    def all(self) -> tuple[Cause, ...]:
        """Every cause, by number."""
        return tuple(self._number)
