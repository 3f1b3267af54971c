"""The frontier of a domain is that of its definition, by either method."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError, NoAgreementError
from backchannel.base.result import Status
from backchannel.crisis.domain import Domain
from backchannel.settlement import MergeByIssue, Scan, settle_domain
from backchannel.settlement.domain_frontier import DomainFrontier
from backchannel.settlement.frontier import pareto_frontier
from tests.settlement.domains import (
    every_package,
    literal_frontier,
    made_domain,
    random_domain,
    weighted_domain,
)

# Small blocks and slices, so that small domains have many of both.
CUT_SMALL = Scan(block_packages=6, slice_blocks=5)


def points_of(domain: Domain, frontier: DomainFrontier) -> dict[tuple[int, ...], int]:
    """Points in units of 1e-9 spans, with how many packages each has."""
    spans = sum(np.ptp(table, axis=1) for table in domain.utilities)
    worst = sum(table.min(axis=1) for table in domain.utilities)
    units = np.where(spans > 0, spans, 1.0) * 1e-9
    points = np.rint((frontier.utilities - worst) / units).astype(np.int64)
    rows = [tuple(int(u) for u in point) for point in points]
    return dict(zip(rows, frontier.n_equal, strict=True))


@pytest.mark.parametrize("n_parties", [1, 2, 3, 4, 6])
def test_a_scan_finds_the_frontier_of_the_definition(n_parties: int) -> None:
    """Points, and how many packages lie at each, on 60 random domains (seed 4)."""
    rng = np.random.default_rng([4, n_parties])
    for _ in range(60):
        domain = random_domain(rng, n_parties)
        found = settle_domain(domain, method=CUT_SMALL)
        assert points_of(domain, found) == literal_frontier(domain)
        assert found.n_on_frontier == len(found.packages)
        at = found.utilities[found.point_of]
        np.testing.assert_allclose(domain.utilities_of(found.packages), at, atol=1e-8)
        assert found.certificate.is_verified
        assert found.check(domain).is_verified


@pytest.mark.parametrize("n_parties", [2, 3])
def test_a_merge_finds_the_same_as_a_scan(n_parties: int) -> None:
    """Points, counts and solutions, on 150 random domains each (seed 5)."""
    rng = np.random.default_rng(5)
    for _ in range(150):
        domain = random_domain(rng, n_parties)
        merged = settle_domain(domain, method=MergeByIssue())
        scanned = settle_domain(domain, method=CUT_SMALL)
        assert points_of(domain, merged) == points_of(domain, scanned)
        assert [s.packages for s in merged.solutions] == [
            s.packages for s in scanned.solutions
        ]
        chosen = domain.utilities_of(merged.packages)
        np.testing.assert_allclose(chosen, merged.utilities, atol=1e-8)


@pytest.mark.parametrize("n_parties", [2, 3, 4])
def test_cuts_threads_and_bounds_change_nothing(n_parties: int) -> None:
    """One thread or four, large or small blocks, with bounds or without: same bytes."""
    domain = weighted_domain(n_parties, 6, 4, seed=2)
    first = settle_domain(domain, method=Scan(n_threads=1))
    for method in (
        Scan(n_threads=4, block_packages=20, slice_blocks=3),
        Scan(n_threads=2, block_packages=300, slice_blocks=1),
        Scan(visits_all=True),
    ):
        other = settle_domain(domain, method=method)
        assert other.utilities.tobytes() == first.utilities.tobytes()
        assert other.packages.tobytes() == first.packages.tobytes()
        assert other.solutions == first.solutions


def test_bounds_leave_most_packages_out_and_say_so() -> None:
    """`n_seen` is all of them without bounds, and few with."""
    domain = weighted_domain(2, 6, 6, seed=3)
    every = settle_domain(domain, method=Scan(visits_all=True))
    assert every.n_seen == domain.n_packages
    assert settle_domain(domain).n_seen < domain.n_packages / 10


def test_equal_packages_are_all_kept() -> None:
    """Two issues worth the same: x + y = 2 of four levels each, with all its forms."""
    table = np.array([[0.0, 0.1, 0.2, 0.3], [0.3, 0.2, 0.1, 0.0]])
    domain = made_domain([table, table])
    found = settle_domain(domain)
    assert found.n_equal == (1, 2, 3, 4, 3, 2, 1)
    assert found.n_on_frontier == 16
    merged = settle_domain(domain, method=MergeByIssue())
    assert merged.n_equal == found.n_equal
    assert len(merged.packages) == merged.n_points == 7


def test_what_is_equal_on_paper_is_equal() -> None:
    """0.1 + 0.2 is no more than 0.3: what only rounding puts ahead is dominated."""
    domain = made_domain(
        [np.array([[0.1, 0.3], [0.5, 0.4]]), np.array([[0.2, 0.0], [0.0, 0.5]])]
    )
    literally = domain.utilities_of(every_package(domain))
    assert len(pareto_frontier(literally)) == 4
    for method in (Scan(), MergeByIssue()):
        found = settle_domain(domain, method=method)
        assert found.utilities.tolist() == [[0.5, 0.4], [0.3, 0.9], [0.1, 1.0]]
        assert found.check(domain).is_verified


@pytest.fixture
def kite() -> Domain:
    """Three ways to share: (1, 0), (0.75, 0.75), (0, 1), and nothing at all."""
    table = np.array([[1.0, 0.75, 0.0, 0.0], [0.0, 0.75, 1.0, 0.0]])
    return made_domain([table], np.zeros(2), title="kite")


def test_the_kite_has_its_known_answers(kite: Domain) -> None:
    found = settle_domain(kite)
    assert found.status is Status.EXACT
    assert found.utilities.tolist() == [[1.0, 0.0], [0.75, 0.75], [0.0, 1.0]]
    for solution in found.solutions:
        assert solution.package == 1
    assert found.package_at(1).tolist() == [1]
    assert found.distance_to("nash", np.array([0.75, 0.0])) == 0.75
    assert found.distance_to_frontier(np.array([1.0, 0.25])) == 0.25
    assert str(found).startswith("kite: 4 packages, 2 parties, frontier 3 points")
    assert len(str(found).splitlines()) <= 6


def test_shares_are_of_what_each_could_gain() -> None:
    """(0.5, 0.5) has equal shares, (0.6, 0.55) larger ones: the least share decides."""
    table = np.array([[1.0, 0.5, 0.6, 0.0], [0.0, 0.5, 0.55, 1.0]])
    found = settle_domain(made_domain([table]))
    chosen = found.solution("kalai_smorodinsky")
    assert found.utilities[chosen.package].tolist() == [0.6, 0.55]
    assert chosen.value == pytest.approx(0.55)


def test_ties_are_all_reported() -> None:
    """Two packages with the same product of gains are both Nash solutions."""
    table = np.array([[0.8, 0.5, 0.0], [0.5, 0.8, 0.0]])
    nash = settle_domain(made_domain([table])).solution("nash")
    assert sorted(nash.packages) == [0, 1]
    assert nash.n_tied == 2


def test_reservation_values_bind(kite: Domain) -> None:
    """At 0.8 each nobody can agree; at (0.9, 0) only the first package is left."""
    high = replace(kite, reservation_values=np.array([0.8, 0.8]))
    nobody = settle_domain(high)
    assert (nobody.n_points, len(nobody.rational), nobody.solutions) == (3, 0, ())
    assert "no package gives every party" in str(nobody)
    with pytest.raises(NoAgreementError, match="reservation value"):
        nobody.solution("nash")
    one = settle_domain(replace(kite, reservation_values=np.array([0.9, 0.0])))
    assert one.rational.tolist() == [0]


def test_the_disagreement_point_can_be_chosen(kite: Domain) -> None:
    """Gains are measured from it, and nobody accepts less."""
    found = settle_domain(kite, disagreement_point=np.array([0.5, 0.0]))
    assert found.rational.tolist() == [0, 1]
    assert found.solution("nash").value == pytest.approx(0.25 * 0.75)
    with pytest.raises(ModelError, match="disagreement_point"):
        settle_domain(kite, disagreement_point=np.zeros(3))


def test_rescaling_a_party_moves_no_package() -> None:
    """Another unit and zero for one party: same frontier, Nash and shares."""
    domain = weighted_domain(3, 5, 4, seed=6)
    other = replace(
        domain, utilities=tuple(t * [[1.0], [40.0], [1.0]] for t in domain.utilities)
    )
    ours, theirs = settle_domain(domain), settle_domain(other)
    assert (ours.packages == theirs.packages).all()
    for name in ("nash", "kalai_smorodinsky"):
        assert ours.solution(name).packages == theirs.solution(name).packages


def test_relabelling_parties_moves_no_package() -> None:
    """Parties in reverse order have the same packages on the frontier."""
    domain = weighted_domain(3, 5, 4, seed=7)
    turned = domain.between(domain.parties[::-1])
    ours = {tuple(row) for row in settle_domain(domain).packages}
    theirs = {tuple(row) for row in settle_domain(turned).packages}
    assert ours == theirs


def test_ten_to_the_fifty_packages_can_be_merged() -> None:
    """50 issues of 10 levels: 2,599 points, proven again by halving the issues."""
    domain = weighted_domain(2, 50, 10, seed=1)
    found = settle_domain(domain)
    assert isinstance(found.method, MergeByIssue)
    assert found.n_packages == 10**50
    assert found.n_points == 2599
    assert found.check(domain).is_verified


def test_three_parties_can_be_merged_beyond_a_scan() -> None:
    """12 issues of 10 levels: weighted maxima met, and the halves give the same."""
    domain = weighted_domain(3, 12, 10, seed=1)
    found = settle_domain(domain)
    assert isinstance(found.method, MergeByIssue)
    assert found.n_packages == 10**12
    assert found.certificate.is_verified
    assert found.check(domain).is_verified


def test_counts_can_pass_any_machine_word() -> None:
    """80 issues that matter to nobody: 10^80 packages at one point."""
    idle = np.zeros((2, 10))
    domain = made_domain([idle] * 80)
    assert settle_domain(domain).n_equal == (10**80,)


def test_too_large_a_question_says_what_to_do() -> None:
    four = weighted_domain(4, 30, 10, seed=1)
    with pytest.raises(MethodError, match="fix the level of some issues"):
        settle_domain(four)
    with pytest.raises(MethodError, match="use MergeByIssue"):
        settle_domain(weighted_domain(2, 30, 10, seed=1), method=Scan())
    with pytest.raises(MethodError, match="is for two or three parties"):
        settle_domain(four, method=MergeByIssue())
    with pytest.raises(MethodError, match="max_sums"):
        settle_domain(
            weighted_domain(2, 30, 10, seed=1), method=MergeByIssue(max_sums=50)
        )
    for wrong in ({"max_packages": 0}, {"n_threads": -1}, {"block_packages": 0}):
        with pytest.raises(MethodError, match="must be"):
            Scan(**wrong)
    with pytest.raises(MethodError, match="must be"):
        MergeByIssue(max_sums=0)


def test_a_check_sees_a_missing_and_an_added_point(kite: Domain) -> None:
    """The other route notices both; the weighted sums notice a missing corner."""
    found = settle_domain(kite)
    missing = replace(found, utilities=found.utilities[[0, 2]])
    assert not missing.check(kite).is_verified
    added = replace(found, utilities=np.vstack([found.utilities, [0.76, 0.76]]))
    assert not added.check(kite).is_verified
    with pytest.raises(ModelError, match="is not the domain"):
        found.check(replace(kite, reservation_values=np.ones(2)))


def test_an_unknown_solution_is_refused(kite: Domain) -> None:
    with pytest.raises(ModelError, match="there are nash"):
        settle_domain(kite).solution("fair")
