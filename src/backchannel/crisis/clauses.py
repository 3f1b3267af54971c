"""A negotiation domain in which worth hangs on combinations of levels.

Additive utilities are the special case of clauses on one issue. Interactions of levels,
and the hyper-rectangles of GENIUS, are clauses on several.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.crisis.domain import Domain


@dataclass(frozen=True)
class Clause:
    """Points that a package brings where it meets every condition.

    `conditions` are pairs of an issue and the levels of it that will do, by number.
    Where `is_excluding`, the points come where some condition is *not* met.
    """

    points: float
    conditions: tuple[tuple[int, tuple[int, ...]], ...]
    is_excluding: bool = False

    def brings(self, package: np.ndarray) -> float:
        """Points for one package (n_issues,)."""
        is_met = all(int(package[i]) in levels for i, levels in self.conditions)
        return self.points if is_met != self.is_excluding else 0.0


@dataclass(frozen=True, eq=False)
class ClauseDomain:
    """Parties that value packages clause by clause.

    `clauses[p]` are those of `parties[p]`; its utility is the sum of the points. Where
    `caps[p]` is finite, as in GENIUS, it is min(1, sum / cap). `requirements` pair a
    level (issue, level) with levels of which a package that has it must hold one.
    `reservation_values` (n_parties,), -inf where a party declares none.

    Raises ModelError where shapes, names or numbers do not fit.
    """

    title: str
    issues: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    parties: tuple[str, ...]
    clauses: tuple[tuple[Clause, ...], ...]
    caps: FloatArray
    reservation_values: FloatArray
    requirements: tuple[tuple[tuple[int, int], tuple[tuple[int, int], ...]], ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.issues or not self.parties or not all(self.levels):
            raise ModelError(
                f"{self.title}: has {len(self.issues)} issues and {len(self.parties)} "
                "parties; it needs one of each, and a level in every issue"
            )
        wanted = (len(self.parties),)
        if (len(self.levels), len(self.clauses)) != (len(self.issues), *wanted):
            raise ModelError(
                f"{self.title}: has levels for {len(self.levels)} issues and clauses "
                f"for {len(self.clauses)} parties; one of each per issue and party"
            )
        for name in ("caps", "reservation_values"):
            if getattr(self, name).shape != wanted:
                raise ModelError(
                    f"{self.title}: {name} must have shape (n_parties,) = {wanted}, "
                    f"but have {getattr(self, name).shape}"
                )
        if not (self.caps > 0.0).all():
            raise ModelError(f"{self.title}: a cap is not above 0; write inf for none")
        for party, clauses in zip(self.parties, self.clauses, strict=True):
            for clause in clauses:
                self._demand_clause(party, clause)
        for level, others in self.requirements:
            for issue, number in (level, *others):
                self._demand_level(f"a requirement of {level}", issue, (number,))

    def _demand_clause(self, party: str, clause: Clause) -> None:
        if not math.isfinite(clause.points):
            raise ModelError(
                f"{self.title}: a clause of '{party}' brings {clause.points} points; "
                "write a finite number"
            )
        named = [issue for issue, _ in clause.conditions]
        if len(set(named)) < len(named):
            raise ModelError(
                f"{self.title}: a clause of '{party}' names one issue twice; join the "
                "levels that will do in one condition"
            )
        for issue, levels in clause.conditions:
            self._demand_level(f"a clause of '{party}'", issue, levels)

    def _demand_level(self, place: str, issue: int, levels: tuple[int, ...]) -> None:
        if not 0 <= issue < len(self.issues):
            raise ModelError(
                f"{self.title}: {place} names issue {issue}; there are "
                f"{len(self.issues)}, from 0"
            )
        if any(not 0 <= level < len(self.levels[issue]) for level in levels):
            raise ModelError(
                f"{self.title}: {place} names levels {levels} of "
                f"'{self.issues[issue]}'; there are {len(self.levels[issue])}, from 0"
            )

    @property
    def n_packages(self) -> int:
        """How many packages there are, requirements aside."""
        return math.prod(len(levels) for levels in self.levels)

    @property
    def disagreement_point(self) -> FloatArray:
        """Utilities if talks fail: the reservation value, 0 where none is declared."""
        declared = self.reservation_values
        return np.where(np.isfinite(declared), declared, 0.0)

    @property
    def digest(self) -> str:
        """SHA-256 of issues, levels, parties, clauses and numbers."""
        parts = (
            self.issues,
            self.levels,
            self.parties,
            self.clauses,
            self.requirements,
            self.caps.tolist(),
            self.reservation_values.tolist(),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def utilities_of(self, packages: np.ndarray) -> FloatArray:
        """Utilities of packages, clause by clause.

        Parameters
        ----------
        packages : (n, n_issues) indices of levels

        Returns
        -------
        (n, n_parties), on each party's own scale
        """
        total = np.array(
            [
                [math.fsum(c.brings(package) for c in own) for own in self.clauses]
                for package in packages
            ]
        ).reshape(len(packages), len(self.parties))
        return np.where(
            np.isfinite(self.caps), np.minimum(total / self.caps, 1.0), total
        )

    def allows(self, package: np.ndarray) -> bool:
        """Whether a package (n_issues,) meets every requirement."""
        return all(
            package[level[0]] != level[1] or any(package[i] == n for i, n in others)
            for level, others in self.requirements
        )


def as_clauses(
    domain: Domain, interactions: Mapping[str, tuple[Clause, ...]] | None = None
) -> ClauseDomain:
    """Write an additive domain in clauses, one for each level, and add interactions.

    Parameters
    ----------
    domain : additive
    interactions : by party, clauses on several issues

    Returns
    -------
    ClauseDomain : without caps or requirements

    >>> table = np.array([[1.0, 0.0], [0.0, 2.0]])
    >>> prize = Domain("prize", ("split",), (("a", "b"),), ("A", "B"), (table,),
    ...                np.array([0.0, 0.0]))
    >>> as_clauses(prize).utilities_of(np.array([[1]]))
    array([[0., 2.]])
    """
    more = interactions or {}
    clauses = []
    for p, party in enumerate(domain.parties):
        own = [
            Clause(float(points), ((i, (level,)),))
            for i, table in enumerate(domain.utilities)
            for level, points in enumerate(table[p])
            if points
        ]
        clauses.append((*own, *more.get(party, ())))
    return ClauseDomain(
        title=domain.title,
        issues=domain.issues,
        levels=domain.levels,
        parties=domain.parties,
        clauses=tuple(clauses),
        caps=np.full(len(domain.parties), np.inf),
        reservation_values=domain.reservation_values,
        notes=domain.notes,
    )
