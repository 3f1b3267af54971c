"""The debrief of a game that is known move by move."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from backchannel.base.errors import MoveRefusedError
from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.debrief.records import compare_words
from backchannel.exercise.debrief.research import code_names, research_lines
from backchannel.exercise.debrief.whole import Debrief, debrief_from, make_debrief
from backchannel.exercise.knowledge import who_knew
from backchannel.exercise.pages.debrief_page import debrief_page
from backchannel.exercise.pages.words import event_words
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR, roles_of
from backchannel.exercise.screen import screen_of
from backchannel.exercise.state import Settings
from backchannel.study import run_study
from tests.exercise.games import act, begin, crisis
from tests.exercise.hosts import host
from tests.exercise.nights import MEMO, whole_night
from tests.exercise.test_server import join

GOOD = {"tanker": "released", "passage": "escorted", "radar": "leaves (private)"}
POOR = {"tanker": "released"}
ESCORT = {"passage": "escorted"}
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
    assert (offer.author, offer.outcome) == ("alpha", "message_sent")
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


def test_an_estimate_of_the_others_limit_is_held_against_its_gain() -> None:
    """Bravo gains by the tanker and the radar for nothing, and Alpha does not."""
    book, events = begin("strait", Settings(seed=2, has_hazard=False))
    package = {"tanker": "released", "radar": "leaves"}
    limit = {"question": "limit", "package": package, "prob": 0.9}
    events += act(book, "alpha", "estimate", 1.0, of="bravo", **limit)
    events += act(book, "bravo", "estimate", 2.0, of="alpha", **limit)
    events += act(book, "bravo", "estimate", 3.0, question="war", prob=0.0)
    debrief = debrief_from(run_study(crisis("strait"), n_draws=200), events)
    of_bravo, of_alpha, of_war = debrief.beliefs
    assert (of_bravo.of, of_bravo.came, of_alpha.came) == ("bravo", True, False)
    assert of_bravo.brier == pytest.approx(0.01)
    assert of_alpha.brier == pytest.approx(0.81)
    best, worst = debrief.calibration
    assert (best.role, best.n_beliefs, best.brier) == ("alpha", 1, of_bravo.brier)
    assert worst.brier == pytest.approx((of_alpha.brier + of_war.brier) / 2)
    screen = screen_of(views_of(events, "navy"))
    assert not screen.talk
    page = debrief_page(screen_of(views_of(events, FACILITATOR)), debrief, [], [])
    assert "Bravo: Would rather have this than no agreement" in page


def test_nobody_asks_for_ones_own_limit_or_for_one_without_a_package() -> None:
    """Both are refused, with the place that is wrong."""
    book, _ = begin("strait")
    own = {"question": "limit", "of": "alpha", "package": POOR, "prob": 0.5}
    with pytest.raises(MoveRefusedError, match=r"estimate\.of"):
        act(book, "alpha", "estimate", 1.0, **own)
    with pytest.raises(MoveRefusedError, match=r"estimate\.package"):
        act(book, "alpha", "estimate", 1.0, question="limit", of="bravo", prob=0.5)


def test_going_back_on_a_public_word_is_told_to_who_pays() -> None:
    """Bravo calls only an open strait its word, and signs an escort: that costs it."""
    book, events = begin("strait", Settings(seed=2, has_hazard=False))
    tied = ["passage.open"]
    events += act(book, "bravo", "declare", 1.0, text="Never.", commits_to=tied)
    way = {"channel": "envoys", "package": {"tanker": "released", **ESCORT}}
    events += act(book, "alpha", "offer", 2.0, **way)
    events += book.catch_up(2000.0)
    (deal,) = book.state.offers
    say = {"channel": "radio", "offer": deal, "answer": "accept"}
    events += act(book, "bravo", "answer", 2001.0, **say)
    events += book.catch_up(4000.0)
    paid = book.state.audience_costs
    assert paid["bravo"] > 0
    assert set(paid) == {"bravo"}
    (seen,) = screen_of(views_of(events, "bravo")).agreements.values()
    assert seen["audience_costs"] == paid
    (unseen,) = screen_of(views_of(events, "alpha")).agreements.values()
    assert "audience_costs" not in unseen
    debrief = debrief_from(run_study(crisis("strait"), n_draws=200), events)
    assert debrief.audience_costs == paid
    page = debrief_page(screen_of(views_of(events, FACILITATOR)), debrief, [], [])
    assert "Ties itself to" in page
    assert "Cost at home" in page


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
    assert found.clock is not None
    expected = found.clock.prob_war(0.0, rung=start.start.rung)
    assert debrief.risk[0][1] == pytest.approx(expected, abs=1e-9)


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


def test_the_research_record_of_a_night_names_nobody() -> None:
    """No value is a role, channel, incident, order or posture of the file."""
    events, _ = night()
    file = crisis("cuba-1962")
    assert file.escalation is not None
    told = {*roles_of(file), *file.channels, *file.escalation.incidents}
    told |= {*file.escalation.standing_orders, *file.escalation.postures}
    values: set[str] = set()
    for line in research_lines(events, roles_of(file)):
        record = json.loads(line)
        values |= {v for v in record.values() if isinstance(v, str)}
        values |= set(record["seen_by"])
        assert isinstance(record["seconds"], int)
    assert any(v.startswith("channel") for v in values)
    assert not values & (told - {"public"})


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


@cache
def night() -> tuple[list[EventRecord], Debrief]:
    """The whole night of cuba-1962 and its debrief."""
    book, events = whole_night()
    return events, make_debrief(book.state.crisis, events)


def test_the_risk_follows_what_happened() -> None:
    """Above zero while it is open, zero while the settlement holds, and back after."""
    events, debrief = night()
    when = {event.kind: event.hour for event in events}
    signed, fell = when["settlement_ratified"], when["settlement_collapsed"]
    held = [chance for hour, chance in debrief.risk if signed < hour < fell]
    before = [chance for hour, chance in debrief.risk if hour < signed]
    assert held
    assert set(held) == {0.0}
    assert min(before) > 0.0
    assert dict(debrief.risk)[fell] > 0.0
    hours = [hour for hour, _ in debrief.risk]
    assert hours == sorted(hours)


def test_the_timeline_has_a_lane_for_each_compartment() -> None:
    """The offer lies in that of the Jupiters, demands in a side's, news in public."""
    events, debrief = night()
    lanes = {(m.kind, m.author): m.lane for m in debrief.timeline.moments}
    assert lanes["message_sent", "usa"] == "circle jupiter_promise"
    assert lanes["settlement_ratified", ""] == "public"
    assert lanes["paper_written", "usa"] == "side usa"
    assert lanes["paper_written", "dobrynin"] == "side ussr"
    assert {m.lane for m in debrief.timeline.moments} == set(debrief.timeline.lanes)
    times = [moment.hour for moment in debrief.timeline.moments]
    assert times == sorted(times)
    assert len(times) < len(events)


def test_two_records_of_one_meeting_are_laid_side_by_side() -> None:
    """Memorandum and cable: a statement of fact here, no ultimatum there."""
    _, debrief = night()
    (pair,) = debrief.records
    assert {pair.first, pair.second} == {"usa", "dobrynin"}
    alone = {
        side: " ".join(w for s, w in pair.words if s == side)
        for side in ("first", "second", "both")
    }
    assert "quid pro quo" in alone["first"]
    assert "ultimatum." in alone["second"]
    assert "four to five months, if the bases in Cuba were removed." in alone["both"]
    first = [w for s, words in pair.words if s != "second" for w in words.split()]
    assert first == MEMO.split()


@pytest.mark.parametrize(
    ("a", "b"), [("", ""), ("x", ""), ("one two", "two one"), ("a b c", "a b c")]
)
def test_every_word_of_both_records_is_kept(a: str, b: str) -> None:
    """Each text can be read again from the comparison, in its order."""
    words = compare_words(a, b)
    for text, other in ((a, "second"), (b, "first")):
        assert " ".join(w for side, w in words if side != other) == text


def test_documents_are_opened_with_readers_leaks_and_releases() -> None:
    """Whose copy leaked, who read which copy, and what was published of it."""
    _, debrief = night()
    memo, cable = debrief.papers
    assert [reader for _, reader in cable.leaked] == ["presidium"]
    assert memo.leaked == ()
    assert "█" in memo.released[0][1]
    assert {c.reader: c.read_at is not None for c in memo.copies} == {
        "usa": False,
        "rfk": True,
    }
    assert cable.paper.by == ("dobrynin", "usa")


def test_what_a_deadline_was_called_and_taken_for() -> None:
    """Put as a request, taken for an ultimatum by who read it."""
    _, debrief = night()
    (offer,) = debrief.offers
    assert (offer.put_as, offer.taken_as) == ("request", "ultimatum")
    assert offer.outcome == "settlement_collapsed"


def test_the_page_of_the_night_shows_all_of_it() -> None:
    """Each part has its heading, every kind of event has a name, replay is offered."""
    events, debrief = night()
    roles = [name for name in roles_of(crisis("cuba-1962")) if name != "public"]
    screen = screen_of(views_of(events, FACILITATOR))
    known = who_knew(events, roles)
    page = debrief_page(screen, debrief, known, roles, guard="word")
    for heading in (
        "What happened, by compartment",
        "Compartments, as told and as was",
        "What was agreed, and what became of it",
        "Documents",
        "Two records of one contact",
        "Play it again from an instant",
    ):
        assert f">{heading}</h2>" in page
    assert "taken for an ultimatum" in page
    assert "by its marks the copy of Presidium" in page
    named = event_words(str)
    assert {moment.kind for moment in debrief.timeline.moments} <= set(named)
    assert {item.kind for item in known} <= set(named)
    nobody = debrief_page(screen, debrief, known, roles)
    assert "Play it again" not in nobody


def test_a_replay_begins_from_the_page(tmp_path: Path) -> None:
    """Another game at an earlier hour with other luck; the first is as it was."""
    with host(tmp_path, settings=Settings(has_hazard=False)) as here:
        here.move("alpha", "declare", text="The strait is ours.")
        here.move(FACILITATOR, "step_clock", hours=5)
        here.move("bravo", "declare", text="It is not.")
        with join(here, FACILITATOR) as browser:
            guard = browser.get("/api/me").json()["guard"]
            own = {"origin": here.url}
            asked = {"guard": guard, "hour": "3", "seed": "9"}
            shut = browser.post("/debrief/replay", data=asked, headers=own)
            assert shut.status_code == 409
            here.move(FACILITATOR, "open_debrief")
            before = list(here.hall.games["one"].events)
            wrong = browser.post(
                "/debrief/replay", data={**asked, "hour": "x"}, headers=own
            )
            assert wrong.status_code == 400
            slip = browser.post("/debrief/replay", data=asked, headers=own).text
            key = slip.partition("/join/")[2].partition("<")[0]
            browser.post("/join", data={"key": key}, headers=own)
            page = browser.get("/console").text
        new = here.hall.games["one.2"]
        assert "The strait is ours." in page
        assert "It is not." not in page
        assert new.book.state.luck == 9
        assert here.hall.games["one"].events == before
