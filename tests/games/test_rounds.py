"""Rounds of offers over packages: closed forms, the levels, and their traps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.crisis.load import load
from backchannel.games.bargaining import solve_setting
from backchannel.games.bargaining.chance_stages import (
    ExcitedIncidents,
    hazards_by_round,
)
from backchannel.games.bargaining.play_rounds import play_rounds
from backchannel.games.bargaining.rounds import RoundsGame, war_at_leaves
from backchannel.games.certificate import audit
from backchannel.games.gallery import solve_model
from backchannel.games.methods import RegretMinimisation
from backchannel.games.regret_minimisation import minimise_regret
from backchannel.games.rules import unfold
from backchannel.games.sequence_form import probabilities_of, sequence_form
from backchannel.games.solve import solve_game
from backchannel.games.tree import CHANCE
from backchannel.games.watch import Watch


def a_pie(
    n_first: int, n_second: int, n_packages: int, n_rounds: int, hazard: float = 0.3
) -> RoundsGame:
    """Shares of a pie for packages; each side's worth of war is its type."""
    shares = np.linspace(0.3, 0.8, n_packages)
    war = np.linspace(0.3, 0.45, n_first), np.linspace(0.1, 0.4, n_second)
    return RoundsGame(
        title="pie",
        players=("first", "second"),
        packages=tuple(f"share {x:.3g}" for x in shares),
        worth=(np.tile(shares, (n_first, 1)), np.tile(1 - shares, (n_second, 1))),
        war=war,
        no_deal=war,
        prob_types=np.full((n_first, n_second), 1 / (n_first * n_second)),
        settled=np.ones(n_packages),
        hazard=np.full(n_rounds, hazard),
        prob_war_at_end=1.0,
        offering=tuple(k % 2 for k in range(n_rounds)),
    )


def test_one_type_each_meets_the_bargaining_of_shares() -> None:
    """On 51 shares the first offer is that of the continuous game, to a step."""
    game = a_pie(1, 1, 51, 2)
    play = play_rounds(game)
    assert play.level == "L0"
    assert play.prob_war == 0.0
    offered = 0.3 + 0.01 * int(play.opening[0].argmax())
    # The second side takes all but 0.3 in the last round, or has 0.1 from war.
    assert offered == pytest.approx(1 - (0.3 * 0.1 + 0.7 * 0.7), abs=0.0101)


def test_one_round_meets_the_ultimatum_over_its_packages() -> None:
    """The best of the packages, refusals counted, by hand."""
    game = a_pie(1, 5, 10, 1)
    play = play_rounds(game)
    shares, limits = game.worth[0][0], 1 - game.war[1]
    taken = (shares[:, None] <= limits + 1e-12).mean(axis=1)
    worth = taken * shares + (1 - taken) * game.war[0][0]
    assert play.opening[0].argmax() == worth.argmax()
    assert play.payoffs[0] == pytest.approx(worth.max(), abs=1e-6)
    assert play.prob_war == pytest.approx(1 - taken[worth.argmax()], abs=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_no_rounds_beat_the_mediator(seed: int) -> None:
    """On random games, by six seeds, the bound of the programme lies below."""
    rng = np.random.default_rng(seed)
    game = a_pie(2, 2, 3, 2, hazard=float(rng.uniform(0, 0.5)))
    game = replace(
        game,
        worth=(rng.uniform(0, 1, (2, 3)), rng.uniform(0, 1, (2, 3))),
        settled=rng.uniform(0.3, 1, 3),
        prob_war_at_end=float(rng.uniform(0.2, 1)),
    )
    play = play_rounds(game)
    assert play.mediated.prob_war <= play.prob_war + 1e-9
    assert play.mediated.gap < 1e-9
    assert play.certificate.is_verified
    assert play.check(game).is_verified


def test_the_answer_of_another_game_does_not_stand_its_check() -> None:
    """One package is worth more: the audit says so."""
    game = a_pie(2, 2, 3, 1)
    play = play_rounds(game)
    assert play.check(game).is_verified
    other = replace(game, worth=(game.worth[0] + 0.1, game.worth[1]))
    assert not play.check(other).is_verified


def test_all_war_is_a_nash_equilibrium_of_rounds_and_is_not_the_answer() -> None:
    """Ask for everything, refuse everything: no plan gains, and each refusal errs."""
    game = a_pie(2, 2, 3, 2)
    game = replace(game, worth=(game.worth[0], game.worth[1].copy()))
    tree = unfold(game)
    stubborn = np.zeros(tree.n_actions)
    for s in range(tree.n_sets):
        places = tree.actions(s)
        names = tree.action_names[places]
        last = "refuse" if "refuse" in names else "wait"
        if tree.set_player[s] == CHANCE:
            stubborn[places] = tree.chance[places]
        else:
            stubborn[places] = [name == last for name in names]
    found = audit(tree, stubborn, None)
    assert found.nash_gap == pytest.approx(0.0, abs=1e-12)
    assert found.regret > 0.1
    play = play_rounds(game)
    assert play.prob_war < 0.9
    assert play.regret < 1e-5


def test_the_best_certified_iterate_is_kept_though_the_gap_rises_again() -> None:
    """Learning in a general-sum game gets worse after its best; the last is not it."""
    form = sequence_form(unfold(a_pie(4, 4, 5, 2)))
    method = RegretMinimisation(gap=1e-9, max_steps=100, is_finished_exactly=False)
    learned = minimise_regret(form, method)
    gaps = learned.gaps[:, 1]
    best = int(gaps.argmin())
    assert best < len(gaps) - 1
    assert gaps[best:].max() > 5 * gaps[best]
    assert learned.gap == gaps[best]
    assert learned.step == learned.gaps[best, 0]
    tree = unfold(a_pie(4, 4, 5, 2))
    profile = probabilities_of(tree, form, learned.plans)
    assert audit(tree, profile, None).nash_gap == pytest.approx(learned.gap, abs=1e-12)


def test_learned_play_is_only_an_audit() -> None:
    """A gap of 1e-4 leaves empty threats, and P(war) far from the sequential one."""
    game = a_pie(4, 4, 5, 2)
    learned = play_rounds(game)
    assert learned.level == "L4"
    assert learned.nash_gap < 1e-4
    assert learned.regret > 0.1
    assert learned.status == "truncated"
    low, high = learned.prob_war_range
    assert low < learned.prob_war < high
    assert learned.prob_war_by_gap[0] != learned.prob_war_by_gap[1]


def test_learning_goes_on_where_it_was_stopped() -> None:
    """Twice 40 iterations are 80, number for number."""
    tree = unfold(a_pie(3, 3, 3, 2))
    half = RegretMinimisation(gap=1e-12, max_steps=40, is_finished_exactly=False)
    whole = replace(half, max_steps=80)
    first = solve_game(tree, method=half)
    resumed = solve_game(tree, method=whole, resume=first.state)
    straight = solve_game(tree, method=whole)
    for ours, theirs in zip(resumed.state.totals, straight.state.totals, strict=True):  # type: ignore[attr-defined]
        assert (ours == theirs).all()


def test_a_limit_of_time_leaves_the_best_so_far() -> None:
    """No time at all: the answer is there, its gap is printed, its status is honest."""
    play = play_rounds(a_pie(5, 5, 5, 2), watch=Watch(limit_seconds=0.0))
    assert play.status == "truncated"
    assert not play.certificate.is_verified


def test_the_chance_of_war_adds_up_over_the_ends() -> None:
    """Wait throughout: the hazards of all rounds, then certain war."""
    game = replace(a_pie(1, 1, 2, 3), prob_war_at_end=0.5)
    war = war_at_leaves(game)
    assert war.min() == 0.0
    assert war.max() == pytest.approx(1 - 0.7**3 * 0.5)


def test_incidents_that_excite_each_other_raise_the_hazard_round_by_round() -> None:
    """Without a jump each round is alike; with one later rounds are worse."""
    calm = hazards_by_round(ExcitedIncidents(0.3, 0.0, 1.0, 0.2), 0.5, 6)
    hot = hazards_by_round(ExcitedIncidents(0.3, 0.6, 1.0, 0.2), 0.5, 6)
    assert calm == pytest.approx([-np.expm1(-0.03)] * 6)
    assert (np.diff(hot) > 0).all()
    assert (hot[1:] > calm[1:]).all()


def test_the_split_does_not_depend_on_the_path_of_excited_hazards() -> None:
    """Hawkes or Poisson: without impatience the split is that of Nash, to a round."""
    for inputs in ({}, {"alpha": 0.0}):
        found = solve_model("hawkes_offers", inputs)
        middle = sum(found.values()) / 2
        assert middle == pytest.approx(0.45, abs=2e-3)


def test_a_coming_deadline_of_incidents_changes_the_rounds() -> None:
    """The same packages with a hazard from incidents, in the file's own words."""
    crisis = load("gallery/counter_offers")
    risky = solve_setting(crisis, {"hazard": 0.9})
    safe = solve_setting(crisis, {"hazard": 0.0})
    assert risky.answers["least_war"] == safe.answers["least_war"] == 0.0
    assert risky.certificate.is_verified
    assert safe.certificate.is_verified


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"prior1": [0.5, 0.6]}, "which sum to 1"),
        ({"costs1": "x"}, "cannot be worked out"),
        ({"hazard": 1.5}, "must lie in"),
        ({"rounds": 40}, "from 1 to 12"),
        ({"rounds": 12}, "take fewer rounds"),
    ],
)
def test_rounds_out_of_range_are_refused(
    inputs: dict[str, object], message: str
) -> None:
    """The message names the place and what would be right."""
    with pytest.raises(ModelError, match=message):
        solve_model("counter_offers", inputs)
