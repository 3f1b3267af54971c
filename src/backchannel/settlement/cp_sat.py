"""Packages of any number as a programme in whole numbers, solved with a proof.

The only file that needs OR-tools, which the extra `optimise` brings.

Each issue takes one of its levels; levels that no clause tells apart are one. A clause
is one variable that may be 1 only where its conditions hold (where it brings points),
or must be 1 there (where it costs them). The bounds that prove an optimum come from the
linear relaxation of exactly these sums, so the solver is told to keep all of it: on
50 issues that is ten times faster than its default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray
from backchannel.crisis.clauses import Clause, ClauseDomain
from backchannel.settlement.method import IntArray

try:
    from ortools.sat.python import cp_model
except ImportError:
    raise MethodError(
        "OR-tools: is not installed, and proves what cannot be enumerated; "
        "pip install 'backchannel[optimise]'"
    ) from None

_FINEST = 1e-7
"""Points that are no multiples of 10^-6 are rounded to this share of their sum."""
LINEARISATION = 2
"""How much of the sums the solver's linear relaxation keeps: 1 is its default."""
_LARGEST_SUM = 1 << 40
"""Objectives stay far below what the solver's linear relaxation can tell apart."""


@dataclass(frozen=True, eq=False)
class WholePoints:
    """Points in units: by party a list for its clauses, and the least and most sum.

    `units` (n_parties,); `is_rounded` where points are no multiples of a unit.
    """

    units: FloatArray
    points: tuple[tuple[int, ...], ...]
    least: tuple[int, ...]
    most: tuple[int, ...]
    is_rounded: bool

    def fitted(self, values: FloatArray) -> WholePoints:
        """The same in units fine enough for some values, to a share of 10^-7.

        Parameters
        ----------
        values : in points of parties that have a common unit
        """
        unit = float(self.units[0])
        in_units = values / unit
        top = max(*self.most, *(-n for n in self.least), 1)
        factor = 1
        while (
            np.abs(in_units * factor - np.rint(in_units * factor)).max() > 1e-6
            and top * factor * _FINEST < 1.0
        ):
            factor *= 10
        return WholePoints(
            self.units / factor,
            tuple(tuple(n * factor for n in own) for own in self.points),
            tuple(n * factor for n in self.least),
            tuple(n * factor for n in self.most),
            self.is_rounded,
        )

    def margin(self, n_rounded: int) -> int:
        """Units by which a sum of so many points, each rounded, can be off."""
        return n_rounded // 2 + 1 if self.is_rounded else 0

    def at_least(
        self, party: int, points: float, *, n_rounded: int = 0, is_sure: bool = True
    ) -> int:
        """Units that make sure of some points.

        Parameters
        ----------
        n_rounded : how many points are added up, each rounded by half a unit at most
        is_sure : where false, units without which the points cannot be had
        """
        margin = self.margin(n_rounded) * (1 if is_sure else -1)
        return int(np.ceil(points / self.units[party] - 1e-6)) + margin


def whole_points(domain: ClauseDomain, *, is_common: bool = False) -> WholePoints:
    """Write every point as a whole number of the coarsest unit that will do.

    Parameters
    ----------
    is_common : whether all parties have the finest of their units
    """
    found = [_unit_of(*pair) for pair in zip(domain.clauses, domain.caps, strict=True)]
    units = np.array([unit for unit, _ in found])
    if is_common:
        units[:] = units.min()
    points, least, most = [], [], []
    for unit, own, cap in zip(units, domain.clauses, domain.caps, strict=True):
        whole = [round(clause.points / unit) for clause in own]
        top = sum(n for n in whole if n > 0)
        points.append(tuple(whole))
        least.append(sum(n for n in whole if n < 0))
        most.append(min(top, round(cap / unit)) if np.isfinite(cap) else top)
    is_rounded = any(is_approximate for _, is_approximate in found)
    return WholePoints(units, tuple(points), tuple(least), tuple(most), is_rounded)


def _unit_of(own: Sequence[Clause], cap: float) -> tuple[float, bool]:
    """Unit of one party's points, and whether they are rounded to it."""
    given = np.array([clause.points for clause in own] or [0.0])
    known = np.append(given, cap) if np.isfinite(cap) else given
    for unit in (1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6):
        in_units = known / unit
        if np.abs(in_units - np.rint(in_units)).max() < 1e-6:
            return unit, False
    return float(np.abs(given).sum()) * _FINEST, True


@dataclass(frozen=True, eq=False)
class Programme:
    """A model with a variable for each level, and one for each party's units.

    `chosen[i]` maps the representative of each class of levels of an issue to its
    variable. `utilities[p]` can be at most what the package brings the party.
    """

    model: Any
    chosen: tuple[Mapping[int, Any], ...]
    utilities: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Optimum:
    """What one solve found: a package, the objective, and what no package passes.

    `objective` equals `bound` where `is_proven`.
    """

    package: IntArray
    objective: float
    bound: float
    is_proven: bool


def classes_of_levels(domain: ClauseDomain) -> tuple[tuple[int, ...], ...]:
    """The first level of each class that no clause and no requirement tells apart."""
    marks: list[list[tuple[int, ...]]] = [[] for _ in domain.issues]
    for own in domain.clauses:
        for clause in own:
            for issue, levels in clause.conditions:
                marks[issue].append(levels)
    for level, others in domain.requirements:
        for issue, number in (level, *others):
            marks[issue].append((number,))
    found = []
    for i, names in enumerate(domain.levels):
        sets = [frozenset(mark) for mark in dict.fromkeys(marks[i])]
        first: dict[tuple[bool, ...], int] = {}
        for number in range(len(names)):
            first.setdefault(tuple(number in mark for mark in sets), number)
        found.append(tuple(first.values()))
    return tuple(found)


def build(
    domain: ClauseDomain, whole: WholePoints, classes: Sequence[Sequence[int]]
) -> Programme:
    """Write a domain as a programme without an objective."""
    model = cp_model.CpModel()
    chosen = tuple(
        {level: model.new_bool_var(f"{i}.{level}") for level in levels}
        for i, levels in enumerate(classes)
    )
    for levels in chosen:
        model.add_exactly_one(levels.values())
    for (issue, number), others in domain.requirements:
        alternatives = [chosen[i][n] for i, n in others]
        model.add_bool_or([chosen[issue][number].negated(), *alternatives])
    utilities = []
    for p, own in enumerate(domain.clauses):
        terms = [
            term
            for clause, points in zip(own, whole.points[p], strict=True)
            for term in _terms(model, chosen, clause, points)
        ]
        units = model.new_int_var(whole.least[p], whole.most[p], f"u{p}")
        model.add(units <= sum(terms))
        utilities.append(units)
    return Programme(model, chosen, tuple(utilities))


def _terms(
    model: Any, chosen: Sequence[Mapping[int, Any]], clause: Clause, points: int
) -> list[Any]:
    """Points of one clause as a sum of variables."""
    sides = [
        (
            [v for level, v in chosen[issue].items() if level in levels],
            [v for level, v in chosen[issue].items() if level not in levels],
        )
        for issue, levels in clause.conditions
    ]
    if points == 0:
        return []
    if len(sides) == 1:
        return [points * v for v in sides[0][1 if clause.is_excluding else 0]]
    outside = [v for _, out in sides for v in out]
    holds = model.new_bool_var("")
    if clause.is_excluding:
        if points > 0:
            model.add_bool_or([holds.negated(), *outside])
        else:
            for variable in outside:
                model.add_implication(variable, holds)
    elif points > 0:
        for inside, _ in sides:
            model.add_bool_or([holds.negated(), *inside])
    else:
        model.add_bool_or([holds, *outside])
    return [points * holds]


def maximise(
    programme: Programme, objective: Any, *, work_limit: float
) -> Optimum | None:
    """Solve; None where no package meets every condition.

    Raises
    ------
    MethodError : not even one package was found within the limit.

    Notes: one thread, a fixed seed and a limit in the solver's own count of work, so
    that the same programme gives the same answer.
    """
    programme.model.maximize(objective)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.linearization_level = LINEARISATION
    solver.parameters.max_deterministic_time = work_limit
    status = solver.solve(programme.model)
    if status == cp_model.INFEASIBLE:
        return None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise MethodError(
            f"work_limit: within {work_limit:g} no package was found that meets every "
            "condition, nor a proof that there is none; raise it"
        )
    package = [
        next(level for level, v in levels.items() if solver.value(v))
        for levels in programme.chosen
    ]
    return Optimum(
        np.array(package, dtype=np.int64),
        solver.objective_value,
        solver.best_objective_bound,
        status == cp_model.OPTIMAL,
    )


def lexicographic(
    domain: ClauseDomain,
    whole: WholePoints,
    classes: Sequence[Sequence[int]],
    floors: Mapping[int, int],
    order: tuple[int, int],
    *,
    work_limit: float,
) -> Optimum | None:
    """Most for one party, and among those most for another.

    Parameters
    ----------
    floors : by party, the least number of units
    order : the two parties

    Returns
    -------
    Optimum : objective and bound are units of the first; None where there is none
    """
    first, second = order
    programme = build(domain, whole, classes)
    for party, least in floors.items():
        programme.model.add(programme.utilities[party] >= least)
    width = whole.most[second] - whole.least[second] + 1
    most = max(abs(whole.most[first]), abs(whole.least[first]), 1)
    one, other = programme.utilities[first], programme.utilities[second]
    if width * most < _LARGEST_SUM:
        found = maximise(programme, one * width + other, work_limit=work_limit)
        if found is None:
            return None
        bound = (found.bound - whole.least[second]) // width
        units = (found.objective - whole.least[second]) // width
        return Optimum(found.package, units, bound, found.is_proven)
    found = maximise(programme, one, work_limit=work_limit)
    if found is None:
        return None
    programme.model.add(one >= round(found.objective))
    better = maximise(programme, other, work_limit=work_limit)
    if better is None:
        return found
    proven = found.is_proven and better.is_proven
    return Optimum(better.package, found.objective, found.bound, proven)
