"""From an offer to a settlement: who sees which term, who ratifies, what follows."""

from __future__ import annotations

import pytest

from backchannel.base.errors import MoveRefusedError
from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.book import Book
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import Screen, screen_of
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin

NIGHT = {
    "missiles": "removed_at_sea",
    "quarantine": "lifted",
    "pledge": "conditional",
    "secrecy": "kept (private)",
    "jupiters": "withdrawn (private)",
}
LONG = 20_000.0
"""Seconds on the wall: at speed 60, two weeks of the crisis."""


def screen(events: list[EventRecord], role: str) -> Screen:
    """What a role knows after some events."""
    return screen_of(views_of(events, role))


def offered(settings: Settings | None = None) -> tuple[Book, list[EventRecord], str]:
    """The night's package on its way to Moscow and there; the name of the offer."""
    book, events = begin("cuba-1962", settings or Settings(seed=3))
    fields = {"channel": "rfk_dobrynin", "package": NIGHT, "deadline_hours": 24}
    events += act(book, "usa", "offer", 1.0, **fields)
    events += book.catch_up(1500.0)
    (name,) = book.state.offers
    return book, events, name


def accepted(settings: Settings | None = None) -> tuple[Book, list[EventRecord]]:
    """The night's package accepted by radio, and word of it in Washington."""
    book, events, name = offered(settings)
    fields = {"channel": "radio_moscow", "offer": name, "answer": "accept"}
    events += act(book, "ussr", "answer", 1500.0, text="We agree.", **fields)
    events += book.catch_up(LONG)
    return book, events


def test_the_night_ends_in_a_settlement_with_a_private_term() -> None:
    """Offer by cipher, acceptance by radio: settled, and the Jupiters stay unsaid.

    Seed 3, in which the thresholds that were drawn let it pass; exact after that.
    """
    book, events = accepted()
    (agreement,) = book.state.agreements.values()
    assert agreement.status == "ratified", agreement
    assert book.state.phase == "settled"
    for insider in ("usa", "ussr", "presidium"):
        (seen,) = screen(events, insider).agreements.values()
        assert seen["package"]["jupiters"] == "withdrawn (private)"
    for outsider in ("turkey", "nato", "jcs", "congress", "public"):
        shown = screen(events, outsider)
        (seen,) = shown.agreements.values()
        assert "jupiters" not in seen["package"]
        assert "withdrawn (private)" not in str(shown)


def test_a_public_trade_fails_in_the_alliance() -> None:
    """The same package with everything in the open is refused at home."""
    book, events = begin("cuba-1962", Settings(seed=3))
    package = {k: v for k, v in NIGHT.items() if k != "secrecy"}
    package["jupiters"] = "withdrawn"
    events += act(
        book, "usa", "offer", 1.0, channel="letter_by_embassy", package=package
    )
    events += book.catch_up(1500.0)
    (name,) = book.state.offers
    fields = {"channel": "radio_moscow", "offer": name, "answer": "accept"}
    events += act(book, "ussr", "answer", 1500.0, **fields)
    events += book.catch_up(LONG)
    (agreement,) = book.state.agreements.values()
    assert agreement.status == "failed"
    assert not (agreement.assents["nato"] and agreement.assents["turkey"])
    assert book.state.phase == "open"


def test_a_seat_that_is_played_is_asked() -> None:
    """Where somebody plays a ratifier, nothing is decided until it has spoken."""
    book, events, name = offered()
    events += act(book, FACILITATOR, "hand_over", 1500.0, role="presidium", by="person")
    fields = {"channel": "radio_moscow", "offer": name, "answer": "accept"}
    events += act(book, "ussr", "answer", 1501.0, **fields)
    events += book.catch_up(3000.0)
    (agreement,) = book.state.agreements.values()
    assert agreement.status == "accepted"
    (asked,) = screen(events, "presidium").agreements.values()
    assert asked["status"] == "ratification_asked"
    assert asked["package"]["jupiters"] == "withdrawn (private)"
    events += act(
        book, "presidium", "ratify", 3001.0, agreement=agreement.name, assent=False
    )
    assert book.state.agreements[agreement.name].status == "failed"
    with pytest.raises(MoveRefusedError, match="you know no agreement"):
        act(book, "presidium", "ratify", 3002.0, agreement=agreement.name, assent=True)


def test_a_guarantor_is_asked_for_its_own_term() -> None:
    """The hemisphere's assurance is not the promiser's to give: its states consent."""
    book, events = begin("cuba-1962", Settings(seed=3, has_hazard=False))
    giver = book.state.crisis.issues["hemisphere_assurance"].levels["given"].giver
    assert giver is not None
    events += act(book, giver, "take_seat", 1.0, by="person")
    package = {**NIGHT, "hemisphere_assurance": "given"}
    way = {"channel": "rfk_dobrynin", "package": package}
    events += act(book, "usa", "offer", 2.0, **way)
    events += book.catch_up(1500.0)
    (offer,) = book.state.offers
    answer = {"channel": "radio_moscow", "offer": offer, "answer": "accept"}
    events += act(book, "ussr", "answer", 1500.0, **answer)
    events += book.catch_up(LONG)
    (agreement,) = book.state.agreements.values()
    assert agreement.asked[giver] == "consent"
    assert agreement.status == "accepted"
    events += act(book, giver, "ratify", LONG, agreement=agreement.name, assent=False)
    assert book.state.agreements[agreement.name].status == "failed"


def test_terms_are_performed_or_the_breach_is_seen() -> None:
    """A term falls due after its lead time; who reneged on it is seen to have."""
    book, events = accepted(Settings(seed=3, has_hazard=False))
    (name,) = book.state.agreements
    events += act(book, "ussr", "renege", LONG, agreement=name, issue="missiles")
    events += book.catch_up(1e6)
    outcomes = {
        event.part("issue"): event
        for event in events
        if event.kind in ("term_performed", "breach_seen")
    }
    broken = outcomes["missiles"]
    assert broken.kind == "breach_seen" or broken.part("is_breach_unseen")
    for issue in ("quarantine", "jupiters"):
        assert outcomes[issue].kind == "term_performed"
        assert outcomes[issue].part("is_breach_unseen") is None
    with pytest.raises(MoveRefusedError, match="you owe no such term"):
        act(book, "ussr", "renege", 1e6, agreement=name, issue="quarantine")


def test_an_ultimatum_lapses_and_a_request_does_not() -> None:
    """An acceptance that comes after the hour is void only against an ultimatum."""
    for form, agreed in (("ultimatum", 0), ("request", 1)):
        book, events = begin("cuba-1962", Settings(seed=3))
        fields = {"channel": "rfk_dobrynin", "package": NIGHT, "form": form}
        events += act(book, "usa", "offer", 1.0, deadline_hours=1, **fields)
        events += book.catch_up(1500.0)
        (name,) = book.state.offers
        reply = {"channel": "radio_moscow", "offer": name, "answer": "accept"}
        events += act(book, "ussr", "answer", 1500.0, **reply)
        events += book.catch_up(LONG)
        assert len(book.state.agreements) == agreed


def test_an_envoy_may_exceed_his_mandate_and_it_is_kept() -> None:
    """His mandate does not stop him; he is told, and the record keeps it."""
    book, events = begin("cuba-1962")
    allowed = ["missiles.removed_at_sea", "quarantine.lifted"]
    events += act(book, "usa", "give_mandate", 1.0, envoy="rfk", levels=allowed)
    fields = {"channel": "rfk_dobrynin", "package": NIGHT}
    events += act(book, "rfk", "offer", 2.0, **fields)
    beyond = ["pledge.conditional", "secrecy.kept", "jupiters.withdrawn"]
    (sent,) = screen(events, "rfk").messages.values()
    assert sorted(sent["exceeds"]) == sorted(beyond)
    assert screen(events, "usa").messages == {}


@pytest.mark.parametrize(
    ("package", "why"),
    [
        ({}, "is empty"),
        ({"misiles": "halted"}, "Did you mean 'missiles'"),
        ({"missiles": "halt"}, "Did you mean 'halted'"),
        ({"missiles": "halted (private)"}, "cannot be private"),
        ({"quarantine": "lifted"}, "needs missiles.disabled"),
        ({"jupiters": "withdrawn (private)", "missiles": "disabled"}, "secrecy"),
    ],
)
def test_a_package_the_file_does_not_allow_is_refused(
    package: dict[str, str], why: str
) -> None:
    """Names, visibilities and needs are held against the file."""
    book, _ = begin("cuba-1962")
    with pytest.raises(MoveRefusedError, match=why):
        act(book, "usa", "offer", 1.0, channel="rfk_dobrynin", package=package)


def test_an_offer_that_did_not_come_cannot_be_answered() -> None:
    """While it is under way it does not exist for its addressee."""
    book, events = begin("cuba-1962")
    events += act(book, "usa", "offer", 1.0, channel="rfk_dobrynin", package=NIGHT)
    (name,) = book.state.offers
    fields = {"channel": "radio_moscow", "offer": name, "answer": "accept"}
    with pytest.raises(MoveRefusedError, match="you know no offer that waits"):
        act(book, "ussr", "answer", 2.0, **fields)
