"""Numbers: every form reads as written, or says what would be right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backchannel.base import laws
from backchannel.base.located import locate_tree
from backchannel.base.uncertain import PlacedError, read_number
from backchannel.base.units import COUNT, DURATION, PROBABILITY, RATE, WORTH

SHARES = np.array([0.05, 0.3, 0.5, 0.8, 0.95])


@pytest.mark.parametrize(
    ("raw", "dimension", "median"),
    [
        ("6 h", DURATION, 6.0),
        ("135 d", DURATION, 3240.0),
        ("30 min", DURATION, 0.5),
        ("0.27 /h", RATE, 0.27),
        ("24 /d", RATE, 1.0),
        ("35 %", PROBABILITY, 0.35),
        (-15, WORTH, -15.0),
        (["4 h", "1 d"], DURATION, 14.0),
        ({"value": "2 h"}, DURATION, 2.0),
        ({"loguniform": ["0.01 /h", "1 /h"]}, RATE, 0.1),
        ({"normal": {"mean": 10, "sd": 2}}, WORTH, 10.0),
        ({"lognormal": {"median": "6 h", "p90": "11 h"}}, DURATION, 6.0),
        ({"lognormal": {"median": "6 h", "log_sd": 0.5}}, DURATION, 6.0),
        ({"beta": {"a": 2, "b": 2}}, PROBABILITY, 0.5),
        ({"triangular": [0, 5, 10]}, WORTH, 5.0),
        ({"pert": [0, 5, 10]}, WORTH, 5.0),
        ({"discrete": {"1": 0.2, "7": 0.8}}, COUNT, 7.0),
        ("unknown", PROBABILITY, 0.5),
    ],
)
def test_every_form_reads_into_canonical_units(raw, dimension, median):
    assert read_number(raw, dimension).median() == pytest.approx(median, abs=1e-12)


def test_a_month_is_a_twelfth_of_a_gregorian_year():
    assert read_number("12 mo", DURATION).median() == pytest.approx(24 * 365.2425)


@pytest.mark.parametrize(
    ("raw", "dimension", "words"),
    [
        ("6", DURATION, "no unit"),
        (6, DURATION, "no unit"),
        ("6 parsecs", DURATION, "unit 'parsecs'"),
        ("6 /h", DURATION, "unit '/h'"),
        ("-6 h", DURATION, "lies in"),
        (1.2, PROBABILITY, "lies in [0, 1]"),
        ("six hours", DURATION, "not a number"),
        (True, WORTH, "not a worth"),
        (["2 h", "1 h"], DURATION, "ascending"),
        (["1 h"], DURATION, "must be [low, high]"),
        ({"value": 1, "interval": [1, 2]}, WORTH, "exactly one"),
        ({"valu": 1}, WORTH, "unknown key 'valu'"),
        ({"loguniform": [0, 1]}, WORTH, "low > 0"),
        ({"beta": {"a": 2, "b": 2}}, WORTH, "use pert"),
        ({"beta": {"a": 0, "b": 2}}, PROBABILITY, "above 0"),
        ({"normal": {"mean": 1, "sd": 0}}, WORTH, "above 0"),
        ({"lognormal": {"median": "6 h", "p90": "5 h"}}, DURATION, "above the median"),
        ({"discrete": {"1": 0.2}}, COUNT, "sum 1"),
        ({"triangular": [1, 1, 1]}, WORTH, "write one number"),
        ({"value": 1, "certainty": "sure"}, WORTH, "must be one of stated"),
        ({"value": 1, "private": "yes"}, WORTH, "true or false"),
        ({"lognormal": {"median": "6 h", "log_sd": 900}}, DURATION, "at most 20"),
        ({"value": 1, "source": 7}, WORTH, "one name or a list"),
    ],
)
def test_what_cannot_be_read_says_what_would_be_right(raw, dimension, words):
    with pytest.raises(PlacedError) as caught:
        read_number(locate_tree(raw, "x"), dimension)
    assert words in str(caught.value)


def test_unknown_is_never_zero():
    """An unknown worth is drawn over its whole range, an unknown duration never."""
    worth = read_number("unknown", WORTH)
    assert worth.law.support() == (-100.0, 100.0)
    duration = read_number("unknown", DURATION)
    assert not duration.is_usable
    with pytest.raises(ValueError, match="no engine may draw it"):
        duration.median()


def test_empty_is_not_unknown():
    empty = read_number("empty", PROBABILITY)
    assert (empty.presence, empty.is_usable) == ("empty", False)


def test_notes_travel_with_the_number():
    raw = {"value": 3, "source": ["A", "B"], "certainty": "stated", "private": True}
    number = read_number(locate_tree(raw, "values.a"), WORTH)
    assert number.sources == ("A", "B")
    assert (number.certainty, number.is_private) == ("stated", True)
    assert number.path == "values.a"


LAWS = [
    laws.Uniform(1, 3),
    laws.LogUniform(0.1, 10),
    laws.Normal(0.0, 2.0),
    laws.Normal(0.4, 0.3, 0.0, 1.0),
    laws.LogNormal(6.0, 0.5),
    laws.Beta(2, 5),
    laws.Triangular(0, 1, 4),
    laws.Triangular(0, 0, 4),
    laws.Triangular(0, 4, 4),
    laws.pert(1, 2, 5),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_cdf_inverts_quantile(law):
    assert law.cdf(law.quantile(SHARES)) == pytest.approx(SHARES, abs=1e-12)


def test_pert_has_its_mean():
    """(low + 4 mode + high) / 6, by Gauss-Legendre integration of the quantile."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    values = laws.pert(1, 2, 5).quantile((nodes + 1) / 2)
    assert (weights * values).sum() / 2 == pytest.approx((1 + 8 + 5) / 6, abs=1e-5)


def test_discrete_gives_each_value_its_share():
    law = laws.Discrete((1.0, 7.0), (0.2, 0.8))
    assert law.quantile(np.array([0.1, 0.19, 0.21, 1.0])).tolist() == [1, 1, 7, 7]
    assert law.cdf(np.array([0.0, 1.0, 6.9, 7.0])).tolist() == [0, 0.2, 0.2, 1.0]


@given(st.floats(0, 1, exclude_max=True))
def test_draws_stay_in_the_natural_range(p):
    number = read_number({"normal": {"mean": 0.9, "sd": 0.5}}, PROBABILITY)
    assert 0 <= float(number.quantile(np.array(p))) <= 1
