"""Numbers of the file are shown as their writer put them."""

import pytest

from backchannel.base.uncertain import read_number
from backchannel.base.units import COUNT, DURATION, RATE, WORTH, Dimension
from backchannel.report.values import value_text


@pytest.mark.parametrize(
    ("written", "dimension", "shown"),
    [
        (["10", "20"], COUNT, "10 to 20"),
        (["0.005 /h", "0.03 /h"], RATE, "0.005 to 0.03 an hour"),
        (["0.001 /d", "0.01 /d"], RATE, "0.001 to 0.01 a day"),
        (["1 mo", "3 mo"], DURATION, "1 to 3 months"),
        (["12 h", "48 h"], DURATION, "12 to 48 h"),
        (["0.5 h", "5 h"], DURATION, "0.5 to 5 h"),
        (["3 min", "30 min"], DURATION, "3 to 30 min"),
        ("13.75 h", DURATION, "13.8 h"),
        ("1 d", DURATION, "1 day"),
        (["-12", "-4"], WORTH, "−12 to −4"),
        ("unknown", WORTH, "unknown, drawn between -100 and 100"),
    ],
)
def test_a_range_is_whole_and_in_the_unit_of_the_file(
    written: object, dimension: Dimension, shown: str
) -> None:
    """No 90 % band stands in for what the file says, and no unit is changed."""
    assert value_text(read_number(written, dimension)) == shown


def test_a_law_without_ends_is_given_by_its_median_and_band() -> None:
    """The band says that it is one."""
    number = read_number({"lognormal": {"median": "6 h", "p90": "11 h"}}, DURATION)
    assert value_text(number) == "about 6 h, 90 % within 2.76 to 13.1 h"
