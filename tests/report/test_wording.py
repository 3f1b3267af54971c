import math

import numpy as np
import pytest

from backchannel.report import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 %"),
        (0.0004, "<0.1 %"),
        (0.004, "0.4 %"),
        (0.0096, "1 %"),
        (0.344, "34 %"),
        (0.9951, ">99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_chance_is_written_in_whole_percent_and_never_rounded_to_certainty(
    value, text
):
    assert wording.percent(value) == text


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (0.25, "15 min"),
        (4.52, "4.5 h"),
        (14.3, "14 h"),
        (71.0, "71 h"),
        (72.0, "3 days"),
        (24 * 20, "20 days"),
        (24 * 137, "4.5 months"),
        (-3.0, "−3 h"),
    ],
)
def test_a_span_of_time_takes_the_unit_that_a_reader_would_choose(hours, text):
    assert wording.span_of_time(hours) == text


def test_a_band_names_a_shared_unit_once():
    made = wording.number("x", "chance", np.linspace(0.1, 0.5, 101), "draws")
    assert made.text == "30 % (12 to 48 %)"
    assert (made.median, made.low, made.high) == pytest.approx((0.3, 0.12, 0.48))


def test_a_number_without_spread_has_no_band():
    assert wording.number("x", "hours", 6.0, "draws").text == "6 h"


def test_a_value_beyond_the_horizon_is_said_to_lie_beyond_it_and_is_null():
    values = np.array([10.0] * 60 + [math.inf] * 40)
    made = wording.number("x", "hours", values, "draws", censored_at=72.0)
    assert made.text == "10 h (10 h to more than 3 days)"
    assert made.high is None


def test_a_change_of_a_chance_is_in_points_with_its_sign():
    assert wording.points(-0.124) == "−12 points"
    assert wording.points(0.004) == "+0.4 points"
    assert wording.points(0.01) == "+1 point"
    assert wording.points(1e-9) == "0 points"


def test_text_of_the_file_becomes_one_line_without_control_characters():
    assert wording.clean("a\x1b[31m\nb\u202ec\x00") == "a [31m bc"


def test_shortening_cuts_at_a_word_and_shows_it():
    assert wording.shorten("The radar on the island", 15) == "The radar on…"
    assert wording.shorten("short", 15) == "short"
