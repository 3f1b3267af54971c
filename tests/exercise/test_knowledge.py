"""Who knew what at an instant, and the console that shows it."""

from __future__ import annotations

from backchannel.exercise.knowledge import who_knew
from backchannel.exercise.pages.console import SeatShown, Shown, console_page
from backchannel.exercise.pages.fields import read_form
from backchannel.exercise.pages.slips import Slip, seat_slip
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.screen import screen_of
from tests.exercise.games import act, begin
from tests.exercise.test_pages import Forms


def test_knowledge_spreads_as_a_message_travels() -> None:
    """A cable is known to its author and who carries it, then to whom it comes."""
    book, events = begin("cuba-1962")
    roles = [name for name in book.state.roles if name != PUBLIC]
    events += act(
        book, "usa", "send", 60.0, channel="rfk_dobrynin", text="An answer, please."
    )
    events += book.catch_up(3600.0)
    sent = next(k for k in who_knew(events, roles, 1.5) if k.kind == "message_sent")
    assert set(sent.seen_at) == {"usa", "dobrynin"}
    (later,) = [k for k in who_knew(events, roles) if k.name == sent.name]
    assert set(later.seen_at) > {"usa", "dobrynin", "ussr"}
    assert later.seen_at["usa"] <= later.seen_at["dobrynin"] < later.seen_at["ussr"]
    assert "turkey" not in later.seen_at
    assert later.text == "An answer, please."


def test_nothing_is_known_before_it_happens() -> None:
    """At an hour before the act the list is empty."""
    book, events = begin("strait")
    events += act(book, "alpha", "declare", 600.0, text="The strait is ours.")
    assert who_knew(events, book.state.roles, 5.0) == []
    assert len(who_knew(events, book.state.roles)) == 1


def test_the_console_pauses_runs_and_steps() -> None:
    """Its buttons come back as moves that the rules take, and do what they say."""
    book, events = begin("strait")
    for button, expected in (("pause", False), ("run", True)):
        screen = screen_of(views_of(events, FACILITATOR))
        page = console_page(screen, "word", Shown())
        form = next(f for f in Forms(page).forms if f["form"].endswith(button))
        fields = read_form(
            p for p in form.items() if p[0] not in ("guard", "move", "id", "form")
        )
        events += act(book, FACILITATOR, form["move"], 0.0, **fields)
        assert book.state.clock.is_running is expected


def test_the_console_shows_every_seat_and_escapes() -> None:
    """Every role has a row with a button for a new link; a title is never markup."""
    book, events = begin("strait")
    seats = [SeatShown(role, "", 2) for role in book.state.roles.values()]
    screen = screen_of(views_of(events, FACILITATOR))
    known = who_knew(events, book.state.roles)
    page = console_page(screen, "word", Shown(seats, known))
    for seat in seats:
        assert page.count(f'name="role" value="{seat.role.name}"') == 1
    slip = Slip("<b>x</b>", "person", "https://host/join")
    assert "<b>x</b>" not in seat_slip(screen, slip)
