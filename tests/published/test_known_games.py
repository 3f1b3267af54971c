"""Published equilibria of game files, each with its source in known_answers.csv."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.games import (
    AllEquilibria,
    GameAnswer,
    LemkeSequenceForm,
    LogitTrace,
    read_game,
    solve_game,
)
from backchannel.games.bimatrix import exact_pair, extreme_equilibria
from backchannel.games.correlated import correlate
from backchannel.games.efg import read_efg
from backchannel.games.nfg import read_nfg
from backchannel.games.reduced import reduced_form
from tests.games.trees import EQUILIBRIUM, NOT_HERE

pytestmark = pytest.mark.skipif(not EQUILIBRIUM.is_dir(), reason=NOT_HERE)
CATALOG, GAMES = "gambit/catalog/journals/", "gambit/tests/test_games/"
BOOKS = "gambit/catalog/books/"


@pytest.mark.parametrize(
    ("file", "value"),
    [
        ("openspiel/kuhn_poker.efg", -1 / 18),
        ("openspiel/kuhn_poker_with_raise.efg", -1 / 18),
        ("openspiel/guess_the_ace.efg", 0),
        (GAMES + "stripped_down_poker.efg", 1 / 3),
        (GAMES + "zerosum_efg_from_sequence_form_STOC94_paper.efg", 13),
        ("gambit/contrib/games/oneill.nfg", -1 / 5),
        (BOOKS + "vonstengel2022/fig10.1.efg", 9),
        (CATALOG + "other/reiley2008/fig1.efg", 1 / 3),
    ],
)
def test_values_of_zero_sum_games_are_met(file: str, value: float) -> None:
    """The first player's value, by complementary pivoting."""
    found = solve_game(read_game(EQUILIBRIUM / file), method=LemkeSequenceForm())
    assert found.payoffs[0] == pytest.approx(value, abs=1e-9)
    assert found.certificate.is_verified


def all_of(file: str) -> GameAnswer:
    """Every equilibrium of one file."""
    return solve_game(read_game(EQUILIBRIUM / file), method=AllEquilibria())


@pytest.mark.parametrize(
    ("file", "count"),
    [
        (CATALOG + "dcg/vonstengel1999/6x6_game_with_75_eq.nfg", 75),
        (CATALOG + "dcg/vonstengel1999/6x6_game_with_75_eq_small_payoffs.nfg", 75),
        (CATALOG + "ijgt/nau2004/sec3.nfg", 3),
        (CATALOG + "other/shapley1974/fig3.nfg", 3),
        (CATALOG + "geb/bagwell1995.efg", 3),
        (BOOKS + "vonstengel2022/fig10.5.efg", 3),
        (GAMES + "mixed_behavior_game.efg", 9),
        (GAMES + "2x2x2_nfg_from_local_max_cut_2_pure_1_mixed_eq.nfg", 3),
        (CATALOG + "ijgt/nau2004/sec4.nfg", 1),
    ],
)
def test_all_equilibria_are_counted_as_published(file: str, count: int) -> None:
    """Neither one too few nor one twice; each audited."""
    found = all_of(file)
    assert len(found.equilibria) == count
    assert all(
        e.audit.nash_gap < 1e-6 * (1 + abs(e.audit.payoffs).max())
        for e in found.equilibria
    )


def test_the_only_equilibrium_of_nau_is_irrational() -> None:
    """Nau, Gomez Canovas and Hansen (2004), section 4."""
    play = all_of(CATALOG + "ijgt/nau2004/sec4.nfg").probabilities
    wanted = [0.61923258, 0.38076742, 0.47980422, 0.52019578, 0.37882534, 0.62117466]
    np.testing.assert_allclose(np.sort(play), np.sort(wanted), atol=1e-7)


def test_only_the_credible_outcome_of_seltens_horse_is_the_limit() -> None:
    """(1, 1, 1) and not (3, 2, 2), in which the second player would deviate."""
    tree = read_game(EQUILIBRIUM / (CATALOG + "ijgt/selten1975/fig1.efg"))
    found = solve_game(tree, method=LogitTrace())
    np.testing.assert_allclose(found.payoffs, [1, 1, 1], atol=1e-3)


def test_wichardts_game_without_equilibrium_in_behaviour_is_refused() -> None:
    """Imperfect recall: no profile is returned, and the message says why."""
    tree = read_game(EQUILIBRIUM / (CATALOG + "geb/wichardt2008.efg"))
    with pytest.raises(ModelError, match="perfect recall"):
        solve_game(tree)


def test_quantal_responses_are_as_published() -> None:
    """At precisions 1, 2 and 3, to the three digits stated."""
    tree = read_game(EQUILIBRIUM / (GAMES + "const_sum_game.nfg"))
    wanted = {1: (0.643, 0.5883), 2: (0.7727, 0.6117), 3: (0.8595, 0.6038)}
    for precision, (first, second) in wanted.items():
        play = solve_game(tree, method=LogitTrace(precision=precision)).probabilities
        assert play[0] == pytest.approx(first, abs=1e-3)
        assert play[2] == pytest.approx(second, abs=1e-3)


def test_a_mediator_reaches_what_no_plain_equilibrium_pays() -> None:
    """Von Stengel and Forges (2008): (0, 6) alone, but 10 in all with advice."""
    tree = read_game(EQUILIBRIUM / "openspiel/signaling_vonstengel_forges_2008.efg")
    plain = solve_game(tree, method=AllEquilibria())
    assert {tuple(np.round(e.audit.payoffs, 9)) for e in plain.equilibria} == {(0, 6)}
    advice = correlate(tree)
    assert advice.payoffs.sum() == pytest.approx(10)
    assert advice.check(tree).is_verified


def test_counts_agree_with_a_second_opinion_on_over_a_hundred_games() -> None:
    """Extreme equilibria of 113 files, every one proved in fractions.

    In two games with very many ties the other list is longer (452 and 168); ours holds
    450 and 159 different ones.
    """
    longer = {"work3.efg", "reduction_both_players_payoff_ties_GTE_survey.efg"}
    n_games = 0
    with (EQUILIBRIUM / "gambit_16.7.0_computed.csv").open() as held:
        rows = [r for r in csv.DictReader(held) if r["kind"] == "enummixed_extreme_NE"]
    for row in rows:
        path = EQUILIBRIUM / row["file"]
        if path.name in longer:
            continue
        is_tree = path.suffix == ".efg"
        game = reduced_form(read_efg(path)).game if is_tree else read_nfg(path)
        proved = {exact_pair(game, pair) for pair in extreme_equilibria(game)}
        assert None not in proved, path
        assert len(proved) == int(row["count"]), path
        n_games += 1
    assert n_games == 113
