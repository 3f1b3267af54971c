"""Plain values that remember where in the file they stand.

The reader wraps every value; validators then build numbers that know their own key and
line, and errors can point at the place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where a value stands: dotted key, and line in the file (0 = not from a file).

    `sources` and `certainty` are those of the nearest enclosing record that gives them.
    """

    key: str = ""
    line: int = 0
    sources: tuple[str, ...] = ()
    certainty: str | None = None


class _Located:
    place: Place = Place()


class LocatedStr(_Located, str):
    """Text with its place."""


class LocatedInt(_Located, int):
    """Whole number with its place."""


class LocatedFloat(_Located, float):
    """Decimal number with its place."""


class LocatedList(_Located, list[Any]):
    """Sequence with its place."""


class LocatedDict(_Located, dict[str, Any]):
    """Mapping with its place."""


_WRAPPERS: dict[type, type] = {
    str: LocatedStr,
    int: LocatedInt,
    float: LocatedFloat,
    list: LocatedList,
    dict: LocatedDict,
}


def locate(value: Any, place: Place) -> Any:
    """Wrap a plain value with its place; booleans and None stay as they are."""
    wrapper = _WRAPPERS.get(type(value))
    if wrapper is None:
        return value
    located = wrapper(value)
    located.place = place
    return located


def locate_tree(value: Any, key: str = "") -> Any:
    """Wrap a whole tree of plain values that came from Python, not from a file."""
    if isinstance(value, dict):
        value = {
            str(name): locate_tree(item, f"{key}.{name}" if key else str(name))
            for name, item in value.items()
        }
    elif isinstance(value, (list, tuple)):
        value = [locate_tree(item, f"{key}[{i}]") for i, item in enumerate(value)]
    return locate(value, Place(key))


def place_of(value: Any) -> Place:
    """Say where a value stands; an unwrapped one stands nowhere."""
    return value.place if isinstance(value, _Located) else Place()


def inherit_sources(
    value: Any, sources: tuple[str, ...] = (), certainty: str | None = None
) -> None:
    """Let every value below know the source and certainty of its nearest record."""
    if not isinstance(value, _Located):
        return
    if isinstance(value, dict):
        own, sure = value.get("source"), value.get("certainty")
        sources = (str(own),) if isinstance(own, str) else sources
        if isinstance(own, list):
            sources = tuple(str(name) for name in own)
        certainty = str(sure) if isinstance(sure, str) else certainty
    value.place = replace(value.place, sources=sources, certainty=certainty)
    if isinstance(value, (dict, list)):
        children = value.values() if isinstance(value, dict) else value
        for child in children:
            inherit_sources(child, sources, certainty)
