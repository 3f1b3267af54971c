"""The frontier of a domain too large to enumerate, each point with a proof."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.errors import MethodError, ModelError, NoAgreementError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.clauses import ClauseDomain
from backchannel.settlement.cp_sat import (
    Optimum,
    WholePoints,
    build,
    classes_of_levels,
    lexicographic,
    maximise,
    whole_points,
)
from backchannel.settlement.frontier import pareto_frontier
from backchannel.settlement.method import IntArray
from backchannel.settlement.named_points import name_points, solution_named
from backchannel.settlement.solutions import Solution
from backchannel.settlement.verify_proven import certify_literally, certify_weighted


@dataclass(frozen=True)
class EpsilonConstraint:
    """Find the frontier point by point, each as the optimum of a whole programme.

    With two parties: the most for the second where the first has more than at the last
    point. With more: the largest sum among what no point found so far covers, until
    nothing is left. `work_limit` bounds each solve, in the solver's own count of work,
    about seconds; `max_points` bounds the points.

    Source: Haimes, Lasdon and Wismer (1971), IEEE Transactions on Systems, Man, and
    Cybernetics 1(3), 296-297; for more parties Sylva and Crema (2004), European Journal
    of Operational Research 158(1), 46-55.
    """

    work_limit: float = 60.0
    max_points: int = 10_000

    def __post_init__(self) -> None:
        if not self.work_limit > 0.0:
            raise MethodError(
                f"EpsilonConstraint.work_limit: is {self.work_limit}; must be above 0"
            )
        if self.max_points < 1:
            raise MethodError(
                f"EpsilonConstraint.max_points: is {self.max_points}; must be 1 or more"
            )


@dataclass(frozen=True, eq=False)
class ProvenFrontier:
    """Points that nobody dominates, and how far that is proven.

    `utilities` (n_points, n_parties), by descending utility of the first party;
    `packages` (n_points, n_issues), one for each point. `gap` is 0 where every point
    is proven; else the most by which the points may fall short of the frontier, as a
    share of a party's range of points, be it by a limit or by rounding, and infinite
    where points are missing.
    """

    title: str
    parties: tuple[str, ...]
    utilities: FloatArray
    packages: IntArray
    disagreement_point: FloatArray
    rational: IntArray
    solutions: tuple[Solution, ...]
    n_packages: int
    n_solves: int
    gap: float
    status: Status
    method: EpsilonConstraint
    domain_digest: str
    certificate: Certificate

    @property
    def n_points(self) -> int:
        """How many points there are."""
        return len(self.utilities)

    def solution(self, name: str) -> Solution:
        """One named solution; its `packages` are points of the frontier.

        Raises
        ------
        NoAgreementError : no package leaves every party its reservation value.
        ModelError : no solution has this name.
        """
        return solution_named(self.solutions, name, self.title)

    def check(self, domain: ClauseDomain) -> Certificate:
        """Ask another solver for weighted sums, and compare with the frontier.

        Raises
        ------
        ModelError : this is the answer for another domain.
        """
        if domain.digest != self.domain_digest:
            raise ModelError(
                f"check: '{domain.title}' is not the domain of this answer "
                f"('{self.title}'); pass the one it was computed from"
            )
        return certify_weighted(domain, self.utilities)

    def __str__(self) -> str:
        size = f"{self.n_packages:.3g} packages, {len(self.parties)} parties"
        lines = [f"{self.title}: {size}, frontier {self.n_points:,} points"]
        if not self.solutions:
            lines.append("no package gives every party its reservation value")
        for solution in self.solutions[:3]:
            shown = "  ".join(f"{u:.6g}" for u in self.utilities[solution.package])
            lines.append(f"{solution.title:17} {shown}")
        gap = "" if self.status is Status.EXACT else f" (gap {self.gap:.2g})"
        lines.append(f"{self.status}{gap}: {self.certificate}")
        return "\n".join(lines)


def prove_frontier(
    domain: ClauseDomain, *, method: EpsilonConstraint | None = None
) -> ProvenFrontier:
    """Find every point of the frontier, and prove that there is no other.

    Parameters
    ----------
    domain : of any number of packages; see `load_rectangles` and `as_clauses`
    method : limits

    Returns
    -------
    ProvenFrontier : exact; converged where points had to be rounded, truncated where a
        limit was met, each with the gap

    Raises
    ------
    MethodError : OR-tools is not installed, or a limit was met before any package.
    NoAgreementError : no package meets the requirements.

    Notes: points are whole multiples of 10^-6 in most domains and then exact. Others
    are rounded to 10^-7 of their sum: each package that exists is then matched or
    beaten, but for the gap, by one that is found, and what is found is worth what is
    stated.

    >>> from backchannel.crisis.clauses import Clause, ClauseDomain
    >>> both = (Clause(2.0, ((0, (1,)), (1, (1,)))), Clause(1.0, ((0, (0,)),)))
    >>> other = (Clause(1.0, ((0, (0,)),)),)
    >>> linked = ClauseDomain("linked", ("a", "b"), (("no", "yes"),) * 2, ("A", "B"),
    ...                       (both, other), np.full(2, np.inf), np.full(2, -np.inf))
    >>> prove_frontier(linked).utilities.tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    chosen = method or EpsilonConstraint()
    whole = whole_points(domain)
    step = _two_parties if len(domain.parties) == 2 else _any_parties
    found, gap, n_solves = step(domain, whole, chosen)
    if not found:
        raise NoAgreementError(
            f"{domain.title}: no package meets the requirements; drop one of them"
        )
    packages = np.array([optimum.package for optimum in found])
    utilities = domain.utilities_of(packages)
    is_limited = gap > 0.0
    gap = max(gap, rounding_of(domain, whole))
    # Rounding may let two packages pass that one of them dominates.
    kept = pareto_frontier(utilities)
    packages, utilities = packages[kept], utilities[kept]
    order = np.lexsort(-utilities.T[::-1])
    packages, utilities = packages[order], utilities[order]
    rational, solutions = _solve(domain, utilities)
    return ProvenFrontier(
        title=domain.title,
        parties=domain.parties,
        utilities=utilities,
        packages=packages,
        disagreement_point=domain.disagreement_point,
        rational=rational,
        solutions=solutions,
        n_packages=domain.n_packages,
        n_solves=n_solves,
        gap=gap,
        status=_status(gap, is_limited=is_limited),
        method=chosen,
        domain_digest=domain.digest,
        certificate=certify_literally(domain, packages, utilities),
    )


def _status(gap: float, *, is_limited: bool) -> Status:
    if is_limited:
        return Status.TRUNCATED
    return Status.EXACT if gap == 0.0 else Status.CONVERGED


def rounding_of(domain: ClauseDomain, whole: WholePoints) -> float:
    """The most by which rounded points can hide a better package, as a share.

    Notes: a sum of n rounded points is off by n/2 units, and two are compared.
    """
    if not whole.is_rounded:
        return 0.0
    shares = [
        len(own) / max(most - least, 1)
        for own, most, least in zip(
            domain.clauses, whole.most, whole.least, strict=True
        )
    ]
    return max(shares)


def _two_parties(
    domain: ClauseDomain, whole: WholePoints, method: EpsilonConstraint
) -> tuple[list[Optimum], float, int]:
    """The most for the second party where the first has more than at the last point."""
    classes = classes_of_levels(domain)
    found: list[Optimum] = []
    gap, floor = 0.0, whole.least[0]
    width = max(whole.most[1] - whole.least[1], 1)
    while floor <= whole.most[0]:
        if len(found) == method.max_points:
            return found, float("inf"), len(found)
        optimum = lexicographic(
            domain, whole, classes, {0: floor}, (1, 0), work_limit=method.work_limit
        )
        if optimum is None:
            break
        if not optimum.is_proven:
            gap = max(gap, (optimum.bound - optimum.objective + 1) / width)
        found.append(optimum)
        floor = _units(domain, whole, 0, optimum.package) + 1
    return found, gap, len(found) + 1


def _any_parties(
    domain: ClauseDomain, whole: WholePoints, method: EpsilonConstraint
) -> tuple[list[Optimum], float, int]:
    """The largest sum of what no point found so far covers, until nothing is left."""
    classes = classes_of_levels(domain)
    parties = range(len(domain.parties))
    found: list[Optimum] = []
    points: list[list[int]] = []
    gap = 0.0
    width = max(sum(whole.most) - sum(whole.least), 1)
    while True:
        if len(found) == method.max_points:
            return found, float("inf"), len(found)
        programme = build(domain, whole, classes)
        for point in points:
            leads = [programme.model.new_bool_var("") for _ in parties]
            programme.model.add_bool_or(leads)
            for p in parties:
                ahead = programme.utilities[p] >= point[p] + 1
                programme.model.add(ahead).only_enforce_if(leads[p])
        optimum = maximise(
            programme, sum(programme.utilities), work_limit=method.work_limit
        )
        if optimum is None:
            return found, gap, len(found) + 1
        if not optimum.is_proven:
            gap = max(gap, (optimum.bound - optimum.objective) / width)
        found.append(optimum)
        points.append([_units(domain, whole, p, optimum.package) for p in parties])


def _units(
    domain: ClauseDomain, whole: WholePoints, party: int, package: IntArray
) -> int:
    """What a package brings a party, in units."""
    own = zip(domain.clauses[party], whole.points[party], strict=True)
    total = sum(n for clause, n in own if replace(clause, points=1.0).brings(package))
    return min(total, whole.most[party])


def _solve(
    domain: ClauseDomain, utilities: FloatArray
) -> tuple[IntArray, tuple[Solution, ...]]:
    """Points that suit everybody, and the named solutions among them."""
    fallback = domain.disagreement_point
    least = np.maximum(domain.reservation_values, fallback)
    return name_points(utilities, least - 1e-12, fallback)
