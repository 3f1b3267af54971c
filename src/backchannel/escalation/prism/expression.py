"""Expressions: a small tree, never the text, is what gets evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from backchannel.base.errors import PrismFileError, did_you_mean
from backchannel.escalation.prism.operators import (
    FOLD,
    KINDS,
    MOST_WHOLE,
    OPERATIONS,
    Value,
)
from backchannel.escalation.prism.source import Reader

# From loosest to tightest; `!` stands between the conditions and the comparisons.
_IMPLIES, _AND, _COMPARE, _SUM = ("=>", "<=>"), "&", ("<", "<=", ">=", ">"), ("+", "-")
FUNCTIONS = ("min", "max", "floor", "ceil", "round", "pow", "mod", "log")


@dataclass(frozen=True)
class Expression:
    """A node: an operator over operands, a literal `value`, or the name of something.

    `operator` is `literal`, `name`, `label` or one of `OPERATIONS`.
    """

    operator: str
    line: int
    operands: tuple[Expression, ...] = ()
    value: bool | int | float | str = 0


def literal(value: bool | int | float, line: int = 0) -> Expression:
    """A constant."""
    return Expression("literal", line, (), value)


TRUE = literal(True)


def parse_expression(reader: Reader) -> Expression:
    """Read one expression; raises PrismFileError where there is none."""
    line, condition = reader.line, _implication(reader)
    if not reader.takes("?"):
        return condition
    then = parse_expression(reader)
    reader.expect(":")
    return Expression("?", line, (condition, then, parse_expression(reader)))


def _left(
    reader: Reader, signs: tuple[str, ...], inner: Callable[[Reader], Expression]
) -> Expression:
    left = inner(reader)
    while reader.word.kind == "sign" and reader.word.text in signs:
        word = reader.next()
        left = Expression(word.text, word.line, (left, inner(reader)))
    return left


def _implication(reader: Reader) -> Expression:
    return _left(reader, _IMPLIES, lambda r: _left(r, ("|",), _conjunction))


def _conjunction(reader: Reader) -> Expression:
    return _left(reader, (_AND,), _negation)


def _negation(reader: Reader) -> Expression:
    line = reader.line
    if reader.takes("!"):
        return Expression("!", line, (_negation(reader),))
    return _left(reader, ("=", "!="), lambda r: _left(r, _COMPARE, parse_sum))


def parse_sum(reader: Reader) -> Expression:
    """Read what may stand as a bound of time: no condition, no comparison.

    Raises PrismFileError where there is none.
    """
    return _left(reader, _SUM, lambda r: _left(r, ("*", "/"), _signed))


def _signed(reader: Reader) -> Expression:
    line = reader.line
    if reader.takes("-"):
        return Expression("negative", line, (_signed(reader),))
    return _atom(reader)


def _atom(reader: Reader) -> Expression:
    word = reader.word
    if word.kind == "number":
        reader.next()
        value = float(word.text)
        is_whole = word.text.isdigit() and value <= MOST_WHOLE
        return literal(int(word.text) if is_whole else value, word.line)
    if word.kind == "text":
        return Expression("label", word.line, (), reader.next().text[1:-1])
    if reader.takes("true", "false"):
        return literal(word.text == "true", word.line)
    if reader.takes("("):
        inner = parse_expression(reader)
        reader.expect(")")
        return inner
    if word.text in FUNCTIONS and reader.peek(1) == "(":
        return _call(reader)
    return Expression("name", word.line, (), reader.name("an expression"))


def _call(reader: Reader) -> Expression:
    word = reader.next()
    reader.expect("(")
    operands = [parse_expression(reader)]
    while reader.takes(","):
        operands.append(parse_expression(reader))
    reader.expect(")")
    takes_one = word.text in ("floor", "ceil", "round")
    takes_two = word.text in ("pow", "mod", "log")
    wanted = 1 if takes_one else 2 if takes_two else max(2, len(operands))
    if len(operands) != wanted:
        given = f"{word.text}: has {len(operands)} operands, needs {wanted}"
        raise PrismFileError(reader.path, word.line, given)
    return Expression(word.text, word.line, tuple(operands))


def substitute(
    tree: Expression, known: Mapping[str, Expression], *, kind: str = "name"
) -> Expression:
    """Replace names (or labels) by expressions, and fold what is then constant."""
    if tree.operator == kind and tree.value in known:
        return known[str(tree.value)]
    if not tree.operands:
        return tree
    operands = tuple(substitute(o, known, kind=kind) for o in tree.operands)
    return fold(replace(tree, operands=operands))


def fold(tree: Expression) -> Expression:
    """Compute a node whose operands are all literals."""
    values = [o.value for o in tree.operands if o.operator == "literal"]
    if len(values) != len(tree.operands) or tree.operator not in FOLD:
        return tree
    wanted, are_bool = KINDS[tree.operator][0], {isinstance(v, bool) for v in values}
    if wanted != "same" and are_bool != {wanted == "bool"}:
        return tree
    try:
        value = FOLD[tree.operator](*values)
    except (ArithmeticError, ValueError, TypeError):
        # Left as it is: the evaluation names the line and what is wrong.
        return tree
    if isinstance(value, int) and abs(value) > MOST_WHOLE:
        value = float(value)
    return literal(value, tree.line)


def kind_of(tree: Expression, kinds: Mapping[str, str], path: str) -> str:
    """`bool` or `number`; names have the given kinds.

    Raises
    ------
    PrismFileError : an unknown name, or an operand of the wrong kind.
    """
    if tree.operator == "literal":
        return "bool" if isinstance(tree.value, bool) else "number"
    if tree.operator == "label":
        wrong = f'no label "{tree.value}" here'
        raise PrismFileError(path, tree.line, wrong)
    if tree.operator == "name":
        if tree.value not in kinds:
            hint = did_you_mean(str(tree.value), kinds, "name")
            raise PrismFileError(path, tree.line, f"no name '{tree.value}'; {hint}")
        return kinds[str(tree.value)]
    found = [kind_of(operand, kinds, path) for operand in tree.operands]
    wanted, result = KINDS[tree.operator]
    if wanted == "same":
        same = found[-1] == found[-2] and (tree.operator != "?" or found[0] == "bool")
        if same:
            return found[-1] if tree.operator == "?" else "bool"
    elif all(kind == wanted for kind in found):
        return result
    wrong = f"'{tree.operator}' cannot take {' and '.join(found)}"
    raise PrismFileError(path, tree.line, wrong)


def evaluator(tree: Expression) -> Callable[[Mapping[str, Value]], Value]:
    """Compile a checked tree to a function of columns (n,) by name."""
    if tree.operator == "literal":
        return partial(_constant, tree.value)
    if tree.operator == "name":
        name = str(tree.value)
        return lambda columns: columns[name]
    operation = OPERATIONS[tree.operator]
    inner = [evaluator(operand) for operand in tree.operands]
    if len(inner) == 1:
        (one,) = inner
        return lambda columns: operation(one(columns))
    if len(inner) == 2:
        first, second = inner
        return lambda columns: operation(first(columns), second(columns))
    return lambda columns: operation(*(part(columns) for part in inner))


def _constant(value: Any, _columns: Mapping[str, Value]) -> Value:
    return value  # type: ignore[no-any-return]
