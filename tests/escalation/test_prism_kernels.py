"""Compiled kernels against their plain references; Poisson weights; the search."""

import numpy as np
import pytest
from scipy import sparse
from scipy.special import gammaln

from backchannel.base.errors import ModelError
from backchannel.escalation._kernels.numbering import (
    FREE,
    number_codes,
    number_codes_reference,
)
from backchannel.escalation._kernels.sweeps import sweep, sweep_reference
from backchannel.escalation.poisson import poisson_window
from backchannel.escalation.prism.bind import bind
from backchannel.escalation.prism.explore import explore
from backchannel.escalation.prism.parse_model import parse_model
from backchannel.escalation.prism.transient import values_after


def random_rates(seed, n=40):
    rng = np.random.default_rng(seed)
    dense = rng.uniform(0, 1, (n, n)) * (rng.random((n, n)) < 0.2)
    np.fill_diagonal(dense, 0.0)
    return sparse.csr_array(dense), rng


def test_stopping_early_saves_products():
    rates, rng = random_rates(4)
    done = values_after(rates, rng.random(40), 10_000.0, 0)
    assert done.n_products < 1_000
    assert np.ptp(done.values) < 1e-12


def test_sweeps():
    rates, rng = random_rates(5)
    exits = np.asarray(rates.sum(axis=1)) + 0.5
    rows = rates.indptr.astype(np.int32), rates.indices.astype(np.int32), rates.data
    b, found = rng.random(40), []
    for go in (sweep, sweep_reference):
        x = np.zeros(40)
        go(*rows, exits, b, x, 3)
        found.append(x)
    assert found[0] == pytest.approx(found[1], rel=1e-13)


def test_numbering_codes():
    rng = np.random.default_rng(6)
    codes = rng.integers(0, 300, 500) * 2**40
    results = []
    for number in (number_codes, number_codes_reference):
        known, numbers = np.zeros(600, dtype=np.int64), np.zeros(500, dtype=np.int64)
        slots = np.full(2048, FREE)
        n = number(slots, known, codes[:200], 0, numbers[:200])
        n = number(slots, known, codes[200:], n, numbers[200:])
        assert (known[numbers] == codes).all()
        assert n == len(np.unique(codes))
        results.append((n, known[:n].tolist(), numbers.tolist()))
    assert results[0] == results[1]


@pytest.mark.parametrize("mean", [0.0, 1e-9, 0.3, 7.0, 700.0, 250_000.5])
def test_poisson_weights(mean):
    """Also where exp(-mean) is 0; the logarithms are good to a few 1e-10 there."""
    weights = poisson_window(mean)
    assert weights.sum() == pytest.approx(1, abs=1e-14)
    if mean > 0:
        k = np.arange(len(weights))
        expected = np.exp(k * np.log(mean) - mean - gammaln(k + 1))
        assert weights == pytest.approx(expected, rel=1e-8, abs=1e-16)
        assert weights @ k == pytest.approx(mean, rel=1e-12)


def test_too_many_states_and_jumps_are_refused():
    text = "ctmc module m x:[0..9]; [] x<9 -> 1:(x'=x+1); endmodule"
    with pytest.raises(ModelError, match="more than 5 reachable"):
        explore(bind(parse_model(text)), max_states=5)
    wide = "".join(f"x{i}:[0..999999];" for i in range(4))
    with pytest.raises(ModelError, match="conceivable"):
        explore(bind(parse_model(f"ctmc module m {wide} endmodule")))
    chain = explore(bind(parse_model(text)))
    with pytest.raises(ModelError, match="jumps"):
        values_after(chain.rates, np.ones(10), 1e12, 0)


def test_a_large_table_grows():
    """100,000 states from one, through many enlargements of the table."""
    text = "ctmc module m x:[0..99999]; [] x<99999 -> 1:(x'=min(99999,2*x+1));"
    text += "[] x>0 -> 1:(x'=x-1); endmodule"
    chain = explore(bind(parse_model(text)))
    assert chain.n_states == 100_000
    assert sorted(chain.columns["x"].tolist()) == list(range(100_000))
