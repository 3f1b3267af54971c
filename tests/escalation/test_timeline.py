"""Pieces end where rates change, also on the night on which clocks change."""

import pytest

from backchannel.base.errors import ModelError
from backchannel.base.uncertain import read_number
from backchannel.base.units import DURATION
from backchannel.crisis.draws import draw_numbers
from backchannel.crisis.load import load_mapping
from backchannel.escalation.timeline import draw_timeline
from backchannel.escalation.world import World
from tests.escalation.random_crises import random_content


def timeline(**changes):
    crisis = load_mapping(random_content(0) | changes)
    return draw_timeline(World(crisis, draw_numbers(crisis, 2)))


def ends(found):
    hours, now = [], 0.0
    for piece in found.pieces:
        now += piece.hours
        hours.append(round(now, 9))
    return hours


def test_sunrise_keeps_its_local_hour():
    """Berlin leaves summer time at 01:00Z: sunset 16:00Z, then sunrise 05:30Z."""
    assert ends(timeline(deadlines={})) == [2.0, 15.5, 27.0, 39.5, 40.0]
    light = [
        timeline(deadlines={}).regimes[p.regime].is_light
        for p in timeline(deadlines={}).pieces
    ]
    assert light == [True, False, True, False, True]


def test_deadlines_end_pieces_and_start_regimes():
    found = timeline()
    assert 15.0 in ends(found)
    assert 22.0 in ends(found)
    names = [due.name for due in found.deadlines]
    assert names == ["dawn", "noon"]
    pairs = zip(found.pieces, ends(found), strict=True)
    at = {names[p.atom]: end for p, end in pairs if p.atom >= 0}
    assert at == {"dawn": 15.0, "noon": 22.0}
    assert found.regimes[found.pieces[-1].regime].passed == {"dawn", "noon"}


def test_two_deadlines_at_one_hour_follow_each_other():
    deadlines = random_content(0)["deadlines"]
    deadlines["dawn"]["at"] = deadlines["noon"]["at"]
    found = timeline(deadlines=deadlines)
    here = [p for p, end in zip(found.pieces, ends(found), strict=True) if end == 22.0]
    assert [p.atom for p in here] == [0, 1]
    assert here[1].hours == 0.0


def test_a_deadline_at_the_horizon_still_counts():
    deadlines = random_content(0)["deadlines"]
    found = timeline(deadlines=deadlines, horizon="22 h")
    assert found.pieces[-2].atom == 1
    assert found.pieces[-1].hours == 0.0


def test_deadlines_behind_or_beyond_are_left_out():
    deadlines = random_content(0)["deadlines"]
    deadlines["dawn"]["at"] = "2030-10-26T13:00Z"
    assert [
        d.name for d in timeline(deadlines=deadlines, horizon="10 h").deadlines
    ] == []


@pytest.mark.parametrize("now", ["9999-12-31T20:00Z", "0001-01-01T00:30Z"])
def test_the_ends_of_the_calendar_are_refused(now):
    with pytest.raises(ModelError, match="no calendar goes that far"):
        timeline(now=now)


def test_no_horizon_is_refused():
    """The reader refuses it too; a crisis built in Python gets here."""
    crisis = load_mapping(random_content(0))
    now = crisis.model_copy(update={"horizon": read_number("0 h", DURATION)})
    with pytest.raises(ModelError, match="horizon"):
        draw_timeline(World(now, draw_numbers(crisis, 2)))
