"""Which packages there are, in which order, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from backchannel.base.errors import ModelError
from backchannel.settlement.method import Exhaustive
from backchannel.settlement.packages import enumerate_packages
from tests.settlement.toys import gate, hidden, opened, toy


def two_issues(**of_wall: Any) -> dict[str, Any]:
    """Gate, public or private, and a wall."""
    wall = {"shut": {"title": "Up"}, "down": opened(**of_wall)}
    return hidden() | {"wall": {"title": "Wall", "levels": wall}}


def test_order_is_mixed_radix() -> None:
    """Last issue fastest, public before private, the status quo left out."""
    packages = enumerate_packages(toy(issues=two_issues()), Exhaustive())
    assert packages.n_enumerated == 6
    assert packages.labels == (
        "wall down",
        "gate open",
        "gate open, wall down",
        "gate open (private)",
        "gate open (private), wall down",
    )


def test_row_and_label_agree() -> None:
    """Every package is found again by its terms."""
    packages = enumerate_packages(toy(issues=two_issues()), Exhaustive())
    for row in range(len(packages)):
        assert packages.row_of(packages.terms(row)) == row


def test_requirement_leaves_packages_out() -> None:
    """The wall comes down only with the gate open, seen or not."""
    issues = two_issues(requires=[{"one_of": ["gate.open"]}])
    packages = enumerate_packages(toy(issues=issues), Exhaustive())
    assert "wall down" not in packages.labels
    assert len(packages) == 4
    assert packages.row_of({"wall": "down"}) is None


def test_requirement_of_secrecy_concerns_the_private_term() -> None:
    """Keeping the gate private needs the wall down; opening it in public does not."""
    issues = two_issues()
    private = issues["gate"]["levels"]["open"]["private"]
    private["requires"] = [{"one_of": ["wall.down"]}]
    packages = enumerate_packages(toy(issues=issues), Exhaustive())
    assert "gate open" in packages.labels
    assert "gate open (private)" not in packages.labels


def test_parked_issue_stays() -> None:
    """A parked issue has its status quo only."""
    issues = two_issues()
    issues["wall"]["status"] = "parked"
    packages = enumerate_packages(toy(issues=issues), Exhaustive())
    assert packages.labels == ("gate open", "gate open (private)")


def test_too_many_packages_names_the_largest_issues() -> None:
    """10^20 packages are refused in a moment, with what to do."""
    levels = {"none": {"title": "None"}} | {f"n{i}": opened() for i in range(9)}
    issues = {f"issue_{i}": {"title": "I", "levels": levels} for i in range(20)}
    crisis = toy(issues=issues, values={})
    with pytest.raises(ModelError, match=r"1e\+20 packages.*has 10.*Park an issue"):
        enumerate_packages(crisis, Exhaustive())


def test_nothing_but_the_status_quo() -> None:
    """Where everything is parked there is nothing to settle."""
    issues = gate()
    issues["gate"]["status"] = "parked"
    with pytest.raises(ModelError, match=r"status quo.*open a parked issue: gate$"):
        enumerate_packages(toy(issues=issues), Exhaustive())


def test_contradictory_requirements_are_named_with_the_smallest_change() -> None:
    """The gate needs the wall, and the wall needs an issue that is parked."""
    issues = two_issues()
    issues["tower"] = gate()["gate"] | {"status": "parked"}
    issues["gate"]["levels"]["open"]["requires"] = [{"one_of": ["wall.down"]}]
    issues["wall"]["levels"]["down"]["requires"] = [{"one_of": ["tower.open"]}]
    told = (
        r"contradict: gate\.open needs wall\.down; gate\.open \(private\) needs "
        r"wall\.down; wall\.down needs tower\.open\. The smallest change is to drop 1: "
        r"wall\.down needs tower\.open$"
    )
    crisis = toy(issues=issues)
    with pytest.raises(ModelError, match=told):
        enumerate_packages(crisis, Exhaustive())
    issues["wall"]["levels"]["down"]["requires"] = []
    assert len(enumerate_packages(toy(issues=issues), Exhaustive())) > 0


@pytest.mark.parametrize(
    ("package", "message"),
    [({"gat": "open"}, "Did you mean 'gate'"), ({"gate": "ajar"}, "not allowed")],
)
def test_unknown_names_are_refused(package: dict[str, str], message: str) -> None:
    """A package that the file does not allow is named, with what would be right."""
    packages = enumerate_packages(toy(), Exhaustive())
    with pytest.raises(ModelError, match=message):
        packages.row_of(package)
