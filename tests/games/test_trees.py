"""Trees are flat arrays that say what was written, and refuse what cannot stand."""

from __future__ import annotations

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.games import End, audit, build_tree, unfold
from backchannel.games.crisis_signalling import CrisisSignalling, crisis_signalling_form
from backchannel.games.liars_dice import LiarsDice
from backchannel.games.poker import KuhnPoker, LeducPoker
from backchannel.games.rules import AbstractRules
from backchannel.games.sequence_form import plans_of, probabilities_of, sequence_form
from tests.games.trees import forgetful, horse, lottery, ultimatum


@pytest.mark.parametrize(
    ("rules", "n_leaves", "n_sets"),
    [
        (KuhnPoker(), 30, 6),
        (LeducPoker(), 5520, 468),
        (LiarsDice(), 147_420, 12_288),
    ],
)
def test_games_unfolded_from_rules_have_their_published_sizes(
    rules: AbstractRules, n_leaves: int, n_sets: int
) -> None:
    """Leaves and information sets are as many as other implementations count."""
    tree = unfold(rules)
    form = sequence_form(tree)
    assert len(tree.leaves) == n_leaves
    assert [len(sets) for sets in form.sets] == [n_sets, n_sets]


def test_a_tree_and_its_sequence_form_pay_the_same() -> None:
    """Expected payoffs of random play agree on the two routes."""
    rng = np.random.default_rng(3)
    for tree in (horse(), unfold(KuhnPoker()), unfold(CrisisSignalling(2, 3, 4))):
        play = random_play(tree, rng)
        form = sequence_form(tree)
        plans = plans_of(form, play)
        np.testing.assert_allclose(
            form.expected_payoffs(plans), audit(tree, play).payoffs, atol=1e-12
        )
        np.testing.assert_allclose(probabilities_of(tree, form, plans), play)


def random_play(tree, rng):  # type: ignore[no-untyped-def]
    """Every action with some probability."""
    raw = rng.random(tree.n_actions) + 0.01
    total = np.add.reduceat(raw, tree.first_action[:-1])[tree.set_of_action]
    return np.where(tree.player_of_action < 0, tree.chance, raw / total)


def test_the_crisis_game_is_the_same_with_and_without_a_tree() -> None:
    """The direct sequence form has the tree's payoffs against any plans."""
    rng = np.random.default_rng(4)
    game = CrisisSignalling(3, 2, 4)
    tree = unfold(game)
    assert tree.n_nodes == 1 + 3 * 2 * (2 + 5 * 4)
    slow, fast = sequence_form(tree), crisis_signalling_form(game)
    assert slow.n_sequences == fast.n_sequences
    plans = plans_of(slow, random_play(tree, rng))
    np.testing.assert_allclose(
        slow.expected_payoffs(plans), fast.expected_payoffs(plans), atol=1e-12
    )
    for player in (0, 1):
        np.testing.assert_allclose(
            slow.gradient(player, plans), fast.gradient(player, plans), atol=1e-12
        )


def test_chances_that_do_not_sum_to_one_are_refused() -> None:
    """A prior is a distribution, and the message says what its sum is."""
    with pytest.raises(ModelError, match=r"sum to 0\.9; they must sum to 1"):
        build_tree("g", ("a",), lottery((0.5, 0.4)))
    with pytest.raises(ModelError, match="from 0 to 1"):
        build_tree("g", ("a",), lottery((1.5, -0.5)))
    assert build_tree("g", ("a",), lottery((0.5, 0.5))).n_nodes == 3


def test_a_payoff_that_is_no_number_is_refused() -> None:
    """Neither NaN nor infinity is a payoff."""
    with pytest.raises(ModelError, match="payoff is nan; it must be a finite number"):
        build_tree("g", ("a",), End((float("nan"),)))


def test_a_player_who_forgets_is_refused_where_recall_is_needed() -> None:
    """The message names the set and the two ways that lead to it."""
    with pytest.raises(
        ModelError, match=r"'driver' forgets.*no move of its own.*Split"
    ):
        sequence_form(forgetful(), method="LemkeSequenceForm")


def test_an_audit_tells_an_empty_threat_from_an_equilibrium() -> None:
    """War if asked for 8 is a Nash equilibrium, and regretted where it is carried out.

    The trap of a plain Nash solver: its gap is zero, its off-path regret is 7.
    """
    tree = ultimatum()
    threat = np.array([0, 1, 0, 1, 1, 0], dtype=float)
    found = audit(tree, threat)
    assert found.nash_gap == 0
    assert found.regret == 7
    credible = audit(tree, np.array([1, 0, 1, 0, 1, 0], dtype=float))
    assert (credible.nash_gap, credible.regret) == (0, 0)
    assert audit(tree, np.array([0, 1, 1, 0, 1, 0], dtype=float)).nash_gap == 3


def test_small_mistakes_give_the_beliefs_that_bayes_gives() -> None:
    """Off the path the belief follows the fewest mistakes, equally likely."""
    tree = horse()
    # Both first players go on; the third hears from whichever erred first.
    play = np.array([1, 0, 1, 0, 1, 0], dtype=float)
    beliefs = audit(tree, play).beliefs
    third = np.flatnonzero(tree.node_set == 2)
    np.testing.assert_allclose(beliefs[third], [0.5, 0.5])
