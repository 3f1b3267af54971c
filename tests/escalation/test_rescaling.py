"""The certificate at a sampler's own settings: it passes what is right, and no more."""

import numpy as np
import pytest
from scipy import special

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load, load_mapping
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.sampling.path_tables import PathTables, path_tables
from backchannel.escalation.sampling.rescaling import (
    FALSE_ALARM,
    compare_rates,
    rescaled_waits,
)
from backchannel.escalation.world import World
from tests.escalation.random_crises import random_crisis
from tests.escalation.sampled_crises import exciting_content

KEY = key_of(11, "rescaling")


def _tables(crisis, **settings):
    return path_tables(World(crisis, draw_numbers(crisis, 1, 1)), **settings)


@pytest.mark.parametrize("is_kernel", [False, True])
@pytest.mark.parametrize("name", ["strait", "cuba-1962"])
def test_shipped_crises_occur_at_their_rates(name, is_kernel):
    """False alarm 1 in 35,000 each, at a fixed seed."""
    found = compare_rates(_tables(load(name), is_kernel=is_kernel), 0, KEY)
    assert found.is_verified
    assert found.bound == pytest.approx(special.kolmogi(FALSE_ALARM))


def test_random_crises_occur_at_their_rates():
    """Twenty with every feature of a file; false alarm 6e-4 in all."""
    for seed in range(20):
        tables = _tables(random_crisis(seed), is_kernel=seed % 2 == 0)
        assert compare_rates(tables, 0, KEY).is_verified


def test_the_waits_have_mean_and_variance_one():
    """About 6,000 waits, four standard errors (6e-5)."""
    waits = rescaled_waits(_tables(load("cuba-1962"), is_kernel=True), 0, KEY)
    assert len(waits) > 4_000
    assert abs(waits.mean() - 1) < 4 / np.sqrt(len(waits))
    assert abs(waits.var() - 1) < 4 * np.sqrt(8 / len(waits))


@pytest.mark.parametrize(
    "wrong", [(0.115, 0.075, 8.0), (0.1, 0.06, 8.0), (0.1, 0.075, 6.0)]
)
def test_a_sampler_of_another_rate_is_refused(monkeypatch, wrong):
    """Hazard 15 % up, excitation 20 % down, or heat that cools too fast."""
    right = _tables(load_mapping(exciting_content(0.1, 0.075, 8.0)), is_kernel=True)
    assert compare_rates(right, 0, KEY).is_verified
    other = _tables(load_mapping(exciting_content(*wrong)), is_kernel=True).of_draw(0)
    monkeypatch.setattr(PathTables, "of_draw", lambda _self, _draw: other)
    assert not compare_rates(right, 0, KEY).is_verified
