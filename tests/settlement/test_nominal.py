"""A crisis as a game on two levels, against the literal evaluator."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.frozen import Choice
from backchannel.crisis.load import load, load_mapping
from backchannel.crisis.model import Crisis
from backchannel.settlement.additive import unpack
from backchannel.settlement.cheapest import cheapest_changes
from backchannel.settlement.home_deals import find_home_deals
from backchannel.settlement.literal import evaluate_literally
from backchannel.settlement.method import Exhaustive
from backchannel.settlement.nominal import nominal_game
from backchannel.settlement.packages import enumerate_packages
from backchannel.settlement.two_level import TwoLevel
from tests.settlement.random_crises import random_content

PROB_WAR = 0.1


def certain_content(seed: int) -> dict[str, Any]:
    """A random crisis in which thresholds are known and nothing leaks or costs."""
    content = random_content(seed)
    rng = np.random.default_rng(seed)
    for actor in content["actors"].values():
        actor["threshold"] = round(float(rng.uniform(-12, 4)), 1)
        actor.pop("pressure", None)
    content["ratification"] = {
        name: rule
        for name, rule in content["ratification"].items()
        if rule["rule"] != "pressure"
    }
    content["no_deal"]["failure_cost"] = {}
    content["compartments"]["room"]["hazard_per_knower"] = "0 /h"
    return content


def choices_in(game: TwoLevel, number: int) -> dict[str, Choice]:
    """Level and visibility by issue of one package of a game."""
    package = unpack(np.array([number]), game.domain.n_levels)[0]
    found = {}
    for names, levels, place in zip(
        game.domain.issues, game.domain.levels, package, strict=True
    ):
        shown = levels[int(place)].split(", ")
        for name, text in zip(names.split(" + "), shown, strict=True):
            level, _, rest = text.partition(" (")
            visibility = "private" if rest else "public"
            found[name] = Choice(level=level, visibility=visibility)
    return found


def test_what_passes_is_what_the_literal_evaluator_settles() -> None:
    """150 random crises: same packages, and each passes where it is settled."""
    n_passing, n_failing = 0, 0
    for seed in range(150):
        crisis = load_mapping(certain_content(seed))
        draws = draw_numbers(crisis, 1, seed)
        medians = draws.at_medians()
        game = nominal_game(crisis, draws=draws, prob_war=PROB_WAR)
        repairs = cheapest_changes(game)
        feasible = set()
        for number, passes in enumerate(repairs.passes):
            package = choices_in(game, number)
            cell = evaluate_literally(
                crisis, package, lambda n, m=medians: float(m[n][0]), PROB_WAR
            )
            if all(c.level == crisis.issues[i].status_quo for i, c in package.items()):
                continue
            assert cell.is_feasible
            feasible.add(tuple(map(str, package.values())))
            # By gains and assents: a package that nobody passes brings 0 to all.
            assert passes == (cell.settled > 0.5), (seed, number)
            n_passing += passes
            n_failing += not passes
        assert len(feasible) == count_feasible(crisis)
    assert n_passing > 300
    assert n_failing > 300


def count_feasible(crisis: Crisis) -> int:
    """Packages that the full enumeration lists."""
    try:
        return len(enumerate_packages(crisis, Exhaustive()))
    except ModelError:
        return 0


def test_shipped_crises_have_a_nominal_answer() -> None:
    """Strait: the radar stays on the table only if its removal is private."""
    crisis = load("strait")
    game = nominal_game(crisis, draws=draw_numbers(crisis, 50, 1), prob_war=0.2)
    deals = find_home_deals(game)
    assert game.domain.n_packages == 18
    assert deals.check(game).is_verified
    repairs = cheapest_changes(game)
    switched = [repairs.of(n) for n in range(18)]
    visibilities = [r for r in switched if r and "(private)" in r.level]
    assert visibilities


def test_tied_issues_are_bounded() -> None:
    """A chain of requirements through many issues is refused by name."""
    content = certain_content(1)
    levels = {f"level_{i}": {"title": "x", "giver": "alpha"} for i in range(60)}
    names = [f"many_{i}" for i in range(4)]
    for a, b in itertools.pairwise([*names, names[0]]):
        tied = {k: dict(v) for k, v in levels.items()}
        tied["level_0"]["requires"] = [{"one_of": [f"{b}.level_1"]}]
        content["issues"][a] = {
            "title": a,
            "levels": {"as_is": {"title": "as it is"}, **tied},
        }
    crisis = load_mapping(content)
    with pytest.raises(ModelError, match="are tied together"):
        nominal_game(crisis, draws=draw_numbers(crisis, 1, 1), prob_war=0.0)
