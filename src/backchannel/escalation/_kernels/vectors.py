"""Sixteen words or numbers side by side in vector registers, for compiled kernels.

A compiler does not spread a loop over vector registers whose table look-ups depend on
one another. With these types a kernel says so itself: `+ - * / & | ^ << >> < > >=` work
lane by lane, and a plain number stands for sixteen of it. LLVM splits the vectors to
whatever width the machine has: the same bits everywhere.

Sixteen, although the widest registers hold eight: two halves that do not wait for one
another run 1.4x as fast as one, and four halves run out of registers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model

WIDTH = 16
WORDS = ir.VectorType(ir.IntType(64), WIDTH)
REALS = ir.VectorType(ir.DoubleType(), WIDTH)
FLAGS = ir.VectorType(ir.IntType(1), WIDTH)


class Words(types.Type):
    """The numba type of sixteen unsigned words of 64 bits."""

    def __init__(self) -> None:
        super().__init__(name=f"Words{WIDTH}")


class Reals(types.Type):
    """The numba type of sixteen numbers in double precision."""

    def __init__(self) -> None:
        super().__init__(name=f"Reals{WIDTH}")


class Flags(types.Type):
    """The numba type of sixteen answers, yes or no."""

    def __init__(self) -> None:
        super().__init__(name=f"Flags{WIDTH}")


words, reals, flags = Words(), Reals(), Flags()


@register_model(Words)
class _WordsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, WORDS)


@register_model(Reals)
class _RealsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, REALS)


@register_model(Flags)
class _FlagsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, FLAGS)


def spread(builder: Any, value: Any) -> Any:
    """Put a scalar into every lane; a vector passes as it is."""
    if isinstance(value.type, ir.VectorType):
        return value
    undefined = ir.Constant(ir.VectorType(value.type, WIDTH), ir.Undefined)
    one = builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(one, undefined, zeros)


def _define(
    symbol: Any, result: Any, kind: Any, scalar: Any, build: Callable[..., Any]
) -> None:
    """Give an operator its meaning for two vectors, or for one and a scalar."""
    pairs = ((kind, kind), (kind, scalar), (scalar, kind))

    class _Rule(ConcreteTemplate):
        cases = tuple(signature(result, *pair) for pair in pairs)

    infer_global(symbol)(_Rule)
    for pair in pairs:

        @lower_builtin(symbol, *pair)
        def _lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return build(builder, *(spread(builder, value) for value in args))


_ARITHMETIC = {
    (words, types.uint64): {
        operator.add: ir.IRBuilder.add,
        operator.sub: ir.IRBuilder.sub,
        operator.mul: ir.IRBuilder.mul,
        operator.and_: ir.IRBuilder.and_,
        operator.or_: ir.IRBuilder.or_,
        operator.xor: ir.IRBuilder.xor,
        operator.lshift: ir.IRBuilder.shl,
        operator.rshift: ir.IRBuilder.lshr,
    },
    (reals, types.float64): {
        operator.add: ir.IRBuilder.fadd,
        operator.sub: ir.IRBuilder.fsub,
        operator.mul: ir.IRBuilder.fmul,
        operator.truediv: ir.IRBuilder.fdiv,
    },
    (flags, types.boolean): {
        operator.and_: ir.IRBuilder.and_,
        operator.or_: ir.IRBuilder.or_,
    },
}
for (_kind, _scalar), _rules in _ARITHMETIC.items():
    for _symbol, _build in _rules.items():
        _define(_symbol, _kind, _kind, _scalar, _build)


def _comparing(compare: Callable[..., Any], sign: str) -> Callable[..., Any]:
    return lambda builder, a, b: compare(builder, sign, a, b)


for _symbol, _sign in ((operator.lt, "<"), (operator.gt, ">"), (operator.ge, ">=")):
    _unsigned = _comparing(ir.IRBuilder.icmp_unsigned, _sign)
    _define(_symbol, flags, words, types.uint64, _unsigned)
    _ordered = _comparing(ir.IRBuilder.fcmp_ordered, _sign)
    _define(_symbol, flags, reals, types.float64, _ordered)


@intrinsic
def choose(typing: Any, flag: Any, yes: Any, no: Any) -> Any:
    """Take `yes` in the lanes whose flag is set, and `no` in the others."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(*args)

    return yes(flag, yes, no), generate


@intrinsic
def ones_where(typing: Any, flag: Any) -> Any:
    """Word 1 in the lanes whose flag is set, 0 in the others."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.zext(args[0], WORDS)

    return words(flag), generate


@intrinsic
def mask_of(typing: Any, flag: Any) -> Any:
    """Bit i is set where flag i is."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        mask = builder.bitcast(args[0], ir.IntType(WIDTH))
        return builder.zext(mask, ir.IntType(64))

    return types.int64(flag), generate


@intrinsic
def count_of(typing: Any, flag: Any) -> Any:
    """How many flags are set."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        mask = builder.bitcast(args[0], ir.IntType(WIDTH))
        return builder.zext(builder.ctpop(mask), ir.IntType(64))

    return types.int64(flag), generate


@intrinsic
def rank_of(typing: Any, flag: Any) -> Any:
    """For each lane, how many flags are set in the lanes before it."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        mask = builder.zext(builder.bitcast(args[0], ir.IntType(WIDTH)), ir.IntType(64))
        before = ir.Constant(WORDS, [(1 << i) - 1 for i in range(WIDTH)])
        kind = ir.FunctionType(WORDS, [WORDS])
        name = f"llvm.ctpop.v{WIDTH}i64"
        count = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(count, [builder.and_(spread(builder, mask), before)])

    return words(flag), generate


@intrinsic
def lowest_bit(typing: Any, mask: Any) -> Any:
    """Place of the lowest bit that is set in a mask other than 0."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(mask), generate


@intrinsic
def numbers_of(typing: Any, value: Any) -> Any:
    """Numbers equal to words, which are read as signed."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.sitofp(args[0], REALS)

    return reals(value), generate


@intrinsic
def bits_of(typing: Any, value: Any) -> Any:
    """The 64 bits of each number."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.bitcast(args[0], WORDS)

    return words(value), generate


@intrinsic
def from_bits(typing: Any, value: Any) -> Any:
    """Numbers of given bits."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.bitcast(args[0], REALS)

    return reals(value), generate


@intrinsic
def shift_signed(typing: Any, value: Any, n: Any) -> Any:
    """Words shifted to the right by n bits, their sign drawn in."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.ashr(args[0], spread(builder, args[1]))

    return words(value, n), generate


@intrinsic
def same_word(typing: Any, value: Any) -> Any:
    """One word sixteen times."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return spread(builder, args[0])

    return words(types.uint64), generate


@intrinsic
def same_number(typing: Any, value: Any) -> Any:
    """One number sixteen times."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return spread(builder, args[0])

    return reals(types.float64), generate


@intrinsic
def floor_of(typing: Any, value: Any) -> Any:
    """Largest whole numbers that are not above the numbers."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(REALS, [REALS])
        name = f"llvm.floor.v{WIDTH}f64"
        floor = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(floor, args)

    return reals(value), generate


@intrinsic
def words_of(typing: Any, value: Any) -> Any:
    """Signed words equal to whole numbers."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.fptosi(args[0], WORDS)

    return words(value), generate
