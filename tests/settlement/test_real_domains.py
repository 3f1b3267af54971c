"""Real domains with known answers, where the data lie beside the project.

Two conventions differ from ours and are asked for: NegMAS takes no disagreement point
below the worst package, GENIUS takes 0. The tables count points of the frontier in
floating point; where two packages are equal on paper for one party, rounding can keep
the dominated one, and ours are fewer. Each such case is counted again by definition,
and those of NegoLog in exact decimals.
"""

from __future__ import annotations

import csv
import json
import tarfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from backchannel.base.errors import CrisisFileError
from backchannel.crisis.domain import Domain
from backchannel.crisis.domain_files import load_domain
from backchannel.settlement import MergeByIssue, Scan, settle_domain
from backchannel.settlement.domain_frontier import DomainFrontier
from backchannel.settlement.frontier import pareto_frontier

HERE = Path(__file__).resolve().parents[3] / "shared" / "data" / "negotiation"
pytestmark = pytest.mark.skipif(
    not (HERE / "anac_known_answers.csv").exists(),
    reason="the domains, ../shared/data/negotiation, are not here",
)
# Six decimals are printed.
PRINTED = 1.01e-6


def table_of(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both archives, in a folder of this run."""
    folder = tmp_path_factory.mktemp("domains")
    for name in ("anac_scenarios", "negolog_domains"):
        with tarfile.open(HERE / f"{name}.tar.gz") as archive:
            for member in archive.getmembers():
                # By hand: `filter` came with Python 3.11.4, and these are plain files.
                source = archive.extractfile(member) if member.isfile() else None
                target = (folder / member.name).resolve()
                if source is not None and target.is_relative_to(folder.resolve()):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(source.read())
    return folder


def has_point(frontier: DomainFrontier, name: str, shown: str) -> bool:
    """Whether a printed point is among those a solution names."""
    wanted = np.array([float(u) for u in shown.split()])
    points = frontier.utilities[list(frontier.solution(name).packages)]
    return bool((np.abs(points - wanted).max(axis=1) <= PRINTED).any())


def acceptable(domain: Domain, least: np.ndarray) -> np.ndarray:
    """Utilities of all packages that suit everybody, in floating point."""
    packages = np.indices(domain.n_levels).reshape(len(domain.issues), -1).T
    utilities = domain.utilities_of(packages)
    return utilities[(utilities >= least - 1e-12).all(axis=1)]


def snapped(domain: Domain, utilities: np.ndarray) -> np.ndarray:
    """Utilities in units of what counts as equal."""
    spans = np.sum([np.ptp(table, axis=1) for table in domain.utilities], axis=0)
    worst = np.sum([table.min(axis=1) for table in domain.utilities], axis=0)
    return np.rint((utilities - worst) / (spans * 1e-9))


def n_distinct_on_frontier(points: np.ndarray) -> int:
    return len(np.unique(points[pareto_frontier(points)], axis=0))


Answers = list[tuple[dict[str, str], Domain]]


@pytest.fixture(scope="module")
def answers(unpacked: Path) -> Answers:
    """Rows of the table with their scenarios."""
    return list(anac_answers(unpacked))


def anac_answers(unpacked: Path) -> Iterator[tuple[dict[str, str], Domain]]:
    for row in table_of("anac_known_answers.csv"):
        if row["domain"] != "other/Phone":
            domain = load_domain(unpacked / row["domain"])
            # The table uses the first three parties of larger domains.
            n_used = int(row["used_parties"] or len(domain.parties))
            yield row, domain.between(domain.parties[:n_used])


def test_scenarios_of_the_competitions_have_their_answers(answers: Answers) -> None:
    """268 with a table, 9 without: size, frontier, solutions, and the other route."""
    n_checked, n_beyond, n_fewer = 0, 0, 0
    for row, domain in answers:
        name = row["domain"]
        worst = np.sum([table.min(axis=1) for table in domain.utilities], axis=0)
        least = np.maximum(domain.reservation_values, worst)
        found = settle_domain(domain, disagreement_point=least, method=Scan())
        assert domain.n_packages == int(row["outcomes"]), name
        assert found.certificate.is_verified, name
        if row["skip"]:
            n_beyond += 1
            assert found.solutions or "no rational" in row["skip"], name
            continue
        n_checked += 1
        for column, solution in (
            ("nash", "nash"),
            ("ks", "kalai_smorodinsky"),
            ("egalitarian", "egalitarian"),
            ("max_welfare", "utilitarian"),
        ):
            assert has_point(found, solution, row[column]), (name, column)
        if len(found.rational) != int(row["front"]):
            n_fewer += 1
            utilities = acceptable(domain, least)
            assert n_distinct_on_frontier(utilities) == int(row["front"]), name
            n_points = n_distinct_on_frontier(snapped(domain, utilities))
            assert n_points == len(found.rational), name
        if domain.n_packages <= 2_000:
            assert found.check(domain).is_verified, name
    assert (n_checked, n_beyond, n_fewer) == (268, 9, 12)


def test_two_party_scenarios_merge_to_the_same_frontier(answers: Answers) -> None:
    """Issue by issue as by scan, in every fifth: points, and packages at each."""
    pairs = [d for _, d in answers if len(d.parties) == 2][::5]
    assert len(pairs) >= 40
    for domain in pairs:
        merged = settle_domain(domain, method=MergeByIssue())
        scanned = settle_domain(domain, method=Scan())
        assert merged.n_equal == scanned.n_equal, domain.title
        np.testing.assert_allclose(merged.utilities, scanned.utilities, atol=1e-8)


def test_a_scenario_with_missing_values_is_refused(unpacked: Path) -> None:
    """One of the 278 names levels that its profiles do not value."""
    with pytest.raises(CrisisFileError, match="no value for level 'LG'"):
        load_domain(unpacked / "other" / "Phone")


def meant(text: str) -> Decimal:
    """The decimal that was meant where a file says 0.19000000000000003."""
    return round(Decimal(text), 12)


def exact_frontier(folder: Path) -> int:
    """Points of the frontier in exact decimals."""
    profiles = [
        json.loads((folder / f"profile{p}.json").read_text("utf-8"), parse_float=meant)
        for p in "AB"
    ]
    tables = [
        [
            tuple(
                Decimal(p["issueWeights"][issue]) * Decimal(p["issues"][issue][level])
                for p in profiles
            )
            for level in profiles[0]["issues"][issue]
        ]
        for issue in profiles[0]["issues"]
    ]
    # A frontier of exact numbers needs no margin: merge and sweep.
    points = {(Decimal(0), Decimal(0))}
    for table in tables:
        sums = {(a + x, b + y) for (a, b), (x, y) in product(points, table)}
        points, top = set(), Decimal(-1)
        for first, second in sorted(sums, reverse=True):
            if second > top:
                points.add((first, second))
                top = second
    return len(points)


def test_negolog_domains_have_their_published_nash_solution(unpacked: Path) -> None:
    """66 domains; their "Kalai" is the largest sum, and that agrees as well."""
    rows = table_of("negolog_known_answers.csv")
    fewer = []
    for row in rows:
        folder = unpacked / row["domain"].replace("Domain", "domain")
        found = settle_domain(load_domain(folder))
        for column, solution in (
            ("published_nash", "nash"),
            ("published_kalai", "utilitarian"),
            ("ks_recomputed", "kalai_smorodinsky"),
            ("egalitarian_recomputed", "egalitarian"),
        ):
            if column != "published_kalai":
                assert has_point(found, solution, row[column]), (row["domain"], column)
            else:
                total = sum(float(u) for u in row[column].split())
                best = found.utilities[found.solution(solution).package].sum()
                assert best == pytest.approx(total, abs=2 * PRINTED)
        assert found.n_points == exact_frontier(folder), row["domain"]
        if len(found.rational) != int(row["front"]):
            fewer.append(int(row["front"]) - len(found.rational))
    assert len(rows) == 66
    assert len(fewer) == 7
    assert min(fewer) > 0


def sessions() -> Iterator[dict[str, str]]:
    """Sessions of alternating offers that GENIUS logged."""
    folder = HERE / "genius_partydomain"
    for path in [*sorted(folder.glob("*.csv")), folder / "multitestexpected.txt"]:
        lines = path.read_text("utf-8").splitlines()[1:]
        yield from csv.DictReader(lines, delimiter=";")


def test_logged_sessions_have_their_distances() -> None:
    """36 sessions of two to four parties: distance to the frontier and to Nash.

    32 ended in a deal; the other four are at (0, ..., 0).
    """
    domain = load_domain(HERE / "genius_partydomain")
    found: dict[tuple[str, ...], DomainFrontier] = {}
    n_sessions, n_deals = 0, 0
    for session in sessions():
        profiles = [session.get(f"Profile {k}") for k in range(1, 5)]
        parties = tuple(Path(name).stem for name in profiles if name)
        reached = [session[f"Utility {k + 1}"] for k in range(len(parties))]
        if parties not in found:
            found[parties] = settle_domain(
                domain.between(parties), disagreement_point=np.zeros(len(parties))
            )
        frontier, at = found[parties], np.array([float(u) for u in reached])
        for column, distance in (
            ("Dist. to Pareto", frontier.distance_to_frontier(at)),
            ("Dist. to Nash", frontier.distance_to("nash", at)),
        ):
            assert distance == pytest.approx(float(session[column]), abs=2e-5)
        n_sessions += 1
        n_deals += session["Agreement"] == "Yes"
    assert (n_sessions, n_deals) == (36, 32)
    # Counted in floats they are 11, 55 and 101 or 102, by the order of the sums.
    for parties, frontier in found.items():
        among = domain.between(parties)
        utilities = acceptable(among, among.disagreement_point)
        assert n_distinct_on_frontier(snapped(among, utilities)) == frontier.n_points
    assert sorted(f.n_points for f in found.values()) == [10, 55, 99]
