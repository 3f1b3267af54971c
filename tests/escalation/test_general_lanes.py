"""General paths in lanes: bit for bit those of one at a time."""

import numpy as np
import pytest

from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load, load_mapping
from backchannel.escalation._kernels.general_paths import (
    follow_histories,
    follow_history,
)
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.sampling.general_run import count_histories
from backchannel.escalation.sampling.markov_run import guesses
from backchannel.escalation.sampling.path_tables import path_tables
from backchannel.escalation.world import World
from tests.escalation.random_crises import random_crisis
from tests.escalation.sampled_crises import (
    delayed_reply,
    exciting_content,
    self_exciting,
)

KEY = key_of(7, "lanes")
SETTINGS = [
    {"is_kernel": is_kernel, "is_declared": is_declared}
    for is_kernel in (False, True)
    for is_declared in (False, True)
]


def _tables(crisis, **settings):
    return path_tables(World(crisis, draw_numbers(crisis, 1, 1)), **settings)


def _one_by_one(tables, first, last, grid):
    counts = np.zeros((2, len(grid)), np.int64)
    chains = np.zeros((last - first, len(tables.rungs)), np.int16)
    n = follow_histories(
        first, last, KEY, tables.of_draw(0), tables.scratch(), grid, guesses(grid),
        counts, chains,
    )  # fmt: skip
    return counts, chains[:n]


def _hours_themselves(tables, first, last):
    """Every hour at which a path ends, and the number right below it.

    Counts by this grid are equal only if the hours are, to the last bit.
    """
    model, scratch = tables.of_draw(0), tables.scratch()
    nothing, nowhere = np.empty(0), np.empty(0, np.int64)
    asked = KEY, model, scratch, nothing, nowhere, nowhere
    hours = [follow_history(np.uint64(n), *asked)[1] for n in range(first, last)]
    below = np.nextafter(hours, 0.0)
    return np.unique(np.concatenate([hours, below, [0.0, tables.horizon]]))


def _sorted(chains):
    return chains[np.lexsort(chains.T)]


@pytest.mark.parametrize("settings", SETTINGS)
def test_lanes_follow_the_same_paths_as_one_at_a_time(settings):
    """Ends, hours and chains of random crises, with deadlines, orders and decisions."""
    n_ends = 0
    for seed in range(12):
        tables = _tables(random_crisis(seed), **settings)
        grid = _hours_themselves(tables, 5, 205)
        counts, chains = _one_by_one(tables, 5, 205, grid)
        found, noted = count_histories(tables, 0, KEY, 5, 205, grid, n_chains=200)
        assert (found == counts).all()
        assert (_sorted(noted) == _sorted(chains)).all()
        n_ends += counts.sum()
    assert n_ends > 500


def _war_by_clash():
    """A self-exciting incident that is war one time in thirty."""
    content = exciting_content(0.1, 0.075, 8.0)
    content["escalation"]["standing_orders"] = {
        "reply": {
            "title": "Reply",
            "holder": "alpha",
            "trigger": ["clash"],
            "response": {"to_rung": "war"},
            "status": "in_force",
            "prob_fires": 1 / 30,
        }
    }
    return load_mapping(content)


@pytest.mark.parametrize("n_lanes", [1, 16, 48, 200])
def test_any_number_of_lanes_gives_the_same_bits(n_lanes):
    """Hours at which a self-exciting process ends depend on all its past."""
    tables = _tables(_war_by_clash(), is_kernel=True)
    grid = _hours_themselves(tables, 0, 500)
    counts, _ = _one_by_one(tables, 0, 500, grid)
    assert 150 < counts[0].sum() < 350
    found, _ = count_histories(tables, 0, KEY, 0, 500, grid, n_lanes=n_lanes)
    assert (found == counts).all()
    others, _ = count_histories(tables, 0, KEY, 1, 501, grid, n_lanes=n_lanes)
    assert (others != counts).any()


@pytest.mark.parametrize("is_kernel", [False, True])
def test_chunks_of_a_crisis_file_add_up(is_kernel):
    tables = _tables(load("cuba-1962"), is_kernel=is_kernel)
    grid = np.linspace(0.0, tables.horizon, 97)
    parts = [(0, 1), (1, 700), (700, 700), (700, 2_000)]
    total = sum(count_histories(tables, 0, KEY, a, b, grid)[0] for a, b in parts)
    counts, _ = _one_by_one(tables, 0, 2_000, grid)
    assert counts.sum() > 100
    assert (total == counts).all()


def test_paths_that_end_in_one_event_or_none():
    """An order of fixed delay, and a process that changes no rung."""
    for crisis, n_wars in (
        (delayed_reply("2 h"), 100),
        (self_exciting(0.1, 0.07, 8.0), 0),
    ):
        tables = _tables(crisis, is_kernel=True)
        grid = np.array([0.0, np.nextafter(2.0, 0.0), 2.0, tables.horizon])
        counts, _ = count_histories(tables, 0, KEY, 0, 100, grid)
        assert counts[0].tolist() == [0, 0, n_wars, 0]
