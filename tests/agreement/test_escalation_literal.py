"""The compiled escalation model equals the rules read literally, on random crises."""

import numpy as np
import pytest

from backchannel.crisis.draws import draw_numbers
from backchannel.escalation import simulate_escalation
from backchannel.escalation.world import AS_WRITTEN
from tests.agreement.escalation_literal import Literal
from tests.escalation.random_crises import random_crisis


@pytest.mark.parametrize("seed", range(5))
def test_the_engine_reads_the_rules_as_they_stand(seed):
    """P(war), P(settled) and every lever, in two draws of a random crisis."""
    crisis = random_crisis(seed)
    draws = draw_numbers(crisis, 2, seed)
    result = simulate_escalation(crisis, draws=draws)
    for draw in range(2):
        war, settled = Literal(crisis, draws, draw, AS_WRITTEN).ends()
        assert result.prob_war[draw, -1] == pytest.approx(war, abs=1e-11)
        assert result.prob_settled[draw, -1] == pytest.approx(settled, abs=1e-11)
    for effect in result.levers:
        war, _ = Literal(crisis, draws, 1, effect.lever.variation).ends()
        assert effect.prob_war[1, -1] == pytest.approx(war, abs=1e-11)
        base = result.prob_war[1, -1]
        assert effect.difference[1] == pytest.approx(war - base, abs=1e-11)


def test_the_crises_exercise_the_rules():
    """Otherwise agreement would say little: every lever matters in some crisis."""
    largest: dict[str, float] = {}
    for seed in range(5):
        crisis = random_crisis(seed)
        result = simulate_escalation(crisis, n_draws=2, seed=seed)
        for effect in result.levers:
            name = effect.name.partition("=")[0]
            change = float(np.abs(effect.difference).max())
            largest[name] = max(largest.get(name, 0.0), change)
    assert set(largest) == {"alert", "stand_to", "fire_back", "strike", "alpha"}
    assert min(largest.values()) > 1e-6
