"""Pairs of paths with common luck: right differences, small variance, honest checks."""

import copy
import inspect
from dataclasses import replace

import numpy as np
import pytest

from backchannel.base.errors import MethodError, ModelError
from backchannel.crisis.load import load
from backchannel.escalation._kernels.reaction_paths import (
    reaction_paths,
    reaction_paths_reference,
)
from backchannel.escalation.forward import solve_forward
from backchannel.escalation.policies import (
    CommonReactionPaths,
    compare_policies,
    follow_pairs,
)
from backchannel.escalation.reactions import tabulate_reactions
from tests.escalation.small_problems import random_problem
from tests.systems.ref8 import parameters, ref8

# P(war) of REF-8 with every channel 5 % faster, minus without, by uniformisation.
FASTER = 0.95


def by_entry(problem):
    """Every entry between two states its own reaction, but for equal pairs."""
    return [
        (int(s), int(d))
        for s, d in zip(problem.entries.src, problem.entries.dst, strict=True)
    ]


@pytest.mark.parametrize("seed", range(1, 5))
def test_reaction_paths_equal_their_reference(seed):
    """Two regimes, an atom, two starts; the first stream numbers need not be 0."""
    problem, theta = random_problem(seed, n_states=5)
    table = tabulate_reactions(problem, theta, by_entry(problem), {"other": 0})
    jumps = table.jumps.arrays
    found = []
    for follow in (reaction_paths, reaction_paths_reference):
        hour = np.empty(60)
        key = np.uint64(seed) if follow is reaction_paths else seed
        with np.errstate(over="ignore"):
            n = follow(table.rate, table.target, table.stream, jumps, key, 7, hour)
        found.append((n, hour))
    assert found[0][0] == found[1][0]
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-9)
    assert np.isfinite(found[0][1]).any()
    ours = list(inspect.signature(reaction_paths.py_func).parameters)
    assert ours == list(inspect.signature(reaction_paths_reference).parameters)


def tables(**changes):
    """REF-8 as it is and with some numbers changed, on common streams."""
    p = copy.deepcopy(parameters())
    p.update(changes)
    streams = {}
    made, exact = [], []
    for numbers in (parameters(), p):
        problem, theta = ref8(numbers)
        names = problem.entries.cause.tolist()
        made.append(tabulate_reactions(problem, theta, names, streams))
        end = np.array([96.0])
        exact.append(float(solve_forward(problem, theta, end).values[-1, 0, 0]))
    return made, exact


def test_a_channel_five_per_cent_faster():
    """Unbiased, and each pair is worth 70 independent ones or more.

    Seed 3, 200,000 pairs of which some 530 differ: four standard errors for the
    difference; the factor is 95 with a standard error of 4, so 1 in 10^9 for 70.
    """
    faster = [FASTER * tau for tau in parameters()["tau"]]
    (base, varied), (before, after) = tables(tau=faster)
    came = follow_pairs(base, varied, 200_000, 3)
    change = came[1] - came[0]
    error = change.std() / np.sqrt(len(change))
    assert abs(change.mean() - (after - before)) < 4 * error
    alone = before * (1 - before) + after * (1 - after)
    assert alone / change.var() > 70
    assert abs(came[0].mean() - before) < 4 * np.sqrt(before * (1 - before) / 200_000)


def test_the_same_policy_twice_differs_nowhere():
    (base, same), _ = tables()
    came = follow_pairs(base, same, 2000, 1)
    assert (came[0] == came[1]).all()


def test_paths_do_not_depend_on_who_ran_before():
    (base, _), _ = tables()
    whole = base.follow(5, 0, 400)
    np.testing.assert_array_equal(whole[250:], base.follow(5, 250, 150))


def test_a_lever_of_a_crisis():
    """strait: pairs agree with the exact difference (seed 2; one alarm in 16,000)."""
    crisis = load("strait")
    method = CommonReactionPaths(n_pairs=20_000)
    found = compare_policies(crisis, ["fire_back=overridden"], method=method, seed=2)
    assert found.check(crisis).is_verified
    assert found.variance_factor > 1
    assert len(str(found).splitlines()) <= 6
    assert found == compare_policies(
        crisis, ["fire_back=overridden"], method=method, seed=2
    )


def test_the_check_rejects_a_changed_answer():
    crisis = load("strait")
    method = CommonReactionPaths(n_pairs=20_000)
    found = compare_policies(crisis, ["drones=grounded"], method=method)
    moved = found.difference + 5 * found.standard_error + 0.01
    assert not replace(found, difference=moved).check(crisis).is_verified
    with pytest.raises(MethodError, match="not of this crisis"):
        found.check(load("cuba-1962"))


def test_what_cannot_be_compared():
    with pytest.raises(MethodError, match="no lever 'drones=up'"):
        compare_policies(load("strait"), ["drones=up"])
    with pytest.raises(MethodError, match="n_pairs: is 5"):
        CommonReactionPaths(n_pairs=5)
    problem, theta = random_problem(1)
    with pytest.raises(ModelError, match="from one state to two"):
        tabulate_reactions(problem, theta, ["one"] * len(problem.entries), {})
    many = replace(problem, n_states=10**9)
    with pytest.raises(ModelError, match="take the exact difference"):
        tabulate_reactions(many, theta, by_entry(problem), {})
