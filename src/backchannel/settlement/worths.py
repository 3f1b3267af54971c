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
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.crisis.worth import Signed, addends, penalty_of, valued_level
from backchannel.settlement.distinct import distinct_rows
from backchannel.settlement.method import IntArray
from backchannel.settlement.packages import Packages


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
        sums = [addends(crisis, actor, issue, c, is_leaked=is_leaked) for c in choices]
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
        sums = [penalty_of(crisis, actor, issue, c) for c in choices]
        parts.append(_part(issue, sums, packages.rows[:, j], draws))
    return sum_parts([p for p in parts if p], len(packages), draws.n_draws)
