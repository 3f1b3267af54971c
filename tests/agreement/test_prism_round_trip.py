"""A crisis written in the PRISM language and read back has the engine's P(war)."""

import pytest

from backchannel.base.errors import ModelError, PrismFileError
from backchannel.crisis.load import load, load_mapping
from backchannel.escalation.levers import levers_of
from backchannel.escalation.prism.read_back import (
    compare_with_engine,
    prob_war_of,
    save_checked,
)
from backchannel.escalation.prism.write import WrittenModel, write_prism
from tests.escalation.random_crises import random_content, random_crisis


def compared(crisis, **given):
    return compare_with_engine(crisis, write_prism(crisis, **given), **given)


@pytest.mark.parametrize("name", ["strait", "cuba-1962"])
def test_shipped_crises(name):
    crisis = load(name)
    certificate = compared(crisis)
    assert certificate.is_verified
    assert certificate.value < 1e-13


@pytest.mark.parametrize("name", ["strait", "cuba-1962"])
def test_shipped_crises_with_every_lever(name):
    crisis = load(name)
    for lever in levers_of(crisis):
        assert compared(crisis, variation=lever.variation).value < 1e-13, lever.name


@pytest.mark.parametrize("seed", range(12))
def test_random_crises_with_every_feature(seed):
    """Daylight over a change of clocks, deadlines sure and unsure, delays, postures."""
    assert compared(random_crisis(seed)).value < 1e-13


def test_a_changed_text_is_found():
    """The comparison sees a number that is not the crisis's, and broken text."""
    crisis = load("strait")
    written = write_prism(crisis)
    line = "const double delay_fire_back = 2.0;"
    assert line in written.text
    changed = WrittenModel(written.text.replace(line, line.replace("2", "3")),
                           written.pieces)  # fmt: skip
    assert not compare_with_engine(crisis, changed).is_verified
    broken = WrittenModel(written.text.replace("endmodule", ""), written.pieces)
    with pytest.raises(PrismFileError):
        prob_war_of(broken)


def test_the_pieces_follow_the_clock():
    """Jumps and stretches in order, as the head of the text lists them."""
    written = write_prism(load("cuba-1962"))
    head = [line for line in written.text.splitlines() if line.startswith("// piece")]
    assert head == [f"// {piece}" for piece in written.pieces]
    assert sum(piece.hours for piece in written.pieces) == pytest.approx(96)
    assert [piece.number for piece in written.pieces if piece.is_jump] == [1, 7]


def test_a_hostile_title_stays_in_its_comment():
    """A line break in a title does not begin a command."""
    content = random_content(1)
    content["title"] = "one\nmodule evil\n[] true -> 1 : true;\nendmodule"
    crisis = load_mapping(content)
    assert "\nmodule evil" not in write_prism(crisis).text
    assert compared(crisis).is_verified


def test_saving(tmp_path):
    crisis, path = load("strait"), tmp_path / "strait.prism"
    assert save_checked(crisis, path).is_verified
    assert path.read_text() == write_prism(crisis).text
    with pytest.raises(ModelError, match="cannot be written"):
        save_checked(crisis, tmp_path / "no" / "folder.prism")
