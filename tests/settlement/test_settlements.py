"""The answer as a whole: status, printing, per-draw access, checks, limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.draws import draw_numbers
from backchannel.settlement import Exhaustive, Settlements, find_settlements
from backchannel.settlement.disclosure import Candidate
from tests.settlement.random_crises import has_packages, random_crisis, random_risk
from tests.settlement.toys import actors, gate, risk_of, settle, toy, veto

SEED, N_DRAWS = 11, 40


@pytest.fixture(scope="module")
def found() -> Settlements:
    """The settlements of one random crisis with private terms and solutions."""
    crisis = random_crisis(SEED)
    draws = draw_numbers(crisis, N_DRAWS, SEED)
    risk = random_risk(crisis, N_DRAWS, SEED)
    return find_settlements(crisis, draws=draws, risk=risk)


def test_this_crisis_is_of_use(found: Settlements) -> None:
    """There are private terms, solutions and several packages to tamper with."""
    assert found.n_packages > 5
    assert found.private_terms
    assert found.solutions
    assert len(found.frontier) < found.n_packages


def test_prints_short(found: Settlements) -> None:
    """At most six lines, and the label of the best package is among them."""
    lines = str(found).splitlines()
    assert len(lines) <= 6
    assert found.packages.label(found.best) in str(found)


def test_single_draws_average_to_the_means(found: Settlements) -> None:
    """What is given draw by draw has the means that are stated."""
    for row in (0, found.best):
        by_draw = found.prob_settled_of(row)
        assert by_draw.shape == (N_DRAWS,)
        assert by_draw.mean() == pytest.approx(found.prob_settled[row])


def test_blocks_do_not_matter(found: Settlements) -> None:
    """Other block sizes and nothing kept give the same answer."""
    again = find_settlements(
        found.crisis,
        draws=found.draws,
        risk=random_risk(found.crisis, N_DRAWS, SEED),
        method=Exhaustive(block_cells=30, max_kept_bytes=0),
    )
    assert again.settled_by_draw is None
    assert again.prob_settled == pytest.approx(found.prob_settled, abs=1e-14)
    assert again.share_best == pytest.approx(found.share_best, abs=1e-14)
    assert [s.packages for s in again.solutions] == [
        s.packages for s in found.solutions
    ]


def test_arrays_are_read_only(found: Settlements) -> None:
    """A result is shared and cannot be changed."""
    with pytest.raises(ValueError, match="read-only"):
        found.prob_settled[0] = 1.0


def test_shares_add_up(found: Settlements) -> None:
    """Every draw has its best package, or none is accepted."""
    total = found.share_best.sum() + found.share_without_deal
    assert total == pytest.approx(1.0)


def test_check_passes(found: Settlements) -> None:
    """The answer as computed is verified."""
    assert found.certificate.is_verified
    assert found.check(found.crisis).is_verified


@pytest.mark.parametrize(
    "name",
    [
        "prob_settled",
        "gains",
        "acceptance",
        "share_best",
        "settled_by_draw",
        "gains_by_draw",
    ],
)
def test_tampered_numbers_are_found(found: Settlements, name: str) -> None:
    """Any array that is shifted by a little fails the check."""
    tampered = replace(found, **{name: getattr(found, name) + 1e-6})
    assert not tampered.check(found.crisis).is_verified


def test_tampered_choices_are_found(found: Settlements) -> None:
    """Frontier, solutions, secrecy and missing solutions are checked too."""
    others = set(range(found.n_packages)) - set(found.solutions[0].packages)
    solution = replace(found.solutions[0], packages=(min(others),))
    for changed in (
        {"frontier": found.frontier[1:]},
        {"frontier": np.arange(found.n_packages)},
        {"solutions": (solution, *found.solutions[1:])},
        {"solutions": ()},
        {"prob_war": found.prob_war * 0.9},
    ):
        assert not replace(found, **changed).check(found.crisis).is_verified


def test_tampered_secrecy_is_found(found: Settlements) -> None:
    """A chance, a row or a package that is another one than it should be fails."""
    term = next(t for t in found.private_terms if t.package_public is not None)
    elsewhere = next(
        row
        for row in range(found.n_packages)
        if term.issue not in found.packages.terms(row)
    )
    assert term.best_with_private is not None
    for changed in (
        replace(term, prob_private=0.123),
        replace(term, prob_public=0.123),
        replace(term, prob_public=None),
        replace(term, package_public=term.package_private),
        replace(term, package=elsewhere),
        replace(term, best_with_private=None),
        replace(term, best_with_public=Candidate(0, 0.123)),
        replace(term, best_without=term.best_with_private),
    ):
        tampered = replace(found, private_terms=(changed,))
        assert not tampered.check(found.crisis).is_verified
    assert replace(found, private_terms=(term,)).check(found.crisis).is_verified


def test_check_wants_the_same_crisis(found: Settlements) -> None:
    """Another crisis is refused, not checked."""
    with pytest.raises(ModelError, match="another version"):
        found.check(toy())


def test_xarray_has_named_axes(found: Settlements) -> None:
    """The arrays come with labels of packages and names of parties."""
    dataset = found.to_xarray()
    assert dataset["gains"].dims == ("package", "party")
    label = found.packages.label(found.best)
    value = float(dataset["prob_settled"].sel(package=label))
    assert value == found.prob_settled[found.best]


def test_historical_package() -> None:
    """The package of the outcome is found; one that is not feasible is explained."""
    outcome = {"title": "So it went", "settled": True, "package": {"gate": "open"}}
    found = settle(toy(outcome=outcome))
    assert found.historical == 0
    assert found.share_best[0] == 1.0
    assert settle(toy()).historical is None
    wall = {"up": {"title": "Up"}, "down": {"title": "Down"}}
    issues = gate(requires=[{"one_of": ["wall.down"]}])
    issues["wall"] = {"title": "Wall", "levels": wall}
    found = settle(toy(issues=issues, outcome=outcome))
    assert found.historical is None
    assert "not feasible" in found.historical_note


def test_limits_of_the_method() -> None:
    """Too many cells are refused with how many draws would do."""
    crisis = toy()
    draws = draw_numbers(crisis, 10, 1)
    risk = risk_of(crisis, 0.1, 10)
    with pytest.raises(ModelError, match="use at most 5 draws"):
        find_settlements(crisis, draws=draws, risk=risk, method=Exhaustive(max_cells=5))
    with pytest.raises(MethodError, match="use the same"):
        find_settlements(crisis, draws=draws, risk=risk_of(crisis, 0.1, 9))
    with pytest.raises(MethodError, match="must be 1 or larger"):
        Exhaustive(block_cells=0)


def test_threshold_is_needed_only_when_asked() -> None:
    """A guarantor without a threshold is refused once it is asked."""
    backer = {"title": "Backer", "kind": "guarantor"}
    crisis = toy(actors=actors(backer=backer))
    assert settle(crisis).prob_settled[0] == 1.0
    asked = toy(
        actors=actors(backer=backer),
        issues={
            "gate": {
                "title": "Gate",
                "levels": {
                    "shut": {"title": "Shut"},
                    "open": {"title": "Open", "giver": "backer"},
                },
            }
        },
    )
    with pytest.raises(ModelError, match=r"actors\.backer\.threshold: has none"):
        settle(asked)


def test_row_refuses_what_is_not_there() -> None:
    """A row out of range or the status quo is named."""
    found = settle(toy(ratification={"home": veto("house")}))
    with pytest.raises(ModelError, match="not one of the 1 feasible"):
        found.row(1)
    with pytest.raises(ModelError, match="not one of the 1 feasible"):
        found.binding({"gate": "shut"})


def test_what_if_is_the_answer_for_the_changed_file() -> None:
    """Worths replaced one by one give what the crisis written that way gives."""
    n_changed = 0
    for seed in range(12):
        crisis = random_crisis(seed)
        draws = draw_numbers(crisis, 20, seed)
        risk = random_risk(crisis, 20, seed)
        if not has_packages(crisis):
            continue
        found = find_settlements(crisis, draws=draws, risk=risk)
        values: dict[str, dict[str, dict[str, float]]] = {}
        numbers = {}
        for actor, issues in crisis.values.items():
            for issue, levels in issues.items():
                for level, value in levels.items():
                    values.setdefault(actor, {})[issue] = {level: -3.5}
                    numbers[actor, issue] = value.worth.path
        by_path = dict.fromkeys(numbers.values(), -3.5)
        again = find_settlements(crisis, draws=draws.replaced(by_path), risk=risk)
        asked = found.with_values(values)
        assert np.array_equal(asked.prob_settled, again.prob_settled)
        assert np.array_equal(asked.gains, again.gains)
        assert asked.check(crisis).is_verified
        n_changed += not np.array_equal(asked.gains, found.gains)
    assert n_changed > 5


def test_what_if_knows_only_declared_worths() -> None:
    """A level that nobody values in the file is refused with its key."""
    crisis = random_crisis(1)
    draws = draw_numbers(crisis, 20, 1)
    found = find_settlements(crisis, draws=draws, risk=random_risk(crisis, 20, 1))
    with pytest.raises(ModelError, match=r"values.alpha.issue_0.none: the file"):
        found.with_values({"alpha": {"issue_0": {"none": 1.0}}})


def test_regret_is_what_the_best_accepted_would_have_brought() -> None:
    """The least regretted package is never worse than any other by its own measure."""
    crisis = random_crisis(3)
    draws = draw_numbers(crisis, 30, 3)
    found = find_settlements(crisis, draws=draws, risk=random_risk(crisis, 30, 3))
    worst = found.max_regret.max(axis=1)
    assert worst[found.least_regretted] == worst.min()
    wrong = replace(found, max_regret=found.max_regret + 0.5)
    assert not wrong.check(crisis).is_verified
