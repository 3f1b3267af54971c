"""Logarithm, exponential and normal quantile in plain arithmetic.

The mathematical library of a machine decides the last digit of `log` and `exp`, and its
calls cannot be spread over vector registers. These functions give the same bits on
every machine with IEEE arithmetic, and a compiler vectorises them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

LN2 = 0.6931471805599453
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
SQRT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
MANTISSA = np.int64(52)
BIAS = np.int64(1023)
# -ln(1 + f) / f on [sqrt(1/2) - 1, sqrt(2) - 1]: the polynomial of degree 10 that meets
# it at the Chebyshev points. Relative error 7.4e-10; no division, which would take as
# long as all the rest.
SERIES = (
    -1.0000000006010195,
    0.49999999414016244,
    -0.33333302661019404,
    0.25000062374568427,
    -0.20002535640051844,
    0.16666555569931482,
    -0.142122912494728,
    0.12420821356624033,
    -0.11945878323684742,
    0.11620647886033192,
    -0.065723263235254653,
)
_TO_UNIT_32 = 1.0 / 4294967296.0
_TO_UNIT_53 = 1.0 / 9007199254740992.0
_SHIFT_21 = np.uint64(21)
_SHIFT_11 = np.uint64(11)


@njit(cache=True)
def log_positive(x: Any) -> Any:
    """Natural logarithm of a positive normal number, within 2 units of the last place.

    Source: the polynomial of FreeBSD's e_log.c (Sun Microsystems 1993), valid on
    [sqrt(1/2), sqrt(2)].
    """
    bits = np.float64(x).view(np.int64)
    exponent = (bits - SQRT_HALF_BITS) >> MANTISSA
    f = np.int64(bits - (exponent << MANTISSA)).view(np.float64) - 1.0
    e = np.float64(exponent)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    # Two polynomials side by side: 1.4x while one number waits for the other.
    even = w * (
        3.999999999940941908e-01
        + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)
    )
    odd = z * (
        6.666666666666735130e-01
        + w
        * (
            2.857142874366239149e-01
            + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)
        )
    )
    p = even + odd
    half = 0.5 * f * f
    return e * LN2_HIGH - ((half - (s * (half + p) + e * LN2_LOW)) - f)


@njit(cache=True)
def exponential_of(x: Any) -> Any:
    """Exponential of a number in [-700, 700], relative error below 1e-15.

    The Taylor series on [-ln 2 / 2, ln 2 / 2], its degree 13 term below 2e-17.
    """
    k = math.floor(x * (1.0 / LN2) + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    # In pairs, then fours, then eights, so that no long chain has to be waited for.
    s = r * r
    q = s * s
    a = (1.0 + r) + s * (0.5 + r * (1.0 / 6.0))
    b = (1.0 / 24.0 + r * (1.0 / 120.0)) + s * (1.0 / 720.0 + r * (1.0 / 5040.0))
    c = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + s * (
        1.0 / 3628800.0 + r * (1.0 / 39916800.0)
    )
    d = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    p = a + q * (b + q * (c + q * d))
    return p * np.int64((np.int64(k) + BIAS) << MANTISSA).view(np.float64)


@njit(cache=True)
def unit_32(word: Any) -> Any:
    """Uniform number inside (0, 1) from 32 bits."""
    return (np.float64(np.int64(word)) + 0.5) * _TO_UNIT_32


@njit(cache=True)
def unit_53(high: Any, low: Any) -> Any:
    """Uniform number inside (0, 1) from 32 and 21 bits."""
    word = (high << _SHIFT_21) | (low >> _SHIFT_11)
    return (np.float64(np.int64(word)) + 0.5) * _TO_UNIT_53


@njit(cache=True)
def exponential_32(word: Any) -> Any:
    """Exponential number of mean 1 from 32 bits, at most 22.9.

    A waiting time then lies on a grid of 2^32 probabilities; a chance of war moves by
    less than 1e-9 of itself. `markov_lanes` does the same for vectors, in the same
    order.
    """
    x = np.float64(np.int64(word)) + 0.5
    bits = np.float64(x).view(np.int64)
    exponent = (bits - SQRT_HALF_BITS) >> MANTISSA
    f = np.int64(bits - (exponent << MANTISSA)).view(np.float64) - 1.0
    z = f * f
    p = (SERIES[4] + f * SERIES[5]) + z * (SERIES[6] + f * SERIES[7])
    q = (SERIES[8] + f * SERIES[9]) + z * SERIES[10]
    q = p + (z * z) * q
    p = (SERIES[0] + f * SERIES[1]) + z * (SERIES[2] + f * SERIES[3])
    return (32.0 - np.float64(exponent)) * LN2 + f * (p + (z * z) * q)


@njit(cache=True)
def exponential_53(high: Any, low: Any) -> Any:
    """Exponential number of mean 1 from 53 bits."""
    return -log_positive(unit_53(high, low))


@njit(cache=True)
def normal_quantile(p: Any) -> Any:
    """Value below which a standard normal number falls with chance p in (0, 1).

    Relative error below 1.2e-9. Source: P. J. Acklam (2003), An algorithm for computing
    the inverse normal cumulative distribution function.
    """
    tail = min(p, 1.0 - p)
    if tail > 0.02425:
        q = p - 0.5
        r = q * q
        a = -3.969683028665376e01 * r + 2.209460984245205e02
        a = (a * r - 2.759285104469687e02) * r + 1.383577518672690e02
        a = (a * r - 3.066479806614716e01) * r + 2.506628277459239e00
        b = -5.447609879822406e01 * r + 1.615858368580409e02
        b = (b * r - 1.556989798598866e02) * r + 6.680131188771972e01
        b = (b * r - 1.328068155288572e01) * r + 1.0
        return q * a / b
    q = math.sqrt(-2.0 * log_positive(tail))
    c = -7.784894002430293e-03 * q - 3.223964580411365e-01
    c = (c * q - 2.400758277161838e00) * q - 2.549732539343734e00
    c = (c * q + 4.374664141464968e00) * q + 2.938163982698783e00
    d = 7.784695709041462e-03 * q + 3.224671290700398e-01
    d = (d * q + 2.445134137142996e00) * q + 3.754408661907416e00
    x = c / (d * q + 1.0)
    return x if p < 0.5 else -x
