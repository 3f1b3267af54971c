"""Give the constants of a model their values, and join what modules do together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from backchannel.base.errors import PrismFileError, did_you_mean
from backchannel.escalation.prism.expression import (
    Expression,
    kind_of,
    literal,
    substitute,
)
from backchannel.escalation.prism.syntax import (
    Command,
    Constant,
    Earning,
    Part,
    PrismModel,
    Variable,
)

Number = bool | int | float


@dataclass(frozen=True)
class Digit:
    """A variable with its range: one digit of a state."""

    name: str
    is_bool: bool
    low: int
    high: int
    start: int


@dataclass(frozen=True)
class Joint:
    """What one command does, or several that share an action: rates multiply."""

    action: str
    guards: tuple[Expression, ...]
    rates: tuple[Expression, ...]
    assignments: tuple[tuple[str, Expression], ...]
    line: int


@dataclass(frozen=True)
class BoundModel:
    """A model without unknowns: expressions hold variables and numbers only.

    `known` holds constants and formulas, for the questions about it.
    """

    path: str
    digits: tuple[Digit, ...]
    joints: tuple[Joint, ...]
    labels: Mapping[str, Expression]
    rewards: Mapping[str, tuple[Earning, ...]]
    known: Mapping[str, Expression]

    @property
    def kinds(self) -> dict[str, str]:
        """Kind of each variable, `bool` or `number`."""
        return {d.name: "bool" if d.is_bool else "number" for d in self.digits}


def bind(
    model: PrismModel, constants: Mapping[str, Number] | None = None
) -> BoundModel:
    """Fix the constants of a model.

    Parameters
    ----------
    model : as read
    constants : values of those that the file leaves open; others are refused

    Returns
    -------
    BoundModel : every expression checked for its kind

    Raises
    ------
    PrismFileError : a constant without a value, an unknown name, a wrong kind, a range
        that is empty, or a variable that another module declares.
    """
    path = model.path
    known = fix_constants(model.constants, constants or {}, path)
    declared = [variable for part in model.parts for variable in part.variables]
    kinds = {v.name: "bool" if v.is_bool else "number" for v in declared}
    _check_names(path, declared, known)
    bound = BoundModel(
        path,
        tuple(_digit(path, variable, known) for variable in declared),
        tuple(_joints(path, model.parts, known)),
        {name: substitute(tree, known) for name, tree in model.labels.items()},
        {n: tuple(_earning(e, known) for e in es) for n, es in model.rewards.items()},
        known | {n: substitute(tree, known) for n, tree in model.formulas.items()},
    )
    _check_kinds(bound, kinds)
    return bound


def fix_constants(
    constants: Mapping[str, Constant], values: Mapping[str, Number], path: str
) -> dict[str, Expression]:
    """Compute constants from each other and from given values.

    Raises
    ------
    PrismFileError : one without a value, or of the wrong kind.
    """
    for name in values:
        if name not in constants:
            hint = did_you_mean(name, constants, "constant")
            raise PrismFileError(path, 0, f"no constant '{name}'; {hint}")
    known: dict[str, Expression] = {}
    left = dict(constants)
    while left:
        for name, constant in list(left.items()):
            given = values.get(name)
            value = constant.value if given is None else literal(given, constant.line)
            if value is None:
                wrong = f"constant '{name}' has no value; give it one"
                raise PrismFileError(path, constant.line, wrong)
            value = substitute(value, known)
            if value.operator == "literal":
                known[name] = _of_kind(path, constant, value)
                del left[name]
                break
        else:
            stuck = next(iter(left.values()))
            wrong = f"constant '{stuck.name}' cannot be computed from the others"
            raise PrismFileError(path, stuck.line, wrong)
    return known


def _of_kind(path: str, constant: Constant, tree: Expression) -> Expression:
    value = tree.value
    is_bool = isinstance(value, bool)
    if constant.kind == "bool" and is_bool:
        return tree
    if not is_bool and not isinstance(value, str) and constant.kind != "bool":
        if constant.kind == "double":
            return literal(float(value), tree.line)
        if math.isfinite(value) and value == int(value):
            return literal(int(value), tree.line)
    wrong = f"constant '{constant.name}' is {value}; must be of kind {constant.kind}"
    raise PrismFileError(path, constant.line, wrong)


def _check_names(
    path: str, declared: list[Variable], known: Mapping[str, Expression]
) -> None:
    seen: set[str] = set()
    for variable in declared:
        if variable.name in seen or variable.name in known:
            wrong = f"'{variable.name}' is declared twice"
            raise PrismFileError(path, variable.line, wrong)
        seen.add(variable.name)


def _digit(path: str, variable: Variable, known: Mapping[str, Expression]) -> Digit:
    numbers = []
    for tree in (variable.low, variable.high, variable.start):
        value = substitute(tree, known)
        is_number = value.operator == "literal" and math.isfinite(float(value.value))
        is_kind = isinstance(value.value, bool) == variable.is_bool
        if not (is_number and is_kind and value.value == int(value.value)):
            wrong = f"range or start of '{variable.name}' is not a fixed whole number"
            raise PrismFileError(path, variable.line, wrong)
        numbers.append(int(value.value))
    low, high, start = numbers
    if not low <= start <= high:
        wrong = f"'{variable.name}' starts at {start}, outside [{low}..{high}]"
        raise PrismFileError(path, variable.line, wrong)
    return Digit(variable.name, variable.is_bool, low, high, start)


def _earning(earning: Earning, known: Mapping[str, Expression]) -> Earning:
    return replace(
        earning,
        guard=substitute(earning.guard, known),
        amount=substitute(earning.amount, known),
    )


def _joints(
    path: str, parts: tuple[Part, ...], known: Mapping[str, Expression]
) -> Iterator[Joint]:
    """Commands without an action alone, those with one in every combination."""
    actions: dict[str, None] = {}
    for part in parts:
        own = {variable.name for variable in part.variables}
        for command in part.commands:
            _check_assigned(path, part, command, own)
            if command.action:
                actions[command.action] = None
            else:
                yield from _combined((command,), known)
    for action in actions:
        # Every module that knows the action takes part in it.
        takers = [
            [c for c in part.commands if c.action == action]
            for part in parts
            if any(c.action == action for c in part.commands)
        ]
        for commands in product(*takers):
            yield from _combined(commands, known)


def _check_assigned(path: str, part: Part, command: Command, own: set[str]) -> None:
    for update in command.updates:
        names = [name for name, _ in update.assignments]
        for name in names:
            if name not in own:
                wrong = f"module '{part.name}' assigns '{name}', which is not its own"
                raise PrismFileError(path, command.line, wrong)
        if len(set(names)) < len(names):
            wrong = "one update assigns a variable twice"
            raise PrismFileError(path, command.line, wrong)


def _combined(
    commands: tuple[Command, ...], known: Mapping[str, Expression]
) -> Iterator[Joint]:
    for updates in product(*(command.updates for command in commands)):
        yield Joint(
            commands[0].action,
            tuple(substitute(command.guard, known) for command in commands),
            tuple(substitute(update.rate, known) for update in updates),
            tuple(
                (name, substitute(value, known))
                for update in updates
                for name, value in update.assignments
            ),
            commands[-1].line,
        )


def _check_kinds(bound: BoundModel, kinds: Mapping[str, str]) -> None:
    wanted = [("bool", tree) for tree in bound.labels.values()]
    for joint in bound.joints:
        wanted += [("bool", guard) for guard in joint.guards]
        wanted += [("number", rate) for rate in joint.rates]
        wanted += [(kinds[name], value) for name, value in joint.assignments]
    for earnings in bound.rewards.values():
        wanted += [("bool", e.guard) for e in earnings]
        wanted += [("number", e.amount) for e in earnings]
    for kind, tree in wanted:
        check_kind(tree, kind, kinds, bound.path)


def check_kind(
    tree: Expression, wanted: str, kinds: Mapping[str, str], path: str
) -> None:
    """Refuse a number where a condition belongs, and the reverse.

    Raises
    ------
    PrismFileError : the wrong kind, or an unknown name.
    """
    found = kind_of(tree, kinds, path)
    if found != wanted:
        words = {"bool": "a condition", "number": "a number"}
        wrong = f"{words[found]} stands where {words[wanted]} belongs"
        raise PrismFileError(path, tree.line, wrong)
