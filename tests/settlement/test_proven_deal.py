"""The best deal with a proof: as by enumeration, and beyond it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError, NoAgreementError
from backchannel.base.result import Status
from backchannel.crisis.domain import Domain
from backchannel.settlement import at_home
from backchannel.settlement.proven_deal import (
    CRITERIA,
    Criterion,
    WholeProgramme,
    prove_deal,
)
from backchannel.settlement.two_level import TwoLevel, pass_literally
from backchannel.settlement.verify_deal import neighbours
from tests.settlement.domains import every_package, made_domain
from tests.settlement.games import random_game, weighted_game

# What rounding of points and the tolerance of logarithms leave, relative to the value.
CLOSE = 2e-5


def best_by_enumeration(game: TwoLevel, criterion: Criterion) -> float | None:
    """The largest value among all packages that pass; None where none does."""
    packages = every_package(game.domain)
    passing = packages[pass_literally(game, packages)]
    if not len(passing):
        return None
    rows = game.leader_rows
    fallback = game.domain.disagreement_point[rows]
    gains = np.maximum(game.domain.utilities_of(passing)[:, rows] - fallback, 0.0)
    if criterion == "kalai_smorodinsky":
        ideals = gains.max(axis=0)
        if (ideals <= 1e-9).any():
            # Somebody gains nothing anywhere; the sum decides.
            return float(gains.sum(axis=1).max())
        return float((gains / ideals).min(axis=1).max())
    by_rule = {
        "nash": gains.prod(axis=1),
        "egalitarian": gains.min(axis=1),
        "utilitarian": gains.sum(axis=1),
    }
    return float(by_rule[criterion].max())


@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_best_deal_is_that_of_enumeration(criterion: Criterion) -> None:
    """40 random games, rules of every kind, actors that are not asked (seed 2)."""
    rng = np.random.default_rng(2)
    n_deals, n_none = 0, 0
    for _ in range(40):
        game = random_game(rng)
        wanted = best_by_enumeration(game, criterion)
        if wanted is None:
            n_none += 1
            with pytest.raises(NoAgreementError, match="that is proven"):
                prove_deal(game, criterion=criterion)
            continue
        n_deals += 1
        found = prove_deal(game, criterion=criterion)
        assert found.value == pytest.approx(wanted, rel=CLOSE, abs=CLOSE)
        assert found.certificate.is_verified
        assert found.check(game).is_verified
    assert n_deals > 15
    assert n_none > 5


@pytest.mark.parametrize("criterion", CRITERIA)
def test_fifty_issues_and_six_vetoes(criterion: Criterion) -> None:
    """10^50 packages: proven to the tolerance, passing, no better neighbour."""
    game = weighted_game(50)
    found = prove_deal(game, criterion=criterion)
    assert found.status is Status.CONVERGED
    # Two searches, each to the tolerance, and sums of 50 rounded points.
    assert found.gap < 3 * CLOSE
    assert found.check(game).is_verified
    assert len(str(found).splitlines()) <= 6


def test_whole_points_are_solved_exactly() -> None:
    """Leaders' points in tens, so nothing is rounded: exact, with no gap."""
    game = toll()
    for criterion in ("egalitarian", "utilitarian"):
        found = prove_deal(game, criterion=criterion)
        assert found.status is Status.EXACT
        assert found.gap == 0.0
    assert found.levels == ("1",)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_a_threshold_between_whole_points_leaves_no_gap(criterion: Criterion) -> None:
    """Points in whole tens and a leader who asks for 9.123456: a gap of rounding."""
    game = toll().with_thresholds(np.array([9.123456789, 0.0, 10.0]))
    found = prove_deal(game, criterion=criterion)
    wanted = best_by_enumeration(game, criterion)
    assert found.value == pytest.approx(wanted, rel=CLOSE)
    assert found.gap < CLOSE


@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_gap_holds_whatever_was_rounded_away(criterion: Criterion) -> None:
    """Points are no whole numbers; the best of all lies within the gap (seed 5)."""
    rng = np.random.default_rng(5)
    n_deals = 0
    for _ in range(16):
        game = random_game(rng)
        game = replace(game, domain=_unrounded(game.domain, rng))
        wanted = best_by_enumeration(game, criterion)
        try:
            found = prove_deal(game, criterion=criterion)
        except NoAgreementError:
            continue
        n_deals += 1
        assert wanted is not None
        assert found.value <= wanted + 1e-9
        assert wanted <= found.bound + 1e-9
        assert found.status is not Status.EXACT
        assert "none of all" in found.check(game).claim
    assert n_deals > 4


def _unrounded(domain: Domain, rng: np.random.Generator) -> Domain:
    """Every utility moved by less than a thousandth of a point."""
    tables = tuple(t + 1e-3 * rng.random(t.shape) for t in domain.utilities)
    return replace(domain, utilities=tables)


def toll() -> TwoLevel:
    """Two leaders and a senate over one toll."""
    table = np.array([[0.0, 30.0, 40.0], [50.0, 40.0, 10.0], [10.0, 10.0, 0.0]])
    domain = made_domain([table], np.array([10.0, 0.0, 10.0]))
    return at_home(domain, domain.parties[:2])


def test_a_threshold_at_home_changes_the_deal() -> None:
    """Without the senate the middle still wins; with a proud one nothing passes."""
    game = toll()
    proud = game.with_thresholds(np.array([10.0, 0.0, 11.0]))
    with pytest.raises(NoAgreementError, match="lower a threshold"):
        prove_deal(proud)
    eager = game.with_thresholds(np.array([35.0, 0.0, 0.0]))
    assert prove_deal(eager).levels == ("2",)


def test_the_check_rejects_a_worse_and_a_failing_package() -> None:
    """A bound below a neighbour, or a package that does not pass, is found."""
    game = weighted_game(6)
    found = prove_deal(game, criterion="utilitarian")
    modest = replace(found, bound=found.value * 0.9)
    assert not modest.check(game).is_verified
    around = neighbours(game, found.package)
    failing = around[~pass_literally(game, around)][0]
    assert not replace(found, package=failing).check(game).is_verified
    with pytest.raises(ModelError, match="not the game of this answer"):
        found.check(weighted_game(5))


def test_the_same_game_gives_the_same_answer() -> None:
    """Bit for bit, work counted and not timed."""
    game = weighted_game(12)
    first, second = (prove_deal(game) for _ in range(2))
    np.testing.assert_array_equal(first.package, second.package)
    assert (first.value, first.bound) == (second.value, second.bound)


def test_bad_settings_are_refused() -> None:
    """A limit or tolerance of 0, or a criterion that nobody has named."""
    with pytest.raises(MethodError, match="above 0"):
        WholeProgramme(work_limit=0.0)
    with pytest.raises(MethodError, match="above 0"):
        WholeProgramme(tolerance=-1.0)
    with pytest.raises(ModelError, match="there are nash"):
        prove_deal(toll(), criterion="raiffa")  # type: ignore[arg-type]


def test_a_short_limit_is_told() -> None:
    """Too little work for even one package: the error says to raise the limit."""
    with pytest.raises(MethodError, match="raise it"):
        prove_deal(weighted_game(50), method=WholeProgramme(work_limit=1e-4))
