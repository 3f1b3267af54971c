"""What an answer promises is what it holds: nothing missed, nothing oversold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from backchannel.base.result import Status
from backchannel.games import (
    CHANCE,
    AllEquilibria,
    End,
    GameTree,
    LemkeSequenceForm,
    LogitTrace,
    Move,
    RegretMinimisation,
    StrategicForm,
    Watch,
    build_tree,
    solve_game,
    unfold,
)
from backchannel.games.beliefs import belief_intervals
from backchannel.games.bimatrix import exact_pair, extreme_equilibria
from backchannel.games.exact_enumeration import (
    extreme_equilibria_exactly,
    is_told_apart,
)
from backchannel.games.exact_proof import prove_exactly, solve_sparsely
from backchannel.games.poker import KuhnPoker
from backchannel.games.sequence_form import sequence_form
from tests.games.trees import ultimatum

HALF = (Fraction(1, 2), Fraction(1, 2))


def table(first: list[list[object]], second: list[list[object]]) -> StrategicForm:
    """Two players with exact payoffs."""
    exact = np.array([first, second], dtype=object)
    exact = np.vectorize(Fraction, otypes=[object])(exact)
    names = tuple(tuple(map(str, range(n))) for n in exact.shape[1:])
    return StrategicForm("t", ("a", "b"), names, exact.astype(float), exact)


@pytest.mark.parametrize("rule", ["cfr+", "predictive", "discounted"])
def test_learning_that_stops_short_is_not_verified(rule: str) -> None:
    """Five steps do not reach the gap: the status, the note and the verdict say so."""
    tree = unfold(KuhnPoker())
    method = RegretMinimisation(rule=rule, gap=1e-9, max_steps=5)  # type: ignore[arg-type]
    method = replace(method, is_finished_exactly=False)
    found = solve_game(tree, method=method)
    assert found.status is Status.TRUNCATED
    assert found.certificate.bound < 1e-7 < found.certificate.value
    assert not found.certificate.is_verified
    assert not found.check(tree).is_verified
    assert "NOT verified" in str(found)
    assert "the gap of 1.0e-09 was not reached" in str(found)
    stopped = solve_game(tree, method=method, watch=Watch(limit_seconds=0.0))
    assert "time is up" in stopped.note


def test_a_rounded_equilibrium_leads_to_its_fractions() -> None:
    """Kuhn poker: plans in eighteenths and the like, and the value -1/18 exactly."""
    tree = unfold(KuhnPoker())
    found = solve_game(tree, method=LemkeSequenceForm())
    exact = prove_exactly(tree, found.probabilities)
    assert exact is not None
    form = sequence_form(tree)
    value = sum(
        Fraction(chance).limit_denominator(100)
        * Fraction(pay)
        * exact[0][i]
        * exact[1][j]
        for chance, pay, i, j in zip(
            form.leaf_chance, form.payoffs[0], *form.leaf_sequences, strict=True
        )
    )
    assert value == Fraction(-1, 18)


def test_what_is_no_equilibrium_has_no_proof() -> None:
    """A profile that somebody would leave is not proved, however little it misses."""
    tree = unfold(KuhnPoker())
    assert prove_exactly(tree, tree.uniform()) is None
    near = solve_game(tree, method=RegretMinimisation(gap=1e-3)).equilibria[-1]
    assert near.audit.nash_gap > 1e-6
    assert prove_exactly(tree, near.probabilities) is None


def test_sparse_equations_are_solved_or_refused() -> None:
    """One solution, one of many (the guess stands where all is open), and none."""
    one, two = Fraction(1), Fraction(2)
    rows = [{0: one, 1: one, -1: Fraction(3)}, {0: one, 1: -one, -1: one}]
    assert solve_sparsely(rows, 2, [Fraction(0)] * 2) == (2, 1)
    open_ = solve_sparsely([{0: two, 1: one, -1: Fraction(4)}], 3, [one, one, one])
    assert open_ is not None
    assert 2 * open_[0] + open_[1] == 4
    assert open_[2] == 1
    assert solve_sparsely([*rows, {0: one, -1: one}], 2, [one, one]) is None


def test_noisy_play_is_certified_as_noisy() -> None:
    """At a precision the claim is the logit rule, which best play does not obey."""
    tree = ultimatum()
    found = solve_game(tree, method=LogitTrace(precision=0.3))
    assert found.status is Status.CONVERGED
    assert "quantal response" in str(found)
    assert found.check(tree).is_verified
    assert found.nash_gap > 0.1
    best = solve_game(tree, method=LogitTrace())
    wrong = replace(found, equilibria=best.equilibria)
    assert not wrong.check(tree).is_verified
    short = solve_game(tree, method=LogitTrace(precision=50, max_steps=2))
    assert short.status is Status.TRUNCATED
    assert not short.certificate.is_verified


def test_one_behaviour_is_listed_once() -> None:
    """Pennies after a coin: five mixed strategies of the table mean the same play."""

    def pennies(name: str) -> Move:
        def reply(mine: int) -> Move:
            ends = tuple(End((1, -1) if mine == i else (-1, 1)) for i in (0, 1))
            return Move(1, f"guess {name}", ("h", "t"), ends)

        return Move(0, f"hide {name}", ("h", "t"), (reply(0), reply(1)))

    root = Move(CHANCE, "coin", ("x", "y"), (pennies("x"), pennies("y")), HALF)
    found = solve_game(
        build_tree("pennies twice", ("a", "b"), root), method=AllEquilibria()
    )
    assert len(found.equilibria) == 1
    assert found.is_complete
    assert found.probabilities.tolist() == [0.5] * 10
    assert "4 as mixed strategies of the table" in found.note


def test_payoffs_far_apart_are_listed_without_rounding() -> None:
    """Beside 10^19 a payoff of 1 is no rounding error."""
    large = 10**19
    game = table([[large, 1], [0, 2]], [[0, 1], [1, 0]])
    assert not is_told_apart(game)
    assert None in {exact_pair(game, pair) for pair in extreme_equilibria(game)}
    found = solve_game(game, method=AllEquilibria())
    assert found.is_complete
    assert found.status is Status.EXACT
    assert len(found.equilibria) == 1
    assert found.probabilities[2] == pytest.approx(float(Fraction(1, large + 1)))


def test_nearly_equal_payoffs_are_told_apart() -> None:
    """A difference of 10^-12 decides; in floats it would count as a tie."""
    near = Fraction(1, 10**12)
    game = table([[1 + near, 0], [1, 0]], [[1, 0], [1, 0]])
    assert not is_told_apart(game)
    found = solve_game(game, method=AllEquilibria())
    assert len(found.equilibria) == 1
    assert found.probabilities.tolist() == [1, 0, 1, 0]
    same = replace(game, exact_payoffs=None)
    assert is_told_apart(same)
    assert extreme_equilibria_exactly(same) is None


def test_a_long_list_that_fractions_cannot_confirm_is_not_called_complete() -> None:
    """Too many supports to search: what floats found is listed as maybe not all."""
    n = 9
    first = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    first[0][0] += Fraction(1, 10**12)
    game = table(first, [[Fraction(j == 0) for j in range(n)]] * n)
    assert extreme_equilibria_exactly(game) is None
    found = solve_game(game, method=AllEquilibria(max_profiles=1000))
    assert not found.is_complete
    assert "maybe more" in str(found)


def asked_in_the_dark() -> GameTree:
    """A card nobody has seen: one in four is the ace. The first may ask the second."""

    def under(is_ace: bool) -> Move:
        ends = (End((-1, 1) if is_ace else (0, 0)), End((0, 0) if is_ace else (-1, 1)))
        guess = Move(1, "asked", ("ace", "other"), ends)
        return Move(0, "in the dark", ("stop", "ask"), (End((0, 0)), guess))

    fit = (Fraction(1, 4), Fraction(3, 4))
    root = Move(CHANCE, "card", ("ace", "other"), (under(True), under(False)), fit)
    return build_tree("ace", ("a", "b"), root)


def test_nobody_signals_what_he_does_not_know() -> None:
    """After a mistake by a player without knowledge the odds of the card stand."""
    tree = asked_in_the_dark()
    other = np.array([0.25, 0.75, 1, 0, 0, 1])
    (interval,) = belief_intervals(tree, other)
    assert interval.is_credible
    assert interval.low.tolist() == interval.high.tolist() == [0.25, 0.75]
    ace = np.array([0.25, 0.75, 1, 0, 1, 0])
    (refused,) = belief_intervals(tree, ace)
    assert not refused.is_credible
    found = solve_game(tree, method=AllEquilibria())
    assert [e.is_credible for e in found.equilibria] == [True, False]


def test_beliefs_about_a_mistake_by_one_who_knows_are_an_interval() -> None:
    """Told the card, the first may err with either: up to one half is the ace."""

    def told(is_ace: bool) -> Move:
        ends = (End((-1, 1) if is_ace else (0, 0)), End((0, 0) if is_ace else (-1, 1)))
        guess = Move(1, "asked", ("ace", "other"), ends)
        return Move(0, f"knows {is_ace}", ("stop", "ask"), (End((0, 0)), guess))

    root = Move(CHANCE, "card", ("ace", "other"), (told(True), told(False)), HALF)
    tree = build_tree("ace", ("a", "b"), root)
    other = np.array([0.5, 0.5, 1, 0, 1, 0, 0, 1])
    (interval,) = belief_intervals(tree, other)
    np.testing.assert_allclose(interval.low, [0, 0.5], atol=1e-8)
    np.testing.assert_allclose(interval.high, [0.5, 1], atol=1e-8)
