"""Sixteen draws side by side in vector registers, for compiled kernels.

Numba does not keep a short inner loop over draws in registers: written plainly, the
sparse product costs 0.40 ns per entry and draw, with these operations 0.08 ns (AVX-512,
all in the first-level cache). LLVM splits the vector to whatever width the machine has.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

WIDTH = 16
_VECTOR = ir.VectorType(ir.DoubleType(), WIDTH)


class Lanes(types.Type):
    """The numba type of one vector of `WIDTH` draws."""

    def __init__(self) -> None:
        super().__init__(name="Lanes16")


lanes = Lanes()


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


def _address(context: Any, builder: Any, kind: Any, array: Any, offset: Any) -> Any:
    first = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(first, [offset]), _VECTOR.as_pointer())


@intrinsic
def offset(typing: Any, array: Any, k: Any) -> Any:
    """Entry k of a contiguous uint32 array, k >= 0, as int64.

    Plain indexing also asks whether k counts from the end: 1.2x in the sparse product.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        first = context.make_array(signature.args[0])(context, builder, args[0]).data
        value = builder.load(builder.gep(first, [args[1]]))
        return builder.zext(value, ir.IntType(64))

    return types.int64(array, types.int64), generate


@intrinsic
def read(typing: Any, array: Any, offset: Any) -> Any:
    """Lanes at `offset` of a contiguous float64 array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args[0], args[1])
        return builder.load(address, align=8)

    return lanes(array, types.int64), generate


@intrinsic
def write(typing: Any, array: Any, offset: Any, value: Any) -> Any:
    """Store lanes at `offset` of a contiguous float64 array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], address, align=8)
        return context.get_dummy_value()

    return types.void(array, types.int64, lanes), generate


@intrinsic
def fill(typing: Any, value: Any) -> Any:
    """The same number in every lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        first = ir.Constant(ir.IntType(32), 0)
        undefined = ir.Constant(_VECTOR, ir.Undefined)
        one = builder.insert_element(undefined, args[0], first)
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
        return builder.shuffle_vector(one, undefined, zeros)

    return lanes(types.float64), generate


@intrinsic
def multiply(typing: Any, a: Any, b: Any) -> Any:
    """Product, lane by lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fmul(*args)

    return lanes(lanes, lanes), generate


@intrinsic
def multiply_add(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """Fused a * b + c, lane by lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        name = f"llvm.fma.v{WIDTH}f64"
        fused = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(fused, args)

    return lanes(lanes, lanes, lanes), generate
