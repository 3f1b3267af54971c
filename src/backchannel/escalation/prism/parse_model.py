"""Read a continuous-time model in the PRISM language.

Constants, formulas, modules with renaming, guarded commands with rates, actions,
labels and rewards are read; what the published families do not use (other kinds of
model, global variables, `init` blocks, `system` composition) is refused by name.

Source: Kwiatkowska, Norman and Parker (2011), PRISM 4.0, CAV, LNCS 6806, 585-591.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backchannel.base.errors import PrismFileError, did_you_mean
from backchannel.escalation.prism.expression import (
    TRUE,
    Expression,
    literal,
    parse_expression,
    substitute,
)
from backchannel.escalation.prism.source import Reader, text_of, words_of
from backchannel.escalation.prism.syntax import (
    Command,
    Constant,
    Earning,
    Part,
    PrismModel,
    Update,
    Variable,
)

_OTHER_KINDS = ("dtmc", "mdp", "pta", "pomdp", "probabilistic", "nondeterministic")
# Formulas that name each other can double in length with every line.
_MOST_NAMES = 100_000
_NOT_READ = ("global", "init", "system", "invariant", "observables", "player")


@dataclass
class _Found:
    """What has been read so far; filled by one reading only."""

    constants: dict[str, Constant] = field(default_factory=dict)
    formulas: dict[str, Expression] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    copies: list[tuple[str, str, dict[str, str], int]] = field(default_factory=list)
    labels: dict[str, Expression] = field(default_factory=dict)
    rewards: dict[str, tuple[Earning, ...]] = field(default_factory=dict)


def read_model(path: Path | str) -> PrismModel:
    """Read a model from a file.

    Raises
    ------
    PrismFileError : no such file, or its text cannot be read.
    """
    return parse_model(text_of(path), str(path))


def parse_model(text: str, path: str = "model") -> PrismModel:
    """Read a model from its text.

    Parameters
    ----------
    text : in the PRISM language
    path : how errors name it

    Returns
    -------
    PrismModel : formulas expanded, renamed modules written out

    Raises
    ------
    PrismFileError : with the line, and what was expected there.

    >>> model = parse_model("ctmc module m x:[0..1]; [] x=0 -> 2:(x'=1); endmodule")
    >>> model.parts[0].variables[0].name
    'x'
    """
    reader, found = Reader(words_of(text, path), path), _Found()
    has_kind = False
    try:
        while reader.word.kind != "end":
            has_kind = _declaration(reader, found) or has_kind
        if not has_kind:
            wrong = "the kind of model is missing; begin with 'ctmc'"
            raise PrismFileError(path, 1, wrong)
        return _expanded(path, found)
    except RecursionError:
        wrong = "an expression is nested too deeply"
        raise PrismFileError(path, reader.line, wrong) from None


def _declaration(reader: Reader, found: _Found) -> bool:
    """Read one declaration; true where it is the kind of model."""
    word = reader.word
    if word.text in _OTHER_KINDS:
        reader.fail("expected a continuous-time model, 'ctmc'")
    if word.text in _NOT_READ:
        reader.fail("expected what this reader knows (see docs/prism.md)")
    if reader.takes("ctmc", "stochastic"):
        return True
    if reader.takes("const"):
        constant = parse_constant(reader)
        _new(reader, found.constants, constant.name, word.line)
        found.constants[constant.name] = constant
    elif reader.takes("formula"):
        name = reader.name("the name of a formula")
        _new(reader, found.formulas, name, word.line)
        reader.expect("=")
        found.formulas[name] = _closed(reader)
    elif reader.takes("label"):
        name = _quoted(reader)
        _new(reader, found.labels, name, word.line)
        reader.expect("=")
        found.labels[name] = _closed(reader)
    elif reader.takes("module"):
        _module(reader, found)
    elif reader.takes("rewards"):
        name = _quoted(reader) if reader.word.kind == "text" else ""
        _new(reader, found.rewards, name, word.line)
        found.rewards[name] = _rewards(reader)
    else:
        reader.fail("expected const, formula, module, label or rewards")
    return False


def _new(reader: Reader, known: Mapping[str, object], name: str, line: int) -> None:
    if name in known:
        raise PrismFileError(reader.path, line, f"'{name}' is declared twice")


def _quoted(reader: Reader) -> str:
    if reader.word.kind != "text":
        reader.fail('expected a name in quotes, such as "down"')
    return reader.next().text[1:-1]


def _closed(reader: Reader) -> Expression:
    expression = parse_expression(reader)
    reader.expect(";")
    return expression


def parse_constant(reader: Reader) -> Constant:
    """Read a constant after its `const`; raises PrismFileError."""
    line = reader.line
    kind = (
        reader.next().text if reader.word.text in ("int", "double", "bool") else "int"
    )
    name = reader.name("the name of a constant")
    value = parse_expression(reader) if reader.takes("=") else None
    reader.expect(";")
    return Constant(name, kind, value, line)


def _module(reader: Reader, found: _Found) -> None:
    line, name = reader.line, reader.name("the name of a module")
    known = {**found.parts, **{copy[0]: None for copy in found.copies}}
    _new(reader, known, name, line)
    if reader.takes("="):
        found.copies.append((name, *_renaming(reader), line))
        return
    variables: list[Variable] = []
    while reader.word.kind == "name" and reader.word.text != "endmodule":
        variables.append(_variable(reader))
    commands = []
    while reader.word.text == "[":
        commands.append(_command(reader))
    reader.expect("endmodule")
    found.parts[name] = Part(name, tuple(variables), tuple(commands), line)


def _renaming(reader: Reader) -> tuple[str, dict[str, str]]:
    original = reader.name("the name of a module")
    reader.expect("[")
    names: dict[str, str] = {}
    while True:
        old = reader.name("a name to replace")
        reader.expect("=")
        names[old] = reader.name("a new name")
        if not reader.takes(","):
            break
    reader.expect("]")
    reader.expect("endmodule")
    return original, names


def _variable(reader: Reader) -> Variable:
    line, name = reader.line, reader.name("the name of a variable")
    reader.expect(":")
    is_bool = reader.takes("bool")
    low, high = literal(False), TRUE
    if not is_bool:
        reader.expect("[")
        low = parse_expression(reader)
        reader.expect("..")
        high = parse_expression(reader)
        reader.expect("]")
    start = parse_expression(reader) if reader.takes("init") else low
    reader.expect(";")
    return Variable(name, is_bool, low, high, start, line)


def _command(reader: Reader) -> Command:
    line = reader.expect("[").line
    action = "" if reader.word.text == "]" else reader.name("an action")
    reader.expect("]")
    guard = parse_expression(reader)
    reader.expect("->")
    updates = [_update(reader)]
    while reader.takes("+"):
        updates.append(_update(reader))
    reader.expect(";")
    return Command(action, guard, tuple(updates), line)


def _update(reader: Reader) -> Update:
    """`rate : (x'=..) & ..`, or the assignments alone at rate 1."""
    rate: Expression = literal(1, reader.line)
    is_assignment = reader.word.text == "(" and reader.peek(2) == "'"
    is_idle = reader.word.text == "true" and reader.peek(1) in (";", "+")
    if not (is_assignment or is_idle):
        rate = parse_expression(reader)
        reader.expect(":")
    if reader.takes("true"):
        return Update(rate, ())
    assignments = [_assignment(reader)]
    while reader.takes("&"):
        assignments.append(_assignment(reader))
    return Update(rate, tuple(assignments))


def _assignment(reader: Reader) -> tuple[str, Expression]:
    reader.expect("(")
    name = reader.name("a variable")
    reader.expect("'")
    reader.expect("=")
    value = parse_expression(reader)
    reader.expect(")")
    return name, value


def _rewards(reader: Reader) -> tuple[Earning, ...]:
    earnings = []
    while not reader.takes("endrewards"):
        line, action = reader.line, None
        if reader.takes("["):
            action = "" if reader.word.text == "]" else reader.name("an action")
            reader.expect("]")
        guard = parse_expression(reader)
        reader.expect(":")
        earnings.append(Earning(action, guard, _closed(reader), line))
    return tuple(earnings)


def _expanded(path: str, found: _Found) -> PrismModel:
    formulas = _resolve(path, found.formulas)
    parts = {name: _rewrite(p, formulas, {}) for name, p in found.parts.items()}
    for name, original, names, line in found.copies:
        if original not in parts:
            hint = did_you_mean(original, parts, "module")
            raise PrismFileError(path, line, f"no module '{original}'; {hint}")
        parts[name] = _renamed(path, parts[original], name, names, line)
    return PrismModel(
        path,
        found.constants,
        formulas,
        tuple(parts.values()),
        {n: substitute(label, formulas) for n, label in found.labels.items()},
        {
            name: tuple(
                Earning(
                    e.action,
                    substitute(e.guard, formulas),
                    substitute(e.amount, formulas),
                    e.line,
                )
                for e in earnings
            )
            for name, earnings in found.rewards.items()
        },
    )


def _resolve(path: str, formulas: Mapping[str, Expression]) -> dict[str, Expression]:
    """Expand formulas within formulas, in whatever order they stand."""
    done: dict[str, Expression] = {}
    sizes: dict[str, int] = {}
    for name in formulas:
        _expand(path, name, formulas, done, sizes, ())
    return done


def _expand(
    path: str,
    name: str,
    formulas: Mapping[str, Expression],
    done: dict[str, Expression],
    sizes: dict[str, int],
    above: tuple[str, ...],
) -> None:
    """Expand one formula and those that it names, first."""
    tree = formulas[name]
    if name in above:
        raise PrismFileError(path, tree.line, f"formula '{name}' needs itself")
    if name in done:
        return
    named = _named(tree)
    inner = [n for n in named if n in formulas]
    for other in dict.fromkeys(inner):
        _expand(path, other, formulas, done, sizes, (*above, name))
    sizes[name] = len(named) + sum(sizes[other] for other in inner)
    if sizes[name] > _MOST_NAMES:
        wrong = f"formula '{name}' has more than {_MOST_NAMES:,} names when written out"
        raise PrismFileError(path, tree.line, wrong)
    done[name] = substitute(tree, done)


def _named(tree: Expression) -> list[str]:
    """Names in an expression, with repeats."""
    if tree.operator == "name":
        return [str(tree.value)]
    return [name for operand in tree.operands for name in _named(operand)]


def _renamed(
    path: str, part: Part, name: str, names: Mapping[str, str], line: int
) -> Part:
    missing = [v.name for v in part.variables if v.name not in names]
    if missing:
        wrong = f"module '{name}' has no new name for variable '{missing[0]}'"
        raise PrismFileError(path, line, f"{wrong} of '{part.name}'")
    trees = {old: Expression("name", line, (), new) for old, new in names.items()}
    copy = _rewrite(part, trees, names)
    return Part(name, copy.variables, copy.commands, line)


def _rewrite(
    part: Part, trees: Mapping[str, Expression], names: Mapping[str, str]
) -> Part:
    """Replace names in expressions by `trees`, and what is declared by `names`."""
    variables = tuple(
        Variable(
            names.get(v.name, v.name),
            v.is_bool,
            substitute(v.low, trees),
            substitute(v.high, trees),
            substitute(v.start, trees),
            v.line,
        )
        for v in part.variables
    )
    commands = tuple(
        Command(
            names.get(c.action, c.action),
            substitute(c.guard, trees),
            tuple(
                Update(
                    substitute(u.rate, trees),
                    tuple(
                        (names.get(n, n), substitute(value, trees))
                        for n, value in u.assignments
                    ),
                )
                for u in c.updates
            ),
            c.line,
        )
        for c in part.commands
    )
    return Part(part.name, variables, commands, part.line)
