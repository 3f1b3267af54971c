"""The debrief of a game that is known move by move."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.debrief.research import code_names, research_lines
from backchannel.exercise.debrief.whole import Debrief, debrief_from
from backchannel.exercise.knowledge import who_knew
from backchannel.exercise.pages.debrief_page import debrief_page
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR, roles_of
from backchannel.exercise.screen import screen_of
from backchannel.exercise.state import Settings
from backchannel.study import run_study
from tests.exercise.games import act, begin, crisis
from tests.exercise.hosts import host
from tests.exercise.test_server import join

GOOD = {"tanker": "released", "passage": "escorted", "radar": "leaves (private)"}
POOR = {"tanker": "released"}
WORDS = "words-that-nobody-may-quote"


@cache
def played() -> tuple[list[EventRecord], Debrief]:
    """Alpha offers too much for nothing; the envoy changes a word; Bravo estimates."""
    book, events = begin("strait", Settings(seed=2, has_hazard=False))
    events += act(book, "bravo", "estimate", 1.0, question="war", prob=0.8)
    events += act(
        book, "alpha", "offer", 2.0, channel="envoys", package=POOR, text=WORDS
    )
    events += book.catch_up(2000.0)
    events += act(book, FACILITATOR, "open_debrief", 2000.0)
    return events, debrief_from(run_study(crisis("strait"), n_draws=200), events)


def test_an_offer_is_held_against_the_engine() -> None:
    """The tanker for nothing gains Bravo and costs Alpha, and is off the frontier."""
    _, debrief = played()
    (offer,) = debrief.offers
    assert offer.gains is not None
    assert (offer.author, offer.outcome) == ("alpha", "sent")
    by_party = dict(zip(debrief.parties, offer.gains, strict=True))
    assert by_party["bravo"] > by_party["alpha"]
    assert not offer.is_on_frontier


def test_what_nobody_offered_is_named() -> None:
    """The package that the brief calls best was not on the table."""
    _, debrief = played()
    labels = [missed.label for missed in debrief.missed]
    assert "tanker released, passage escorted, radar leaves (private)" in labels
    assert all(missed.prob_settled >= 0.5 for missed in debrief.missed)


def test_an_estimate_is_scored() -> None:
    """0.8 for a war that did not come costs 0.64."""
    _, debrief = played()
    (belief,) = debrief.beliefs
    assert (belief.came, belief.brier) == (False, pytest.approx(0.64))


def test_the_trip_of_a_message_is_measured() -> None:
    """The offer's hours under way are those between its two events."""
    events, debrief = played()
    (trip,) = [trip for trip in debrief.trips if trip.author == "alpha"]
    came = next(e for e in events if e.kind == "message_received")
    sent = next(e for e in events if e.kind == "message_sent")
    assert trip.hours == came.hour - sent.hour
    assert not trip.is_changed


def test_the_risk_is_that_of_the_engine() -> None:
    """At hour 0 the curve is P(war by the horizon) of the engine's own table."""
    _, debrief = played()
    found = run_study(crisis("strait"), n_draws=200).escalation
    assert found is not None
    start = crisis("strait").escalation
    assert start is not None
    assert debrief.risk[0][1] == found.clock.prob_war(0.0, rung=start.start.rung)


def test_the_research_record_has_no_words_and_no_names() -> None:
    """Neither text nor role nor title of a role is in it; every event is."""
    events, _ = played()
    roles = roles_of(crisis("strait"))
    lines = list(research_lines(events, roles))
    assert len(lines) == len(events)
    whole = "\n".join(lines)
    assert WORDS not in whole
    for line in lines:
        record = json.loads(line)
        named = {record["by"], *record["seen_by"]}
        assert not named & (set(roles) - {"public"})
    assert len(set(code_names(roles).values())) == len(roles)


def test_the_page_tells_all_of_it() -> None:
    """Offer, missed agreement, score and table of knowledge are on the page."""
    events, debrief = played()
    roles = list(roles_of(crisis("strait")))
    screen = screen_of(views_of(events, FACILITATOR))
    page = debrief_page(screen, debrief, who_knew(events, roles), roles)
    for words in ("What was offered", "0.64", "<polyline", WORDS, "would have passed"):
        assert words in page


def test_the_debrief_is_shut_until_it_is_opened(tmp_path: Path) -> None:
    """Both pages answer 409 during the game and are for every seat after it."""
    with host(tmp_path) as here, join(here, "alpha") as browser:
        for path in ("/debrief", "/debrief/research"):
            assert browser.get(path).status_code == 409
        assert here.move(FACILITATOR, "open_debrief").status_code == 200
        assert "Who knew what" in browser.get("/debrief", timeout=60).text
        assert "debrief_opened" in browser.get("/debrief/research").text
