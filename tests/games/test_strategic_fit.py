"""Fits to cases drawn from known weights, and what cannot be fitted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.games.bargaining.noisy import (
    NoisyChoiceGame,
    NoisyThreatGame,
    choose_noisily,
    every_noisy_threat,
    noisy_threat_near,
)
from backchannel.games.bargaining.strategic_fit import (
    Cases,
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
        np.column_stack([one, x[:, :1]]),
        one,
        np.zeros((n_cases, 0)),
        np.column_stack([one, x[:, 1:]]),
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
        sq = cases.status_quo[i] @ TRUE[:2]
        war = cases.war_second[i] @ TRUE[3:]
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
    apart = replace(cases, war_second=np.column_stack([cases.war_second, mark]))
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
    with pytest.raises(ModelError, match="one for each case"):
        fit_choices(replace(cases, outcome=cases.outcome + 5))
    with pytest.raises(ModelError, match="Leave out cases with gaps"):
        fit_choices(replace(cases, give_in=np.full((20, 1), np.nan)))
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
