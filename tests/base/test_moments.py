"""Times: zones are explicit, and the night of the clock change comes out right."""

import pytest

from backchannel.base.moments import elapsed, read_moment
from backchannel.base.uncertain import PlacedError


def test_the_night_of_27_october_is_14_hours_not_13():
    """Offer 19:45 EDT, answer 14:04Z: 14.3 h; local subtraction would say 13.3 h."""
    offer = read_moment("1962-10-27 19:45 America/New_York")
    answer = read_moment("1962-10-28 09:04 America/New_York")
    passed = elapsed(offer, answer)
    assert passed.hours == pytest.approx(14 + 19 / 60)
    assert passed.clock_face_hours == pytest.approx(13 + 19 / 60)
    assert passed.is_misleading


def test_the_same_instants_in_utc_are_not_flagged():
    offer, answer = read_moment("1962-10-27T23:45Z"), read_moment("1962-10-28 14:04Z")
    passed = elapsed(offer, answer)
    assert passed.hours == pytest.approx(14 + 19 / 60)
    assert not passed.is_misleading


def test_an_hour_that_came_twice_is_refused_with_both_offsets():
    with pytest.raises(PlacedError, match="-04:00 or -05:00"):
        read_moment("1962-10-28 01:30 America/New_York")
    early, late = (read_moment(f"1962-10-28 01:30 {o}") for o in ("-04:00", "-05:00"))
    assert elapsed(early, late).hours == 1


def test_an_hour_that_never_came_is_refused():
    with pytest.raises(PlacedError, match="never came"):
        read_moment("1962-04-29 02:30 America/New_York")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("1962-10-27 19:45", "no zone"),
        ("1962-13-27 19:45Z", "no date"),
        ("1962-10-27 25:45Z", "no date"),
        ("27 October", "not a time"),
        ("1962-10-27 19:45 Mars/Base", "not known"),
        ("1962-10-27 19:45 +99:00", "out of range"),
        ("9999-12-31 Z", "out of range"),
        (["1962-10-28 11:00Z", "1962-10-28 09:00Z"], "later than"),
        ({"at": "1962-10-28 11:00Z"}, "at and within"),
        ({"at": "1962-10-28 11:00Z", "within": "2"}, "no unit"),
        (17, "not a time"),
    ],
)
def test_what_is_no_time_says_what_would_be_right(raw, words):
    with pytest.raises(PlacedError, match=words):
        read_moment(raw)


def test_fuzzy_times_keep_their_span():
    fuzzy = read_moment({"at": "1962-10-27T23:45Z", "within": "20 min"})
    assert (fuzzy.latest - fuzzy.earliest).total_seconds() == 2400
    day = read_moment("1962-10-28 America/New_York")
    assert (day.latest - day.earliest).total_seconds() == 25 * 3600
    span = read_moment(["1962-10-28 09:00Z", "1962-10-28 11:00Z"])
    assert span.middle.hour == 10


def test_unknown_and_empty_stay_apart():
    assert read_moment("unknown").presence == "unknown"
    assert read_moment("empty").presence == "empty"
    with pytest.raises(ValueError, match="unknown"):
        _ = read_moment("unknown").middle
