"""Slices of sixteen rows against plain references, however the states lie."""

import numpy as np
import pytest

from backchannel.escalation._kernels.monomials import (
    sum_monomials,
    sum_monomials_reference,
)
from backchannel.escalation._kernels.slices import (
    mix_slices,
    mix_slices_reference,
    trace_flows,
    trace_flows_reference,
)
from backchannel.escalation.poisson import poisson_window
from backchannel.escalation.slices import aligned, lay_out

N = 150


def random_pattern(seed):
    """Two bands, an end that most states lead to, and some entries anywhere."""
    rng = np.random.default_rng(seed)
    inner = np.arange(N - 1)
    pairs = {(i, i + 9) for i in inner if i + 9 < N - 1}
    pairs |= {(i, i - 4) for i in inner if i >= 4 and i % 5}
    pairs |= {(i, N - 1) for i in inner if rng.random() < 0.7}
    pairs |= {(i, j) for i, j in rng.integers(0, N - 1, (60, 2)).tolist() if i != j}
    source, target = np.array(sorted(pairs)).T
    return source, target, rng.uniform(0.1, 2.0, len(source)), rng


def dense(source, target, rates):
    q = np.zeros((N, N))
    np.add.at(q, (source, target), rates)
    return q - np.diag(q.sum(axis=1))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("is_forward", [False, True])
def test_a_mixture_of_powers(seed, is_forward):
    """The kernel, its reference and a dense matrix give the same vector."""
    source, target, rates, rng = random_pattern(seed)
    layout = lay_out(source, target, N)
    assert layout.is_end.sum() == 1
    jumps = layout.jumps(rates, is_forward=is_forward)
    slices = layout.forward if is_forward else layout.backward
    weights = poisson_window(jumps.top * 0.7)
    rest = np.cumsum(weights[::-1])[::-1].copy()
    values = rng.random(N)
    runs = layout.runs(np.where(np.arange(N) < 40, 1, np.arange(N) // (N - 1) - 1))
    found = []
    for mix in (mix_slices, mix_slices_reference):
        x, y, total = (aligned(layout.width) for _ in range(3))
        if is_forward:
            x[layout.place] = values
        else:
            x[:] = layout.spread_out(values)
        series = np.zeros((len(weights), 2))
        kept = np.zeros((len(weights), layout.width))
        mix(
            *slices.arrays(), *jumps.arrays(), weights, rest, runs, 16, -1.0,
            x, y, total, series, kept,
        )  # fmt: skip
        found.append((total, series, kept))
    for ours, plain in zip(*found, strict=True):
        assert ours == pytest.approx(plain, rel=1e-12, abs=1e-15)
    p = np.eye(N) + dense(source, target, rates) / jumps.top
    p = p.T if is_forward else p
    expected = sum(w * np.linalg.matrix_power(p, k) for k, w in enumerate(weights))
    expected = expected @ values
    if is_forward:
        end = layout.place[-1]
        assert found[0][0][end : end + 16].sum() == pytest.approx(expected[-1])
        assert found[0][1][:, 1][-1] == pytest.approx(found[0][2][-1][16:56].sum())
    else:
        assert found[0][0][layout.place] == pytest.approx(expected, rel=1e-12)


def test_stopping_early_stays_within_its_bound():
    source, target, rates, rng = random_pattern(5)
    layout = lay_out(source, target, N)
    jumps = layout.jumps(rates)
    weights = poisson_window(jumps.top * 400.0)
    rest = np.cumsum(weights[::-1])[::-1].copy()
    values, totals = rng.random(N), []
    for slack in (1e-6, -1.0):
        x, y, total = (
            layout.spread_out(values),
            *(aligned(layout.width) for _ in range(2)),
        )
        n_products, _ = mix_slices(
            *layout.backward.arrays(), *jumps.arrays(), weights, rest,
            np.zeros(0, dtype=np.int64), 16, slack, x, y, total,
            np.zeros((len(weights), 1)), np.zeros((0, 0)),
        )  # fmt: skip
        totals.append(total[layout.place])
        assert (n_products < len(weights) - 1) == (slack > 0)
    assert 0 < np.abs(totals[0] - totals[1]).max() < 2e-6


@pytest.mark.parametrize("mean", [0.0, 3.0, 4.0])
def test_flows(mean):
    """Odd and even numbers of terms; the reference holds every power at once."""
    source, target, rates, rng = random_pattern(6)
    layout = lay_out(source, target, N)
    jumps, slices = layout.jumps(rates), layout.backward
    for weights in (poisson_window(mean), poisson_window(mean)[:-1]):
        if not len(weights):
            continue
        kept = rng.random((len(weights), layout.width))
        final = layout.spread_out(rng.random(N))
        found = []
        for trace in (trace_flows, trace_flows_reference):
            x, y, flow = (
                aligned(n) for n in (layout.width, layout.width, slices.n_lanes)
            )
            left = aligned(len(slices.left_row))
            trace(
                *slices.arrays(), *jumps.arrays(), weights, kept, final,
                x, y, flow, left,
            )  # fmt: skip
            flows = np.concatenate([flow, left])[slices.slot]
            found.append((x[layout.place], flows))
        assert found[0][0] == pytest.approx(found[1][0], rel=1e-12)
        assert found[0][1] == pytest.approx(found[1][1], rel=1e-9, abs=1e-12)


def test_equal_vectors_are_stored_once(monkeypatch):
    """Sharing them changes nothing; a chain with one rate shares nearly all."""
    source, target, _, _ = random_pattern(7)
    layout = lay_out(source, target, N)
    rates = np.full(len(source), 0.25)
    apart = layout.jumps(rates)
    monkeypatch.setattr("backchannel.escalation.slices._MOST_UNSHARED", 0)
    shared = layout.jumps(rates)
    lanes = np.arange(16)
    assert len(shared.values) < len(apart.values)
    same = [
        jumps.values[jumps.pattern[:, None].astype(int) + lanes]
        for jumps in (apart, shared)
    ]
    assert (same[0] == same[1]).all()


def test_summing_monomials():
    rng = np.random.default_rng(8)
    cell, mult = rng.integers(0, 9, 50, dtype=np.int32), rng.random(50)
    factor, theta = rng.integers(0, 6, (50, 3)), rng.random(6)
    sums = []
    for add in (sum_monomials, sum_monomials_reference):
        rates = np.zeros(9)
        add(cell, mult, factor, theta, rates)
        sums.append(rates)
    assert sums[0] == pytest.approx(sums[1], rel=1e-14)
