"""Every page in a language whose letters are all wide: what is narrow is untranslated.

The catalogue of that language is made here from the list of texts. Latin letters, the
decimal mark and the percent sign of every text become wide ones, so that on a page the
narrow ones are those of the crisis file and of the players, and nobody else's.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.filters import do_truncate
from pydantic import BaseModel

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.pages.play import refusal_fragment, wrong_page
from backchannel.exercise.pages.po_file import Entry, places_in, read_po, to_po
from backchannel.exercise.pages.refusal_words import refusal_words
from backchannel.exercise.pages.slips import Slip, seat_slip, trace_slip
from backchannel.exercise.pages.texts import add_folder, remove_folder, tongue
from backchannel.exercise.pages.translate import TEMPLATE
from backchannel.exercise.pages.words import (
    event_words,
    field_words,
    watched_words,
)
from backchannel.exercise.projection import views_of
from backchannel.exercise.refusals import REASONS
from backchannel.exercise.roles import FACILITATOR, PUBLIC, roles_of
from backchannel.exercise.screen import screen_of
from backchannel.exercise.server.access import COOKIE
from backchannel.exercise.server.wrong import WRONG
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin, crisis
from tests.exercise.nights import whole_night
from tests.exercise.surfaces import HOST, Desk

WIDE = "art"
"""Code of languages that somebody has made up."""
_NARROW = "".join(map(chr, [*range(0x41, 0x5B), *range(0x61, 0x7B), *b".%,"]))
_WIDER = {ord(c): chr(ord(c) + 0xFEE0) for c in _NARROW}
_SHOWN = ("title", "aria-label", "alt", "placeholder", "data-label", "data-months")
# The languages write these as they stand: parts of an address, a command or a key.
_UNSPOKEN = ("code", "script", "style")
_NAME = r"[a-z0-9_.]*"


def wide(text: str) -> str:
    """A text in wide letters, with its places for values as they are.

    >>> wide("At {time}")
    'Ａｔ {time}'
    """
    parts = re.split(r"({\w+})", text)
    return "".join(
        part if part.startswith("{") else part.translate(_WIDER) for part in parts
    )


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The wide language, brought in for this file alone."""
    folder = tmp_path_factory.mktemp("wide")
    entries = read_po(TEMPLATE.read_text("utf-8"), "pages.pot")
    header = f"Language: {WIDE}\nPlural-Forms: nplurals=2; plural=n != 1;\n"
    said = [
        Entry(e.text, e.plural, tuple(wide(t) for t in (e.text, e.plural) if t))
        for e in entries
    ]
    (folder / f"{WIDE}.po").write_text(to_po([Entry("", said=(header,)), *said], 2))
    add_folder(folder)
    yield WIDE
    remove_folder(folder)


class _Reader(HTMLParser):
    """Collects what a person sees or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(
        self, tag: str, attrs: Sequence[tuple[str, str | None]]
    ) -> None:
        """Attributes that are shown or read out."""
        self.said += [value for name, value in attrs if name in _SHOWN and value]
        if tag in _UNSPOKEN:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not spoken."""
        if tag in _UNSPOKEN:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if data.strip() and not self._inside:
            self.said.append(" ".join(data.split()))


def spoken(page: str) -> list[str]:
    """What a person sees or hears of a page, text by text."""
    reader = _Reader()
    reader.feed(page)
    return reader.said


def titles_in(thing: object, is_title: bool = False) -> Iterator[str]:
    """Titles and texts of a record and of what it holds; names of things are none."""
    if isinstance(thing, str):
        yield from [thing] if is_title or not re.fullmatch(_NAME, thing) else ()
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from titles_in(value, is_title)
    elif isinstance(thing, BaseModel):
        for name, value in thing:
            yield from titles_in(value, is_title or name == "settings")
    elif isinstance(thing, Iterable):
        for value in thing:
            yield from titles_in(value, is_title)


def words_of_file(name: str) -> list[str]:
    """What a page may say as it is: titles and texts of a file, longest first."""
    played = crisis(name)
    said = {*titles_in(played)}
    said |= {role.title for role in roles_of(played).values() if role.name != PUBLIC}
    titles = {" ".join(text.split()) for text in said if text}
    cut = Environment()
    short = {do_truncate(cut, t, n) for t in titles for n in (80, 120, 160)}
    # The head of a column has the first part of a title, and the whole behind it.
    heads = {title.partition(",")[0] for title in titles if len(title) < 80}
    return sorted(titles | short | heads, key=len, reverse=True)


def narrow(page: str, own: Sequence[str]) -> set[str]:
    """What is left of a page without what is wide and without what the file says."""
    left = set()
    for text in spoken(page):
        for title in own if re.search(r"[A-Za-z]", text) else ():
            text = text.replace(title, "")
        if re.search(r"[A-Za-z]{2,}|\d[.,]\d|%", text):
            left.add(text)
    return left


def test_what_is_not_translated_is_found() -> None:
    """Between tags, in a label, a number, a percentage; not the words of the file."""
    own = ["Alpha's radar"]
    assert narrow("<p>Ｓｅｎｔ Alpha's radar</p>", own) == set()
    assert narrow("<p>Sent Alpha's radar</p>", own) == {"Sent "}
    assert narrow('<p aria-label="Close"></p>', own) == {"Close"}
    assert narrow("<b>12.5</b><b>7 %</b><code>ls</code>", own) == {"12.5", "7 %"}
    assert "The radar" not in words_of_file("cuba-1962")
    assert wide("{a}% of it") == "{a}％ ｏｆ ｉｔ"


OF_ALL = ("/play", "/play/parts")
OF_CONSOLE = ("/console", "/console/parts", "/console/sheets", "/console/orders")


OF_FACILITATOR: tuple[tuple[str, dict[str, object]], ...] = (
    ("log_reading", {"what": "console"}),
    ("log_reading", {"what": "knowledge", "as_at": 1.5}),
    ("log_reading", {"what": "sheets"}),
    ("log_reading", {"what": "orders"}),
    ("log_reading", {"what": "marks"}),
    ("inject", {"to": ["*"], "text": wide("A ship is seen.")}),
    ("set_clock", {"speed": 720.0}),
    ("reseed", {"seed": 4}),
    ("hand_over", {"role": "public", "by": "person"}),
    ("step_clock", {"hours": 60.0}),
)


def whole_strait(*, is_over: bool = False) -> list[EventRecord]:
    """A night on the strait with every kind of thing on some page."""
    book, events = begin("strait", Settings(seed=3, risk_told_to=("alpha",)))
    good = {"tanker": "released", "passage": "escorted", "radar": "leaves (private)"}
    rule = {"then": "radar", "needs": "tanker", "within_hours": 12.5}
    way = {"channel": "envoys", "deadline_hours": 24, "text": wide("Tonight.")}
    events += act(book, "alpha", "offer", 1.0, package=good, conditions=[rule], **way)
    events += act(book, "alpha", "estimate", 2.0, question="settled", prob=0.25)
    signal = {"of": "bravo", "text": wide("Calm"), "manner": wide("slow")}
    events += act(
        book, "alpha", "observe", 3.0, baseline=wide("loud"), credibility=0.3, **signal
    )
    for move, asked in OF_FACILITATOR:
        events += act(book, FACILITATOR, move, 4.0, **asked)
    if is_over:
        events += act(book, FACILITATOR, "open_debrief", 5.0)
    return events


class Visits:
    """What the app answers to browsers of one game in the wide language."""

    def __init__(self, path: Path, name: str, language: str) -> None:
        self.name = name
        self.roles = list(roles_of(crisis(name)))
        self.desk = Desk(path, [*self.roles, FACILITATOR])
        self.accepts = {"accept": "text/html", "accept-language": language}

    def get(self, role: str, path: str, method: str = "GET") -> str:
        """A page as a role gets it."""
        session = self.desk.keys[role]["session"] if role else "none"
        headers = {**self.accepts, "cookie": f"{COOKIE}={session}"}
        headers["origin"] = f"http://{HOST}"
        answer = asyncio.run(self.desk.ask(method, path, headers))
        return answer.partition(b"\n\n")[2].decode()

    def all(self, *paths: str) -> str:
        """Pages of the facilitator, and those of all roles, one behind the other."""
        own = [self.get(FACILITATOR, path) for path in paths if path not in OF_ALL]
        theirs = [
            self.get(role, path)
            for role in self.roles
            for path in paths
            if path in OF_ALL
        ]
        return "".join([*own, *theirs])


@pytest.mark.parametrize("name", ["strait", "cuba-1962"])
def test_every_page_of_a_game_is_translated(
    tmp_path: Path, language: str, name: str
) -> None:
    """Seats, console, audit and sheets, before the start and at night."""
    night = whole_strait() if name == "strait" else whole_night(wide)[1]
    night = [event for event in night if event.kind != "debrief_opened"]
    visits = Visits(tmp_path, name, language)
    n_briefed = next(i for i, e in enumerate(night) if e.kind == "clock_set")
    for n_events in (n_briefed, len(night)):
        visits.desk.lay(night[:n_events], night[n_events - 1].at, name)
        page = visits.all(*OF_CONSOLE, *OF_ALL)
        assert len(spoken(page)) > 500
        assert narrow(page, words_of_file(name)) == set()


@pytest.mark.parametrize("name", ["strait", "cuba-1962"])
def test_the_debrief_is_translated(tmp_path: Path, language: str, name: str) -> None:
    """With pictures, offers, documents, records, estimates and what the hand did."""
    is_small = name == "strait"
    night = whole_strait(is_over=True) if is_small else whole_night(wide)[1]
    visits = Visits(tmp_path, name, language)
    visits.desk.lay(night, night[-1].at, name)
    page = visits.all("/debrief", "/console", "/play")
    assert narrow(page, words_of_file(name)) == set()


def test_who_looks_on_reads_of_others() -> None:
    """The console and the debrief do not say `you` of what a player did."""
    assert set(watched_words(str)) == set(event_words(str))
    own = [text for text in watched_words(str).values() if "you" in text.split()]
    assert own == []
    assert "a signal that you noted" in event_words(str).values()


def test_doors_and_wrong_answers_are_translated(tmp_path: Path, language: str) -> None:
    """The front door shut and open, a join link, and what cannot be met."""
    visits = Visits(tmp_path, "strait", language)
    night = whole_strait()
    visits.desk.lay(night, night[-1].at)
    pages = [visits.get("", "/"), visits.get("", "/join/a-link")]
    visits.desk.app.state.lobby = "one"
    pages += [visits.get("alpha", "/"), visits.get("alpha", "/nowhere")]
    pages += [visits.get("alpha", "/play", "DELETE"), visits.get("alpha", "/debrief")]
    pages += [visits.get("", "/play"), visits.get("alpha", "/console")]
    texts = [tongue(language)(text) for _status, text in WRONG.values() if text]
    pages += [wrong_page(text, "/", language=language) for text in texts]
    own = [*words_of_file("strait"), "{wanted}"]
    assert min(len(spoken(page)) for page in pages) > 2
    assert narrow("".join(pages), own) == set()


def test_every_refusal_is_translated(language: str) -> None:
    """Each reason, with a list of what would have been right, and with none."""
    _ = tongue(language)
    values = {name: "7" for text in REASONS.values() for name in places_in(text)}
    values["wanted"] = "tanker.released or passage.open"
    screen = screen_of(views_of(whole_strait(), "alpha"))
    said = []
    for known in ({}, {"known": ["alpha"]}, {"known": []}):
        for code in REASONS:
            for field in ("", *(f"send.{name}" for name in field_words(_))):
                why = refusal_words(code, field, values | known, screen.crisis, _)
                said.append(refusal_fragment(why, language=language))
    assert narrow("".join(said), words_of_file("strait")) == set()


def test_slips_are_translated(language: str) -> None:
    """A link, a key, a script, nobody; a copy that is found and none."""
    events = whole_night(wide)[1]
    screen = screen_of(views_of(events, FACILITATOR))
    pages = [
        seat_slip(screen, Slip(role, by, "", "", "", ""), language=language)
        for role in ("usa", PUBLIC, FACILITATOR)
        for by in ("person", "program", "script", "nobody")
    ]
    paper = next(iter(screen.papers))
    pages += [
        trace_slip(screen, found, language=language)
        for found in ([], [(paper, 2, "rfk")])
    ]
    assert narrow("".join(pages), words_of_file("cuba-1962")) == set()
