"""The frontier of a negotiation domain and the named solutions on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.crisis.domain import Domain
from backchannel.settlement.merge import MergeByIssue
from backchannel.settlement.method import IntArray
from backchannel.settlement.named_points import solution_named
from backchannel.settlement.scan import Scan
from backchannel.settlement.solutions import Solution
from backchannel.settlement.verify_domain import certify_other_way


@dataclass(frozen=True, eq=False)
class DomainFrontier:
    """Which packages of a domain nobody dominates.

    `utilities` (n_points, n_parties) are the distinct points of the frontier, by
    descending utility of the first party; `n_equal` how many packages lie at each.
    `packages` (n_kept, n_issues) are levels and `point_of` (n_kept,) says at which
    point each lies: all of them after a `Scan`, one for each point after
    `MergeByIssue`. `rational` are the points at which nobody falls below its
    reservation value; `solutions` name points, and are none where `rational` is
    empty. `n_seen` counts the sums that were formed.
    """

    title: str
    parties: tuple[str, ...]
    utilities: FloatArray
    n_equal: tuple[int, ...]
    packages: IntArray
    point_of: IntArray
    disagreement_point: FloatArray
    rational: IntArray
    solutions: tuple[Solution, ...]
    n_packages: int
    n_seen: int
    status: Status
    method: Scan | MergeByIssue
    domain_digest: str
    certificate: Certificate

    @property
    def n_points(self) -> int:
        """How many distinct points the frontier has."""
        return len(self.utilities)

    @property
    def n_on_frontier(self) -> int:
        """How many packages lie on the frontier, equal ones all counted."""
        return sum(self.n_equal)

    def solution(self, name: str) -> Solution:
        """One named solution: nash, kalai_smorodinsky, egalitarian or utilitarian.

        Its `packages` are points of the frontier, for which see `package_at`.

        Raises
        ------
        NoAgreementError : no package leaves every party its reservation value.
        ModelError : no solution has this name.
        """
        return solution_named(self.solutions, name, self.title)

    def package_at(self, point: int) -> IntArray:
        """Levels (n_issues,) of the first package kept at a point."""
        first = int(np.flatnonzero(self.point_of == point)[0])
        return np.asarray(self.packages[first])

    def distance_to_frontier(self, utilities: FloatArray) -> float:
        """Least Euclidean distance from a point (n_parties,) to one of the frontier."""
        return float(np.linalg.norm(self.utilities - utilities, axis=1).min())

    def distance_to(self, name: str, utilities: FloatArray) -> float:
        """Distance from a point (n_parties,) to the nearest one of a named solution.

        Raises as `solution`.
        """
        points = self.utilities[list(self.solution(name).packages)]
        return float(np.linalg.norm(points - utilities, axis=1).min())

    def check(self, domain: Domain) -> Certificate:
        """Find the frontier again in halves, with another filter, and compare.

        Raises
        ------
        ModelError : this is the answer for another domain.
        """
        if domain.digest != self.domain_digest:
            raise ModelError(
                f"check: '{domain.title}' is not the domain of this answer "
                f"('{self.title}'); pass the one it was computed from"
            )
        return certify_other_way(domain, self.utilities)

    def __str__(self) -> str:
        equal = f"{self.n_on_frontier:,} packages"
        size = f"{self.n_packages:,} packages, {len(self.parties)} parties"
        lines = [f"{self.title}: {size}, frontier {self.n_points:,} points ({equal})"]
        if not self.solutions:
            lines.append("no package gives every party its reservation value")
        for solution in self.solutions:
            shown = "  ".join(f"{u:.6g}" for u in self.utilities[solution.package])
            tied = f"  ({solution.n_tied} points tied)" if solution.n_tied > 1 else ""
            lines.append(f"{solution.title:17} {shown}{tied}")
        lines.append(f"{self.status}: {self.certificate}")
        return "\n".join(lines)
