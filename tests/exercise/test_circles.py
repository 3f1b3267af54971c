"""Who knows a private matter: each role hears its own version, the facilitator both."""

from __future__ import annotations

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.book import Book
from backchannel.exercise.circles import circles_of
from backchannel.exercise.pages.console import Shown, console_page
from backchannel.exercise.pages.play import role_page
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import Screen, screen_of
from tests.exercise.games import act, begin

PACKAGE = {
    "missiles": "removed_at_sea",
    "jupiters": "withdrawn (private)",
    "secrecy": "kept (private)",
}


def offered(**more: object) -> tuple[Book, list[EventRecord]]:
    """The private term on its way to Moscow and there."""
    book, events = begin("cuba-1962")
    way = {"channel": "rfk_dobrynin", "package": PACKAGE}
    events += act(book, "usa", "offer", 1.0, **way, **more)
    events += book.catch_up(1500.0)
    return book, events


def screen(events: list[EventRecord], role: str) -> Screen:
    """What a role knows."""
    return screen_of(views_of(events, role))


def test_the_holder_knows_how_it_is_and_what_the_others_hear() -> None:
    """Washington knows of nine, by name, and that Moscow is to hear of four or five."""
    _, events = begin("cuba-1962")
    own = screen(events, "usa").circles["jupiter_promise"]
    assert (own["as_was"], own["as_told"]) == ("9", "4 to 5")
    assert "Rusk" in own["people"]
    assert screen(events, "rfk").circles["jupiter_promise"]["as_was"] == "9"
    for outside in ("ussr", "jcs", "turkey", "dobrynin"):
        assert "jupiter_promise" not in screen(events, outside).circles


def test_who_is_told_sees_the_number_that_he_was_told() -> None:
    """Dobrynin and Moscow hear `4 to 5`; that nine know is on no screen of theirs."""
    _, events = offered()
    for role in ("dobrynin", "ussr"):
        circle = screen(events, role).circles["jupiter_promise"]
        assert circle["as_told"] == "4 to 5"
        assert "as_was" not in circle
        page = role_page(role, screen(events, role), "word")
        assert "as you were told: 4 to 5." in page
        assert "Bundy" not in page
    assert "The promise about the Jupiters" not in role_page(
        "turkey", screen(events, "turkey"), "word"
    )


def test_an_envoy_may_say_another_number() -> None:
    """What the offer says is what is heard; only the record holds it to the truth."""
    _, events = offered(knowers="the President and I")
    heard = screen(events, "ussr").circles["jupiter_promise"]
    assert heard["as_told"] == "the President and I"
    assert heard["told_by"] == "usa"


def test_the_facilitator_sees_both_versions() -> None:
    """As told, by whom and when; as was in the file, and in this very game."""
    book, events = offered()
    circles = circles_of(book.state.crisis, events)
    promise = next(c for c in circles if c.name == "jupiter_promise")
    assert promise.told == ((events[3].hour, "usa", "4 to 5"),)
    assert promise.as_was == "9"
    assert set(promise.seen_at) == {"usa", "dobrynin", "ussr", "presidium"}
    assert promise.public_at is None
    page = console_page(screen(events, FACILITATOR), "word", Shown(circles=circles))
    assert "4 to 5" in page
    assert ">9<" in page
    assert circles_of(book.state.crisis, events, hour=-1.0)[0].seen_at == {}


def test_an_offer_without_a_private_term_tells_of_nobody() -> None:
    """Public terms are in no compartment."""
    book, events = begin("cuba-1962")
    public = {"missiles": "removed_at_sea"}
    events += act(book, "usa", "offer", 1.0, channel="rfk_dobrynin", package=public)
    events += book.catch_up(1500.0)
    assert "jupiter_promise" not in screen(events, "ussr").circles
