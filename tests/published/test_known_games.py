"""Published equilibria of game files: every row of known_answers.csv has its check."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from backchannel.base.errors import ModelError
from backchannel.games import (
    AllEquilibria,
    BackwardInduction,
    CorrelatedEquilibrium,
    End,
    GameAnswer,
    GameTree,
    LemkeSequenceForm,
    LogitTrace,
    Move,
    RegretMinimisation,
    audit,
    build_tree,
    read_game,
    solve_game,
)
from backchannel.games.bimatrix import exact_pair, extreme_equilibria
from backchannel.games.correlated import correlate, disobedience
from backchannel.games.efg import read_efg
from backchannel.games.exact_enumeration import extreme_equilibria_exactly
from backchannel.games.exact_finish import constraints
from backchannel.games.nfg import read_nfg
from backchannel.games.reduced import ReducedForm, reduced_form
from backchannel.games.sequence_form import sequence_form
from backchannel.games.strategic import tree_of
from backchannel.games.tree import CHANCE, FloatArray
from backchannel.games.vertices import labelled_vertices
from tests.games.trees import EQUILIBRIUM, NOT_HERE

pytestmark = pytest.mark.skipif(not EQUILIBRIUM.is_dir(), reason=NOT_HERE)

Check = Callable[[str, str], None]
CHECKS: dict[tuple[str, str], Check] = {}


def published(*rows: tuple[str, str]) -> Callable[[Check], Check]:
    """Name the rows (file without folder, concept) that a check is for."""

    def keep(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(rows, check))
        return check

    return keep


def rows_held() -> list[dict[str, str]]:
    """Every published answer; none where the files are not here."""
    path = EQUILIBRIUM / "known_answers.csv"
    if not path.is_file():
        return []
    with path.open() as held:
        return list(csv.DictReader(held))


@pytest.mark.parametrize(
    "row", rows_held(), ids=lambda row: f"{row['file'].split('/')[-1]}-{row['concept']}"
)
def test_every_published_answer_is_met(row: dict[str, str]) -> None:
    """A row that nobody checks fails by its absence from the list."""
    CHECKS[row["file"].split("/")[-1], row["concept"]](row["file"], row["expected"])


@cache
def game(file: str) -> GameTree:
    """One game of the collection."""
    return read_game(EQUILIBRIUM / file)


@cache
def all_of(file: str) -> GameAnswer:
    """Every equilibrium of one file."""
    return solve_game(game(file), method=AllEquilibria())


def play_of(tree: GameTree, **choices: tuple[float, ...]) -> FloatArray:
    """A profile by the players' own sets in their order, player by player."""
    found = tree.chance.copy()
    for player, given in enumerate(choices.values()):
        own = np.flatnonzero(tree.player_of_action == player)
        found[own] = given
    return found


def is_among(answer: GameAnswer, profile: FloatArray) -> bool:
    """Whether a profile is one of those found, off the path too."""
    return any(
        np.abs(e.probabilities - profile).max() < 1e-9 for e in answer.equilibria
    )


def payoffs_of(answer: GameAnswer) -> set[tuple[float, ...]]:
    """What the equilibria found pay, to nine digits."""
    return {tuple(np.round(e.audit.payoffs, 9).tolist()) for e in answer.equilibria}


@published(
    ("kuhn_poker.efg", "value"),
    ("kuhn_poker_with_raise.efg", "value"),
    ("guess_the_ace.efg", "value"),
    ("stripped_down_poker.efg", "value"),
    ("oneill.nfg", "value"),
    ("zerosum_efg_from_sequence_form_STOC94_paper.efg", "value"),
    ("fig10.1.efg", "value"),
)
def value_by_pivoting(file: str, expected: str) -> None:
    """The first player's value, and the second's where it is given too."""
    wanted = [float(Fraction(part)) for part in re.findall(r"-?\d+(?:/\d+)?", expected)]
    found = solve_game(game(file), method=LemkeSequenceForm())
    assert found.payoffs[: len(wanted)] == pytest.approx(wanted, abs=1e-9)
    assert found.certificate.is_verified
    if "mix 1/5" in expected or file.endswith("oneill.nfg"):
        for own in (found.probabilities[:4], found.probabilities[4:]):
            assert sorted(own) == pytest.approx([0.2, 0.2, 0.2, 0.4])


@published(("leduc_poker.efg", "value"))
def value_of_leduc(file: str, expected: str) -> None:
    """Learning comes as near as its gap says; one linear programme gives ten digits."""
    tree = game(file)
    learned = solve_game(tree, method=RegretMinimisation(rule="cfr+", gap=1e-3))
    assert abs(learned.payoffs[0] - float(expected)) < learned.nash_gap < 1e-3
    form = sequence_form(tree)
    own, other = (
        constraints(sets, n)
        for sets, n in zip(form.sets, form.n_sequences, strict=True)
    )
    # The first player's plan x, and v that bounds what each set leaves to the second.
    n, n_sets = own.shape[1], other.shape[0]
    solved = linprog(
        np.concatenate([np.zeros(n), [-1.0], np.zeros(n_sets - 1)]),
        A_ub=hstack([-form.matrix(0).T, other.T]).tocsr(),
        b_ub=np.zeros(other.shape[1]),
        A_eq=hstack([own, csr_array((own.shape[0], n_sets))]).tocsr(),
        b_eq=np.concatenate([[1.0], np.zeros(own.shape[0] - 1)]),
        bounds=[(0, None)] * n + [(None, None)] * n_sets,
        method="highs",
    )
    assert -solved.fun == pytest.approx(float(expected), abs=1e-10)


@published(("guess_the_ace.efg", "sequential_eq"))
def ace_is_not_guessed(file: str, expected: str) -> None:
    """To guess the ace is an equilibrium, but regretted; the other guess is not.

    In the file the first player knows the card; in the paper nobody does, and then no
    other answer is credible.
    """
    assert "Other w.p. 1" in expected
    tree = game(file)
    other = play_of(tree, a=(1, 0, 1, 0), b=(0, 1))
    ace = play_of(tree, a=(1, 0, 1, 0), b=(1, 0))
    assert audit(tree, other).regret == audit(tree, other).nash_gap == 0
    assert audit(tree, ace).nash_gap == 0
    assert audit(tree, ace).regret == pytest.approx(1000 * 50 / 52)
    fit = (Fraction(1, 52), Fraction(51, 52))

    def under(top: int) -> Move:
        ends = tuple(End((-1000, 1000) if i == top else (0, 0)) for i in (0, 1))
        guess = Move(1, "asked", ("ace", "other"), ends)
        return Move(0, "nobody knows", ("stop", "ask"), (End((0, 0)), guess))

    root = Move(CHANCE, "card", ("ace", "other"), (under(0), under(1)), fit)
    blind = solve_game(build_tree("ace", ("a", "b"), root), method=AllEquilibria())
    credible = [e for e in blind.equilibria if e.is_credible]
    assert len(credible) == 1
    assert credible[0].probabilities[-1] == 1.0
    assert len(blind.equilibria) > 1


@published(("signaling_vonstengel_forges_2008.efg", "nash_payoffs"))
def only_one_pair_of_payoffs(file: str, expected: str) -> None:
    """Every equilibrium pays the same."""
    assert expected == "(0 6)"
    assert payoffs_of(all_of(file)) == {(0, 6)}


def strategies_with(reduced: ReducedForm, player: int, *names: str) -> list[int]:
    """Numbers of a player's reduced strategies that allow all the actions named."""
    actions = reduced.form.sequence_action
    assert actions is not None
    held = [reduced.tree.action_names[a] if a >= 0 else "" for a in actions[player]]
    columns = [held.index(name) for name in names]
    return np.flatnonzero(reduced.plans[player][:, columns].all(axis=1)).tolist()


def lottery(
    reduced: ReducedForm, *draws: tuple[tuple[str, ...], tuple[str, ...]]
) -> np.ndarray:
    """(n, 2), the strategies that the named actions of both players single out."""
    rows = []
    for first, second in draws:
        one = strategies_with(reduced, 0, *first)
        two = strategies_with(reduced, 1, *second)
        rows.append((one[0], two[0]))
    return np.array(rows, dtype=np.int32)


@published(("signaling_vonstengel_forges_2008.efg", "efce_payoff"))
def mediator_gets_more(file: str, expected: str) -> None:
    """Four signals that tell nothing false, a quarter each, and nobody disobeys."""
    assert expected == "(7/2 13/2)"
    tree = game(file)
    reduced = reduced_form(tree)
    drawn = lottery(
        reduced,
        (("X_G", "X_B"), ("l_X", "r_Y")),
        (("X_G", "Y_B"), ("l_X", "r_Y")),
        (("Y_G", "X_B"), ("r_X", "l_Y")),
        (("Y_G", "Y_B"), ("r_X", "l_Y")),
    )
    chances = np.full(4, 0.25)
    pays = reduced.game.payoffs[:, drawn[:, 0], drawn[:, 1]] @ chances
    assert pays.tolist() == [3.5, 6.5]
    assert disobedience(reduced, drawn, chances).max() <= 1e-12
    best = correlate(tree)
    assert best.payoffs.sum() == pytest.approx(10)
    assert best.check(tree).is_verified
    selfish = correlate(tree, CorrelatedEquilibrium(weights=(1.0, 0.0)))
    assert selfish.payoffs[0] >= 3.5 - 1e-9


def by_sets(tree: GameTree) -> GameTree:
    """The agent form: every information set its own player, with the old payoffs."""
    owners = tree.set_player
    return replace(
        tree,
        players=tuple(f"set {s}" for s in range(tree.n_sets)),
        set_player=np.arange(tree.n_sets, dtype=np.int32),
        payoffs=tree.payoffs[owners],
        exact_payoffs=None,
        exact_chance=None,
    )


def disobedience_of_sets(tree: GameTree, *draws: tuple[str, ...]) -> np.ndarray:
    """What one set gains alone by disobeying; all draws equally likely."""
    reduced = reduced_form(by_sets(tree))
    rows = []
    for names in draws:
        row = []
        for s in range(tree.n_sets):
            here = tree.action_names[tree.actions(s)]
            taken = [name for name in here if name in names]
            row.append(strategies_with(reduced, s, taken[0])[0])
        rows.append(row)
    chances = np.full(len(draws), 1 / len(draws))
    return disobedience(reduced, np.array(rows, dtype=np.int32), chances)


@published(("greenwald_sarfati_example1.efg", "AFCE_not_EFCE"))
def advice_to_sets_not_to_players(file: str, expected: str) -> None:
    """Nobody disobeys at one set alone; a player who plans ahead does."""
    assert "EFCEDist>0" in expected
    tree = game(file)
    alone = disobedience_of_sets(tree, ("L", "A", "l1", "l2"), ("L", "B", "l1", "r2"))
    assert alone.max() <= 1e-12
    reduced = reduced_form(tree)
    drawn = lottery(reduced, (("L", "l1"), ("A",)), (("L", "l1"), ("B",)))
    gains = disobedience(reduced, drawn, np.full(2, 0.5))
    # R and then r2 whatever is advised there: 3 in place of 2.
    assert gains.tolist() == [1, 0]


@published(("greenwald_sarfati_example2.efg", "EFCE_not_CE"))
def advice_move_by_move_not_all_at_once(file: str, expected: str) -> None:
    """Told everything at the start, the first player learns too much."""
    assert "EFCEDist=0, CEDist(normal form)>0" in expected
    reduced = reduced_form(game(file))
    drawn = lottery(
        reduced,
        (("L", "l1"), ("A",)),
        (("L", "l1"), ("B",)),
        (("L", "r1"), ("B",)),
    )
    chances = np.array([0.5, 0.25, 0.25])
    assert disobedience(reduced, drawn, chances).max() <= 1e-12
    at_once = reduced_form(tree_of(reduced.game))
    assert disobedience(at_once, drawn, chances)[0] == pytest.approx(0.25)


@published(("fig1.efg", "unique_NE"), ("stripped_down_poker.efg", "unique_NE"))
def bluff_one_hand_in_three(file: str, expected: str) -> None:
    """The only equilibrium, by name of the action."""
    assert "bet low 1/3; P2 meet 2/3" in expected
    answer = all_of(file)
    assert len(answer.equilibria) == 1
    assert answer.is_complete
    own = sorted(answer.probabilities[game(file).player_of_action == 0].tolist())
    assert own == pytest.approx([0, 1 / 3, 2 / 3, 1])
    other = sorted(answer.probabilities[game(file).player_of_action == 1].tolist())
    assert other == pytest.approx([1 / 3, 2 / 3])
    assert answer.payoffs[0] == pytest.approx(1 / 3)


@published(
    ("chance_in_middle.efg", "behavior_NE"),
    ("2_player_chance.efg", "behavior_NE"),
    ("entry_accommodation.efg", "behavior_NE"),
    ("2_player_non_zero_sum.efg", "behavior_NE"),
    ("large_payoff_game.efg", "behavior_NE"),
)
def behaviour_is_found(file: str, expected: str) -> None:
    """The stated chances, set by set, are those of one of the equilibria listed."""
    found = all_of(file)
    assert found.is_complete
    assert all(e.is_exact for e in found.equilibria)
    wanted = [chances(part) for part in expected.split(";")]
    tree = game(file)
    own = [np.flatnonzero(tree.player_of_action == player) for player in (0, 1)]
    assert any(
        all(
            np.allclose(e.probabilities[own[player]], wanted[player], atol=1e-25)
            or np.abs(e.probabilities[own[player]] - wanted[player]).max() < 1e-12
            for player in (0, 1)
        )
        for e in found.equilibria
    )
    assert found.status == "exact"


def chances(text: str) -> list[float]:
    """Numbers in brackets, such as (1/3 2/3)(1-1e-19 1e-19), one after the other."""
    found = []
    for part in re.findall(r"\(([^)]*)\)", text):
        for word in part.split():
            first, *less = re.split(r"(?<=\d)-(?=\d+e)", word)
            value = Fraction(first) - sum(Fraction(w) for w in less)
            found.append(float(value))
    return found


@published(("const_sum_game.nfg", "logit_qre"))
def quantal_responses_are_met(file: str, expected: str) -> None:
    """At precisions 1, 2 and 3, to the three digits stated."""
    for part in expected.split(";"):
        precision, listed = part.split(":")
        method = LogitTrace(precision=float(precision.split()[-1]))
        found = solve_game(game(file), method=method)
        assert found.probabilities == pytest.approx(chances(listed), abs=1e-3)
        assert found.check(game(file)).is_verified


@published(
    ("2x2x2_nfg_from_local_max_cut_2_pure_1_mixed_eq.nfg", "n_NE"),
    ("mixed_behavior_game.efg", "n_NE"),
    ("6x6_game_with_75_eq.nfg", "n_NE"),
    ("6x6_game_with_75_eq_small_payoffs.nfg", "n_NE"),
    ("sec3.nfg", "n_NE"),
    ("fig10.5.efg", "n_NE"),
)
def as_many_as_published(file: str, expected: str) -> None:
    """Neither one too few nor one twice; each audited."""
    found = all_of(file)
    assert len(found.equilibria) == int(expected)
    assert found.is_complete
    assert all(
        e.audit.nash_gap < 1e-6 * (1 + abs(e.audit.payoffs).max())
        for e in found.equilibria
    )
    if "mixed_behavior_game" in file:
        inside = [e for e in found.equilibria if (e.probabilities > 1e-6).all()]
        assert len(inside) == 2


@published(("sec4.nfg", "unique_NE_irrational"))
def irrational_numbers_are_met(file: str, expected: str) -> None:
    """Nau, Gomez Canovas and Hansen (2004), section 4: eight digits."""
    found = all_of(file)
    assert len(found.equilibria) == 1
    wanted = chances(expected.split(";")[0])
    np.testing.assert_allclose(found.probabilities, wanted, atol=1e-8)


@published(("sec5.nfg", "pure_NE"))
def a_continuum_is_admitted(file: str, expected: str) -> None:
    """Section 5: the three pure ones are listed; of the rest it says maybe more."""
    found = all_of(file)
    assert not found.is_complete
    tree = game(file)
    pure = [e for e in found.equilibria if np.isin(e.probabilities, (0, 1)).all()]
    names = {
        " ".join(
            tree.action_names[a][0]
            for a in np.flatnonzero(e.probabilities * (tree.player_of_action >= 0))
        )
        for e in pure
    }
    assert len(names) == 3
    for part in re.findall(r"\(([^)]*)\)", expected):
        assert part in names
    mixed = [e for e in found.equilibria if (e.probabilities > 1e-6).all()]
    assert mixed
    assert max(e.audit.nash_gap for e in found.equilibria) < 1e-8


@published(("fig3.nfg", "LH_inaccessible"))
def no_chain_of_paths_leads_there(file: str, expected: str) -> None:
    """Shapley (1974): two that no Lemke-Howson path reaches are listed all the same.

    Paths are followed on the labelled vertices: to drop a label is to go to the other
    vertex that carries all the rest.
    """
    assert "3 NE in all" in expected
    table = read_nfg(EQUILIBRIUM / file)
    first, second = table.payoffs
    n = len(first)
    _, one = labelled_vertices(second)
    _, two = labelled_vertices(np.ascontiguousarray(first.T))
    low = np.uint64((1 << n) - 1)
    two = (two & low) << np.uint64(n) | two >> np.uint64(n)
    both = (1 << 2 * n) - 1
    sides = (
        [int(low), *map(int, one)],
        [int(low) << n, *map(int, two)],
    )
    whole = {(x, y) for x in sides[0] for y in sides[1] if x | y == both}
    assert len(whole) == 4  # three equilibria and the artificial one
    reached = {(sides[0][0], sides[1][0])}
    waiting = list(reached)
    while waiting:
        start = waiting.pop()
        for label in range(2 * n):
            end = lemke_howson(sides, start, label, both)
            if end not in reached:
                reached.add(end)
                waiting.append(end)
    assert len(reached) == 2
    assert len(all_of(file).equilibria) == 3


def lemke_howson(
    sides: tuple[list[int], list[int]], start: tuple[int, int], label: int, both: int
) -> tuple[int, int]:
    """Where the path with one label missing ends; vertices are their labels."""
    pair, dropped = list(start), label
    at = 0 if start[0] >> label & 1 else 1
    for _ in range(100):
        kept = pair[at] & ~(1 << dropped)
        (following,) = (v for v in sides[at] if v & kept == kept and v != pair[at])
        gained = following & ~kept
        pair[at] = following
        if pair[0] | pair[1] == both:
            return pair[0], pair[1]
        dropped, at = gained.bit_length() - 1, 1 - at
    raise AssertionError("the path does not end")


@published(("fig1.efg", "perfect_eq"))
def only_the_credible_outcome_is_the_limit(file: str, expected: str) -> None:
    """Selten's horse: (1, 1, 1), not (3, 2, 2), at which the second would deviate."""
    assert "(1 1 1) and (3 2 2)" in expected
    found = solve_game(game(file), method=LogitTrace())
    np.testing.assert_allclose(found.payoffs, [1, 1, 1], atol=1e-3)
    listed = all_of(file).equilibria
    pays = {tuple(np.round(e.audit.payoffs, 6)): e.is_credible for e in listed}
    assert pays[1, 1, 1]
    assert not pays[3, 2, 2]


@published(("fig2.efg", "perfect_eq"))
def only_one_is_perfect_in_the_tree(file: str, expected: str) -> None:
    """One profile without regret, which backward induction and the limit find too."""
    assert "exactly one extensive-form perfect equilibrium, payoff (1 1)" in expected
    tree = game(file)
    credible = [e for e in all_of(file).equilibria if e.is_credible]
    assert len(credible) == 1
    assert len(all_of(file).equilibria) > 1
    limit = solve_game(tree, method=LogitTrace(is_finished_exactly=True))
    by_steps = solve_game(tree, method=BackwardInduction())
    assert credible[0].audit.payoffs.tolist() == [1, 1]
    for other in (limit, by_steps):
        np.testing.assert_allclose(
            other.probabilities, credible[0].probabilities, atol=1e-6
        )


@published(("fig4_2.efg", "agent_vs_nash"))
def one_choice_at_a_time_is_not_enough(file: str, expected: str) -> None:
    """Myerson: each set by itself has nothing to gain, the first player has."""
    assert "(B1 Z1; W2) is an agent equilibrium but not Nash" in expected
    tree = game(file)
    taken = {"B1", "Z1", "W2"}
    names = np.array(tree.action_names)
    assert taken <= {name.upper() for name in names.tolist()}
    profile = np.where(np.isin(np.char.upper(names), list(taken)), 1.0, 0.0)
    assert audit(by_sets(tree), profile).nash_gap == 0
    assert audit(tree, profile).nash_gap == 1
    assert not is_among(all_of(file), profile)


@published(("bagwell1995.efg", "NE"))
def commitment_needs_noise(file: str, expected: str) -> None:
    """Three equilibria with these payoffs; in one the leader nearly commits."""
    assert "exactly" not in expected
    wanted = {
        (4.0, 4.0),
        (round(393 / 98, 9), round(397 / 100, 9)),
        (round(489 / 98, 9), round(201 / 100, 9)),
    }
    assert payoffs_of(all_of(file)) == wanted
    top = max(all_of(file).equilibria, key=lambda e: e.audit.payoffs[0])
    assert 0.99 in np.round(top.probabilities, 9)


@published(("wichardt2008.efg", "no_behavior_NE"))
def no_profile_where_there_is_none(file: str, expected: str) -> None:
    """Imperfect recall: the message says why, and what to do."""
    assert "not return a profile" in expected
    for method in (None, AllEquilibria(), LogitTrace(), RegretMinimisation()):
        with pytest.raises(ModelError, match=r"perfect recall.*Split the set"):
            solve_game(game(file), method=method)


@published(("fig29_1.efg", "signalling_PBE"))
def both_ways_to_signal(file: str, expected: str) -> None:
    """Watson: a separating and a pooling equilibrium, both credible."""
    assert "payoffs (14/3 6) and (4 4)" in expected
    credible = {
        tuple(np.round(e.audit.payoffs, 9).tolist())
        for e in all_of(file).equilibria
        if e.is_credible
    }
    assert credible == {(round(14 / 3, 9), 6.0), (4.0, 4.0)}


@published(("bhg1.efg", "lab_game"))
def two_survive_of_the_lab_game(file: str, expected: str) -> None:
    """Of six extreme equilibria the two in which both types send S are credible.

    Where both send N, a reply that is never best holds the second player in place.
    """
    assert "two sequential equilibria" in expected
    tree = game(file)
    found = all_of(file)
    assert len(found.equilibria) == 6
    credible = [e for e in found.equilibria if e.is_credible]
    assert len(credible) == 2
    sends = np.array(tree.action_names) == "S"
    assert all((e.probabilities[sends] == 1).all() for e in credible)


def exact_list(path_name: str) -> set[object]:
    """Every extreme equilibrium of a file's table, proved in fractions."""
    path = EQUILIBRIUM / path_name
    is_tree = path.suffix == ".efg"
    table = reduced_form(read_efg(path)).game if is_tree else read_nfg(path)
    return {exact_pair(table, pair) for pair in extreme_equilibria(table)}


def test_counts_agree_with_a_second_opinion_on_over_a_hundred_games() -> None:
    """Extreme equilibria of 115 files, every one proved in fractions.

    In two games with very many ties the other list has 452 and 168 entries. Of these 2
    and 9 are there twice; the 450 and 159 others are those listed here.
    """
    different = {
        "work3.efg": 450,
        "reduction_both_players_payoff_ties_GTE_survey.efg": 159,
    }
    n_games = 0
    with (EQUILIBRIUM / "gambit_16.7.0_computed.csv").open() as held:
        rows = [r for r in csv.DictReader(held) if r["kind"] == "enummixed_extreme_NE"]
    for row in rows:
        proved = exact_list(row["file"])
        assert None not in proved, row["file"]
        wanted = different.get(row["file"].split("/")[-1], int(row["count"]))
        assert len(proved) == wanted, row["file"]
        n_games += 1
    assert n_games == 115


def test_a_search_through_all_supports_finds_the_same_and_no_more() -> None:
    """Most ties of all: 159 by polytopes in floats, 159 by supports in fractions."""
    file = "gambit/tests/test_games/reduction_both_players_payoff_ties_GTE_survey.efg"
    literal = extreme_equilibria_exactly(reduced_form(game(file)).game)
    assert literal is not None
    assert len(literal) == 159
    assert set(literal) == exact_list(file)
