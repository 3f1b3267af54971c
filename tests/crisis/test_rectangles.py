"""Hyper-rectangles of GENIUS: what is read, and the traps in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backchannel.base.errors import CrisisFileError
from backchannel.crisis.domain_rectangles import has_rectangles, load_rectangles

SPACE = """
<utility_space type="nonlinear"><objective name="root">
<issue index="1" name="troops" vtype="integer" lowerbound="2" upperbound="5"/>
<issue index="2" name="weeks" vtype="integer" lowerbound="0" upperbound="2"/>
<utility maxutility="10"><ufun type="PlainUfun" weight="1" aggregation="sum">
<hyperRectangle utility="4"><INCLUDES index="1" min="3" max="4"/></hyperRectangle>
<hyperRectangle utility="5">
<INCLUDES index="1" min="4" max="9"/><INCLUDES index="2" min="1" max="2"/>
</hyperRectangle>
<hyperRectangle utility="3">
<INCLUDES index="1" min="2" max="2"/><EXCLUDES index="2" min="0" max="1"/>
</hyperRectangle>
</ufun></utility></objective>
<reservation value="0.25"/><discount_factor value="0.9"/></utility_space>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "north.xml").write_text(SPACE)
    (tmp_path / "domain.xml").write_text(SPACE.partition("<utility ")[0])
    (tmp_path / "pareto.xml").write_text("0.5, 1.0")
    return tmp_path


def utility(folder: Path, troops: int, weeks: int) -> float:
    domain = load_rectangles(folder)
    return float(domain.utilities_of(np.array([[troops - 2, weeks]]))[0, 0])


@pytest.mark.parametrize(
    ("troops", "weeks", "points"),
    [(2, 0, 0), (3, 0, 4), (4, 0, 4), (4, 1, 9), (5, 2, 8), (2, 2, 3), (2, 1, 0)],
)
def test_bounds_are_inclusive_and_exclusion_wins(
    folder: Path, troops: int, weeks: int, points: int
) -> None:
    """By hand; (2, 2) lies outside the excluded weeks, whatever is included."""
    assert utility(folder, troops, weeks) == points / 10


def test_a_sum_above_the_maximum_counts_as_one(folder: Path) -> None:
    """4 + 5 + 3 of a maximum of 10."""
    assert utility(folder, 4, 2) == 1.0


def test_names_reserve_and_notes(folder: Path) -> None:
    """Levels are the values; a discount is passed over and said."""
    domain = load_rectangles(folder)
    assert domain.parties == ("north",)
    assert domain.levels == (("2", "3", "4", "5"), ("0", "1", "2"))
    assert domain.reservation_values.tolist() == [0.25]
    assert domain.notes == ("north: the discount is passed over",)
    assert has_rectangles(folder)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('lowerbound="2"', 'lowerbound="two"', "lowerbound: is 'two'"),
        ('lowerbound="2"', 'lowerbound="2.5"', "write a whole number"),
        ('lowerbound="2"', 'lowerbound="7"', "the smaller one first"),
        ('INCLUDES index="2"', 'INCLUDES index="9"', "names issue '9'; there are 1, 2"),
        ('utility="4"', 'utility="many"', "hyperRectangle: is 'many'"),
        ('aggregation="sum"', 'aggregation="max"', "only sums of rectangles"),
        ('maxutility="10"', "", "maxutility: is None"),
        ("</utility_space>", "", "write XML"),
    ],
)
def test_what_cannot_be_read_is_told(
    folder: Path, old: str, new: str, says: str
) -> None:
    """With the file and the key."""
    (folder / "north.xml").write_text(SPACE.replace(old, new))
    with pytest.raises(CrisisFileError, match=says):
        load_rectangles(folder)


def test_a_folder_without_rectangles_is_refused(tmp_path: Path) -> None:
    """The error asks for such a folder."""
    with pytest.raises(CrisisFileError, match="name the folder"):
        load_rectangles(tmp_path)
