"""Logarithm and exponential of sixteen numbers, with the bits of `elementary`.

Each function writes its scalar out once more for vectors, in the same order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backchannel.escalation._kernels.elementary import (
    BIAS,
    LN2,
    LN2_HIGH,
    LN2_LOW,
    MANTISSA,
    SERIES,
    SQRT_HALF_BITS,
)
from backchannel.escalation._kernels.vectors import (
    bits_of,
    floor_of,
    from_bits,
    numbers_of,
    shift_signed,
    words_of,
)

_ROOT, _SHIFT = np.uint64(SQRT_HALF_BITS), np.uint64(MANTISSA)
_ZERO_EXPONENT = np.uint64(BIAS)


@njit(inline="always")
def exponentials(word: Any) -> Any:
    """Do what `elementary.exponential_32` does for a vector of words."""
    x = numbers_of(word) + 0.5
    bits = bits_of(x)
    exponent = shift_signed(bits - _ROOT, _SHIFT)
    f = from_bits(bits - (exponent << _SHIFT)) - 1.0
    z = f * f
    p = (SERIES[4] + f * SERIES[5]) + z * (SERIES[6] + f * SERIES[7])
    q = (SERIES[8] + f * SERIES[9]) + z * SERIES[10]
    q = p + (z * z) * q
    p = (SERIES[0] + f * SERIES[1]) + z * (SERIES[2] + f * SERIES[3])
    return (32.0 - numbers_of(exponent)) * LN2 + f * (p + (z * z) * q)


@njit(inline="always")
def logarithms(x: Any) -> Any:
    """Do what `elementary.log_positive` does for a vector of positive numbers."""
    bits = bits_of(x)
    exponent = shift_signed(bits - _ROOT, _SHIFT)
    f = from_bits(bits - (exponent << _SHIFT)) - 1.0
    e = numbers_of(exponent)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (
        3.999999999940941908e-01
        + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)
    )
    odd = z * (
        6.666666666666735130e-01
        + w
        * (
            2.857142874366239149e-01
            + w * (1.818357216161805012e-01 + w * 1.479819860510658591e-01)
        )
    )
    p = even + odd
    half = 0.5 * f * f
    return e * LN2_HIGH - ((half - (s * (half + p) + e * LN2_LOW)) - f)


@njit(inline="always")
def powers_of_e(x: Any) -> Any:
    """Do what `elementary.exponential_of` does for a vector of numbers."""
    k = floor_of(x * (1.0 / LN2) + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    s = r * r
    q = s * s
    a = (1.0 + r) + s * (0.5 + r * (1.0 / 6.0))
    b = (1.0 / 24.0 + r * (1.0 / 120.0)) + s * (1.0 / 720.0 + r * (1.0 / 5040.0))
    c = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + s * (
        1.0 / 3628800.0 + r * (1.0 / 39916800.0)
    )
    d = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    p = a + q * (b + q * (c + q * d))
    return p * from_bits((words_of(k) + _ZERO_EXPONENT) << _SHIFT)
