"""What passes at home: the compiled scan, its reference, and the definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError, NoAgreementError
from backchannel.settlement._kernels import win_sets as compiled
from backchannel.settlement._kernels import win_sets_reference as plain
from backchannel.settlement.additive import additive, unpack
from backchannel.settlement.frontier import pareto_frontier
from backchannel.settlement.home_deals import find_home_deals
from backchannel.settlement.two_level import (
    TwoLevel,
    at_home,
    pass_literally,
    quota_rule,
    weighted_rule,
)
from backchannel.settlement.win_sets import ScanWinSets, open_hall
from tests.settlement.domains import every_package, made_domain
from tests.settlement.games import random_game, weighted_game

N_GAMES = 300


def is_hopeless(game: TwoLevel) -> bool:
    """Whether somebody without whom nothing passes refuses everything."""
    try:
        find_home_deals(game)
    except ModelError:
        return True
    return False


def hopeful_games(n: int) -> list[TwoLevel]:
    """Games of seeds 0 to n - 1 in which nobody refuses everything."""
    made = [random_game(np.random.default_rng(seed)) for seed in range(n)]
    return [game for game in made if not is_hopeless(game)]


def test_every_package_is_judged_as_the_definitions_say() -> None:
    """Random games: what passes, whom it suits, who alone stops it."""
    games = hopeful_games(N_GAMES)
    n_passing, n_blocked = 0, 0
    for game in games:
        deals = find_home_deals(game, method=ScanWinSets(n_threads=1))
        packages = every_package(game.domain)
        passes = pass_literally(game, packages)
        assert deals.numbers is not None
        assert deals.numbers.tolist() == np.flatnonzero(passes).tolist()
        for k, name in enumerate(game.actors):
            granted = game.thresholds.copy()
            granted[k] = -np.inf
            freed = pass_literally(game.with_thresholds(granted), packages) & ~passes
            assert deals.n_blocked[name] == freed.sum()
        assert deals.check(game).is_verified
        assert deals.certificate.is_verified
        n_passing += len(deals.numbers)
        n_blocked += sum(deals.n_blocked.values())
    # The games are of use only if much happens in them.
    assert len(games) > N_GAMES / 2
    assert n_passing > 1000
    assert n_blocked > 1000


def test_the_frontier_is_that_of_what_passes() -> None:
    """Its points and packages are those of the passing packages, by the filter."""
    for game in hopeful_games(100):
        deals = find_home_deals(game)
        passing = unpack(np.asarray(deals.numbers), game.domain.n_levels)
        if not len(passing):
            assert not len(deals.packages)
            with pytest.raises(NoAgreementError, match="cheapest_changes"):
                deals.solution("nash")
            continue
        among = game.domain.between(game.leaders)
        sums = additive(among.utilities)
        points = sums.snapped(sums.sums_of(passing))
        expected = passing[pareto_frontier(points.astype(float))]
        assert sorted(map(tuple, deals.packages)) == sorted(map(tuple, expected))


def test_slices_and_threads_do_not_change_the_answer() -> None:
    """10^5 packages in one slice, in many, on one thread and on three."""
    game = weighted_game(5)
    answers = [
        find_home_deals(game, method=method)
        for method in (
            ScanWinSets(n_threads=1),
            ScanWinSets(slice_blocks=1, n_threads=3),
            ScanWinSets(counts_blocked=False),
        )
    ]
    assert answers[0].n_passing > 0
    for other in answers[1:]:
        assert np.array_equal(np.asarray(answers[0].numbers), other.numbers)
        assert np.array_equal(answers[0].packages, other.packages)
        assert answers[0].n_assents == other.n_assents
    assert answers[0].n_blocked == answers[1].n_blocked
    assert answers[2].n_blocked == {}
    assert find_home_deals(game, method=ScanWinSets(max_listed=5)).numbers is None


def test_compiled_and_plain_scan_agree() -> None:
    """Every array that the kernel fills, on random games."""
    for seed in range(60):
        game = random_game(np.random.default_rng(seed))
        hall = open_hall(game, additive(game.domain.utilities), ScanWinSets())
        n_actors, n_words = len(game.actors), hall.home.sets.shape[2]
        results = []
        for scan in (compiled.scan_win_sets, plain.scan_win_sets):
            high = hall.high[0] + hall.middle
            arrays = (
                np.zeros((len(high), n_words), dtype=np.uint64),
                np.zeros(n_actors, dtype=np.int64),
                np.zeros(n_actors, dtype=np.int64),
                np.zeros((len(high), n_actors, n_words), dtype=np.uint64),
            )
            n = scan(high, hall.home, *arrays)
            results.append((n, *arrays))
        assert results[0][0] == results[1][0]
        # Both stop early where nothing can pass, and then list nothing as stopped.
        for ours, theirs in zip(results[0][1:], results[1][1:], strict=True):
            assert np.array_equal(ours, theirs), seed


def test_a_ladder_of_crowded_rungs_is_searched_as_well() -> None:
    """Sums that crowd into few places, one that is flat, and no threshold at all."""
    rng = np.random.default_rng(3)
    scales = np.array([[1e4, 1e-2, 1.0], [1.0, 1e4, 1e-3], [0.0, 0.0, 0.0]])
    tables = [rng.integers(0, 9, (3, 7)) * scales[:, [i]] for i in range(3)]
    for quantile in (0.0, 0.2, 0.5, 0.8):
        domain = made_domain(tables, np.zeros(3))
        utilities = domain.utilities_of(every_package(domain))
        least = np.quantile(utilities, quantile, axis=0)
        for floor in (least, np.array([least[0], -np.inf, -np.inf])):
            domain = made_domain(tables, floor)
            deals = find_home_deals(at_home(domain, domain.parties[:2]))
            expected = (utilities >= floor).all(axis=1).nonzero()[0]
            assert np.array_equal(np.asarray(deals.numbers), expected)


def test_a_quota_of_seventy_seats_is_counted() -> None:
    """More seats than a word has bits: 70 members, of whom 40 must assent."""
    rng = np.random.default_rng(5)
    domain = made_domain([rng.normal(size=(71, 9)) for _ in range(2)], np.zeros(71))
    domain.reservation_values[0] = -np.inf
    home = domain.parties[1:]
    game = at_home(domain, domain.parties[:1], [quota_rule("senate", home, 40)])
    deals = find_home_deals(game)
    utilities = domain.utilities_of(every_package(domain))[:, 1:]
    expected = ((utilities >= 0).sum(axis=1) >= 40).nonzero()[0]
    assert 0 < len(expected) < 40
    assert np.asarray(deals.numbers).tolist() == expected.tolist()


def test_what_binds_comes_first() -> None:
    """The constituency that alone stops most packages leads the list."""
    deals = find_home_deals(weighted_game(4))
    counts = [deals.n_blocked[name] for name in deals.binding]
    assert counts == sorted(counts, reverse=True)
    assert deals.binding[0] in str(deals)
    assert len(str(deals).splitlines()) <= 6


def test_another_domain_is_not_checked() -> None:
    """A check against another domain, and one on a wrong answer, are refused."""
    game = weighted_game(3, threshold=0.3)
    deals = find_home_deals(game)
    with pytest.raises(ModelError, match="not the domain"):
        deals.check(weighted_game(3, threshold=0.4))
    numbers = np.asarray(deals.numbers)
    wrong = replace(deals, numbers=numbers[1:], n_passing=len(numbers) - 1)
    assert not wrong.check(game).is_verified


def test_bad_input_is_refused_with_a_way_out() -> None:
    """No leader, an unknown name, a rule that cannot pass, too many packages."""
    game = weighted_game(3)
    domain = game.domain
    with pytest.raises(ModelError, match="has no leader; name at least one"):
        at_home(domain, [])
    with pytest.raises(ModelError, match="no actor 'party99'"):
        at_home(domain, ["party99"])
    with pytest.raises(ModelError, match="it can never pass; ask for less"):
        at_home(domain, ["party0"], [quota_rule("senate", ["party3"], 2)])
    with pytest.raises(ModelError, match="names one actor twice"):
        at_home(domain, ["party0"], [quota_rule("senate", ["party3", "party3"], 1)])
    with pytest.raises(ModelError, match="negative weight"):
        at_home(domain, ["party0"], [weighted_rule("s", ["party3"], [-1.0], 0.0)])
    with pytest.raises(ModelError, match="at least one member"):
        at_home(domain, ["party0"], [quota_rule("senate", [], 0)])
    hopeless = game.with_thresholds(np.full(8, 2.0))
    with pytest.raises(ModelError, match="can never pass a package: its best is"):
        find_home_deals(hopeless)
    huge = made_domain([np.ones((2, 10))] * 30)
    with pytest.raises(MethodError, match="1e\\+30 packages are more than"):
        find_home_deals(at_home(huge, ["party0"]))
    with pytest.raises(MethodError, match="slice_blocks: is 0"):
        ScanWinSets(slice_blocks=0)
