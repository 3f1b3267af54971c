"""Compiled loops and their plain references give the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from backchannel.games import unfold
from backchannel.games._kernels import (
    backward,
    backward_reference,
    blocks,
    blocks_reference,
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
from backchannel.games.poker import KuhnPoker, LeducPoker
from backchannel.games.regret_minimisation import Buffers, Machine
from backchannel.games.sequence_form import sequence_form

FORMS = {
    "crisis": sequence_form(unfold(CrisisSignalling(3, 2, 3))),
    "crisis with blocks": sequence_form(unfold(CrisisSignalling(4, 3, 6))),
    "kuhn": sequence_form(unfold(KuhnPoker())),
    "leduc": sequence_form(unfold(LeducPoker())),
}


def started(machine: Machine, seed: int) -> Buffers:
    """Buffers of two players with something learnt already."""
    rng = np.random.default_rng(seed)
    buffers = machine.load(machine.fresh())
    for held in buffers:
        held[1][:-1] = rng.normal(size=len(held[1]) - 1)
    return buffers


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("rule", [regret.PLUS, regret.PREDICTIVE, regret.DISCOUNTED])
def test_learning_steps_agree(name: str, rule: int) -> None:
    """Three iterations of both players, with every array compared, and a gain."""
    machine = Machine(FORMS[name])
    assert machine.blocks is not None
    states = [started(machine, 2), started(machine, 2)]
    for module, state in zip((regret, regret_reference), states, strict=True):
        module.run_pair(machine.blocks.arrays, machine.ways, state, 1, 3, rule, 2.0)
    for one, two in zip(*states, strict=True):
        for a, b in zip(one[1:], two[1:], strict=True):
            np.testing.assert_allclose(a, b, atol=1e-12)
    gradient = np.random.default_rng(3).random(len(states[0][0][0]))
    found = [
        module.gain(*machine.ways[0], states[0][0][3], gradient.copy())
        for module in (regret, regret_reference)
    ]
    assert found[0] == pytest.approx(found[1], abs=1e-12)


@pytest.mark.parametrize("name", FORMS)
def test_blocks_hold_every_leaf(name: str) -> None:
    """What a sequence earns is the sum over leaves, however these are laid out."""
    form = FORMS[name]
    machine = Machine(form)
    rng = np.random.default_rng(4)
    plans = tuple(rng.random(n) for n in form.n_sequences)
    placed = tuple(
        np.append(plan[order.order], 0.0)
        for plan, order in zip(plans, machine.orders, strict=True)
    )
    for player, order in enumerate(machine.orders):
        earned = np.zeros(len(order.order) + 1)
        machine.earn(player, placed, earned)
        wanted = form.gradient(player, plans)
        np.testing.assert_allclose(earned[order.place], wanted, atol=1e-12)
    if name in ("leduc", "crisis with blocks"):
        assert machine.blocks is not None
        assert len(machine.blocks.shapes) > 0
        assert len(machine.blocks.rests[0][3]) < form.n_leaves / 10


def test_components_and_cells_agree() -> None:
    """Which sequences leaves connect, and where a leaf is added."""
    rng = np.random.default_rng(12)
    own = rng.integers(0, 40, 60).astype(np.int32)
    other = rng.integers(0, 50, 60).astype(np.int32)
    found = [
        module.components(own, other, 40, 50) for module in (blocks, blocks_reference)
    ]
    assert (found[0] == found[1]).all()
    places = np.where(np.arange(40) % 3, 60 * np.arange(40), -1)
    cells = np.zeros((2, 2400))
    chance, payoffs = rng.random((2, 60))
    for module, into in zip((blocks, blocks_reference), cells, strict=True):
        module.fill(own, other, chance, payoffs, places, np.arange(50), into)
    np.testing.assert_allclose(cells[0], cells[1], atol=1e-15)
    assert cells[0].sum() == pytest.approx(
        (chance * payoffs)[np.isin(own, np.flatnonzero(places >= 0))].sum()
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


@pytest.mark.parametrize("n_players", [1, 2, 3])
def test_backward_loops_agree(n_players: int) -> None:
    """Values and choices of 300 random nodes with one to four children, and ties."""
    rng = np.random.default_rng(10 + n_players)
    counts = np.zeros(300, dtype=np.int64)
    n = 1
    for node in range(300):
        if n + 4 > 300 or node >= n:
            break
        counts[node] = rng.integers(1, 5)
        n += int(counts[node])
    counts = counts[:n]
    first_child = np.concatenate([[1], 1 + np.cumsum(counts)]).astype(np.int32)
    movers = rng.integers(-1, n_players, n).astype(np.int32)
    chance = rng.random(n)
    found = []
    ends = rng.integers(0, 4, (n, n_players)).astype(float)
    for module in (backward, backward_reference):
        values = np.where(counts[:, None] == 0, ends, 0.0)
        choice = np.full(n, -1, dtype=np.int32)
        module.induct(first_child, movers, chance, values, choice)
        found.append((values, choice))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-14)
    assert (found[0][1] == found[1][1]).all()
    assert (counts == 2).any()


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
