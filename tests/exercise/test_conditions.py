"""If X then Y, by an hour, as somebody finds: put in an offer, judged at fulfilment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backchannel.base.errors import MoveRefusedError
from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.book import Book
from backchannel.exercise.fold import fold
from backchannel.exercise.pages.fields import read_form
from backchannel.exercise.pages.play import role_page
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.rules import decide_due
from backchannel.exercise.state import Settings
from backchannel.exercise.world import value_in
from tests.exercise.games import act, begin
from tests.exercise.test_offers import LONG, NIGHT, screen
from tests.exercise.test_pages import Forms

QUIET = Settings(seed=3, has_hazard=False)
REMOVED_FIRST = {"then": "quarantine", "needs": "missiles", "verified_by": "u_thant"}


def signed(*conditions: dict[str, Any]) -> tuple[Book, list[EventRecord], str]:
    """The night's package ratified with some conditions (seed 3, incidents off)."""
    book, events = begin("cuba-1962", QUIET)
    way = {"channel": "rfk_dobrynin", "package": NIGHT}
    events += act(book, "usa", "offer", 1.0, conditions=list(conditions), **way)
    events += book.catch_up(1500.0)
    (offer,) = book.state.offers
    answer = {"channel": "radio_moscow", "offer": offer, "answer": "accept"}
    events += act(book, "ussr", "answer", 1500.0, **answer)
    events += book.catch_up(LONG / 4)
    (name,) = book.state.agreements
    assert "settlement_ratified" in [event.kind for event in events]
    return book, events, name


def to_the_end(book: Book, at: float = LONG / 4) -> list[EventRecord]:
    """Let a year pass."""
    events = act(book, FACILITATOR, "step_clock", at, hours=9000.0)
    return [*events, *book.catch_up(at)]


def hours(events: list[EventRecord], kind: str, issue: str) -> list[float]:
    """When something happened to a term."""
    return [e.hour for e in events if e.kind == kind and e.part("issue") == issue]


def test_a_term_waits_for_the_one_that_it_needs() -> None:
    """The quarantine goes when the missiles have gone, not at its own lead time."""
    book, events, name = signed(REMOVED_FIRST)
    assert f"term {name} quarantine" not in book.state.due
    events += to_the_end(book)
    (removed,) = hours(events, "term_performed", "missiles")
    (lifted,) = hours(events, "term_performed", "quarantine")
    assert lifted >= removed
    (judged,) = [e for e in events if e.kind == "condition_judged"]
    assert (judged.part("outcome"), judged.hour) == ("met", removed)
    for role in ("usa", "ussr", "u_thant"):
        assert screen(events, role).agreements[name]["judged"] == {"0": "met"}
    assert "judged" not in screen(events, "turkey").agreements[name]
    assert fold(book.state.crisis, events) == book.state


def test_a_condition_that_is_not_met_in_time_voids_the_term() -> None:
    """Six minutes are too short for the missiles: the pledge is void, no more."""
    hasty = {"then": "pledge", "needs": "missiles", "within_hours": 0.1}
    book, events, name = signed(hasty)
    events += to_the_end(book)
    agreement = book.state.agreements[name]
    assert agreement.void == {"pledge"}
    assert agreement.status == "ratified"
    assert hours(events, "term_performed", "pledge") == []
    assert hours(events, "term_performed", "missiles")


def test_a_failed_condition_can_end_all_of_it() -> None:
    """Where the offer said so, nothing holds and the crisis is open again."""
    hasty = {"then": "pledge", "needs": "missiles", "within_hours": 0.1}
    book, events, name = signed({**hasty, "otherwise": "all"})
    events += to_the_end(book)
    assert book.state.agreements[name].status == "collapsed"
    assert book.state.phase == "open"
    assert hours(events, "term_performed", "missiles") == []


def test_secrecy_with_a_consequence() -> None:
    """The pledge hangs on the Turkey term being secret, and falls with it."""
    silent = {"then": "pledge", "needs": "jupiters", "kind": "secret"}
    book, events, name = signed(silent)
    at = LONG / 4
    events += act(book, FACILITATOR, "leak", at, agreement=name, issue="jupiters")
    assert {"pledge", "jupiters"} <= book.state.agreements[name].void
    for role in ("usa", "ussr"):
        terms = screen(events, role).agreements[name]["terms"]
        assert terms["pledge"] == "condition"


def test_a_secret_that_held_to_its_hour_has_met_its_condition() -> None:
    """A leak after the hour changes nothing for what hung on it."""
    silent = {"then": "pledge", "needs": "jupiters", "kind": "secret"}
    book, events, name = signed({**silent, "within_hours": 2000.0})
    at = LONG / 4
    events += act(book, FACILITATOR, "step_clock", at, hours=2100.0)
    events += book.catch_up(at)
    assert book.state.agreements[name].judged == {0}
    events += act(book, FACILITATOR, "leak", at, agreement=name, issue="jupiters")
    assert "pledge" not in book.state.agreements[name].void


def test_a_seen_breach_lets_the_other_side_denounce() -> None:
    """Moscow keeps its missiles and is seen; Washington denounces, nobody else may."""
    book, events, name = signed(REMOVED_FIRST)
    at = LONG / 4
    with pytest.raises(MoveRefusedError, match="agreement that was broken"):
        act(book, "usa", "denounce", at, agreement=name)
    events += act(book, "ussr", "renege", at, agreement=name, issue="missiles")
    events += to_the_end(book)
    if not any(e.kind == "breach_seen" for e in events):
        pytest.fail("seed 3 draws a breach that is seen")
    assert "quarantine" in book.state.agreements[name].void
    with pytest.raises(MoveRefusedError, match="agreement that was broken"):
        act(book, "turkey", "denounce", at, agreement=name)
    assert "Denounce it" in role_page("usa", screen(events, "usa"), "word")
    events += act(book, "usa", "denounce", at, agreement=name, text="They stayed.")
    assert book.state.phase == "open"
    assert book.state.agreements[name].status == "denounced"


def test_a_breach_is_seen_as_often_as_the_file_says() -> None:
    """Over 300 seeds the share of breaches seen is the mean of what the worlds drew.

    Four standard errors of a share, a false alarm in 16,000. What was not seen looks
    performed to everybody but who broke it.
    """
    book, _, name = signed(REMOVED_FIRST)
    state, from_file, seen = book.state, 0.0, 0
    state.reneged.add((name, "missiles"))
    level = state.crisis.issues["missiles"].levels["removed_at_sea"]
    assert level.verification is not None
    for seed in range(300):
        state.settings, state.luck = replace(QUIET, seed=seed), seed
        from_file += value_in(state, level.verification.prob_detection, 1.0)
        (draft,) = decide_due(state, state.due[f"term {name} missiles"])
        seen += draft.kind == "breach_seen"
    assert abs(seen - from_file) <= 4 * (300 * 0.25) ** 0.5


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        ("as you wish", "write at most 8 records"),
        ([{"then": "italy", "needs": "missiles"}], "you know no term of this package"),
        ([{"then": "pledge", "needs": "pledge"}], "would wait for itself"),
        (
            [
                {"then": "pledge", "needs": "missiles"},
                {"then": "missiles", "needs": "pledge"},
            ],
            "cut the ring",
        ),
        ([{"then": "pledge", "needs": "missiles", "kind": "secret"}], "is public here"),
        (
            [{"then": "pledge", "needs": "missiles", "within_hours": "soon"}],
            "is 'soon'; give a number",
        ),
        ([{"then": "pledge", "needs": "missiles", "verified_by": "me"}], "no actor"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(conditions: object, why: str) -> None:
    """Each is named with what would be right."""
    book, _ = begin("cuba-1962", QUIET)
    way = {"channel": "rfk_dobrynin", "package": NIGHT}
    with pytest.raises(MoveRefusedError, match=why):
        act(book, "usa", "offer", 1.0, conditions=conditions, **way)


def test_the_form_of_an_offer_asks_for_conditions_and_they_are_shown() -> None:
    """What its fields post is read by the rules; the reader sees a sentence."""
    book, events = begin("cuba-1962", QUIET)
    page = Forms(role_page("usa", screen(events, "usa"), "word"))
    form = next(f for f in page.forms if f["move"] == "offer")
    assert "conditions.0.within_hours:number" in form
    posted = [(f"package.{issue}", text) for issue, text in NIGHT.items()]
    posted += [("channel", "rfk_dobrynin"), ("conditions.0.then", "quarantine")]
    posted += [("conditions.0.needs", "missiles"), ("conditions.1.needs", "pledge")]
    posted += [("conditions.0.within_hours:number", "720")]
    posted += [("conditions.0.verified_by", "u_thant")]
    events += act(book, "usa", "offer", 1.0, **read_form(posted))
    events += book.catch_up(1500.0)
    shown = role_page("ussr", screen(events, "ussr"), "word")
    said = "Quarantine of Cuba only if Missiles in Cuba is performed, within 30 d"
    assert f"{said}, as U Thant is to find" in shown


def test_how_a_deadline_is_taken_is_noted_and_sealed() -> None:
    """A played leader says so himself; an empty seat is drawn by the file's chance."""
    taken = []
    for seed in range(40):
        book, events = begin("cuba-1962", Settings(seed=seed, has_hazard=False))
        way = {"channel": "rfk_dobrynin", "package": NIGHT, "deadline_hours": 24}
        events += act(book, "usa", "offer", 1.0, **way)
        events += book.catch_up(1500.0)
        (offer,) = book.state.offers
        (read,) = [e for e in events if e.kind == "deadline_read"]
        taken.append(read.part("taken_as"))
        assert "taken_as" not in str(screen(events, "usa").offers)
        own = {"offer": offer, "as": "ultimatum"}
        events += act(book, "ussr", "take_as", 1500.0, **own)
        assert screen(events, "ussr").offers[offer]["taken_as"] == "ultimatum"
        page = Forms(role_page("ussr", screen(events, "ussr"), "word"))
        assert "answer" in {form.get("move") for form in page.forms}
    # The file gives a request 5 to 50 % to be taken for an ultimatum.
    assert 0 < taken.count("ultimatum") < 20
