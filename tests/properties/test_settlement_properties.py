"""What must hold for the settlements of any crisis."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backchannel.base.errors import ModelError
from backchannel.crisis import worth
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load_mapping
from backchannel.settlement import Settlements, find_settlements
from backchannel.settlement.frontier import pareto_frontier
from backchannel.settlement.solutions import find_solutions
from tests.settlement.random_crises import PARTIES, random_content, random_risk

SEEDS = range(20)
N_DRAWS = 12


def settled(content: dict[str, Any], seed: int) -> Settlements | None:
    """The settlements of one crisis; None where nothing can be put together."""
    crisis = load_mapping(content)
    draws = draw_numbers(crisis, N_DRAWS, seed)
    risk = random_risk(crisis, N_DRAWS, seed)
    try:
        return find_settlements(crisis, draws=draws, risk=risk)
    except ModelError:
        return None


def exact(content: Any) -> Any:
    """The same file with every interval and law replaced by one number.

    Numbers are drawn by their key, so only exact ones survive a change of names.
    """
    if isinstance(content, dict):
        if set(content) == {"triangular"}:
            return content["triangular"][1]
        if set(content) == {"discrete"}:
            return float(next(iter(content["discrete"])))
        if set(content) == {"loguniform"}:
            return content["loguniform"][0]
        return {key: exact(value) for key, value in content.items()}
    is_pair = isinstance(content, list) and len(content) == 2
    if is_pair and all(isinstance(x, (int, float)) for x in content):
        return sum(content) / 2
    if is_pair and all(isinstance(x, str) and x[0].isdigit() for x in content):
        return content[0]
    return [exact(x) for x in content] if isinstance(content, list) else content


@pytest.mark.parametrize("seed", SEEDS)
def test_bounds(seed: int) -> None:
    """Chances lie in [0, 1]; a package is settled no more often than it is ratified."""
    found = settled(random_content(seed), seed)
    if found is None:
        return
    for chances in (found.prob_settled, found.prob_ratified, found.prob_leak):
        assert (chances >= 0).all()
        assert (chances <= 1 + 1e-12).all()
    assert (found.prob_settled <= found.prob_ratified + 1e-12).all()
    assert (found.prob_settled <= found.acceptance.min(axis=1) + 1e-12).all()
    assert np.isfinite(found.gains).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_new_names_change_nothing(seed: int) -> None:
    """With other names for actors and issues every figure stays the same."""
    content = exact(random_content(seed))
    text = json.dumps(content)
    names = ["alpha", "bravo", "house", "senate", "ally", "guards", "third", "backer"]
    for i, name in enumerate([*names, "issue_0", "issue_1", "issue_2"]):
        text = text.replace(name, f"renamed_{i}")
    one, other = settled(content, seed), settled(json.loads(text), seed)
    if one is None or other is None:
        assert one is other
        return
    assert one.prob_settled.tolist() == other.prob_settled.tolist()
    assert one.gains.tolist() == other.gains.tolist()
    assert one.frontier.tolist() == other.frontier.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_order_of_parties_changes_nothing(seed: int) -> None:
    """With the parties declared in the other order their gains change places."""
    content = exact(random_content(seed))
    actors = content["actors"]
    swapped = {name: actors[name] for name in reversed(PARTIES)} | actors
    one, other = settled(content, seed), settled(content | {"actors": swapped}, seed)
    if one is None or other is None:
        assert one is other
        return
    assert one.gains == pytest.approx(other.gains[:, ::-1], abs=1e-12)
    assert [s.packages for s in one.solutions] == [s.packages for s in other.solutions]


@pytest.mark.parametrize("seed", range(15))
def test_scale_of_utilities_does_not_matter(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All worths doubled, war included: gains double, chances and solutions stay."""
    content = exact(random_content(seed))
    one = settled(content, seed)
    monkeypatch.setattr(worth, "WAR", -200.0)
    crisis = load_mapping(doubled(content))
    draws = draw_numbers(crisis, N_DRAWS, seed)
    if one is None:
        return
    # The literal evaluator keeps war at -100, so only the engine is asked.
    other = find_settlements(
        crisis, draws=draws, risk=random_risk(crisis, N_DRAWS, seed)
    )
    assert other.gains == pytest.approx(2 * one.gains, abs=1e-9)
    assert other.prob_settled == pytest.approx(one.prob_settled, abs=1e-12)
    assert [s.packages for s in other.solutions] == [s.packages for s in one.solutions]


def doubled(content: dict[str, Any]) -> dict[str, Any]:
    """Every worth of an exact file times two."""
    made = json.loads(json.dumps(content))
    for record in made["actors"].values():
        for key in ("threshold", "pressure"):
            if key in record:
                record[key] *= 2
    for levels in (v for issues in made["values"].values() for v in issues.values()):
        for value in levels.values():
            for key in value:
                value[key] *= 2
    for interaction in made["interactions"].values():
        interaction["worth"] *= 2
    for section in made["no_deal"].values():
        for party in section:
            section[party] *= 2
    for issue in made["issues"].values():
        for level in issue["levels"].values():
            costs = level.get("private", {}).get("penalty_if_leaked", {})
            for actor in costs:
                costs[actor] *= 2
    return made


FLOATS = st.floats(-50, 50).map(lambda x: round(x, 3))
GAINS = st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=12)


@given(GAINS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_solutions_are_on_the_frontier(rows: list[tuple[float, float]]) -> None:
    """Every solution is on the frontier and makes nobody expect a loss."""
    gains = np.array(rows)
    frontier = set(pareto_frontier(gains).tolist())
    for solution in find_solutions(gains):
        assert set(solution.packages) <= frontier
        assert (gains[list(solution.packages)] >= -1e-9).all()


@given(GAINS, st.floats(0.001, 20))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_dominated_package_changes_no_solution(
    rows: list[tuple[float, float]], less: float
) -> None:
    """A package that is worse for all than an existing one leaves all solutions."""
    gains = np.array(rows)
    more = np.vstack([gains, gains[0] - less])
    assert find_solutions(more) == find_solutions(gains)


@given(GAINS, st.floats(0.1, 10), st.floats(0.1, 10))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_nash_does_not_depend_on_scales(
    rows: list[tuple[float, float]], first: float, second: float
) -> None:
    """Each party's scale stretched by itself: the best product is the same package.

    Packages within rounding of a tie may change places, so the product is compared.
    """
    gains = np.array(rows)
    one, other = find_solutions(gains), find_solutions(gains * [first, second])
    assert bool(one) == bool(other)
    if one:
        assert other[0].value == pytest.approx(one[0].value * first * second, abs=1e-6)
