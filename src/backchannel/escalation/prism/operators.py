"""What the operators of the PRISM language do: to columns, and to constants."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

Value = NDArray[Any] | bool | int | float


def _divide(a: Value, b: Value) -> Value:
    # The language has no division of whole numbers: 1/2 is a half.
    return np.true_divide(a, b)


def _whole(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda a: np.asarray(function(a)).astype(np.int64)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "?": np.where,
    "=>": lambda a, b: np.logical_or(np.logical_not(a), b),
    "<=>": np.equal,
    "|": np.logical_or,
    "&": np.logical_and,
    "!": np.logical_not,
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">=": np.greater_equal,
    ">": np.greater,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _divide,
    "negative": np.negative,
    "min": lambda *parts: reduce(np.minimum, parts),
    "max": lambda *parts: reduce(np.maximum, parts),
    "floor": _whole(np.floor),
    "ceil": _whole(np.ceil),
    "round": _whole(lambda a: np.floor(np.asarray(a) + 0.5)),
    # A negative power of a whole number is no whole number.
    "pow": lambda a, b: np.power(np.asarray(a, dtype=np.float64), b),
    "mod": np.mod,
    "log": lambda a, b: np.log(a) / np.log(b),
}

# Beyond this not every whole number is a float: it is kept as the nearest one.
MOST_WHOLE = 2**53


def _power(a: float, b: float) -> float:
    # By way of floats: a power of whole numbers may have a billion digits.
    value = float(a) ** b
    is_whole = isinstance(a, int) and isinstance(b, int) and b >= 0
    return int(value) if is_whole and abs(value) <= MOST_WHOLE else value


# The same on plain Python numbers, so that constants keep their type and precision.
FOLD: dict[str, Callable[..., Any]] = {
    "?": lambda condition, then, other: then if condition else other,
    "=>": lambda a, b: not a or b,
    "<=>": lambda a, b: a == b,
    "|": lambda a, b: a or b,
    "&": lambda a, b: a and b,
    "!": lambda a: not a,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "negative": lambda a: -a,
    "min": min,
    "max": max,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": lambda a: math.floor(a + 0.5),
    "pow": _power,
    "mod": lambda a, b: a % b,
    "log": math.log,
}

_OF_CONDITIONS = ("=>", "<=>", "|", "&", "!")
_COMPARISONS = ("<", "<=", ">=", ">")
# Kind of all operands (`same`: the last two agree) and of the result.
KINDS: dict[str, tuple[str, str]] = {
    name: ("bool", "bool")
    if name in _OF_CONDITIONS
    else ("number", "bool")
    if name in _COMPARISONS
    else ("same", "bool")
    if name in ("=", "!=", "?")
    else ("number", "number")
    for name in OPERATIONS
}
