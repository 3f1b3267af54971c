"""Compiled loops and their plain references give the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from backchannel.games import unfold
from backchannel.games._kernels import (
    backward,
    backward_reference,
    logit,
    logit_reference,
    pivots,
    pivots_reference,
    regret,
    regret_reference,
    vertex_walk,
    vertex_walk_reference,
    vertices,
    vertices_reference,
)
from backchannel.games.crisis_signalling import CrisisSignalling
from backchannel.games.logit_trace import _Equations
from backchannel.games.regret_minimisation import tables_of
from backchannel.games.sequence_form import sequence_form
from tests.games.trees import ultimatum


@pytest.mark.parametrize("rule", [regret.PLUS, regret.PREDICTIVE, regret.DISCOUNTED])
def test_regret_steps_agree(rule: int) -> None:
    """Gather, update and best response, for several steps of each rule."""
    form = sequence_form(unfold(CrisisSignalling(3, 2, 3)))
    table, sets = tables_of(form)[0], form.sets[0]
    rng = np.random.default_rng(2)
    n = form.n_sequences[0]
    even = np.concatenate([[1.0], np.repeat(1 / sets[:, 2], sets[:, 2])])
    states = [
        [np.zeros(n), np.zeros(n), even.copy(), form.uniform_plans()[0], np.zeros(n)]
        for _ in range(2)
    ]
    for step in range(1, 6):
        other = rng.random(form.n_sequences[1])
        for module, state in zip((regret, regret_reference), states, strict=True):
            module.gather(*table, other, state[0])
            module.update(sets, *state, 2.0, rule, float(step))
        for one, two in zip(*states, strict=True):
            np.testing.assert_allclose(one, two, atol=1e-12)
    gradient = rng.random(n)
    assert regret.best_value(sets, gradient.copy()) == pytest.approx(
        regret_reference.best_value(sets, gradient.copy())
    )


def test_logit_loops_agree() -> None:
    """Worths, slopes and the Newton matrix."""
    equations = _Equations(unfold(CrisisSignalling(2, 3, 3)))
    rng = np.random.default_rng(8)
    equations.look(rng.normal(size=len(equations.matrix)))
    n, n_leaves = len(equations.owner), len(equations.log_chance)
    ways = (equations.starts, equations.actions)
    held = [np.empty(n_leaves), np.empty(n), np.empty(n), np.empty(n)]
    logit_reference.worths(
        *ways,
        equations.log_chance,
        equations.payoffs,
        equations.owner,
        equations.log_play,
        *held,
    )
    np.testing.assert_allclose(held[3], equations.worth, atol=1e-12)
    slope = [np.empty((n, n)), np.empty((n, n))]
    for module, into in zip((logit, logit_reference), slope, strict=True):
        module.slopes(*ways, equations.payoffs, equations.owner, *held, into)
    np.testing.assert_allclose(slope[0], slope[1], atol=1e-12)
    matrix = [np.empty_like(equations.matrix) for _ in range(2)]
    for module, into in zip((logit, logit_reference), matrix, strict=True):
        module.newton_matrix(equations.first, equations.play, slope[0], 3.0, into)
    np.testing.assert_allclose(matrix[0], matrix[1], atol=1e-12)


def test_backward_loops_agree() -> None:
    """Values and choices on a small tree."""
    tree = ultimatum()
    movers = np.where(tree.node_set >= 0, tree.set_player[tree.node_set], -1)
    found = []
    for module in (backward, backward_reference):
        values = np.zeros((tree.n_nodes, 2))
        values[tree.leaves] = tree.payoffs.T
        choice = np.full(tree.n_nodes, -1, dtype=np.int32)
        module.induct(
            tree.first_child,
            movers.astype(np.int32),
            np.ones(tree.n_nodes),
            values,
            choice,
        )
        found.append((values, choice))
    assert (found[0][0] == found[1][0]).all()
    assert (found[0][1] == found[1][1]).all()


def test_cuts_agree() -> None:
    """The same rays and labels, whatever their order."""
    rng = np.random.default_rng(6)
    rays, masks = np.eye(4), np.array([14, 13, 11, 7], dtype=np.uint64)
    for bit in range(4, 8):
        slack = rays @ rng.normal(size=4)
        cuts = [
            module.cut(rays, masks, slack, np.uint64(1 << bit), 2)
            for module in (vertices, vertices_reference)
        ]
        assert sorted(cuts[0][1].tolist()) == sorted(cuts[1][1].tolist())
        rays, masks = cuts[0]


def test_pivots_agree() -> None:
    """One exchange of a tableau."""
    rng = np.random.default_rng(7)
    one = rng.random((4, 10))
    two = one.copy()
    pivots.pivot(one, 2, 5)
    pivots_reference.pivot(two, 2, 5)
    np.testing.assert_allclose(one, two, atol=1e-12)


def test_walks_agree() -> None:
    """The same vertices as every choice of tight inequalities gives."""
    rng = np.random.default_rng(9)
    system = np.concatenate([rng.random((4, 3)) + 0.5, np.eye(4)], axis=1)
    points, masks, is_general = vertex_walk.walk(system, 1000)
    wanted, wanted_masks, _ = vertex_walk_reference.walk(system, 1000)
    assert is_general
    assert sorted(masks.tolist()) == sorted(wanted_masks.tolist())
    np.testing.assert_allclose(
        points[np.argsort(masks)], wanted[np.argsort(wanted_masks)], atol=1e-12
    )
    assert not vertex_walk.walk(system, 2)[2]
