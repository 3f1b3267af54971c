"""Frontiers with a proof: by the definition, by another solver, and as published."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError, NoAgreementError
from backchannel.base.result import Status
from backchannel.crisis.clauses import Clause, ClauseDomain, as_clauses
from backchannel.crisis.domain_rectangles import load_rectangles
from backchannel.settlement import settle_domain
from backchannel.settlement.proven_frontier import EpsilonConstraint, prove_frontier
from backchannel.settlement.verify_proven import certify_literally, largest_sum
from tests.settlement.clause_domains import (
    allowed_packages,
    literal_points,
    random_clauses,
)
from tests.settlement.domains import weighted_domain

HERE = Path(__file__).resolve().parents[3] / "shared" / "data" / "negotiation"
# The larger six take half a minute together; the benchmark asks all nine.
QUICK = ("10issues", "S-1NAGUNL-114", "S-1NIKFRT-1", "S-1NIKFRT-2", "50issues")


@pytest.mark.parametrize("n_parties", [2, 3, 4])
def test_frontiers_are_those_of_the_definition(n_parties: int) -> None:
    """25 domains each, with gains and costs, caps and requirements (seed 4)."""
    rng = np.random.default_rng(4)
    for _ in range(25):
        domain = random_clauses(rng, n_parties)
        if not len(allowed_packages(domain)):
            continue
        found = prove_frontier(domain)
        assert found.status is Status.EXACT
        assert found.certificate.is_verified
        assert np.round(found.utilities, 9).tolist() == literal_points(domain)


def test_points_that_are_no_whole_numbers_are_met_to_a_ten_millionth() -> None:
    """Normal points, rounded by the solver, stated as they are (seed 6)."""
    rng = np.random.default_rng(6)
    for _ in range(10):
        domain = random_clauses(rng, 2, whole=False)
        proven = prove_frontier(domain)
        np.testing.assert_allclose(proven.utilities, literal_points(domain), atol=1e-5)
        assert proven.status is Status.CONVERGED
        assert 0.0 < proven.gap < 1e-5
        assert proven.certificate.is_verified


def test_an_additive_domain_has_the_frontier_that_merging_finds() -> None:
    """10^6 packages, whole utilities; two engines that share no code (seed 1)."""
    domain = weighted_domain(2, 6, 10, seed=1)
    tables = tuple(np.rint(table * 300) for table in domain.utilities)
    domain = replace(domain, utilities=tables)
    found = prove_frontier(as_clauses(domain))
    assert found.utilities.tolist() == settle_domain(domain).utilities.tolist()


def test_the_other_solver_confirms_and_finds_what_is_missing() -> None:
    """The check holds for the answer, and fails where the best points are cut off."""
    rng = np.random.default_rng(12)
    domain = random_clauses(rng, 2)
    found = prove_frontier(domain)
    assert found.check(domain).is_verified
    worse = replace(found, utilities=found.utilities - 0.5)
    assert not worse.check(domain).is_verified
    with pytest.raises(ModelError, match="not the domain of this answer"):
        found.check(replace(domain, title="made", issues=("x",) * len(domain.issues)))


def test_the_certificate_rejects_a_dominated_package() -> None:
    """One beaten package among the points is counted."""
    both = (Clause(1.0, ((0, (1,)),)),)
    domain = made(("none", "all"), both, both)
    packages = np.array([[1], [0]])
    utilities = domain.utilities_of(packages)
    assert certify_literally(domain, packages, utilities).value == 1.0
    assert certify_literally(domain, packages[:1], utilities[:1]).is_verified
    assert certify_literally(domain, packages[:1], utilities[:1] + 1.0).value == 1.0


def made(
    levels: tuple[str, ...], *clauses: tuple[Clause, ...], **more: object
) -> ClauseDomain:
    """One issue, and as many parties as there are tuples of clauses."""
    n = len(clauses)
    return ClauseDomain(
        "made",
        ("issue",),
        (levels,),
        tuple(f"party{p}" for p in range(n)),
        clauses,
        np.full(n, np.inf),
        np.full(n, -np.inf),
        **more,  # type: ignore[arg-type]
    )


def test_weighted_maxima_are_those_of_enumeration() -> None:
    """HiGHS on its own model, 30 small domains (seed 15)."""
    rng = np.random.default_rng(15)
    for _ in range(30):
        domain = random_clauses(rng, 3)
        packages = allowed_packages(domain)
        if len(packages):
            weights = rng.random(3)
            best = float((domain.utilities_of(packages) @ weights).max())
            assert largest_sum(domain, weights) == pytest.approx(best, abs=1e-6)


def test_a_limit_is_stated_as_a_gap() -> None:
    """Points left out make the gap infinite, and the status truncated."""
    domain = as_clauses(weighted_domain(2, 4, 5, seed=2))
    for among in (domain, as_clauses(weighted_domain(3, 3, 4, seed=2))):
        found = prove_frontier(among, method=EpsilonConstraint(max_points=2))
        assert found.status is Status.TRUNCATED
        assert found.gap == np.inf
        assert "gap inf" in str(found)
    assert len(str(prove_frontier(domain)).splitlines()) <= 6


def test_requirements_that_no_package_meets_are_told() -> None:
    """A level that asks for another of its own issue can never stand."""
    domain = made(("only",), (Clause(1.0, ((0, (0,)),)),), requirements=(((0, 0), ()),))
    with pytest.raises(NoAgreementError, match="drop one of them"):
        prove_frontier(domain)


@pytest.mark.parametrize("name", QUICK)
def test_published_nonlinear_domains(name: str) -> None:
    """10^10 to 10^40 packages: every point proven, and confirmed by HiGHS."""
    if not (HERE / "nonlinear_exact_fronts.json").exists():
        pytest.skip("the domains, ../shared/data/negotiation, are not here")
    known = json.loads((HERE / "nonlinear_exact_fronts.json").read_text("utf-8"))
    front = next(row["front"] for row in known if row["folder"] == name)
    domain = load_rectangles(HERE / "genius_nonlinear" / name)
    found = prove_frontier(domain)
    assert np.round(found.utilities, 6).tolist() == sorted(front, reverse=True)
    assert found.status is Status.EXACT
    assert found.check(domain).is_verified


@pytest.mark.parametrize(
    ("work", "error", "says"),
    [
        (lambda: EpsilonConstraint(work_limit=0.0), MethodError, "above 0"),
        (lambda: EpsilonConstraint(max_points=0), MethodError, "1 or more"),
        (
            lambda: made(("a",), (Clause(np.nan, ((0, (0,)),)),)),
            ModelError,
            "finite number",
        ),
        (lambda: made(("a",), (Clause(1.0, ((1, (0,)),)),)), ModelError, "from 0"),
        (lambda: made(("a",), (Clause(1.0, ((0, (3,)),)),)), ModelError, "from 0"),
        (
            lambda: made(("a",), (Clause(1.0, ((0, (0,)), (0, (0,)))),)),
            ModelError,
            "one issue twice",
        ),
        (lambda: made((), (Clause(1.0, ()),)), ModelError, "a level in every issue"),
    ],
)
def test_what_cannot_stand_is_refused(work, error, says) -> None:  # type: ignore[no-untyped-def]
    """Each with the place and what would be right."""
    with pytest.raises(error, match=says):
        work()
