"""What a PRISM file holds, as it is written: records without any meaning yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backchannel.escalation.prism.expression import Expression


@dataclass(frozen=True)
class Constant:
    """`const kind name = value`; the value is None where the caller has to give it."""

    name: str
    kind: str
    value: Expression | None
    line: int


@dataclass(frozen=True)
class Variable:
    """`name : [low..high] init start`; a bool runs from false to true."""

    name: str
    is_bool: bool
    low: Expression
    high: Expression
    start: Expression
    line: int


@dataclass(frozen=True)
class Update:
    """One outcome of a command: its rate and the new values of some variables."""

    rate: Expression
    assignments: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Command:
    """`[action] guard -> rate : update + ...`; the action is empty where none is."""

    action: str
    guard: Expression
    updates: tuple[Update, ...]
    line: int


@dataclass(frozen=True)
class Part:
    """One module."""

    name: str
    variables: tuple[Variable, ...]
    commands: tuple[Command, ...]
    line: int


@dataclass(frozen=True)
class Earning:
    """One line of a reward structure; of an action, or of time where that is None."""

    action: str | None
    guard: Expression
    amount: Expression
    line: int


@dataclass(frozen=True)
class PrismModel:
    """A continuous-time model as its file says it.

    `rewards` are by name, in order; one without a name has an empty one.
    """

    path: str
    constants: Mapping[str, Constant]
    formulas: Mapping[str, Expression]
    parts: tuple[Part, ...]
    labels: Mapping[str, Expression]
    rewards: Mapping[str, tuple[Earning, ...]]
