"""What packages are worth to one actor, as it sees them, in every draw.

The worth of a package is a sum over issues, so an actor that values few issues sees
few distinct packages: only those are computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backchannel.base.laws import FloatArray
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.draws import Draws
from backchannel.crisis.frozen import Choice
from backchannel.crisis.issues import LevelValue
from backchannel.crisis.model import Crisis
from backchannel.settlement.distinct import distinct_rows
from backchannel.settlement.method import IntArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.sight import is_void, sees

Signed = tuple[tuple[int, Uncertain], ...]
"""Numbers to add up, each with its sign."""


@dataclass(frozen=True, eq=False)
class Part:
    """One addend: `classes` (n_distinct,) into `table` (n_classes, n_draws)."""

    name: str
    classes: IntArray
    table: FloatArray


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over parts for every distinct sub-package; `index` (n_packages,) maps."""

    index: IntArray
    n_distinct: int
    parts: tuple[Part, ...]

    def over(self, span: slice, scale: Mapping[str, float] | None = None) -> FloatArray:
        """Totals for a span of draws, (n_distinct, n_span); `scale` by name of part."""
        n_draws = len(range(*span.indices(self._n_draws)))
        total = np.zeros((self.n_distinct, n_draws))
        for part in self.parts:
            addend = part.table[:, span][part.classes]
            total += addend * (scale or {}).get(part.name, 1.0)
        return total

    def only(self, rows: IntArray) -> Sums:
        """The same for some of the packages."""
        kept, index = np.unique(self.index[rows], return_inverse=True)
        parts = tuple(Part(p.name, p.classes[kept], p.table) for p in self.parts)
        return Sums(index, len(kept), parts)

    @property
    def _n_draws(self) -> int:
        return self.parts[0].table.shape[1] if self.parts else 0


def sum_parts(parts: list[Part], n_packages: int, n_draws: int) -> Sums:
    """Bring parts given for all packages down to the distinct combinations."""
    if not parts:
        nothing = np.zeros(n_packages, dtype=np.int64)
        parts = [Part("nothing", nothing, np.zeros((1, n_draws)))]
    first, index = distinct_rows([p.classes for p in parts], n_packages)
    kept = tuple(Part(p.name, p.classes[first], p.table) for p in parts)
    return Sums(index, len(first), kept)


def read_as(crisis: Crisis, actor: str, issue: str, level: str) -> str:
    """The level that this actor takes a level to be."""
    reading = crisis.issues[issue].levels[level].readings.get(actor)
    return (reading.as_level if reading else None) or level


def value_of(crisis: Crisis, actor: str, issue: str, level: str) -> LevelValue | None:
    """What a level is declared to be worth to an actor."""
    return crisis.values.get(actor, {}).get(issue, {}).get(level)


def valued_level(
    crisis: Crisis, actor: str, issue: str, choice: Choice, *, is_leaked: bool
) -> str:
    """The level that an actor reckons with: what it sees, as it reads it.

    What it does not see looks like the status quo; so does, once leaked, a void term.
    """
    if is_leaked and is_void(crisis, issue, choice):
        return crisis.issues[issue].status_quo
    if not sees(crisis, actor, issue, choice, is_leaked=is_leaked):
        return crisis.issues[issue].status_quo
    return read_as(crisis, actor, issue, choice.level)


def _addends(
    crisis: Crisis, actor: str, issue: str, choice: Choice, *, is_leaked: bool
) -> Signed:
    level = valued_level(crisis, actor, issue, choice, is_leaked=is_leaked)
    found: list[tuple[int, Uncertain]] = []
    value = value_of(crisis, actor, issue, level)
    if value is not None:
        found.append((1, value.worth))
    is_open = is_leaked or choice.visibility == "public"
    if is_open and sees(crisis, actor, issue, choice, is_leaked=is_leaked):
        # A void promise is still one that was made in the open.
        said = read_as(crisis, actor, issue, choice.level)
        cost = value_of(crisis, actor, issue, said)
        if cost is not None and cost.audience_cost is not None:
            found.append((-1, cost.audience_cost))
    return (*found, *(_penalty(crisis, actor, issue, choice) if is_leaked else ()))


def _penalty(crisis: Crisis, actor: str, issue: str, choice: Choice) -> Signed:
    private = crisis.issues[issue].levels[choice.level].private
    if choice.visibility == "public" or private is None:
        return ()
    number = private.penalty_if_leaked.get(actor)
    return () if number is None else ((-1, number),)


def _part(
    name: str,
    sums: list[Signed],
    positions: NDArray[np.integer[Any]],
    draws: Draws,
) -> Part | None:
    """One issue: equal sums share a class; nothing where every sum is empty."""
    distinct = list(dict.fromkeys(sums))
    if distinct == [()]:
        return None
    table = np.zeros((len(distinct), draws.n_draws))
    for i, numbers in enumerate(distinct):
        for sign, number in numbers:
            table[i] += sign * draws[number]
    classes = np.array([distinct.index(s) for s in sums], dtype=np.int64)
    return Part(name, classes[positions], table)


def worths(
    crisis: Crisis, packages: Packages, actor: str, draws: Draws, *, is_leaked: bool
) -> Sums:
    """Add up u_a(x): worths and interactions less audience costs, as the actor sees x.

    After a leak every term is public, void terms are worth the status quo, and the
    actor's penalties are taken off.
    """
    parts = []
    for j, (issue, choices) in enumerate(
        zip(packages.issues, packages.choices, strict=True)
    ):
        sums = [_addends(crisis, actor, issue, c, is_leaked=is_leaked) for c in choices]
        parts.append(_part(issue, sums, packages.rows[:, j], draws))
    for name, interaction in crisis.interactions.items():
        if interaction.actor != actor:
            continue
        present = np.ones(len(packages), dtype=np.int64)
        for ref in interaction.levels:
            j = packages.issues.index(ref.issue)
            level = [
                valued_level(crisis, actor, ref.issue, c, is_leaked=is_leaked)
                for c in packages.choices[j]
            ]
            present &= np.array([name == ref.level for name in level])[
                packages.rows[:, j]
            ]
        sums = [(), ((1, interaction.worth),)]
        parts.append(_part(f"interactions.{name}", sums, present, draws))
    return sum_parts([p for p in parts if p], len(packages), draws.n_draws)


def penalties(crisis: Crisis, packages: Packages, actor: str, draws: Draws) -> Sums:
    """What a leak costs one actor beyond the terms counting as public."""
    parts = []
    for j, (issue, choices) in enumerate(
        zip(packages.issues, packages.choices, strict=True)
    ):
        sums = [_penalty(crisis, actor, issue, c) for c in choices]
        parts.append(_part(issue, sums, packages.rows[:, j], draws))
    return sum_parts([p for p in parts if p], len(packages), draws.n_draws)
