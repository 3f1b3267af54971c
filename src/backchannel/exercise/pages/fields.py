"""Forms: what a page asks for a move, and what comes back from it.

A field's name on the page carries its kind (`to:list`, `hours:number`, `sure:flag`), so
that a form is read without knowing which move it is for. The rules judge every value
again; the kind is only how to read it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

Kind = Literal[
    "line",
    "text",
    "choice",
    "choice_number",
    "list",
    "number",
    "flag",
    "hidden",
    "hidden_on",
    "hidden_off",
]
_MOST_LEVELS = 3
Options = tuple[tuple[str, str], ...]
# What is put after the name on the page, where the value is not plain text.
_SUFFIX = {
    "list": ":list",
    "number": ":number",
    "choice_number": ":number",
    "flag": ":flag",
    "hidden_on": ":flag",
    "hidden_off": ":off",
}


@dataclass(frozen=True)
class Field:
    """One thing that a form asks for.

    `options` are (value, label) pairs of a choice or list; `value` is set beforehand;
    `step`, `low` and `high` bound a number.
    """

    name: str
    label: str
    kind: Kind = "line"
    options: Options = ()
    value: str = ""
    hint: str = ""
    is_needed: bool = True
    low: float | None = None
    high: float | None = None
    group: str = ""
    """Heading under which it is folded away with its neighbours; empty for none."""

    @property
    def posted_as(self) -> str:
        """Its name on the page, with its kind."""
        return self.name + _SUFFIX.get(self.kind, "")


@dataclass(frozen=True)
class Form:
    """One move that a role can make, as a page offers it."""

    move: str
    title: str
    button: str
    fields: tuple[Field, ...] = ()
    note: str = ""
    is_small: bool = False
    """A button among others, rather than a form of its own."""
    key: str = ""
    """Tells two forms of one move apart."""

    @property
    def groups(self) -> list[tuple[str, list[Field]]]:
        """Its fields in order, neighbours of one group together."""
        return [(name, list(some)) for name, some in groupby(self.fields, _group)]

    @property
    def name(self) -> str:
        """Its name on the page, unique there."""
        return f"{self.move}-{self.key}" if self.key else self.move


def _group(field: Field) -> str:
    return field.group


def read_form(posted: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Read what a browser posted into the fields of a move.

    Parameters
    ----------
    posted : names and values as posted, in order; a list's name comes once per value

    Returns
    -------
    dict : plain JSON values; empty fields are left out, `a.b` becomes b within a (three
        levels deep at most), a number that is none stays text for the rules to refuse

    >>> read_form([("text", "Yes"), ("to:list", "ussr"), ("prob:number", "0.5")])
    {'text': 'Yes', 'to': ['ussr'], 'prob': 0.5}
    >>> read_form([("package.missiles", "removed"), ("sure:flag", "on"), ("note", "")])
    {'package': {'missiles': 'removed'}, 'sure': True}
    """
    fields: dict[str, Any] = {}
    for name, value in posted:
        if not value.strip():
            continue
        plain, _, kind = name.partition(":")
        *outer, key = plain.split(".")[:_MOST_LEVELS]
        place: Any = fields
        for step in outer:
            place = place.setdefault(step, {}) if isinstance(place, dict) else None
        if not isinstance(place, dict):
            continue
        if kind == "list":
            place.setdefault(key, []).append(value)
        else:
            place[key] = _read(value, kind)
    return fields


def _read(value: str, kind: str) -> Any:
    if kind in ("flag", "off"):
        return kind == "flag"
    if kind == "number":
        try:
            number = float(value)
        except ValueError:
            return value
        return number if math.isfinite(number) else value
    return value
