"""Small formulas that a file may hold: arithmetic over named numbers, nothing else.

1 - p - cost          names, numbers, + - * / **
max(share, 0) ** r    min, max, sqrt, exp, log, abs
0 if q >= p else q    comparisons, and, or, not, if-else
costs.first           one entry of a named group
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_MAX_LENGTH = 300
_MAX_POWER = 1000.0
_BINARY: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARE: dict[type[ast.AST], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_UNARY: dict[type[ast.AST], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "abs": abs,
}
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class Formula:
    """One formula, read once; `names` are the numbers that it asks for."""

    text: str
    tree: ast.expr = field(repr=False, compare=False, hash=False)
    names: frozenset[str] = field(repr=False, compare=False, hash=False)

    def evaluate(self, scope: Mapping[str, Any]) -> Any:
        """Work it out.

        Parameters
        ----------
        scope : the value of each name

        Returns
        -------
        number, truth value, text or list: whatever the names hold

        Raises
        ------
        ValueError : a name is missing, or the arithmetic has no result.
        """
        try:
            return _value(self.tree, scope)
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ValueError(f"'{self.text}' cannot be worked out: {error}") from None

    def __str__(self) -> str:
        return self.text


def read_formula(raw: Any) -> Formula:
    """Read a formula from a number or a text.

    Parameters
    ----------
    raw : a number, a truth value, nothing, or a text

    Returns
    -------
    Formula

    Raises
    ------
    ValueError : it is not one; the message says what may stand in one.

    >>> read_formula("1 - p - cost").evaluate({"p": 0.5, "cost": 0.1})
    0.4
    """
    if isinstance(raw, Formula):
        return raw
    text = {"True": "true", "False": "false", "None": "null"}.get(str(raw))
    text = text or str(raw).strip()
    if len(text) > _MAX_LENGTH:
        raise ValueError(f"has {len(text)} characters; at most {_MAX_LENGTH} fit")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(
            f"'{text}' is not a formula; write for example 1 - p"
        ) from None
    for node in ast.walk(tree):
        if not _is_allowed(node):
            raise ValueError(
                f"'{text}' holds {type(node).__name__}; a formula has names, numbers, "
                f"+ - * / **, comparisons, if-else and {', '.join(FUNCTIONS)}"
            )
    called = {n.func for n in ast.walk(tree) if isinstance(n, ast.Call)}
    names = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node not in called
    }
    return Formula(text, tree, frozenset(names - set(_CONSTANTS)))


_SHAPES = (
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Name,
    ast.Load,
    ast.Attribute,
    ast.Pow,
    ast.And,
    ast.Or,
    *_BINARY,
    *_COMPARE,
    *_UNARY,
)


def _is_allowed(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (int, float, str))
    if isinstance(node, ast.Call):
        func = node.func
        return isinstance(func, ast.Name) and func.id in FUNCTIONS and not node.keywords
    return isinstance(node, _SHAPES)


def _value(node: ast.expr, scope: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return _look_up(name, scope)
        case ast.Attribute(value=inner, attr=name):
            return _look_up(name, _value(inner, scope))
        case ast.UnaryOp(op=op, operand=operand):
            return _UNARY[type(op)](_value(operand, scope))
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _value(left, scope), _value(right, scope))
        case ast.BoolOp(op=op, values=parts):
            wanted = any if isinstance(op, ast.Or) else all
            return wanted(_value(part, scope) for part in parts)
        case ast.Compare(left=left, ops=ops, comparators=rest):
            values = [_value(part, scope) for part in (left, *rest)]
            pairs = zip(ops, values, values[1:], strict=False)
            return all(_COMPARE[type(op)](a, b) for op, a, b in pairs)
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _value(test, scope) else other, scope)
        case ast.Call(func=ast.Name(id=name), args=args):
            return FUNCTIONS[name](*(_value(arg, scope) for arg in args))
    raise ValueError(f"{type(node).__name__} has no value")


def _binary(op: ast.operator, left: Any, right: Any) -> Any:
    if not isinstance(op, ast.Pow):
        return _BINARY[type(op)](left, right)
    if abs(right) > _MAX_POWER:
        raise ValueError(f"power {right:g} is above {_MAX_POWER:g}")
    if left < 0 and right != int(right):
        raise ValueError(f"{left:g} to the power {right:g} is not a real number")
    return float(left) ** right


def _look_up(name: str, scope: Any) -> Any:
    if isinstance(scope, Mapping) and name in scope:
        return scope[name]
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    raise ValueError(f"nothing is named '{name}'")
