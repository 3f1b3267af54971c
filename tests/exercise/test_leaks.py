"""Private terms that come out: planned, by a knower or by chance, and what follows."""

from __future__ import annotations

import math

import pytest

from backchannel.base.errors import MoveRefusedError
from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.book import Book
from backchannel.exercise.fold import fold
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.state import Settings
from backchannel.exercise.world import value_in
from tests.exercise.games import act, begin
from tests.exercise.test_offers import LONG, accepted, offered, screen

TERM = {"issue": "jupiters"}


def kinds(events: list[EventRecord]) -> list[str]:
    """What happened, in order."""
    return [event.kind for event in events]


def signed() -> tuple[Book, list[EventRecord], str]:
    """The night settled with its private term (seed 3, no leak by chance)."""
    book, events = accepted(Settings(seed=3, has_hazard=False))
    (name,) = book.state.agreements
    assert book.state.phase == "settled"
    return book, events, name


def test_a_leak_voids_the_term_and_home_judges_again() -> None:
    """The Turkey term comes out: void, and NATO and Turkey are asked."""
    book, events, name = signed()
    before = dict(book.state.audience_costs)
    new = act(book, FACILITATOR, "leak", LONG, agreement=name, **TERM)
    agreement = book.state.agreements[name]
    assert "jupiters" in agreement.void
    assert f"term {name} jupiters" not in book.state.due
    assert book.state.audience_costs["usa"] > before.get("usa", 0.0)
    assert kinds(new)[:3] == ["leaked", "terms_leaked", "term_void"]
    assert "ratification_asked" in kinds(new)
    outcome = next(
        k for k in kinds(new) if k in ("settlement_held", "settlement_collapsed")
    )
    phase = "settled" if outcome == "settlement_held" else "open"
    assert book.state.phase == phase
    for role in ("turkey", "public"):
        shown = screen(events + new, role)
        assert shown.agreements[name]["out"] == ["jupiters"]
        assert shown.agreements[name]["package"]["jupiters"] == "withdrawn (private)"
        assert shown.agreements[name]["package"]["missiles"] == "removed_at_sea"
        assert shown.agreements[name]["terms"]["jupiters"] == "leaked"
    assert fold(book.state.crisis, events + new) == book.state


def test_the_promise_of_silence_is_broken_with_it() -> None:
    """What was promised about the matter binds nobody once the matter is out."""
    book, events, name = signed()
    events += act(book, FACILITATOR, "leak", LONG, agreement=name, **TERM)
    assert "secrecy" in book.state.agreements[name].void
    assert (
        screen(events, "ussr").agreements[name]["terms"]["secrecy"] == "secrecy_broken"
    )
    assert "secrecy" not in screen(events, "turkey").agreements[name]["terms"]


def test_an_alliance_that_is_played_can_bring_it_down() -> None:
    """Cedar, seated, is asked after the leak and refuses: the crisis is open again."""
    book, events = begin("strait", Settings(seed=4, has_hazard=False))
    deal = {"tanker": "released", "passage": "escorted", "radar": "leaves (private)"}
    events += act(book, "alpha", "offer", 1.0, channel="envoys", package=deal)
    events += act(book, "cedar", "take_seat", 2.0, by="person")
    events += act(book, "assembly", "take_seat", 2.0, by="person")
    events += book.catch_up(3000.0)
    (offer,) = book.state.offers
    answer = {"channel": "radio", "offer": offer, "answer": "accept"}
    events += act(book, "bravo", "answer", 3000.0, **answer)
    events += book.catch_up(4000.0)
    (name,) = book.state.agreements
    for role in ("cedar", "assembly"):
        events += act(book, role, "ratify", 4000.0, agreement=name, assent=True)
    assert book.state.phase == "settled"
    assert "radar" not in screen(events, "cedar").agreements[name]["package"]
    events += act(book, "alpha", "leak", 5000.0, agreement=name, issue="radar")
    assert book.state.agreements[name].status == "reopened"
    assert screen(events, "cedar").agreements[name]["package"]["radar"]
    events += act(book, "cedar", "ratify", 5001.0, agreement=name, assent=False)
    assert book.state.phase == "settled"
    events += act(book, "assembly", "ratify", 5002.0, agreement=name, assent=True)
    assert book.state.agreements[name].status == "collapsed"
    assert book.state.phase == "open"
    assert not [d for d in book.state.due.values() if d.kind == "term_due"]


def test_a_leak_before_the_signature_shows_home_the_term() -> None:
    """The offer itself gets out: when it is accepted the ratifiers see all of it."""
    book, events, offer = offered()
    (message,) = [m for m in book.state.messages.values() if "offer" in m.fields]
    events += act(book, "ussr", "leak", 1500.0, message=message.name)
    assert book.state.out[offer] == {"secrecy", "jupiters"}
    answer = {"channel": "radio_moscow", "offer": offer, "answer": "accept"}
    events += act(book, "ussr", "answer", 1501.0, **answer)
    events += book.catch_up(LONG)
    asked = next(e for e in events if e.kind == "ratification_asked")
    turkey = next(part for part in asked.parts if part.audience == ("turkey",))
    assert turkey.fields["package"]["jupiters"] == "withdrawn (private)"


def test_a_planned_leak_comes_at_its_hour_and_without_a_name() -> None:
    """The Presidium plans it for next month; the others see it, not by whom."""
    book, events, name = signed()
    hour = book.state.clock.hour_at(LONG)
    plan = {"agreement": name, "after_hours": 720.0, **TERM}
    events += act(book, "presidium", "leak", LONG, **plan)
    assert screen(events, "usa").news == screen(events[:-1], "usa").news
    events += act(book, FACILITATOR, "step_clock", LONG, hours=719.0)
    events += book.catch_up(LONG)
    assert "leaked" not in kinds(events)
    events += act(book, FACILITATOR, "step_clock", LONG, hours=2.0)
    events += book.catch_up(LONG)
    (leak,) = [event for event in events if event.kind == "leaked"]
    assert leak.hour == pytest.approx(hour + 720.0, abs=1e-6)
    assert (leak.author, leak.part("leaked_by")) == ("", "presidium")
    assert "presidium" not in str(screen(events, "usa").news)


@pytest.mark.parametrize("role", ["turkey", "nato", "jcs"])
def test_who_does_not_know_cannot_leak(role: str) -> None:
    """Outsiders have nothing to let out, and are refused as for a name of nothing."""
    book, _, name = signed()
    with pytest.raises(MoveRefusedError, match="you know no private term 'jupiters'"):
        act(book, role, "leak", LONG, agreement=name, **TERM)


def test_chance_leaks_as_often_as_the_engine_says() -> None:
    """Games in which the term comes out by chance, beside 1 - exp(-rate x time).

    The strait's radar: 6 knowers at up to a thousandth a day each, over two to three
    months. 400 seeds; four standard errors, a false alarm in 16,000.
    """
    came, expected = 0, 0.0
    n_games = 400
    for seed in range(n_games):
        book = _strait_signed(seed)
        due = [d for d in book.state.due.values() if d.kind == "leak_due"]
        came += len(due)
        expected += _prob_out(book)
    error = math.sqrt(expected * (1 - expected / n_games))
    assert abs(came - expected) <= 4 * error


def _strait_signed(seed: int) -> Book:
    book, _ = begin("strait", Settings(seed=seed, has_hazard=True, speed=0.01))
    deal = {"tanker": "released", "radar": "leaves (private)"}
    act(book, "alpha", "offer", 1.0, channel="envoys", package=deal)
    for role in ("assembly", "cedar"):
        act(book, role, "take_seat", 1.0, by="person")
    (message,) = book.state.messages.values()
    book.state.due = {n: d for n, d in book.state.due.items() if message.name in n}
    act(book, FACILITATOR, "step_clock", 1.0, hours=400.0)
    book.catch_up(1.0)
    (offer,) = book.state.offers
    answer = {"channel": "radio", "offer": offer, "answer": "accept"}
    act(book, "bravo", "answer", 1.0, **answer)
    book.state.due = {n: d for n, d in book.state.due.items() if d.kind == "hop_left"}
    act(book, FACILITATOR, "step_clock", 1.0, hours=1.0)
    book.catch_up(1.0)
    (name,) = book.state.agreements
    for role in book.state.agreements[name].asked:
        act(book, role, "ratify", 1.0, agreement=name, assent=True)
    assert book.state.agreements[name].status == "ratified"
    return book


def _prob_out(book: Book) -> float:
    """By the numbers of this world: the law of the settlement engine, written again."""
    state = book.state
    circle = state.crisis.compartments["radar_room"]
    level = state.crisis.issues["radar"].levels["leaves"]
    rate = value_in(state, circle.hazard_per_knower) * 6
    return 1 - math.exp(-rate * value_in(state, level.lead_time))
