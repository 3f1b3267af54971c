"""Sixteen lanes do what one number does, and leave their neighbours alone."""

import numpy as np
import pytest
from numba import njit

from backchannel.escalation._kernels.elementary import (
    exponential_32,
    exponential_of,
    log_positive,
)
from backchannel.escalation._kernels.philox import key_of, philox
from backchannel.escalation._kernels.vector_elementary import (
    exponentials,
    logarithms,
    powers_of_e,
)
from backchannel.escalation._kernels.vector_memory import (
    gather,
    read,
    scatter,
    write,
    write_packed,
)
from backchannel.escalation._kernels.vectors import (
    WIDTH,
    bits_of,
    choose,
    count_of,
    floor_of,
    from_bits,
    lowest_bit,
    mask_of,
    numbers_of,
    ones_where,
    rank_of,
    same_number,
    same_word,
    shift_signed,
    words_of,
)

RNG = np.random.default_rng(3)
WORDS = RNG.integers(0, 2**64, 2 * WIDTH, dtype=np.uint64)
NUMBERS = RNG.normal(size=2 * WIDTH)
THREE, LOW = np.uint64(3), np.uint64(0xFFFFFFFF)


@njit
def _on_words(a, b, found):
    for i in range(0, len(a), WIDTH):
        x, y = read(a, i), read(b, i)
        write(found[0], i, (x + y) - (THREE * x))
        write(found[1], i, (x & LOW) * (y & LOW))
        write(found[2], i, ((x << THREE) | (y >> THREE)) ^ (LOW & x))
        write(found[3], i, choose(x < y, x, choose(x > y, y, THREE + (x - x))))
        write(found[4], i, ones_where((x >= y) & (x >= LOW) | (y < THREE)))
        write(found[5], i, shift_signed(x, THREE))


def test_whole_words():
    a, b = WORDS, WORDS[::-1].copy()
    found = np.zeros((6, len(a)), np.uint64)
    _on_words(a, b, found)
    wanted = [
        (a + b) - THREE * a,
        (a & LOW) * (b & LOW),
        ((a << THREE) | (b >> THREE)) ^ (LOW & a),
        np.where(a == b, THREE, np.minimum(a, b)),
        ((a >= b) & (a >= LOW)) | (b < THREE),
        (a.view(np.int64) >> 3).view(np.uint64),
    ]
    assert (found == np.array(wanted, np.uint64)).all()


@njit
def _on_numbers(a, b, found, words):
    for i in range(0, len(a), WIDTH):
        x, y = read(a, i), read(b, i)
        write(found[0], i, (x + y) * 0.5 - x / (2.0 - y))
        write(found[1], i, choose((x >= y) & (x < 1.0), x, y))
        write(found[2], i, from_bits(bits_of(x)))
        write(found[3], i, numbers_of(read(words, i) & LOW))


def test_numbers_in_double_precision():
    a, b = NUMBERS, NUMBERS[::-1].copy()
    found = np.zeros((4, len(a)))
    _on_numbers(a, b, found, WORDS)
    wanted = [
        (a + b) * 0.5 - a / (2.0 - b),
        np.where((a >= b) & (a < 1.0), a, b),
        a,
        (WORDS & LOW).astype(float),
    ]
    assert (found == np.array(wanted)).all()


@njit
def _looked_up(table, places, found):
    for i in range(0, len(places), WIDTH):
        write(found, i, gather(table, read(places, i)))


@pytest.mark.parametrize("table", [WORDS, NUMBERS], ids=["words", "numbers"])
def test_look_ups_at_sixteen_places(table):
    places = RNG.permutation(2 * WIDTH).astype(np.uint64)
    found = np.zeros_like(table)
    _looked_up(table, places, found)
    assert (found == table[places]).all()


@njit
def _stored(value, places, least, found):
    for i in range(0, len(places), WIDTH):
        x = read(value, i)
        scatter(found, read(places, i), x, x >= least)


@pytest.mark.parametrize("table", [WORDS, NUMBERS], ids=["words", "numbers"])
def test_stores_at_sixteen_places_where_the_flag_is_set(table):
    places = RNG.permutation(2 * WIDTH).astype(np.uint64)
    found, least = np.zeros_like(table), np.sort(table)[5]
    _stored(table, places, least, found)
    wanted = np.zeros_like(table)
    wanted[places] = np.where(table >= least, table, 0)
    assert (found == wanted).all()
    assert (found == 0).sum() == 5


@njit
def _packed(value, least, found):
    x = read(value, 0)
    write_packed(found, 2, x, x >= least)


@pytest.mark.parametrize("table", [WORDS, NUMBERS], ids=["words", "numbers"])
@pytest.mark.parametrize("n_set", [1, 5, WIDTH])
def test_flagged_lanes_are_stored_side_by_side(table, n_set):
    """And no place before or after them is written."""
    found, least = np.zeros_like(table), np.sort(table[:WIDTH])[-n_set]
    _packed(table, least, found)
    flagged = table[:WIDTH][table[:WIDTH] >= least]
    assert len(flagged) == n_set
    assert (found[2 : 2 + n_set] == flagged).all()
    assert (found[:2] == 0).all()
    assert (found[2 + n_set :] == 0).all()


@njit
def _rounded(x, found, words):
    write(found[0], 0, floor_of(read(x, 0)))
    write(found[1], 0, same_number(x[0]))
    write(words[0], 0, words_of(read(x, 0)))
    write(words[1], 0, same_word(words[0, 0]))


def test_whole_numbers_below_and_the_same_number_in_all_lanes():
    x = 1e6 * NUMBERS[:WIDTH]
    found, words = np.zeros((2, WIDTH)), np.zeros((2, WIDTH), np.uint64)
    _rounded(x, found, words)
    assert (found == [np.floor(x), np.full(WIDTH, x[0])]).all()
    assert (words[0].view(np.int64) == np.trunc(x)).all()
    assert (words[1] == words[0, 0]).all()


@njit
def _elementary(x, found):
    for i in range(0, len(x), WIDTH):
        write(found[0], i, logarithms(read(x, i)))
        write(found[1], i, powers_of_e(0.0 - read(x, i)))


def test_logarithm_and_exponential_have_the_bits_of_one_lane():
    x = np.concatenate([RNG.uniform(0.0, 1.0, 500), RNG.uniform(0.0, 700.0, 500)])
    x = np.concatenate([x, [1e-300, 1e-16, 1.0 - 2.0**-53, 1.0, 0.5, 2.0, 699.9, 7.0]])
    found = np.zeros((2, len(x)))
    _elementary(x, found)
    wanted = [[log_positive(v) for v in x], [exponential_of(-v) for v in x]]
    assert found.tobytes() == np.array(wanted).tobytes()


@njit
def _flagged(a, least):
    lanes, mask = [], mask_of(read(a, 0) >= least)
    while mask != 0:
        lanes.append(lowest_bit(mask))
        mask &= mask - 1
    return lanes


def test_lanes_whose_flag_is_set_are_found_in_order():
    least = np.sort(WORDS[:WIDTH])[-5]
    wanted = np.flatnonzero(WORDS[:WIDTH] >= least).tolist()
    assert _flagged(WORDS, least) == wanted


@njit
def _ranked(a, least, ranks):
    flag = read(a, 0) >= least
    write(ranks, 0, rank_of(flag))
    return count_of(flag)


def test_flags_are_counted_in_all_and_before_each_lane():
    flags, ranks = WORDS[:WIDTH] >= np.sort(WORDS[:WIDTH])[-5], np.zeros_like(WORDS)
    assert _ranked(WORDS, np.sort(WORDS[:WIDTH])[-5], ranks) == 5
    assert (ranks[:WIDTH] == np.cumsum(flags) - flags).all()


@njit
def _drawn(path, key, words, waits):
    p = read(path, 0)
    a, b, c, d = philox(p, p >> THREE, p & THREE, key)
    for k, word in enumerate((a, b, c, d)):
        write(words[k], 0, word)
        write(waits[k], 0, exponentials(word))


def test_random_numbers_are_those_of_one_lane():
    """Bit for bit, the logarithm too."""
    path, key = WORDS[:WIDTH] >> np.uint64(29), key_of(7, "vectors")
    words, waits = np.zeros((4, WIDTH), np.uint64), np.zeros((4, WIDTH))
    _drawn(path, key, words, waits)
    for lane, p in enumerate(path):
        alone = philox(p, p >> THREE, p & THREE, key)
        assert tuple(words[:, lane]) == alone
        assert waits[:, lane].tolist() == [exponential_32(w) for w in alone]
