"""The cheapest change of every package, against plain loops over all changes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.domain import Domain
from backchannel.settlement.cheapest import cheapest_changes, repair_literally
from backchannel.settlement.two_level import at_home
from tests.settlement.games import random_game, weighted_game


def test_every_change_costs_what_plain_loops_find() -> None:
    """Each package of 60 random games: same cost, to 1e-8."""
    kinds = np.zeros(4, dtype=np.int64)
    for seed in range(60):
        game = random_game(np.random.default_rng(seed))
        if game.domain.n_packages > 120:
            continue
        repairs = cheapest_changes(game)
        for number, cost in enumerate(repairs.cost):
            literal = repair_literally(game, number)
            if math.isinf(literal):
                assert math.isinf(cost), (seed, number)
            else:
                assert cost == pytest.approx(literal, abs=1e-8), (seed, number)
        kinds += np.bincount(repairs.kind, minlength=4)
        assert repairs.check().is_verified
    # All four occur: none is enough, a switch, a payment, a reassurance.
    assert kinds.min() > 10


def test_a_change_done_makes_the_package_pass() -> None:
    """Reassured by its cost a package passes, by a thousandth less it does not."""
    game = weighted_game(3)
    repairs = cheapest_changes(game)
    n_done = 0
    for number in np.flatnonzero(repairs.kind == 3):
        repair = repairs.of(int(number))
        assert repair is not None
        for factor, is_enough in ((1.0 + 1e-6, True), (0.999, False)):
            moved = game.thresholds.copy()
            moved[game.actors.index(repair.actor)] -= repair.cost * factor
            after = cheapest_changes(game.with_thresholds(moved))
            assert bool(after.passes[number]) is is_enough
        n_done += 1
        if n_done == 20:
            break
    assert n_done == 20


def test_changes_read_as_sentences() -> None:
    """One toll: which level instead, who pays whom, who is reassured."""
    table = np.array([[0.0, 4.0, 9.0], [9.0, 4.0, -1.0], [3.0, 0.5, 3.0]])
    toll = Domain(
        "toll",
        ("toll",),
        (("low", "mid", "high"),),
        ("A", "B", "senate"),
        (table,),
        np.array([0.0, 0.0, 1.0]),
    )
    repairs = cheapest_changes(at_home(toll, ["A", "B"]))
    assert repairs.of(0) is None
    assert str(repairs.of(1)) == "reassure senate by 0.5 points"
    assert str(repairs.of(2)) == "A pays B 1 points"
    assert repairs.n_mended == 2
    stern = at_home(replace(toll, reservation_values=np.array([0.0, 0, 9])), ["A", "B"])
    assert str(cheapest_changes(stern).of(1)) == "reassure senate by 8.5 points"
    assert "2 packages fail" in str(repairs)
    eager = at_home(replace(toll, reservation_values=np.array([1.0, 0, 1])), ["A", "B"])
    assert str(cheapest_changes(eager).of(0)) == "B pays A 1 points"


def test_limits_are_stated() -> None:
    """Too many packages, and a package that is not there."""
    game = weighted_game(3)
    with pytest.raises(MethodError, match="fix the level of some issues"):
        cheapest_changes(game, max_packages=999)
    with pytest.raises(ModelError, match="there are 1000, numbered from 0"):
        cheapest_changes(game).of(1000)


def test_a_wrong_cost_is_noticed() -> None:
    """The check must reject what is not the cheapest."""
    repairs = cheapest_changes(weighted_game(2))
    wrong = replace(repairs, cost=repairs.cost + 1e-3)
    assert not wrong.check().is_verified
