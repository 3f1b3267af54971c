"""Fits to cases drawn from known weights, and what cannot be fitted."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from backchannel.base.errors import ModelError
from backchannel.games.bargaining.noisy import (
    NoisyChoiceGame,
    NoisyThreatGame,
    choose_noisily,
    every_noisy_threat,
    noisy_threat_near,
)
from backchannel.games.bargaining.offer_fit import (
    OfferCases,
    OfferScales,
    fit_offers,
    offer_log_likelihood,
)
from backchannel.games.bargaining.strategic_fit import (
    THREE_MOVES,
    TWO_ANSWERS,
    Cases,
    Choice,
    Disturbance,
    fit_choices,
    log_likelihood,
)

TRUE = np.array([0.3, -0.8, 0.5, -0.4, 0.9])


def drawn(n_cases: int, seed: int, law: Disturbance) -> Cases:
    """Cases from the chances that the game itself gives."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n_cases, 2))
    one = np.ones((n_cases, 1))
    outcome = np.empty(n_cases, dtype=np.int64)
    for i, (first, second) in enumerate(x):
        play = choose_noisily(
            NoisyChoiceGame(
                0.3 - 0.8 * first,
                (0.5, 0.0),
                (0.0, -0.4 + 0.9 * second),
                law.law,
                law.disturbed,
                law.scale,
            )
        )
        chances = [play.prob_status_quo, play.prob_give_in, play.prob_war]
        outcome[i] = rng.choice(3, p=np.array(chances) / sum(chances))
    return Cases(
        outcome,
        {
            (0, 0): np.column_stack([one, x[:, :1]]),
            (0, 1): one,
            (1, 2): np.column_stack([one, x[:, 1:]]),
        },
    )


@pytest.mark.parametrize(
    "law",
    [
        Disturbance(),
        Disturbance("logit", "agent", 1.0),
        Disturbance("probit", "private"),
    ],
)
def test_known_weights_are_found_again(law: Disturbance) -> None:
    """3,000 cases, seed 5: each within 4 standard errors (false alarm 3e-4)."""
    fit = fit_choices(drawn(3000, 5, law), law, n_starts=2)
    assert fit.status == "converged"
    assert fit.certificate.is_verified
    assert (np.abs(fit.weights - TRUE) < 4 * fit.standard_errors).all()
    assert len(str(fit).splitlines()) <= 6


def test_the_likelihood_is_that_of_the_game() -> None:
    """One case at a time, from the chances by induction."""
    law = Disturbance("probit", "private", 0.7)
    cases = drawn(40, 2, law)
    total = 0.0
    for i in range(40):
        sq = cases.worths[0, 0][i] @ TRUE[:2]
        war = cases.worths[1, 2][i] @ TRUE[3:]
        game = NoisyChoiceGame(sq, (0.5, 0.0), (0.0, war), "probit", "private", 0.7)
        play = choose_noisily(game)
        chances = (play.prob_status_quo, play.prob_give_in, play.prob_war)
        total += float(np.log(chances[cases.outcome[i]]))
    assert log_likelihood(cases, TRUE, law) == pytest.approx(total)


def test_a_separated_sample_is_called_flat_and_a_ridge_holds_it() -> None:
    """War exactly where a mark is set: its weight has no maximum."""
    law = Disturbance()
    cases = drawn(300, 3, law)
    mark = (cases.outcome == 2).astype(float)[:, None]
    war = np.column_stack([cases.worths[1, 2], mark])
    apart = replace(cases, worths={**cases.worths, (1, 2): war})
    loose = fit_choices(apart, law, n_starts=1)
    assert loose.is_flat
    assert loose.status == "truncated"
    held = fit_choices(apart, law, n_starts=1, ridge=1.0)
    assert not held.is_flat
    assert np.abs(held.weights).max() < 10


def test_a_wrong_maximum_does_not_stand_its_certificate() -> None:
    """The slope away from the maximum is seen."""
    cases = drawn(300, 4, Disturbance())
    fit = fit_choices(cases, n_starts=1)
    assert log_likelihood(cases, fit.weights + 0.1) < fit.log_likelihood - 0.1


def test_what_cannot_be_fitted_is_refused() -> None:
    """The message says what would do."""
    cases = drawn(20, 1, Disturbance())
    gap, one = np.full((20, 1), np.nan), np.ones((20, 1))
    with pytest.raises(ModelError, match="one for each case"):
        fit_choices(replace(cases, outcome=cases.outcome + 5))
    with pytest.raises(ModelError, match="Leave out cases with gaps"):
        fit_choices(replace(cases, worths={(0, 1): gap}))
    with pytest.raises(ModelError, match="no choice of player 1 leads to end 0"):
        fit_choices(replace(cases, worths={(1, 0): one}))
    with pytest.raises(ModelError, match="give each its own number"):
        fit_choices(replace(cases, tree=Choice(0, (1, 1))))
    with pytest.raises(ModelError, match="must be above 0"):
        fit_choices(cases, Disturbance(scale=0.0))
    with pytest.raises(ModelError, match="at least 1"):
        fit_choices(cases, n_starts=0)
    with pytest.raises(ModelError, match="one for each column"):
        log_likelihood(cases, np.zeros(2))


def test_an_equilibrium_is_followed_from_a_guess() -> None:
    """Each of the three of the published setting; none where there is none."""
    game = NoisyThreatGame(0.0, (1.0, 0.0), (-1.9, -2.9), (-1.2, 1.0))
    plays = every_noisy_threat(game)
    assert len(plays) == 3
    for play in plays:
        near = noisy_threat_near(game, play.prob_resist + 0.005)
        assert near.prob_war == pytest.approx(play.prob_war, abs=1e-10)
    with pytest.raises(ModelError, match="every_noisy_threat"):
        noisy_threat_near(game, 0.9)


@pytest.mark.parametrize("tree", [TWO_ANSWERS, THREE_MOVES])
@pytest.mark.parametrize("disturbed", ["agent", "private"])
def test_chances_are_those_of_play_with_drawn_disturbances(
    tree: Choice, disturbed: Any
) -> None:
    """200,000 plays, seed 3: each end within 4.5 standard errors (false alarm 1e-4)."""
    rng = np.random.default_rng(3)
    worths = {place: float(rng.normal()) for place in sorted(tree.places)}
    law = Disturbance("probit", disturbed)
    chances = {
        end: math.exp(
            log_likelihood(
                Cases(np.array([end]), {p: np.ones((1, 1)) for p in worths}, tree),
                np.array(list(worths.values())),
                law,
            )
        )
        for end in range(4)
    }
    assert sum(chances.values()) == pytest.approx(1.0)
    n = 200_000
    _, ended = played(tree, worths, chances, disturbed, n, rng)
    for end, chance in chances.items():
        error = math.sqrt(chance * (1.0 - chance) / n)
        assert abs((ended == end).mean() - chance) < 4.5 * error


def played(
    course: Choice | int,
    worths: dict[tuple[int, int], float],
    chances: dict[int, float],
    disturbed: str,
    n: int,
    rng: np.random.Generator,
) -> tuple[dict[int, float], np.ndarray]:
    """Chance of each end from here as the players see it, and the ends of n plays."""
    if isinstance(course, int):
        return {course: 1.0}, np.full(n, course)
    sides = [played(c, worths, chances, disturbed, n, rng) for c in course.courses]
    felt = []
    for seen, _ in sides:
        total = np.zeros(n)
        for end, chance in seen.items():
            shock = rng.standard_normal(n) if disturbed == "private" else 0.0
            total += chance * (worths.get((course.player, end), 0.0) + shock)
        felt.append(total if disturbed == "private" else total + rng.standard_normal(n))
    goes_right = felt[1] > felt[0]
    here = sum(chances[end] for seen, _ in sides for end in seen)
    seen = {end: chances[end] / here for side, _ in sides for end in side}
    return seen, np.where(goes_right, sides[1][1], sides[0][1])


def test_reservation_values_are_found_again() -> None:
    """2,000 best offers by search, seed 8; within 4 standard errors (alarm 3e-4)."""
    rng = np.random.default_rng(8)
    true = np.array([2.0, 1.0, 5.0, -0.5, 0.3, 0.1])
    x, z = rng.standard_normal((2, 2000))
    one = np.ones(2000)
    own = true[0] + true[1] * x + rng.logistic(size=2000) * math.exp(true[4])
    other = true[2] + true[3] * z
    grid = np.linspace(0.0, 15.0, 3001)
    size = math.exp(true[5])
    takes = expit((grid - other[:, None]) / size)
    offer = grid[(takes * (15.0 - grid) + (1.0 - takes) * own[:, None]).argmax(axis=1)]
    is_taken = offer > other + rng.logistic(size=2000) * size
    cases = OfferCases(
        offer, is_taken, np.column_stack([one, x]), np.column_stack([one, z]), 15.0
    )
    fit = fit_offers(cases, n_starts=2)
    assert fit.status == "converged"
    assert fit.certificate.is_verified
    assert (np.abs(fit.weights - true) < 4 * fit.standard_errors).all()


def test_offers_that_cannot_be_fitted_are_refused() -> None:
    """The message says what would do."""
    one = np.ones((2, 1))
    cases = OfferCases(np.array([1.0, 2.0]), np.array([True, False]), one, one, 3.0)
    with pytest.raises(ModelError, match="outside 0 to 1"):
        fit_offers(replace(cases, most=1.0))
    with pytest.raises(ModelError, match="Leave out cases with gaps"):
        fit_offers(replace(cases, first=np.ones(2)))
    with pytest.raises(ModelError, match="None where answers were not seen"):
        fit_offers(replace(cases, is_taken=np.array([True])))
    with pytest.raises(ModelError, match="must be above 0, or None"):
        fit_offers(cases, OfferScales(second=-1.0))
    with pytest.raises(ModelError, match=r"must be in \[0, 1\)"):
        fit_offers(cases, OfferScales(floor=1.0))
    with pytest.raises(ModelError, match="at least 1"):
        fit_offers(cases, n_starts=0)
    with pytest.raises(ModelError, match="must be 4"):
        offer_log_likelihood(cases, np.zeros(3))
