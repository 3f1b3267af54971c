"""Pages show what the screen holds, escaped, and their forms come back as moves."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from backchannel.exercise.knowledge import who_knew
from backchannel.exercise.pages.calendar import Calendar, span
from backchannel.exercise.pages.console import SeatShown, Shown, console_page
from backchannel.exercise.pages.console_forms import CONSOLE_MOVES
from backchannel.exercise.pages.fields import read_form
from backchannel.exercise.pages.play import join_page, refusal, role_page, role_parts
from backchannel.exercise.pages.player_forms import MOVES_SHOWN
from backchannel.exercise.pages.texts import choose_language
from backchannel.exercise.projection import View, views_of
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.rules import MOVES
from backchannel.exercise.screen import Screen, screen_of, show
from tests.exercise.games import act, begin
from tests.exercise.nights import whole_night

HOSTILE = "</textarea><script>alert('x')</script>\"' onload=x&amp;"


class Forms(HTMLParser):
    """Collects the fields of every form on a page, and every id."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "form":
            self.forms.append({"form": values.get("id", "")})
        if tag in ("input", "textarea", "select") and self.forms:
            self.forms[-1][values["name"]] = values.get("value", "")


def screens(*names: str) -> list[Screen]:
    """What some roles of cuba-1962 see after a message, a word and a declaration."""
    book, events = begin("cuba-1962")
    message = {"channel": "rfk_dobrynin", "text": HOSTILE, "caption": HOSTILE}
    events += act(book, "usa", "send", 60.0, **message)
    events += act(book, "usa", "speak", 70.0, to=["rfk"], text="Go tonight.")
    events += act(book, "ussr", "declare", 80.0, text="We want no war.")
    events += act(book, "usa", "estimate", 90.0, question="war", prob=0.4)
    events += book.catch_up(200.0)
    return [screen_of(views_of(events, name)) for name in names]


def test_a_page_shows_what_its_role_saw() -> None:
    """The words said to Robert Kennedy are on his page and not on Khrushchev's."""
    rfk, ussr = screens("rfk", "ussr")
    assert "Go tonight." in role_page("rfk", rfk, "word")
    page = role_page("ussr", ussr, "word")
    assert "Go tonight." not in page
    assert "We want no war." in page


def test_hostile_text_stays_text() -> None:
    """What a player writes never becomes markup: the tags of the page are as many."""
    (usa,) = screens("usa")
    page = role_page("usa", usa, "word")
    assert "<script>alert" not in page
    assert Forms(page).tags.count("script") == 2
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("role", ["usa", "rfk", "jcs", "u_thant", PUBLIC])
def test_every_form_carries_its_move_and_guard(role: str) -> None:
    """No form lacks the guard word; ids are unique, as labels need."""
    (screen,) = screens(role)
    found = Forms(role_page(role, screen, "word"))
    assert all(form["guard"] == "word" and form["move"] for form in found.forms)
    assert len(found.ids) == len(set(found.ids))
    assert bool(found.forms) is (role != PUBLIC)


def test_a_form_comes_back_as_the_move_it_offers() -> None:
    """What the page of a relay posts is a move that the rules take."""
    (screen,) = screens("usa")
    page = role_page("usa", screen, "word")
    send = next(f for f in Forms(page).forms if f["move"] == "send")
    posted = [(name, value) for name, value in send.items() if value]
    posted += [("channel", "rfk_dobrynin"), ("text", "Yes."), ("precedence", "flash")]
    fields = read_form(p for p in posted if p[0] not in ("guard", "move", "id", "form"))
    book, _ = begin("cuba-1962")
    events = act(book, "usa", "send", 10.0, **fields)
    assert events[-1].part("text") == "Yes."


def test_read_form_keeps_what_it_cannot_read() -> None:
    """A number that is none stays text, so that the rules can name it."""
    assert read_form([("prob:number", "many"), ("a.b", "c"), ("a", "d")]) == {
        "prob": "many",
        "a": "d",
    }
    assert read_form([("prob:number", "inf")]) == {"prob": "inf"}
    assert read_form([("a", "d"), ("a.b", "c")]) == {"a": "d"}


def test_parts_take_their_own_places() -> None:
    """Each part that is sent anew has the id of one on the page, and says to swap."""
    (usa,) = screens("usa")
    page, parts = role_page("usa", usa, "word"), role_parts("usa", usa, "word")
    swapped = re.findall(r'id="(part-[a-z]+)"[^>]* hx-swap-oob="true"', parts)
    assert len(swapped) >= 6
    assert all(page.count(f'id="{name}"') == 1 for name in swapped)
    assert "hx-swap-oob" not in page


def test_the_join_page_and_a_refusal_escape_their_text() -> None:
    """A key or a reason cannot break out of its page."""
    assert "<script>alert" not in join_page(HOSTILE) + refusal(HOSTILE)


def test_the_calendar_knows_the_night_of_the_clock_change() -> None:
    """14.3 hours after a quarter to eight it is three past nine, not three past ten."""
    calendar = Calendar.of("1962-10-27 19:45 America/New_York")
    assert calendar.say(14.3) == "28 Oct 09:03"
    assert Calendar.of("1962-10-27T23:45Z").say(14.3) == "28 Oct 14:03"
    assert Calendar.of("unknown").say(14.3) == "+14.3 h"
    assert span(0.5) == "30 min"


def test_an_unknown_language_gets_the_texts_of_the_source() -> None:
    """A header of nonsense is no error."""
    assert choose_language("") == choose_language("q;q=q,,;") == "en"


WITHOUT_FORM = {
    "log_reading": "looking at a page does it",
    "hand_over": "the console's own route does it, which makes the new link or key",
    "take_seat": "joining does it",
    "no_answer": "only a program can fail to answer",
}


def test_the_pages_offer_every_move() -> None:
    """What the rules allow, some page offers, or there is a reason why not."""
    assert set(MOVES) - set(WITHOUT_FORM) == {*MOVES_SHOWN, *CONSOLE_MOVES}


def test_every_move_has_a_form_on_some_page_of_a_night() -> None:
    """Hour by hour through a night, the forms of all seats and of the console."""
    book, events = whole_night()
    roles = list(book.state.roles.values())
    seats = [SeatShown(role, "", 0) for role in roles]
    shown = Shown(seats, channels={"hotline": "Hot line"})
    found: set[str] = set()
    ends = sorted({0, *range(0, len(events), 2), len(events) - 1})
    for end in ends:
        so_far = events[:end]
        known = who_knew(so_far, [role.name for role in roles])
        screen = screen_of(views_of(so_far, FACILITATOR))
        pages = [console_page(screen, "word", replace(shown, known=known))]
        for role in ("usa", "ussr", "dobrynin", "presidium", "soviet_military"):
            seen = screen_of(views_of(so_far, role))
            pages.append(role_page(role, seen, "word"))
        found |= {f.get("move", "") for page in pages for f in Forms(page).forms}
    missing = {*MOVES_SHOWN, *CONSOLE_MOVES} - found
    assert missing == {"countermand"}


def test_an_order_under_way_shows_its_hour_and_can_be_called_off() -> None:
    """No order is under way that night; one in the strait is, for two hours."""
    _, events = begin("strait")
    screen = screen_of(views_of(events, "alpha"))
    fields = {"order": "fire_back", "text": "Fire back", "fires_in_hours": 2.0}
    show(screen, View("order_under_way", 1.0, fields))
    page = role_page("alpha", screen, "word")
    assert "countermand" in {form.get("move") for form in Forms(page).forms}
    assert "carried out at <time>4 May 21:00</time>" in page


def test_an_offer_is_answered_from_the_page_that_shows_it() -> None:
    """The package is named in words, and its form posts an answer the rules take."""
    book, events = begin("cuba-1962")
    package = {"missiles": "removed_at_sea", "jupiters": "withdrawn (private)"}
    package |= {"secrecy": "kept (private)"}
    events += act(book, "usa", "offer", 1.0, channel="rfk_dobrynin", package=package)
    events += book.catch_up(1500.0)
    page = role_page("ussr", screen_of(views_of(events, "ussr")), "word")
    assert "Missiles in Cuba: Removed, counted on the ships" in page
    assert "(in private)" in page
    form = next(f for f in Forms(page).forms if f.get("move") == "answer")
    fields = read_form(
        [("offer", form["offer"]), ("answer", "refuse"), ("channel", "radio_moscow")]
    )
    events += act(book, "ussr", "answer", 1500.0, **fields)
    assert events[-1].part("answer") == "refuse"
