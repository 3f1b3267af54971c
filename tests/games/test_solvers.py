"""Each solver finds what is known, says what it cannot know, and can be stopped."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.base.result import Status
from backchannel.games import (
    AllEquilibria,
    BackwardInduction,
    End,
    GameTree,
    LemkeSequenceForm,
    LogitTrace,
    Move,
    RegretMinimisation,
    Watch,
    build_tree,
    choose_method,
    parse_nfg,
    solve_game,
    tree_of,
    unfold,
    vertices,
)
from backchannel.games.backward_induction import first_choices
from backchannel.games.bimatrix import exact_pair, extreme_equilibria
from backchannel.games.certificate import action_values, audit, node_values
from backchannel.games.crisis_signalling import CrisisSignalling
from backchannel.games.near_optimal import near_optimal_interval
from backchannel.games.poker import KuhnPoker, LeducPoker
from backchannel.games.regret_minimisation import minimise_regret, nash_gap
from backchannel.games.sequence_form import sequence_form
from backchannel.games.strategic import StrategicForm
from backchannel.games.tree import CHANCE
from tests.games.trees import forgetful, horse, ultimatum

PENNIES = 'NFG 1 R "pennies" { "a" "b" } { 2 2 } 1 -1 -1 1 -1 1 1 -1'


def test_a_plain_nash_solver_returns_an_empty_threat_and_says_so() -> None:
    """Lemke's path ends at the war threat of the ultimatum; others see through it."""
    tree = ultimatum()
    plain = solve_game(tree, method=LemkeSequenceForm())
    assert plain.payoffs.tolist() == [5, 5]
    assert (plain.nash_gap, plain.regret) == (0, 7)
    assert not plain.best.is_credible
    for method in (BackwardInduction(), LogitTrace()):
        found = solve_game(tree, method=method)
        np.testing.assert_allclose(found.payoffs, [8, 2], atol=1e-4)
        assert found.best.is_credible


def test_all_equilibria_of_the_ultimatum_put_the_credible_one_first() -> None:
    """Four extreme equilibria, one of them without an empty threat."""
    found = solve_game(ultimatum(), method=AllEquilibria())
    assert [e.is_credible for e in found.equilibria] == [True, False, False, False]
    assert all(e.is_exact for e in found.equilibria)
    assert found.is_complete
    assert found.status is Status.EXACT


def test_backward_induction_follows_every_tie() -> None:
    """Indifferent at one node of two: two equilibria, and one where ties are cut."""
    tied = Move(1, "reply", ("l", "r"), (End((1, 0)), End((3, 0))))
    root = Move(0, "first", ("out", "in"), (End((2, 2)), tied))
    tree = build_tree("tie", ("a", "b"), root)
    both = solve_game(tree, method=BackwardInduction())
    assert sorted(e.audit.payoffs[0] for e in both.equilibria) == [2, 3]
    assert both.is_complete
    one = solve_game(tree, method=BackwardInduction(all_ties=False))
    assert len(one.equilibria) == 1
    assert not one.is_complete
    cut = solve_game(tree, method=BackwardInduction(max_equilibria=1))
    assert not cut.is_complete


def test_hidden_moves_and_forgetful_players_are_refused_by_name() -> None:
    """Each message says which method fits."""
    with pytest.raises(ModelError, match=r"needs perfect information.*LogitTrace"):
        solve_game(horse(), method=BackwardInduction())
    with pytest.raises(
        ModelError, match="needs 2 players, this game has 3; LogitTrace"
    ):
        solve_game(horse(), method=LemkeSequenceForm())
    for method in (LogitTrace(), RegretMinimisation(), LemkeSequenceForm()):
        with pytest.raises(ModelError, match=r"perfect recall|2 players"):
            solve_game(forgetful(), method=method)
    with pytest.raises(ModelError, match="perfect recall"):
        solve_game(forgetful())


def test_a_game_too_large_for_a_list_names_what_fits() -> None:
    """The number of strategies stands in the message."""
    tree = unfold(CrisisSignalling(4, 4, 4))
    with pytest.raises(ModelError, match=r"too many to list.*logit-trace"):
        solve_game(tree, method=AllEquilibria())


def test_settings_out_of_range_are_refused() -> None:
    """A method is checked when it is made."""
    with pytest.raises(MethodError, match="rule is 'cfr'"):
        RegretMinimisation(rule="cfr")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="must be positive"):
        LogitTrace(regret=0)
    with pytest.raises(MethodError, match="starts afresh"):
        solve_game(ultimatum(), method=BackwardInduction(), resume=3)
    with pytest.raises(MethodError, match="goes on from the state"):
        solve_game(ultimatum(), method=LogitTrace(), resume=3)


def test_the_choice_of_method_follows_kind_and_size() -> None:
    """Nothing is sampled or iterated where everything can be listed."""
    assert isinstance(choose_method(ultimatum()), BackwardInduction)
    assert isinstance(choose_method(tree_of(parse_nfg(PENNIES))), AllEquilibria)
    assert isinstance(choose_method(unfold(KuhnPoker())), LogitTrace)
    assert isinstance(
        choose_method(unfold(LeducPoker())), LogitTrace | RegretMinimisation
    )


def test_the_logit_path_is_a_quantal_response_everywhere() -> None:
    """At a stop, log odds are precision times differences of worth, node by node.

    The worths are those of the audit, which knows nothing of the path's equations.
    """
    tree = unfold(CrisisSignalling(2, 3, 2))
    for precision in (1.0, 20.0):
        play = solve_game(tree, method=LogitTrace(precision=precision)).probabilities
        worth = action_values(tree, audit(tree, play).beliefs, node_values(tree, play))
        odds = np.log(play)
        for s in np.flatnonzero(tree.set_player >= 0):
            here = tree.actions(s)
            np.testing.assert_allclose(
                odds[here] - odds[here][0],
                precision * (worth[here] - worth[here][0]),
                atol=1e-8,
            )


def test_the_logit_limit_is_sequential_where_other_tracers_stall() -> None:
    """On 154 and 353 nodes regret off the path is below 1e-6 of the range.

    Stalled traces of this game have been published with regrets of 0.187.
    """
    for size, pays in ((3, (0.6397, 0.2439)), (4, (0.5510, 0.2471))):
        found = solve_game(
            unfold(CrisisSignalling(size, size, size)), method=LogitTrace()
        )
        assert found.regret < 1e-6
        np.testing.assert_allclose(found.payoffs, pays, atol=1e-4)


def test_a_game_of_one_value_is_traced_at_once() -> None:
    """No payoff differs: play stays even and nothing is regretted."""
    same = build_tree("flat", ("a",), Move(0, "x", ("l", "r"), (End((1,)), End((1,)))))
    found = solve_game(same, method=LogitTrace())
    assert found.probabilities.tolist() == [0.5, 0.5]
    assert found.status is Status.CONVERGED


def test_learning_keeps_the_best_iterate_never_the_last() -> None:
    """In a general-sum game with random payoffs the gap goes up again after its low."""
    tree = unfold(CrisisSignalling(4, 4, 4))
    rng = np.random.default_rng(3)
    wild = replace(tree, payoffs=rng.random(tree.payoffs.shape), exact_payoffs=None)
    form = sequence_form(wild)
    method = RegretMinimisation(rule="cfr+", power=1, gap=1e-12, max_steps=20_000)
    learned = minimise_regret(form, method)
    assert learned.gap == learned.gaps[:, 1].min()
    again = nash_gap(form, learned.plans)
    assert again == pytest.approx(learned.gap, rel=1e-9)


def test_learning_stops_at_its_limit_and_goes_on_number_for_number() -> None:
    """300 iterations in one go and in two halves are the same bytes."""
    tree = unfold(KuhnPoker())
    whole = RegretMinimisation(gap=1e-15, max_steps=300, is_finished_exactly=False)
    half = replace(whole, max_steps=150)
    first = solve_game(tree, method=half)
    assert first.status is Status.TRUNCATED
    second = solve_game(tree, method=whole, resume=first.state)
    straight = solve_game(tree, method=whole)
    for a, b in zip(
        second.state.totals,
        straight.state.totals,
        strict=True,  # type: ignore[attr-defined]
    ):
        assert (a == b).all()


def test_learning_names_the_actions_and_linear_programmes_finish() -> None:
    """6,898 nodes, general sum: from a gap of 1e-6 to none, on the same actions."""
    tree = unfold(CrisisSignalling(11, 11, 11))
    found = solve_game(tree, method=RegretMinimisation(gap=1e-6))
    assert "finished on its support, proved in fractions" in found.note
    assert found.status is Status.EXACT
    assert found.nash_gap < 1e-12
    assert found.equilibria[1].audit.nash_gap > 1e-9
    assert found.check(tree).is_verified


def test_the_mean_gain_of_a_zero_sum_game_is_its_exploitability() -> None:
    """Stopped by the mean, both gains together are at most twice the goal."""
    tree = unfold(KuhnPoker())
    method = RegretMinimisation(gap=1e-3, is_mean_gap=True, is_finished_exactly=False)
    found = solve_game(tree, method=method)
    strict = solve_game(tree, method=replace(method, is_mean_gap=False))
    assert found.status is strict.status is Status.CONVERGED
    assert found.best.audit.gains.mean() <= 1e-3
    assert strict.best.audit.gains.max() <= 1e-3
    assert found.n_steps <= strict.n_steps
    assert found.certificate.is_verified


def test_a_time_limit_returns_what_was_found() -> None:
    """No time at all still gives a profile, an audit and the status truncated."""
    tree = unfold(LeducPoker())
    for method in (LogitTrace(), RegretMinimisation(), LemkeSequenceForm()):
        found = solve_game(tree, method=method, watch=Watch(limit_seconds=0.0))
        assert found.status is Status.TRUNCATED
        assert np.isfinite(found.nash_gap)


def test_three_players_learn_and_are_audited() -> None:
    """Every player is updated, whatever their number."""
    found = solve_game(horse(), method=RegretMinimisation(gap=1e-3))
    assert found.nash_gap < 1e-3


def test_an_answer_is_checked_against_its_game() -> None:
    """A changed profile and another game are not verified."""
    tree = unfold(KuhnPoker())
    found = solve_game(tree, method=LemkeSequenceForm())
    assert found.check(tree).is_verified
    assert not found.check(ultimatum()).is_verified
    spoilt = replace(
        found, equilibria=(replace(found.best, probabilities=tree.uniform()),)
    )
    assert not spoilt.check(tree).is_verified


def test_every_listed_equilibrium_is_one_and_degenerate_ones_are_found() -> None:
    """Integer games with many ties: fractions prove each, and a literal search agrees.

    Seed 11; nothing is random in the verdict.
    """
    rng = np.random.default_rng(11)
    for _ in range(12):
        payoffs = rng.integers(0, 3, size=(2, 3, 3))
        table = StrategicForm(
            "ties",
            ("a", "b"),
            (("1", "2", "3"),) * 2,
            payoffs.astype(float),
            np.vectorize(Fraction, otypes=[object])(payoffs),
        )
        pairs = [exact_pair(table, pair) for pair in extreme_equilibria(table)]
        assert None not in pairs
        assert len(set(pairs)) == len(pairs)
        assert pure_equilibria(payoffs) <= {
            (x.index(1), y.index(1))
            for x, y in pairs
            if 1 in x and 1 in y  # type: ignore[misc]
        }


def pure_equilibria(payoffs: npt.NDArray[np.int64]) -> set[tuple[int, int]]:
    """Cells that are best in their column and in their row."""
    first, second = payoffs
    best = (first == first.max(axis=0)) & (second == second.max(axis=1)[:, None])
    return {(int(i), int(j)) for i, j in np.argwhere(best)}


def test_both_ways_to_list_vertices_agree() -> None:
    """A walk along edges and the double description list the same vertices."""
    rng = np.random.default_rng(5)
    for _ in range(4):
        payoffs = rng.random((6, 6))
        one = vertices._by_description(payoffs)
        two = vertices._by_walking(payoffs + 1.0)
        assert two is not None
        assert sorted(one[1].tolist()) == sorted(two[1].tolist())
        order = np.argsort(one[1]), np.argsort(two[1])
        np.testing.assert_allclose(one[0][order[0]], two[0][order[1]], atol=1e-9)


def test_a_game_with_ties_is_left_to_the_double_description() -> None:
    """The walk notices that a vertex has too many labels and declines."""
    assert vertices._by_walking(np.ones((3, 3)) + np.eye(3)[:, [0, 0, 1]]) is None


def test_an_optimum_can_be_flat_in_the_chance_of_war() -> None:
    """The trap: nobody gives up a thousandth, and war's chance is still wide open."""
    tree = ultimatum_with_types(40)
    found = solve_game(tree, method=LogitTrace(regret=1e-7))
    war = np.array([tree.action_names[a] == "war" for a in tree.action_in[tree.leaves]])
    low, high = near_optimal_interval(tree, found.probabilities, war, slack=5e-4)
    tight = near_optimal_interval(tree, found.probabilities, war, slack=1e-7)
    assert high - low > 0.05
    assert tight[1] - tight[0] < high - low
    assert low <= tight[0] <= tight[1] <= high


def ultimatum_with_types(n: int) -> GameTree:
    """Demands and costs of war on a grid; the proposer's objective is flat on top."""
    demands = [(i + 0.5) / n for i in range(n)]

    def answer(demand: float, cost: float, name: str) -> Move:
        ends = (End((demand, 1 - demand)), End((0.1, 0.5 - cost)))
        return Move(1, name, ("accept", "war"), ends)

    after = tuple(
        Move(
            0,
            "demand",
            tuple(f"{d:.3f}" for d in demands),
            tuple(answer(d, (k + 0.5) / n, f"{d:.3f} {k}") for d in demands),
        )
        for k in range(n)
    )
    costs = tuple(f"cost {k}" for k in range(n))
    root = Move(CHANCE, "cost", costs, after, (1.0 / n,) * n)
    return build_tree("ultimatum", ("proposer", "answerer"), root)


def test_breadth_first_choices_agree_with_the_list_of_all() -> None:
    """The compiled pass takes the first of the equilibria that ties leave open."""
    tree = ultimatum()
    choice = first_choices(tree)
    assert choice[0] == tree.first_child[0]
    listed = solve_game(tree, method=BackwardInduction())
    assert tree.is_perfect_information
    taken = np.zeros(tree.n_actions)
    taken[tree.action_in[choice[choice >= 0]]] = 1
    assert (listed.probabilities == taken).all()
