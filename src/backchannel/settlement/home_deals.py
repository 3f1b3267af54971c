"""What leaders can sign and carry home in a domain, every number being known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.errors import ModelError, NoAgreementError
from backchannel.base.laws import FloatArray
from backchannel.base.result import Certificate, Status
from backchannel.settlement.additive import additive, unpack
from backchannel.settlement.domain_solutions import group_equal, name_solutions
from backchannel.settlement.method import IntArray
from backchannel.settlement.solutions import Solution
from backchannel.settlement.two_level import TwoLevel, pass_literally
from backchannel.settlement.win_sets import Judged, ScanWinSets, scan_home

DEFAULT = ScanWinSets()
_N_SAMPLED = 512
_MOST_COUNTED = 2_000_000


@dataclass(frozen=True, eq=False)
class HomeDeals:
    """Which packages all leaders accept and every rule at home passes.

    `n_passing` of `n_packages` do; `numbers` are theirs in mixed-radix order (None
    where they are too many to list). `n_assents` says how many packages suit each
    actor, which is its win-set; `n_blocked` how many it alone stops, and so who binds.
    `utilities` (n_points, n_leaders) are the points of the frontier of what passes,
    `packages` (n_kept, n_issues) lie at `point_of` (n_kept,), equal ones all kept;
    `solutions` name points.
    """

    title: str
    leaders: tuple[str, ...]
    n_packages: int
    n_passing: int
    numbers: IntArray | None
    n_assents: Mapping[str, int]
    n_blocked: Mapping[str, int]
    utilities: FloatArray
    packages: IntArray
    point_of: IntArray
    disagreement_point: FloatArray
    solutions: tuple[Solution, ...]
    status: Status
    method: ScanWinSets
    domain_digest: str
    certificate: Certificate

    @property
    def binding(self) -> tuple[str, ...]:
        """Actors that alone stop some package, the one that stops most first."""
        found = [name for name, n in self.n_blocked.items() if n]
        return tuple(sorted(found, key=lambda name: -self.n_blocked[name]))

    def solution(self, name: str) -> Solution:
        """One named solution: nash, kalai_smorodinsky, egalitarian or utilitarian.

        Raises
        ------
        NoAgreementError : no package passes.
        """
        for solution in self.solutions:
            if solution.name == name:
                return solution
        raise NoAgreementError(
            f"{self.title}: no package is accepted and passed at home; see "
            "`cheapest_changes` for what would help"
        )

    def package_at(self, point: int) -> IntArray:
        """Levels (n_issues,) of the first package kept at a point."""
        return np.asarray(self.packages[np.flatnonzero(self.point_of == point)[0]])

    def check(self, problem: TwoLevel) -> Certificate:
        """Judge packages again by the definitions: all of them up to two millions.

        Raises
        ------
        ModelError : this is the answer for another domain.
        """
        if problem.domain.digest != self.domain_digest:
            raise ModelError(
                f"check: '{problem.domain.title}' is not the domain of this answer; "
                "pass the one it was computed from"
            )
        if self.n_packages > _MOST_COUNTED or self.numbers is None:
            return certify_sampled(problem, self)
        every = np.arange(self.n_packages)
        passes = pass_literally(problem, unpack(every, problem.domain.n_levels))
        wrong = np.setxor1d(np.flatnonzero(passes), self.numbers)
        return Certificate(
            "packages judged otherwise",
            float(len(wrong)),
            0.0,
            "every package by the definitions",
        )

    def __str__(self) -> str:
        size = f"{self.n_passing:,} of {self.n_packages:,} packages pass"
        lines = [f"{self.title}: {size}, frontier {len(self.utilities):,} points"]
        if self.n_blocked:
            shown = [f"{name} {self.n_blocked[name]:,}" for name in self.binding[:4]]
            lines.append(f"stopped by one alone: {', '.join(shown) or 'none'}")
        for solution in self.solutions[:2]:
            shown = [f"{u:.6g}" for u in self.utilities[solution.package]]
            lines.append(f"{solution.title:17} {'  '.join(shown)}")
        lines.append(f"{self.status}: {self.certificate}")
        return "\n".join(lines)


def find_home_deals(problem: TwoLevel, *, method: ScanWinSets = DEFAULT) -> HomeDeals:
    """Find the packages that leaders accept and home passes.

    Parameters
    ----------
    problem : a domain, its leaders and the rules at home; see `at_home`
    method : bounds on the work

    Returns
    -------
    HomeDeals : how many pass, who binds, the frontier and named solutions of the
        leaders; exact, up to 1e-9 of each actor's span

    Raises
    ------
    MethodError : more packages than the method takes.
    ModelError : an actor without whom nothing passes refuses even its best package.

    Source: Putnam (1988), International Organization 42(3), 427-460.

    >>> from backchannel.crisis.domain import Domain
    >>> from backchannel.settlement.two_level import at_home
    >>> table = np.array([[0.0, 0.4, 1.0], [1.0, 0.8, 0.0], [0.2, 0.7, 0.9]])
    >>> toll = Domain("toll", ("toll",), (("low", "mid", "high"),),
    ...               ("A", "B", "senate"), (table,), np.array([0.0, 0.0, 0.5]))
    >>> deals = find_home_deals(at_home(toll, ["A", "B"]))
    >>> deals.numbers, deals.binding
    (array([1, 2]), ('senate',))
    """
    domain = problem.domain
    judged = scan_home(problem, method)
    among = domain.between(problem.leaders)
    sums = additive(among.utilities)
    order, point_of = group_equal(sums.snapped(sums.sums_of(judged.on_frontier)))
    packages = judged.on_frontier[order]
    firsts = np.flatnonzero(np.diff(point_of, prepend=-1))
    utilities = among.utilities_of(packages[firsts])
    fallback = among.disagreement_point
    solutions = name_solutions(among, utilities, fallback)[1] if len(firsts) else ()
    found = HomeDeals(
        title=domain.title,
        leaders=problem.leaders,
        n_packages=domain.n_packages,
        n_passing=judged.n_passing,
        numbers=judged.numbers,
        n_assents=_by_actor(problem, judged.n_assents),
        n_blocked=_by_actor(problem, judged.n_blocked),
        utilities=utilities,
        packages=packages,
        point_of=point_of,
        disagreement_point=fallback,
        solutions=solutions,
        status=Status.EXACT,
        method=method,
        domain_digest=domain.digest,
        certificate=Certificate("not checked", float("nan"), 0.0, "none"),
    )
    return replace(found, certificate=certify_sampled(problem, found, judged))


def _by_actor(problem: TwoLevel, counts: IntArray | None) -> dict[str, int]:
    if counts is None:
        return {}
    return {a: int(n) for a, n in zip(problem.actors, counts, strict=True)}


def certify_sampled(
    problem: TwoLevel, found: HomeDeals, judged: Judged | None = None
) -> Certificate:
    """Judge the frontier and some packages spread over all by the definitions."""
    numbers = found.numbers if judged is None else judged.numbers
    n_levels = problem.domain.n_levels
    wrong = int((~pass_literally(problem, found.packages)).sum())
    if numbers is not None:
        # Whole numbers of any size divided, so that the sample is the same anywhere.
        n = min(_N_SAMPLED, found.n_packages)
        spread = np.array([found.n_packages * i // n for i in range(n)], dtype=np.int64)
        passes = pass_literally(problem, unpack(spread, n_levels))
        wrong += int((passes != np.isin(spread, numbers)).sum())
    return Certificate(
        "packages judged otherwise",
        float(wrong),
        0.0,
        "the frontier and a sample by the definitions",
    )
