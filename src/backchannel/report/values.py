"""Numbers of the file as their writer put them: range, law and unit."""

from __future__ import annotations

import numpy as np

from backchannel.base import laws
from backchannel.base.uncertain import Uncertain

_UNITS = {"s": "s", "min": "min", "h": "h", "d": "day", "wk": "week", "mo": "month"}
_UNITS["y"] = "year"
_RATES = {"/s": "a second", "/min": "a minute", "/h": "an hour", "/d": "a day"}
_RATES |= {"/wk": "a week", "/mo": "a month", "/y": "a year"}
# Few think in weeks or seconds, or in more minutes or hours than this.
_MANY, _ODD = 120, 3
# Which unit to prefer where two say a number equally briefly.
_ORDER = ("h", "d", "mo", "min", "y", "wk", "s")


def value_text(number: Uncertain) -> str:
    """A number of the file with its range or law, in the unit of the file.

    The file is read into hours; the unit that it was written in is the one in which
    its numbers are shortest. A range is given in full; of a law without ends, the
    median and the 90 % band.

    >>> from backchannel.base.uncertain import read_number
    >>> from backchannel.base.units import DURATION
    >>> value_text(read_number(["1 mo", "3 mo"], DURATION))
    '1 to 3 months'
    """
    if number.presence != "known":
        if number.presence == "unknown" and number.is_usable:
            low, high = number.law.support()
            return f"unknown, drawn between {low:g} and {high:g}"
        return number.presence
    if not number.is_usable:
        return str(number)
    values, shape = _told(number)
    factor, unit = _unit(number, values)
    shown = [_write(value / factor) for value in values]
    return shape.format(*shown, unit=_plural(unit, shown[-1]))


def _told(number: Uncertain) -> tuple[list[float], str]:
    """The values that tell a law best, and the words to put them in."""
    law = number.law
    if isinstance(law, laws.Exact):
        return [law.value], "{}{unit}"
    if isinstance(law, laws.Uniform | laws.LogUniform):
        return [law.low, law.high], "{} to {}{unit}"
    if isinstance(law, laws.Triangular):
        return [law.mode, law.low, law.high], "about {}, from {} to {}{unit}"
    if isinstance(law, laws.Discrete):
        return list(law.values), " or ".join(["{}"] * len(law.values)) + "{unit}"
    band = number.quantile(np.array([0.5, 0.05, 0.95]))
    return [float(v) for v in band], "about {}{unit}, 90 % within {} to {}{unit}"


def _unit(number: Uncertain, values: list[float]) -> tuple[float, str]:
    """The unit in which the first values are shortest, and its size."""
    factors = number.dimension.factors
    if number.unit not in ("h", "/h"):
        return 1.0, ""
    mark = "/" if number.unit == "/h" else ""
    names = [f"{mark}{name}" for name in _ORDER if f"{mark}{name}" in factors]
    # Ends and modes are written in the file; of other laws only the median.
    telling = values if len(values) < 3 else values[:1]

    def effort(name: str) -> tuple[int, int]:
        """Decimal points, then figures; more where nobody would choose the unit."""
        inside = [value / factors[name] for value in telling]
        written = [_digits(value) for value in inside]
        points = sum("." in text for text in written)
        figures = sum(len(text.replace(".", "").strip("0")) for text in written)
        plain = name.lstrip("/")
        is_many = not mark and plain in ("s", "min", "h") and max(inside) > _MANY
        is_odd = plain in ("wk", "s") or is_many
        return points + is_many, figures + _ODD * is_odd

    best = min(names, key=effort)
    words = f" {_RATES[best]}" if mark else f" {_UNITS[best]}"
    return factors[best], words


def _digits(value: float) -> str:
    """What it takes to write a value, to nine figures; long for very small ones."""
    return np.format_float_positional(value, 9, fractional=False, trim="-")


def _write(value: float) -> str:
    shown = f"{value:,.0f}"
    if abs(value) < 1000:
        shown = np.format_float_positional(value, 3, fractional=False, trim="-")
    return shown.replace("-", "−")


def _plural(unit: str, shown: str) -> str:
    """`month` or `months`; h, min and s have no plural, nor have rates."""
    has_plural = unit[1:] in ("day", "week", "month", "year")
    return f"{unit}s" if has_plural and shown != "1" else unit
