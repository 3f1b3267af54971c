"""Counter-based random numbers, elementary functions and alias tables."""

import math

import numpy as np
import pytest
from scipy import special

from backchannel.base.errors import MethodError
from backchannel.escalation._kernels.alias import fill_cells
from backchannel.escalation._kernels.elementary import (
    exponential_32,
    exponential_of,
    log_positive,
)
from backchannel.escalation._kernels.philox import key_of, philox

# Known answers of the authors' Random123 1.14, kat_vectors, philox4x32 10 rounds.
_ONES = 0xFFFFFFFF
KNOWN = [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((_ONES,) * 4, (_ONES,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
@pytest.mark.parametrize("function", [philox, philox.py_func])
def test_philox_gives_the_published_answers(counter, key, answer, function):
    path = np.uint64(counter[0] | counter[1] << 32)
    words = function(
        path,
        np.uint64(counter[2]),
        np.uint64(counter[3]),
        np.uint64(key[0] | key[1] << 32),
    )
    assert " ".join(f"{int(word):08x}" for word in words) == answer


def test_keys_differ_by_name_and_seed():
    keys = {int(key_of(seed, name)) for seed in (1, 2) for name in ("a", "b")}
    assert len(keys) == 4
    with pytest.raises(MethodError, match="seed: is -1"):
        key_of(-1, "a")


def test_logarithm_and_exponential_agree_with_the_library():
    x = np.geomspace(1e-300, 1e300, 20_000)
    ours = np.array([log_positive(v) for v in x])
    assert np.abs(ours / np.log(x) - 1).max() < 5e-16
    x = -np.linspace(0.0, 700.0, 20_001)
    ours = np.array([exponential_of(v) for v in x])
    assert np.abs(ours / np.exp(x) - 1).max() < 1e-15


def test_exponential_numbers_invert_the_uniform_ones():
    for word in (0, 1, 2**31, 2**32 - 2, 2**32 - 1):
        exact = -math.log((word + 0.5) / 2**32)
        ours = exponential_32(np.uint64(word))
        assert ours == pytest.approx(exact, rel=7.4e-10, abs=1e-19)


def _shares(weight):
    """Chance of each outcome that the cells of a row give."""
    n = len(weight)
    threshold, other = np.empty(n, np.uint32), np.empty(n, np.int64)
    fill_cells(weight.copy(), threshold, other, np.empty(n, np.int64))
    own = threshold / (2**32 - 1)
    return (own + np.bincount(other, 1 - own, n)) / n


def test_alias_rows_hold_the_chances_they_were_built_from():
    rng = np.random.default_rng(5)
    for n in (1, 2, 3, 17, 200):
        weight = rng.gamma(0.3, size=n)
        weight[rng.random(n) < 0.2] = 0.0
        weight[0] += 1e-9
        wrong = weight + 1e-3 * weight.sum() * (np.arange(n) == n - 1)
        chance = weight / weight.sum()
        assert np.abs(_shares(weight) - chance).max() < 1e-9
        assert n == 1 or np.abs(_shares(wrong) - chance).max() > 1e-9


def test_picks_by_alias_row_pass_a_chi_square_test():
    """Seed in the key; false alarm in 1 run of 10,000 by another seed."""
    weight = np.array([5.0, 1.0, 0.0, 3.0, 0.5, 2.0])
    n = len(weight)
    threshold, other = np.empty(n, np.uint32), np.empty(n, np.int64)
    fill_cells(weight.copy(), threshold, other, np.empty(n, np.int64))
    key, found = key_of(11, "chi-square"), np.zeros(n)
    for path in range(20_000):
        word = int(philox(np.uint64(path), np.uint64(0), np.uint64(0), key)[0]) * n
        cell, part = word >> 32, word & _ONES
        found[cell if part < threshold[cell] else other[cell]] += 1
    wanted = 20_000 * weight / weight.sum()
    assert found[2] == 0
    live = wanted > 0
    chi_square = ((found - wanted)[live] ** 2 / wanted[live]).sum()
    assert chi_square < special.chdtri(live.sum() - 1, 1e-4)
