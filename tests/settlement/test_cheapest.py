"""The cheapest change of every package, against plain loops over all changes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.domain import Domain
from backchannel.crisis.draws import draw_numbers
from backchannel.settlement.additive import unpack
from backchannel.settlement.cheapest import cheapest_changes, repair_literally
from backchannel.settlement.find import find_settlements
from backchannel.settlement.nominal import nominal_game, with_secret
from backchannel.settlement.openings import find_openings
from backchannel.settlement.two_level import TwoLevel, at_home, pass_literally
from tests.settlement.games import random_game, weighted_game
from tests.settlement.toys import hidden, risk_of, toy, veto


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


def leaky(game: TwoLevel, rng: np.random.Generator) -> TwoLevel:
    """The same game with two issues of which some levels may leak."""
    n_levels = game.domain.n_levels
    exposure = {
        name: tuple(rng.exponential(0.4, n) * (rng.random(n) < 0.6) for n in n_levels)
        for name in ("treaty", "letter")
    }
    return with_secret(game, exposure)


def test_time_is_saved_where_a_secret_is_all_that_stands_in_the_way() -> None:
    """Each package of 40 random games that may leak: same cost, to 1e-8."""
    n_sooner = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        game = leaky(random_game(rng), rng)
        if game.domain.n_packages > 120:
            continue
        repairs = cheapest_changes(game)
        for number, cost in enumerate(repairs.cost):
            literal = repair_literally(game, number)
            if math.isinf(literal):
                assert math.isinf(cost), (seed, number)
            else:
                assert cost == pytest.approx(literal, abs=1e-8), (seed, number)
            repair = repairs.of(number)
            if repair is not None and repair.kind == "lead_time":
                n_sooner += 1
                assert is_enough(game, number, repair.issue, repair.share - 1e-6)
                assert not is_enough(game, number, repair.issue, repair.share + 1e-3)
        assert repairs.check().is_verified
    assert n_sooner > 20


def is_enough(game: TwoLevel, number: int, issue: str, share: float) -> bool:
    """Whether a package passes when one issue takes a share of its time."""
    assert game.secret is not None
    row = game.actors.index(game.secret.actor)
    tables = [table.copy() for table in game.domain.utilities]
    for table, leaks in zip(tables, game.secret.exposure[issue], strict=True):
        table[row] += (1.0 - share) * leaks
    domain = replace(game.domain, utilities=tuple(tables))
    package = unpack(np.array([number]), game.domain.n_levels)
    return bool(pass_literally(replace(game, domain=domain), package)[0])


def test_time_saved_is_that_of_the_whole_model() -> None:
    """A house that refuses in public: the secret may take the same share of its time.

    Two routes: the nominal game, and the change that the whole model finds.
    """
    values = {
        "alpha": {"gate": {"open": 10}},
        "bravo": {"gate": {"open": 3}},
        "house": {"gate": {"open": -9}},
    }
    crisis = toy(
        issues=hidden(secret_for="400 h"),
        values=values,
        ratification={"vote": veto("house")},
    )
    draws = draw_numbers(crisis, 4, 1)
    found = find_settlements(crisis, draws=draws, risk=risk_of(crisis, 0.0, 4))
    row = next(
        r for r in range(found.n_packages) if "private" in found.packages.label(r)
    )
    (change,) = [c for c in found.change(row) if c.kind == "lead_time"]
    game = nominal_game(crisis, draws=draws, prob_war=0.0, may_leak=True)
    repairs = cheapest_changes(game)
    labels = game.domain.levels[0]
    repair = repairs.of(next(i for i, label in enumerate(labels) if "private" in label))
    assert repair is not None
    assert (repair.kind, repair.issue) == ("lead_time", "gate")
    assert repair.share == pytest.approx(change.amount, abs=1e-5)
    # Four know, at 0.001 an hour: half the chance is used up after 173 hours.
    assert repair.share == pytest.approx(math.log(2) / (4 * 0.001 * 400), abs=1e-9)
    assert all(opening.actor != "secrecy" for opening in find_openings(game))
