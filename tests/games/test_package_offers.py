"""One offer over the packages of a crisis: the choice, its audit, and the bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import ModelError
from backchannel.crisis.stakes import PackageStakes
from backchannel.games.bargaining.package_offers import certify_offer, foresee_offer

N_COSTS, N_DEMANDS = 1600, 81


def pie_as_packages(*, is_private: bool = True) -> PackageStakes:
    """Fearon's ultimatum with 81 shares for packages and 1,600 costs for draws.

    The proposer wins with chance 0.5 at a cost of 0.1; the other side's cost is uniform
    on [0, 0.4]. A refusal means war, an accepted share is always carried home.
    """
    costs = 0.4 * (np.arange(N_COSTS) + 0.5) / N_COSTS
    demands = np.linspace(0.5, 0.9, N_DEMANDS)
    own = np.repeat((demands - 0.4)[:, None], N_COSTS, axis=1)
    other = (1.0 - demands)[:, None] - (0.5 - costs)[None, :]
    return PackageStakes(
        proposer="first",
        responders=("second",),
        channel="",
        proposer_gain=own,
        responder_gain=other,
        settled=np.ones_like(own),
        prob_war=np.ones(N_COSTS),
        prob_war_meanwhile=np.zeros(N_COSTS),
        opening=None,
        is_private=is_private,
        seed=1,
        crisis_digest="",
    )


def test_packages_of_a_pie_give_the_ultimatum() -> None:
    """Demand 0.65 and P(war) 0.375 by the closed form (hi - cA)/2 over p."""
    found = foresee_offer(pie_as_packages())
    assert found.level == "L1"
    assert found.offer is not None
    assert 0.5 + 0.005 * found.offer == pytest.approx(0.65)
    assert found.prob_war.mean() == pytest.approx(0.375, abs=1e-3)
    low, high = found.prob_war_range
    assert low < 0.375 < high
    assert found.certificate.is_verified
    assert found.check().is_verified


def test_a_mediator_avoids_every_war_of_private_costs() -> None:
    """The share that all types accept is worth more than war to the proposer too."""
    best = foresee_offer(pie_as_packages()).mediated
    assert best.prob_war == pytest.approx(0.0, abs=1e-9)
    assert best.prob_war_of_offer > 0.3
    assert best.gap < 1e-9


def test_where_nothing_is_private_each_draw_has_its_offer() -> None:
    """Level L0: the proposer takes all that is left over, and there is no war."""
    found = foresee_offer(pie_as_packages(is_private=False))
    assert found.level == "L0"
    assert found.prob_war.mean() == pytest.approx(0.0, abs=0.02)
    assert found.prob_war.mean() == pytest.approx(found.prob_war_if_known)


def test_the_risk_until_the_answer_cannot_be_avoided() -> None:
    """An accepted offer leaves the risk that ran before the answer was in."""
    stakes = pie_as_packages(is_private=False)
    stakes = replace(stakes, prob_war_meanwhile=np.full(N_COSTS, 0.2))
    assert foresee_offer(stakes).prob_war.min() == pytest.approx(0.2)


def test_a_worse_offer_is_noticed() -> None:
    """The audit tells what the best offer would bring over another."""
    stakes = pie_as_packages()
    assert not certify_offer(stakes, 60).is_verified
    assert certify_offer(stakes, 60).value > 0.01


def test_an_offer_that_nobody_gains_from_is_not_made() -> None:
    """Without a gain for the proposer there is no offer; the risk is that of none."""
    stakes = pie_as_packages()
    stakes = replace(stakes, proposer_gain=stakes.proposer_gain - 1.0)
    found = foresee_offer(stakes)
    assert found.offer is None
    assert (found.prob_war == stakes.prob_war).all()


def test_no_packages_or_odd_shapes_are_refused() -> None:
    """The message says what must fit."""
    stakes = pie_as_packages()
    empty = np.zeros((0, N_COSTS))
    with pytest.raises(ModelError, match="no package"):
        foresee_offer(
            replace(stakes, proposer_gain=empty, responder_gain=empty, settled=empty)
        )
    with pytest.raises(ModelError, match="must have shape"):
        foresee_offer(replace(stakes, proposer_gain=empty))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_protocol_beats_the_mediator(seed: int) -> None:
    """On random stakes the bound lies below the offer at the same draws."""
    rng = np.random.default_rng(seed)
    shape = (12, 300)
    stakes = replace(
        pie_as_packages(),
        proposer_gain=rng.normal(5, 10, shape),
        responder_gain=rng.normal(0, 10, shape),
        settled=rng.uniform(0, 1, shape),
        prob_war=rng.uniform(0.2, 0.9, 300),
        prob_war_meanwhile=rng.uniform(0, 0.1, 300),
    )
    found = foresee_offer(stakes)
    assert found.mediated.prob_war <= found.mediated.prob_war_of_offer + 1e-12
    assert found.certificate.is_verified
    assert found.prob_war.mean() <= found.prob_war_without.mean() + 1e-12
