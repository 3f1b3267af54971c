"""Numbers as the crisis file writes them: exact, interval, named law or unknown.

    6 h                                     exact
    [4 mo, 5 mo]                            interval: every value in between, equally
    {lognormal: {median: 6 h, p90: 11 h}}   named law
    unknown                                 known to be unknown
    empty                                   the field is present and has no value
    {value: ..., source: CABLE, certainty: stated, private: true, note: ...}

The long form also takes a law in place of `value`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema
from scipy import special

from backchannel.base import laws
from backchannel.base.laws import AbstractLaw, FloatArray
from backchannel.base.located import Place, place_of
from backchannel.base.units import Dimension

Certainty = Literal["stated", "observed", "implied", "disputed", "assumed"]
CERTAINTIES: tuple[str, ...] = get_args(Certainty)
_NORMAL_90 = float(special.ndtri(0.9))


class PlacedError(ValueError):
    """A value cannot be read; `place` says where it stands in the file."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True)
class Uncertain:
    """One number of the file, with its law, its unit and where it comes from.

    `path` is its dotted key, unique in the file; `is_assumed_range` marks an unknown
    number that is drawn over the natural range of its kind.
    """

    law: AbstractLaw
    dimension: Dimension
    path: str = ""
    line: int = 0
    sources: tuple[str, ...] = ()
    certainty: Certainty | None = None
    note: str = ""
    is_private: bool = False
    presence: Literal["known", "unknown", "empty"] = "known"

    @property
    def unit(self) -> str:
        """Canonical unit of the values."""
        return self.dimension.canonical

    @property
    def is_exact(self) -> bool:
        """Whether the law is a single value."""
        return isinstance(self.law, laws.Exact)

    @property
    def is_usable(self) -> bool:
        """Whether an engine can draw it."""
        return not isinstance(self.law, laws.Unknown)

    def quantile(self, p: FloatArray) -> FloatArray:
        """Values below which the shares p of the law lie, same shape as p."""
        return self.law.quantile(np.asarray(p, dtype=float))

    def cdf(self, x: FloatArray) -> FloatArray:
        """Probabilities of at most x, same shape as x."""
        return self.law.cdf(np.asarray(x, dtype=float))

    def median(self) -> float:
        """Value that is exceeded in half of the cases."""
        return float(self.quantile(np.array(0.5)))

    def __str__(self) -> str:
        if self.presence != "known":
            return self.presence
        unit = f" {self.unit}" if self.unit else ""
        if isinstance(self.law, laws.Exact):
            return f"{self.law.value:g}{unit}"
        low, mid, high = self.quantile(np.array([0.05, 0.5, 0.95]))
        if isinstance(self.law, laws.Uniform):
            return f"{self.law.low:g} to {self.law.high:g}{unit}"
        return f"{mid:.3g} ({low:.3g} to {high:.3g}){unit}"


def _scalar(raw: Any, dim: Dimension) -> float:
    place = place_of(raw)
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise PlacedError(
            f"is {_show(raw)}, not a {dim.name}; write for example {dim.example}", place
        )
    try:
        # A bare number passes only where the dimension has a unit-free form.
        return dim.parse(raw if isinstance(raw, str) else repr(raw + 0))
    except ValueError as error:
        raise PlacedError(str(error), place) from None


def _show(raw: Any) -> str:
    text = repr(raw) if raw is not None else "nothing"
    return text if len(text) <= 60 else text[:57] + "..."


def _list_of(raw: Any, dim: Dimension, names: tuple[str, ...]) -> list[float]:
    if not isinstance(raw, (list, tuple)) or len(raw) != len(names):
        wanted = ", ".join(names)
        raise PlacedError(
            f"is {_show(raw)}; must be [{wanted}], each like {dim.example}",
            place_of(raw),
        )
    values = [_scalar(item, dim) for item in raw]
    if values != sorted(values):
        raise PlacedError(
            f"{_show(list(raw))} is not in ascending order; write [{', '.join(names)}]",
            place_of(raw),
        )
    return values


def _interval(raw: Any, dim: Dimension) -> AbstractLaw:
    low, high = _list_of(raw, dim, ("low", "high"))
    return laws.Uniform(low, high) if low < high else laws.Exact(low)


def _loguniform(raw: Any, dim: Dimension) -> AbstractLaw:
    low, high = _list_of(raw, dim, ("low", "high"))
    if low <= 0:
        raise PlacedError(
            f"low end is {low:g}; loguniform needs low > 0", place_of(raw)
        )
    return laws.LogUniform(low, high) if low < high else laws.Exact(low)


def _three(raw: Any, dim: Dimension) -> tuple[float, float, float]:
    low, mode, high = _list_of(raw, dim, ("low", "mode", "high"))
    if low == high:
        raise PlacedError("low and high are equal; write one number", place_of(raw))
    return low, mode, high


def _settings(raw: Any, law: str, *choices: set[str]) -> Mapping[str, Any]:
    if isinstance(raw, Mapping) and set(raw) in choices:
        return raw
    wanted = " or ".join("{" + ", ".join(sorted(c)) + "}" for c in choices)
    raise PlacedError(f"{law} is {_show(raw)}; it takes {wanted}", place_of(raw))


def _positive(raw: Mapping[str, Any], key: str, most: float = 1e6) -> float:
    value = raw[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PlacedError(f"{key} is {_show(value)}; write a number", place_of(raw))
    if not 0 < value <= most:
        raise PlacedError(
            f"{key} is {value:g}; must be above 0 and at most {most:g}", place_of(raw)
        )
    return float(value)


def _normal(raw: Any, dim: Dimension) -> AbstractLaw:
    raw = _settings(raw, "normal", {"mean", "sd"})
    mean, sd = _scalar(raw["mean"], dim), _scalar(raw["sd"], dim)
    if sd <= 0:
        raise PlacedError(f"sd is {sd:g}; must be above 0", place_of(raw))
    return laws.Normal(mean, sd, dim.low, dim.high)


def _lognormal(raw: Any, dim: Dimension) -> AbstractLaw:
    raw = _settings(raw, "lognormal", {"median", "p90"}, {"median", "log_sd"})
    median = _scalar(raw["median"], dim)
    if median <= 0:
        raise PlacedError(f"median is {median:g}; must be above 0", place_of(raw))
    if "log_sd" in raw:
        return laws.LogNormal(median, _positive(raw, "log_sd", 20.0), dim.high)
    p90 = _scalar(raw["p90"], dim)
    if p90 <= median:
        raise PlacedError(f"p90 is {p90:g}; must be above the median", place_of(raw))
    return laws.LogNormal(median, math.log(p90 / median) / _NORMAL_90, dim.high)


def _beta(raw: Any, dim: Dimension) -> AbstractLaw:
    raw = _settings(raw, "beta", {"a", "b"})
    if (dim.low, dim.high) != (0.0, 1.0):
        raise PlacedError(
            f"beta fits a probability, this is a {dim.name}; use pert", place_of(raw)
        )
    return laws.Beta(_positive(raw, "a"), _positive(raw, "b"))


def _discrete(raw: Any, dim: Dimension) -> AbstractLaw:
    if not isinstance(raw, Mapping) or not raw:
        raise PlacedError(
            f"discrete is {_show(raw)}; write {{value: probability, ...}}",
            place_of(raw),
        )
    probs = [p for p in raw.values() if isinstance(p, (int, float)) and 0 <= p <= 1]
    if len(probs) != len(raw) or abs(sum(probs) - 1) > 1e-9:
        raise PlacedError(
            f"probabilities are {_show(list(raw.values()))}; must lie in [0, 1], sum 1",
            place_of(raw),
        )
    pairs = sorted((_scalar(str(v), dim), float(p)) for v, p in raw.items())
    values, shares = zip(*pairs, strict=True)
    return laws.Discrete(values, shares)


_LAWS: dict[str, Callable[[Any, Dimension], AbstractLaw]] = {
    "interval": _interval,
    "uniform": _interval,
    "loguniform": _loguniform,
    "normal": _normal,
    "lognormal": _lognormal,
    "beta": _beta,
    "triangular": lambda raw, dim: laws.Triangular(*_three(raw, dim)),
    "pert": lambda raw, dim: laws.pert(*_three(raw, dim)),
    "discrete": _discrete,
}
_NOTES = ("source", "certainty", "private", "note")


def _plain(raw: Any, dim: Dimension) -> Uncertain:
    """Read a scalar, an interval, `unknown` or `empty`."""
    if raw == "unknown":
        span = dim.unknown_range
        law = laws.Uniform(*span) if span else laws.Unknown()
        return Uncertain(law, dim, presence="unknown")
    if raw == "empty":
        return Uncertain(laws.Unknown(), dim, presence="empty")
    if isinstance(raw, (list, tuple)):
        return Uncertain(_interval(raw, dim), dim)
    return Uncertain(laws.Exact(_scalar(raw, dim)), dim)


def _long_form(raw: Mapping[str, Any], dim: Dimension) -> Uncertain:
    chosen = [key for key in raw if key in _LAWS or key == "value"]
    strange = [key for key in raw if key not in chosen and key not in _NOTES]
    place = place_of(raw)
    if strange:
        allowed = ", ".join(["value", *_LAWS, *_NOTES])
        raise PlacedError(f"unknown key '{strange[0]}'; allowed: {allowed}", place)
    if len(chosen) != 1:
        raise PlacedError(
            f"has {len(chosen)} values; give exactly one of value, {', '.join(_LAWS)}",
            place,
        )
    key = chosen[0]
    if key == "value":
        number = _plain(raw[key], dim)
    else:
        number = Uncertain(_LAWS[key](raw[key], dim), dim)
    return replace(number, **_read_notes(raw, place))


def _certainty(name: Any) -> Certainty | None:
    """The declared certainty, None for anything else."""
    return next((known for known in get_args(Certainty) if known == name), None)


def _read_notes(raw: Mapping[str, Any], place: Place) -> dict[str, Any]:
    certainty = raw.get("certainty")
    if certainty is not None and _certainty(certainty) is None:
        raise PlacedError(
            f"certainty is {_show(certainty)}; must be one of {', '.join(CERTAINTIES)}",
            place,
        )
    source = raw.get("source", ())
    sources = [source] if isinstance(source, str) else source
    is_list = isinstance(sources, (list, tuple))
    if not is_list or not all(isinstance(name, str) for name in sources):
        raise PlacedError(f"source is {_show(source)}; write one name or a list", place)
    private = raw.get("private", False)
    if not isinstance(private, bool):
        raise PlacedError(f"private is {_show(private)}; write true or false", place)
    return {
        "sources": tuple(str(name) for name in sources),
        "certainty": _certainty(certainty),
        "note": str(raw.get("note", "")),
        "is_private": private,
    }


def read_number(raw: Any, dim: Dimension) -> Uncertain:
    """Read one number of a file in any of its forms.

    Parameters
    ----------
    raw : scalar, text with a unit, [low, high], `unknown`, `empty` or the long form
    dim : what kind of number it must be

    Returns
    -------
    Uncertain : in canonical units, with its place and sources

    Raises
    ------
    PlacedError : the value cannot be read; the message says what would be right.

    >>> from backchannel.base.units import DURATION
    >>> str(read_number(["4 h", "1 d"], DURATION))
    '4 to 24 h'
    """
    if isinstance(raw, Uncertain):
        return raw
    number = _long_form(raw, dim) if isinstance(raw, Mapping) else _plain(raw, dim)
    place = place_of(raw)
    return replace(
        number,
        path=place.key,
        line=place.line,
        sources=number.sources or place.sources,
        certainty=number.certainty or _certainty(place.certainty),
    )


@dataclass(frozen=True)
class NumberOf:
    """Marks a field of a record as an uncertain number of one dimension."""

    dimension: Dimension

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validate by `read_number`."""
        return core_schema.no_info_plain_validator_function(
            lambda raw: read_number(raw, self.dimension)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe all forms, so that editors can complete them."""
        dim = self.dimension
        scalar = {"type": ["number", "string"], "examples": [dim.example, "unknown"]}
        pair = {"type": "array", "items": scalar, "minItems": 2, "maxItems": 2}
        triple = {"type": "array", "items": scalar, "minItems": 3, "maxItems": 3}
        plain = {"anyOf": [scalar, pair]}
        forms: dict[str, Any] = {
            "value": plain,
            "interval": pair,
            "uniform": pair,
            "loguniform": pair,
            "normal": {"type": "object"},
            "lognormal": {"type": "object"},
            "beta": {"type": "object"},
            "triangular": triple,
            "pert": triple,
            "discrete": {"type": "object"},
            "source": {"type": ["string", "array"], "items": {"type": "string"}},
            "certainty": {"enum": list(CERTAINTIES)},
            "private": {"type": "boolean"},
            "note": {"type": "string"},
        }
        long_form = {
            "type": "object",
            "properties": forms,
            "additionalProperties": False,
        }
        return {
            "x-takes": f"{dim.name}, such as `{dim.example}`",
            "anyOf": [scalar, pair, long_form],
        }
