"""From a domain to its frontier and named solutions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Status
from backchannel.crisis.domain import Domain
from backchannel.settlement.additive import Additive, additive
from backchannel.settlement.domain_frontier import DomainFrontier
from backchannel.settlement.merge import MERGED_PARTIES, MergeByIssue, merge
from backchannel.settlement.method import IntArray
from backchannel.settlement.named_points import name_points
from backchannel.settlement.scan import Scan, scan
from backchannel.settlement.solutions import Solution
from backchannel.settlement.verify_domain import certify_weighted, spans_of

_SLACK = 1e-9
"""A party's reservation value is met within this share of its span."""


@dataclass(frozen=True, eq=False)
class _Found:
    packages: IntArray
    point_of: IntArray
    n_equal: tuple[int, ...]
    n_seen: int


def settle_domain(
    domain: Domain,
    *,
    method: Scan | MergeByIssue | None = None,
    disagreement_point: FloatArray | None = None,
) -> DomainFrontier:
    """Find the packages of a domain that nobody dominates, and the named solutions.

    Parameters
    ----------
    domain : issues, levels and additive utilities; see `load_domain`
    method : `Scan()`, any number of parties, or `MergeByIssue()`, two or three and any
        number of packages; None takes the first up to its limit, then the second
    disagreement_point : (n_parties,), utilities if talks fail, from which gains are
        measured; None takes `domain.disagreement_point`. Other tools differ: GENIUS
        takes 0, NegMAS the worst package where that is better than what is declared

    Returns
    -------
    DomainFrontier : exact, up to 1e-9 of each party's span

    Raises
    ------
    MethodError : too many packages for the method, or four parties or more for a merge.
    ModelError : `disagreement_point` has the wrong shape or is not finite.

    Notes: solutions are sought among the points at which nobody falls below its
    reservation value or the disagreement point. The shares of Kalai and Smorodinsky
    are of the most each party could gain there.

    >>> table = np.array([[1.0, 0.75, 0.0], [0.0, 0.75, 1.0]])
    >>> kite = Domain("kite", ("split",), (("a", "b", "c"),), ("A", "B"), (table,),
    ...               np.array([0.0, 0.0]))
    >>> settle_domain(kite).solution("nash").package
    1
    """
    fallback = _fallback(domain, disagreement_point)
    chosen = method or _choose(domain)
    problem = additive(domain.utilities)
    if isinstance(chosen, Scan):
        found = _by_scan(problem, chosen)
    else:
        packages, n_equal, n_seen = merge(problem, chosen)
        found = _Found(packages, np.arange(len(packages)), n_equal, n_seen)
    firsts = np.searchsorted(found.point_of, np.arange(len(found.n_equal)))
    utilities = domain.utilities_of(found.packages[firsts])
    rational, solutions = name_solutions(domain, utilities, fallback)
    return DomainFrontier(
        title=domain.title,
        parties=domain.parties,
        utilities=utilities,
        n_equal=found.n_equal,
        packages=found.packages,
        point_of=found.point_of,
        disagreement_point=fallback,
        rational=rational,
        solutions=solutions,
        n_packages=domain.n_packages,
        n_seen=found.n_seen,
        status=Status.EXACT,
        method=chosen,
        domain_digest=domain.digest,
        certificate=certify_weighted(domain, utilities),
    )


def _fallback(domain: Domain, given: FloatArray | None) -> FloatArray:
    if given is None:
        return domain.disagreement_point
    wanted = (len(domain.parties),)
    if given.shape != wanted or not np.isfinite(given).all():
        raise ModelError(
            f"disagreement_point: must be finite with shape (n_parties,) = {wanted}, "
            f"but is {given}"
        )
    return given


def _choose(domain: Domain) -> Scan | MergeByIssue:
    if domain.n_packages <= Scan().max_packages:
        return Scan()
    if len(domain.parties) in MERGED_PARTIES:
        return MergeByIssue()
    raise MethodError(
        f"{domain.title}: {domain.n_packages:.3g} packages are too many to scan, and "
        f"{len(domain.parties)} parties too many to merge; fix the level of some "
        "issues, or look at two parties at a time"
    )


def _by_scan(problem: Additive, method: Scan) -> _Found:
    """Scan, and group equal packages: points by descending first utility."""
    packages, n_seen = scan(problem, method)
    order, point_of = group_equal(problem.snapped(problem.sums_of(packages)))
    n_equal = tuple(int(n) for n in np.bincount(point_of))
    return _Found(packages[order], point_of, n_equal, n_seen)


def group_equal(points: IntArray) -> tuple[IntArray, IntArray]:
    """Sort packages by descending point, and say at which point each then lies.

    Parameters
    ----------
    points : (n, n_parties), whole numbers, of packages in ascending order

    Returns
    -------
    order : (n,); the sort is stable, so of equal packages the first declared leads
    point_of : (n,), number of the point of each package in that order
    """
    order = np.lexsort(-points.T[::-1])
    ranked = points[order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    return order, np.cumsum(is_new) - 1


def name_solutions(
    domain: Domain, utilities: FloatArray, fallback: FloatArray
) -> tuple[IntArray, tuple[Solution, ...]]:
    """Find the points that suit everybody, and the named solutions among them.

    Parameters
    ----------
    utilities : (n_points, n_parties), points of a frontier
    fallback : (n_parties,), the disagreement point
    """
    slack = _SLACK * spans_of(domain)
    least = np.maximum(domain.reservation_values, fallback) - slack
    return name_points(utilities, least, fallback)
