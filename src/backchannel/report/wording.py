"""How the brief words numbers, times and names, the same on every page."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import replace
from typing import Literal

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.report.records import Kind, Number

BAND = [0.05, 0.5, 0.95]
_UNITS: dict[Kind, str] = {"change": "points", "hours": "h"}
# Marks that reorder the text around them could make a page say what the file does not.
_REORDERING = frozenset(
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def clean(text: str) -> str:
    """Make a text of the file safe to print: one line, no control characters."""
    kept = "".join(
        " " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c
        for c in text
        if c not in _REORDERING
    )
    return " ".join(kept.split())


def inner(title: str) -> str:
    """A title inside a sentence: a leading article loses its capital.

    >>> inner("The Austrian staff"), inner("Theatre of war")
    ('the Austrian staff', 'Theatre of war')
    """
    first, _, rest = title.partition(" ")
    is_article = rest and first in ("The", "A", "An")
    return f"{first.lower()} {rest}" if is_article else title


def quoted(title: str) -> str:
    """A title set off from the words around it, whatever its grammar."""
    return f"“{title}”"


def counted(n: int, what: str) -> str:
    """So many things, in the right number.

    >>> counted(1, "draw"), counted(2000, "draw")
    ('1 draw', '2,000 draws')
    """
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def shorten(text: str, width: int) -> str:
    """Cut a text to a width at a word where possible, and show that it was cut."""
    if len(text) <= width:
        return text
    head = text[: width - 1]
    at = head.rfind(" ")
    return (head[:at] if at > width // 2 else head).rstrip(" ,;:") + "…"


def percent(value: float) -> str:
    """Write a chance: whole percent, finer only below one percent."""
    if value <= 0:
        return "0 %"
    if value < 0.001:
        return "<0.1 %"
    if value < 0.0095:
        return f"{100 * value:.1f} %"
    if value >= 1:
        return "100 %"
    return ">99 %" if value > 0.995 else f"{100 * value:.0f} %"


def points(value: float) -> str:
    """Write a change of a chance in percentage points, with its sign."""
    size = abs(100 * value)
    if size < 0.05:
        return "0 points"
    shown = f"{size:.1f}" if size < 0.95 else f"{size:.0f}"
    unit = "point" if shown == "1" else "points"
    return f"{'−' if value < 0 else '+'}{shown} {unit}"


def span_of_time(hours: float) -> str:
    """Write a length of time in the unit that a reader would choose."""
    if hours < 0:
        return f"−{span_of_time(-hours)}"
    if hours < 0.99:
        return f"{60 * hours:.0f} min"
    if hours < 9.95:
        return f"{_short(hours)} h"
    if hours < 72:
        return f"{hours:.0f} h"
    days = hours / 24
    if days < 60:
        return f"{_short(days) if days < 9.95 else f'{days:.0f}'} days"
    return f"{_short(days / (365.2425 / 12))} months"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def worth(value: float) -> str:
    """Write a worth or a gain on the scale of the file, with its sign."""
    shown = f"{abs(value):.1f}" if abs(value) < 9.95 else f"{abs(value):.0f}"
    if float(shown) == 0:
        return "0"
    return f"{'−' if value < 0 else '+'}{shown.removesuffix('.0')}"


def correlation(value: float) -> str:
    """Write a correlation."""
    return f"{value:+.2f}".replace("-", "−")


def count(value: float) -> str:
    """Write a count with thin groups."""
    return f"{value:,.0f}" if value == round(value) else f"{value:.3g}"


_WRITE = {
    "chance": percent,
    "share": percent,
    "change": points,
    "hours": span_of_time,
    "worth": worth,
    "count": count,
    "correlation": correlation,
}


def number(
    name: str,
    kind: Kind,
    values: FloatArray | float,
    answer: str,
    *,
    censored_at: float | None = None,
) -> Number:
    """Sum up a value per draw as its median and 90 % band, ready to print.

    Parameters
    ----------
    name : stable name, unique in the brief
    kind : how it is written; a share is printed as its mean
    values : (n_draws,) or one value; infinite where it lies beyond `censored_at`
    answer : key of the answer that it belongs to
    """
    array = np.atleast_1d(np.asarray(values, dtype=float))
    array = array[~np.isnan(array)]
    unit = _UNITS.get(kind, "")
    if array.size == 0:
        return Number(name, kind, unit, None, None, None, None, "—", "", answer)
    rule: Literal["linear", "inverted_cdf"]
    # Interpolating between a finite value and infinity would give nonsense.
    rule = "linear" if np.isfinite(array).all() else "inverted_cdf"
    low, mid, high = (float(q) for q in np.quantile(array, BAND, method=rule))
    mean = float(array.mean())
    if kind == "share":
        middle, band = percent(mean), ""
    else:
        middle, band = _texts(kind, low, mid, high, array.size, censored_at)
    held = [v if math.isfinite(v) else None for v in (mean, mid, low, high)]
    return Number(
        name,
        kind,
        unit,
        held[0],
        held[1],
        held[2],
        held[3],
        middle,
        band,
        answer,
        censored_at,
    )


def banded(
    name: str, kind: Kind, ends: tuple[float, float, float], answer: str
) -> Number:
    """Take over a median, low and high end of a 90 % band that an engine summed up."""
    mid, low, high = ends
    middle, band = _texts(kind, low, mid, high, 2, None)
    unit = _UNITS.get(kind, "")
    return Number(name, kind, unit, None, mid, low, high, middle, band, answer)


def average(name: str, kind: Kind, values: FloatArray, answer: str) -> Number:
    """Sum up a value per draw, printed as its mean; its band is kept beside it."""
    made = number(name, kind, values, answer)
    middle = "—" if made.mean is None else _WRITE[kind](made.mean)
    return replace(made, middle=middle, band="")


def without_band(made: Number) -> Number:
    """The same number, printed without its band where there is no room."""
    return replace(made, band="")


def _texts(
    kind: Kind, low: float, mid: float, high: float, n: int, censored: float | None
) -> tuple[str, str]:
    def write(value: float) -> str:
        if math.isfinite(value):
            return _WRITE[kind](value)
        return (
            f"more than {span_of_time(censored)}" if censored is not None else "never"
        )

    middle = write(mid)
    if n == 1 or write(low) == write(high):
        return middle, ""
    return middle, _between(write(low), write(high))


def _between(low: str, high: str) -> str:
    """Join the ends of a band, naming a shared unit once."""
    if high.endswith(("point", "points")):
        return f"{low.rpartition(' ')[0]} to {high.rpartition(' ')[0]}"
    low_value, _, low_unit = low.rpartition(" ")
    _, _, high_unit = high.rpartition(" ")
    if low_value and low_unit == high_unit and not high.startswith("more"):
        return f"{low_value} to {high}"
    return f"{low} to {high}"


def listed(items: list[str], last: str = "and") -> str:
    """Join words as a sentence does."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
