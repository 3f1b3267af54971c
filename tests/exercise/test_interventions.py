"""What the facilitator did is listed, and nothing that a player did is."""

from __future__ import annotations

from backchannel.exercise.interventions import interventions_of
from backchannel.exercise.knowledge import who_knew
from backchannel.exercise.roles import FACILITATOR
from tests.exercise.games import act, begin


def test_readings_and_acts_are_told_apart_from_what_players_do() -> None:
    """Three looks in a row are one line; an act between begins another."""
    book, events = begin("strait")
    for _ in range(3):
        events += act(book, FACILITATOR, "log_reading", 1.0, what="console")
    events += act(book, FACILITATOR, "inject", 2.0, to=["alpha"], text="A ship.")
    events += act(book, FACILITATOR, "log_reading", 3.0, what="console")
    events += act(book, "alpha", "declare", 4.0, text="The strait is open.")
    found = [(i.kind, i.text, i.times) for i in interventions_of(events)]
    assert found[-3:] == [
        ("facilitator_read", "console", 3),
        ("injected", "A ship.", 1),
        ("facilitator_read", "console", 1),
    ]
    known = who_knew(events, ["alpha", "bravo"])
    assert [item.kind for item in known] == ["injected", "declared"]
