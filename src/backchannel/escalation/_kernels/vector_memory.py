"""Vectors from memory and back: in a row, packed, or at sixteen places of a table."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from backchannel.escalation._kernels.vectors import (
    FLAGS,
    REALS,
    WIDTH,
    WORDS,
    flags,
    reals,
    words,
)

_BYTES = 8
_INT_32 = ir.IntType(32)


def _kind_of(array: Any) -> tuple[Any, Any]:
    """Vector that an array of 64-bit entries is read into: numba's type and LLVM's."""
    return (reals, REALS) if array.dtype == types.float64 else (words, WORDS)


def _first(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def _places(
    context: Any, builder: Any, kind: Any, array: Any, index: Any, vector: Any
) -> Any:
    first = _first(context, builder, kind, array)
    places = builder.gep(first, [index], source_etype=vector.element)
    # llvmlite gives it the type of the base; sixteen offsets make sixteen places.
    places.type = ir.VectorType(ir.PointerType(), WIDTH)
    return places


@intrinsic
def read(typing: Any, array: Any, offset: Any) -> Any:
    """Sixteen entries from `offset` on of a contiguous uint64 or float64 array."""
    result, vector = _kind_of(array)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        first = _first(context, builder, sig.args[0], args[0])
        place = builder.gep(first, [args[1]])
        return builder.load(builder.bitcast(place, vector.as_pointer()), align=_BYTES)

    return result(array, types.int64), generate


@intrinsic
def write(typing: Any, array: Any, offset: Any, value: Any) -> Any:
    """Store sixteen entries from `offset` on of a contiguous array of that kind."""
    result, vector = _kind_of(array)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        first = _first(context, builder, sig.args[0], args[0])
        place = builder.gep(first, [args[1]])
        address = builder.bitcast(place, vector.as_pointer())
        builder.store(args[2], address, align=_BYTES)
        return context.get_dummy_value()

    return types.void(array, types.int64, result), generate


@intrinsic
def gather(typing: Any, array: Any, index: Any) -> Any:
    """Entries of a contiguous uint64 or float64 array at sixteen places.

    No place is checked; one beyond the end is read all the same.
    """
    result, vector = _kind_of(array)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = _places(context, builder, sig.args[0], args[0], args[1], vector)
        operands = [places.type, _INT_32, FLAGS, vector]
        name = f"llvm.masked.gather.v{WIDTH}{vector.element.intrinsic_name}.v{WIDTH}p0"
        kind = ir.FunctionType(vector, operands)
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        everywhere = ir.Constant(FLAGS, [1] * WIDTH)
        nothing = ir.Constant(vector, ir.Undefined)
        align = ir.Constant(_INT_32, _BYTES)
        return builder.call(function, [places, align, everywhere, nothing])

    return result(array, words), generate


@intrinsic
def scatter(typing: Any, array: Any, index: Any, value: Any, flag: Any) -> Any:
    """Store at sixteen places of a contiguous array, where the flag is set.

    No place is checked.
    """
    result, vector = _kind_of(array)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = _places(context, builder, sig.args[0], args[0], args[1], vector)
        operands = [vector, places.type, _INT_32, FLAGS]
        name = f"llvm.masked.scatter.v{WIDTH}{vector.element.intrinsic_name}.v{WIDTH}p0"
        kind = ir.FunctionType(ir.VoidType(), operands)
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        align = ir.Constant(_INT_32, _BYTES)
        builder.call(function, [args[2], places, align, args[3]])
        return context.get_dummy_value()

    return types.void(array, words, result, flags), generate


@intrinsic
def write_packed(typing: Any, array: Any, offset: Any, value: Any, flag: Any) -> Any:
    """Store the lanes whose flag is set from `offset` on, with no place in between."""
    result, vector = _kind_of(array)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        first = _first(context, builder, sig.args[0], args[0])
        place = builder.gep(first, [args[1]])
        kind = ir.FunctionType(ir.VoidType(), [vector, place.type, FLAGS])
        name = f"llvm.masked.compressstore.v{WIDTH}{vector.element.intrinsic_name}"
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        builder.call(function, [args[2], place, args[3]])
        return context.get_dummy_value()

    return types.void(array, types.int64, result, flags), generate
