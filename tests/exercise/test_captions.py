"""What is written on a message, who knows of a channel, and what is noted of people."""

from __future__ import annotations

import pytest

from backchannel.base.errors import MoveRefusedError
from backchannel.base.moments import read_moment
from backchannel.crisis.event_record import EventRecord
from backchannel.crisis.model import Crisis
from backchannel.exercise.book import Book
from backchannel.exercise.pages.play import role_page
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR, roles_of
from backchannel.exercise.screen import Screen, screen_of
from backchannel.exercise.state import Settings
from backchannel.exercise.world import value_in
from tests.exercise.games import SECRET, act, begin, crisis

PERSONAL = {"channel": "rfk_dobrynin", "text": "For you alone."}


def screen(events: list[EventRecord], role: str) -> Screen:
    """What a role knows."""
    return screen_of(views_of(events, role))


@pytest.mark.parametrize(("handling", "n_read"), [([], 1), (["personal"], 0)])
def test_personal_comes_to_the_leader_alone(handling: list[str], n_read: int) -> None:
    """The Presidium reads along what the ministry takes to it, not what is personal."""
    book, events = begin("cuba-1962")
    events += act(book, "usa", "send", 1.0, handling=handling, **PERSONAL)
    events += book.catch_up(2000.0)
    assert len(screen(events, "ussr").messages) == 1
    assert len(screen(events, "presidium").messages) == n_read


def test_a_report_on_a_message_without_copies_bears_the_caveat() -> None:
    """The author wrote `no copies`; who reports on it cannot hand it round."""
    book, events = begin("cuba-1962")
    events += act(book, "usa", "send", 1.0, handling=["no_copies"], **PERSONAL)
    events += book.catch_up(2000.0)
    (name,) = book.state.messages
    report = {"title": "Report", "text": "He wrote.", "about": name}
    events += act(book, "ussr", "write_paper", 2000.0, to=["dobrynin"], **report)
    (paper,) = book.state.papers
    assert screen(events, "dobrynin").papers[paper]["caveats"] == ["no_copies"]
    with pytest.raises(MoveRefusedError, match="says no copies"):
        act(book, "dobrynin", "hand_on", 2001.0, paper=paper, to=["presidium"])


def test_a_caption_without_a_rule_is_refused_as_handling() -> None:
    """Free words have a field of their own."""
    book, _ = begin("cuba-1962")
    with pytest.raises(MoveRefusedError, match="no caption with a rule 'burn'"):
        act(book, "usa", "send", 1.0, handling=["burn"], **PERSONAL)


def later_telephone() -> Crisis:
    """The night as if the number had been given in the small hours."""
    loaded = crisis("cuba-1962")
    late = read_moment("1962-10-28 03:00 America/New_York")
    channel = loaded.channels["white_house_telephone"].model_copy(
        update={"opens_at": late}
    )
    channels = {**loaded.channels, "white_house_telephone": channel}
    changed = loaded.model_copy(update={"channels": channels})
    changed._digest, changed._path = "later-telephone", loaded.path
    return changed


def test_the_telephone_number_is_handed_over_in_mid_game() -> None:
    """The President hands over his number; from then on Moscow can call, not before."""
    settings = Settings(has_hazard=False)
    book, events = Book.begin(later_telephone(), settings, SECRET, 0.0)
    events += act(book, FACILITATOR, "set_clock", 0.0, is_running=True)
    call = {"channel": "white_house_telephone", "text": "We accept."}
    with pytest.raises(MoveRefusedError, match="you know no open channel"):
        act(book, "ussr", "send", 1.0, **call)
    page = role_page("usa", screen(events, "usa"), "word")
    assert "Hand over a number" in page
    assert "Reply by cipher, then the White House number" in page
    number = {"channel": "white_house_telephone"}
    events += act(book, "usa", "open_channel", 60.0, **number)
    events += act(book, "ussr", "send", 61.0, **call)
    assert screen(events, "ussr").channels["white_house_telephone"]["is_open"]
    roles = roles_of(book.state.crisis).values()
    opened = next(e for e in events if e.kind == "channel_opened")
    ends = [role.name for role in roles if role.actor in ("usa", "ussr")]
    assert list(opened.parts[0].audience) == ends


def test_a_message_under_way_shows_its_author_when_it_may_come() -> None:
    """Who sent it sees about when it comes; whom it is for sees nothing yet."""
    book, events = begin("cuba-1962")
    events += act(book, "usa", "send", 1.0, **PERSONAL)
    events += book.catch_up(2.0)
    page = role_page("usa", screen(events, "usa"), "word")
    assert "Under way; comes at about <time>28 Oct" in page
    assert "For you alone." not in role_page("ussr", screen(events, "ussr"), "word")
    assert "in your hands" in role_page("dobrynin", screen(events, "dobrynin"), "word")


def test_a_side_channel_is_known_to_those_whom_the_file_names() -> None:
    """Robert Kennedy knows of Scali's talk (par. 14); the Joint Chiefs do not."""
    _, events = begin("cuba-1962")
    title = "Scali to Feklisov, residency of the KGB"
    assert title in screen(events, "rfk").sheet["knows_of"]
    assert title in role_page("rfk", screen(events, "rfk"), "word")
    assert title not in role_page("jcs", screen(events, "jcs"), "word")


def test_a_signal_is_noted_against_its_baseline() -> None:
    """Very upset, never seen so (par. 15); for Dobrynin's eyes until the debrief."""
    book, events = begin("cuba-1962")
    noted = {"of": "rfk", "text": "Time is of the essence", "times": 4.0}
    noted |= {"manner": "very upset", "baseline": "fond of quarrels"}
    events += act(book, "dobrynin", "observe", 1.0, credibility=0.9, **noted)
    page = role_page("dobrynin", screen(events, "dobrynin"), "word")
    assert "Robert Kennedy, 4 ×; manner: very upset; usually: fond of quarrels" in page
    assert "meant with a chance of 90 %" in page
    assert "very upset" not in str(screen(events, "ussr"))
    with pytest.raises(MoveRefusedError, match="credibility: is 2"):
        act(book, "dobrynin", "observe", 2.0, credibility=2, **noted)


def test_a_role_knows_its_own_numbers() -> None:
    """A ratifier's sheet has the threshold by which the rule would judge."""
    book, events = begin("cuba-1962", Settings(seed=11, has_hazard=False))
    sheet = screen(events, "turkey").sheet
    drawn = value_in(book.state, book.state.crisis.actors["turkey"].threshold)
    assert sheet["threshold"] == drawn
    assert "threshold" not in screen(events, "usa").sheet
    strait, more = begin("strait", Settings(seed=11, has_hazard=False))
    own = strait.state.crisis.values["bravo"]["radar"]["leaves"].worth
    known = screen(more, "bravo").sheet["worths"]["radar"]["leaves"][0]
    assert known == value_in(strait.state, own)
    assert known != own.median()
