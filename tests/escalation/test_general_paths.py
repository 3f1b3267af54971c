"""General paths: declared laws, Hawkes kernels, and agreement with the exact engine."""

import numpy as np
import pytest
from scipy import special

from backchannel.base.uncertain import read_number
from backchannel.base.units import DURATION
from backchannel.crisis.draws import draw_numbers
from backchannel.escalation._kernels.general_paths import (
    follow_histories,
    follow_history,
)
from backchannel.escalation._kernels.latency import latency
from backchannel.escalation._kernels.philox import key_of
from backchannel.escalation.compile import compile_escalation
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.sampling.laws import Stages
from backchannel.escalation.sampling.markov_run import guesses
from backchannel.escalation.sampling.path_tables import path_tables
from backchannel.escalation.world import World
from tests.escalation.random_crises import random_crisis
from tests.escalation.sampled_crises import delayed_reply, self_exciting

KEY = key_of(3, "test")
# Chance that a Kolmogorov-Smirnov statistic of a true law exceeds the critical value.
FALSE_ALARM = 1e-4


def _ks_passes(uniform):
    """Kolmogorov-Smirnov test of numbers that should be uniform."""
    x, n = np.sort(uniform), len(uniform)
    steps = np.arange(n + 1) / n
    distance = max((steps[1:] - x).max(), (x - steps[:-1]).max())
    return bool(special.kolmogorov(distance * np.sqrt(n)) > FALSE_ALARM)


def _count(tables, n, grid, draw=0):
    counts = np.zeros((2, len(grid)), np.int64)
    nothing = np.zeros((0, len(tables.rungs)), np.int16)
    follow_histories(
        0, n, KEY, tables.of_draw(draw), tables.scratch(), grid, guesses(grid), counts,
        nothing,
    )  # fmt: skip
    return counts.cumsum(axis=1) / n


def test_two_hundred_random_crises_agree_with_the_exact_engine():
    """4,000 paths each, both ends at two hours, within four standard errors.

    800 comparisons of 6.3e-5 each: a true sampler fails for one seed in twenty.
    """
    n, worst = 4_000, []
    for seed in range(200):
        crisis = random_crisis(seed)
        world = World(crisis, draw_numbers(crisis, 1, seed))
        compiled = compile_escalation(world)
        tables = path_tables(world, is_declared=False)
        grid = np.linspace(0.0, tables.horizon, 3)
        share = _count(tables, n, grid)[:, 1:]
        values = solve_forward(compiled.problem, compiled.theta, grid).values[1:, :, 0]
        exact = np.zeros((2, 2))
        exact[: values.shape[1]] = values.T
        # One path more, so that a chance near 0 or 1 has an error too.
        error = np.sqrt((exact * (1 - exact) + 1 / n) / n)
        worst.append((np.abs(share - exact) / error).max())
    assert len(worst) == 200
    assert max(worst) <= 4.0


def test_a_wrong_sampler_is_found_out():
    """The same comparison refuses a declared law that is not exponential."""
    crisis = delayed_reply("4 h")
    world = World(crisis, draw_numbers(crisis, 1, 1))
    compiled = compile_escalation(world)
    grid = np.array([0.0, 3.0, 40.0])
    exact = solve_forward(compiled.problem, compiled.theta, grid).values[1, 0, 0]
    share = _count(path_tables(world), 4_000, grid)[0, 1]
    assert abs(share - exact) > 4 * np.sqrt(exact * (1 - exact) / 4_000)


def test_a_fixed_delay_is_fixed():
    """War comes in the very hour that the order takes, on every path."""
    crisis = delayed_reply("2 h")
    grid = np.array([0.0, np.nextafter(2.0, 0.0), 2.0, 40.0])
    tables = path_tables(World(crisis, draw_numbers(crisis, 1, 1)))
    assert _count(tables, 100, grid)[0].tolist() == [0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    "delay",
    [
        {"lognormal": {"median": "3 h", "p90": "9 h"}},
        ["1 h", "5 h"],
        {"triangular": ["1 h", "2 h", "9 h"]},
        {"pert": ["1 h", "2 h", "9 h"]},
        {"loguniform": ["1 h", "20 h"]},
    ],
)
def test_a_declared_delay_has_its_law(delay):
    """5,000 paths, Kolmogorov-Smirnov at 1e-4, on a grid fine enough to be exact."""
    crisis = delayed_reply(delay)
    number = crisis.escalation.standing_orders["reply"].delay
    tables = path_tables(World(crisis, draw_numbers(crisis, 1, 1)))
    grid = np.linspace(0.0, 40.0, 40_001)
    n = 5_000
    distance = np.abs(_count(tables, n, grid)[0] - number.cdf(grid)).max()
    assert special.kolmogorov(distance * np.sqrt(n)) > FALSE_ALARM
    shifted = np.abs(_count(tables, n, grid)[0] - number.cdf(grid * 1.1)).max()
    assert special.kolmogorov(shifted * np.sqrt(n)) < FALSE_ALARM


def test_an_empirical_law_gives_its_values_with_their_shares():
    raw = {"discrete": {"1 h": 0.25, "3 h": 0.5, "8 h": 0.25}}
    stages = Stages([], [])
    stages.declared([read_number(raw, DURATION)])
    law, table = stages.arrays()
    kind, a, b, low, high = law[0]
    found = [
        latency(int(kind), a, b, int(low), int(high), u, table)
        for u in (0.1, 0.25, 0.26, 0.74, 0.76, 1 - 1e-12)
    ]
    assert found == [1.0, 1.0, 3.0, 3.0, 8.0, 8.0]


def _incidents(tables, path):
    log, (what, where) = np.empty(500), np.empty((2, 500), np.int64)
    model, scratch = tables.of_draw(0), tables.scratch()
    _, _, n = follow_history(np.uint64(path), KEY, model, scratch, log, what, where)
    assert n < 500
    return log[:n][what[:n] >= 0]


def _waits(hours, hazard, excitation, rate, until):
    """Intensity integrated between incidents: exponential by time rescaling.

    The last wait is censored: what is beyond it is made up of its own law.
    """
    heat, now, waits = 0.0, 0.0, []
    for hour in hours:
        gone = hour - now
        waits.append(hazard * gone + excitation * heat * -np.expm1(-rate * gone) / rate)
        heat, now = heat * np.exp(-rate * gone) + 1.0, hour
    gone = until - now
    rest = hazard * gone + excitation * heat * -np.expm1(-rate * gone) / rate
    return waits, rest


def test_time_rescaling_of_the_self_exciting_process():
    """Incidents of 400 windows of 96 h; Kolmogorov-Smirnov at 1e-4.

    Rescaled by its own intensity a point process is Poisson of rate 1 (Papangelou
    1972; Ogata 1988, J. Am. Stat. Assoc. 83, 9-27). Windows follow each other, so the
    waits across their ends count too and nothing is censored.
    """
    hazard, excitation, cooling = 0.1, 0.075, 8.0
    crisis = self_exciting(hazard, excitation, cooling)
    world = World(crisis, draw_numbers(crisis, 1, 1))
    tables = path_tables(world, is_kernel=True)
    for rate, is_right in ((1 / cooling, True), (2 / cooling, False)):
        rescaled, carried = [], 0.0
        for path in range(400):
            hours = _incidents(tables, path)
            waits, rest = _waits(hours, hazard, excitation, rate, 96.0)
            if waits:
                rescaled += [waits[0] + carried, *waits[1:]]
                carried = 0.0
            carried += rest
        assert len(rescaled) > 8_000
        assert _ks_passes(-np.expm1(-np.array(rescaled))) == is_right


def test_mean_number_of_incidents_of_the_hawkes_process():
    """E N(T) in closed form, 2,000 windows, four standard errors (6e-5)."""
    hazard, excitation, cooling = 0.1, 0.075, 8.0
    crisis = self_exciting(hazard, excitation, cooling)
    tables = path_tables(World(crisis, draw_numbers(crisis, 1, 1)), is_kernel=True)
    counts = np.array([len(_incidents(tables, path)) for path in range(2_000)])
    gap = 1 / cooling - excitation
    end = 96.0
    mean = hazard / cooling / gap * end
    mean -= hazard * excitation / gap**2 * -np.expm1(-gap * end)
    assert abs(counts.mean() - mean) <= 4 * counts.std() / np.sqrt(len(counts))
    assert abs(counts.mean() - hazard * end) > 4 * counts.std() / np.sqrt(len(counts))


@pytest.mark.parametrize("is_kernel", [False, True])
def test_plain_python_follows_the_same_paths(is_kernel):
    crisis = random_crisis(4)
    world = World(crisis, draw_numbers(crisis, 1, 1))
    tables = path_tables(world, is_kernel=is_kernel)
    nothing, nowhere = np.empty(0), np.empty(0, np.int64)
    for path in range(30):
        asked = np.uint64(path), KEY, tables.of_draw(0), tables.scratch()
        compiled = follow_history(*asked, nothing, nowhere, nowhere)
        assert compiled == follow_history.py_func(*asked, nothing, nowhere, nowhere)
