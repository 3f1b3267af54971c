"""Documents are counted, read on the record, and a leaked text names its copy."""

from __future__ import annotations

import random

import pytest

from backchannel.base.errors import MoveRefusedError
from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.book import Book
from backchannel.exercise.marks import marked, marks_in, unmarked
from backchannel.exercise.moves.papers import trace_copies
from backchannel.exercise.projection import Instant, views_of
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import Screen, screen_of
from tests.exercise.games import act, begin

TEXT = (
    "The radar leaves within three months, without a word in public. Nobody outside "
    "this room is to know, and above all not those on the island, who would call it a "
    "sale of their security for a tanker that is not even theirs."
)


def screen(events: list[EventRecord], role: str) -> Screen:
    """What a role knows."""
    return screen_of(views_of(events, role))


def written(*caveats: str) -> tuple[Book, list[EventRecord], str]:
    """A document of Alpha's with a copy for Cedar."""
    book, events = begin()
    fields = {"title": "The radar", "text": TEXT, "to": ["cedar"]}
    events += act(book, "alpha", "write_paper", 1.0, caveats=list(caveats), **fields)
    (name,) = book.state.papers
    return book, events, name


def test_each_reader_has_a_numbered_copy_that_looks_the_same() -> None:
    """Two copies, two numbers, one text to the eye, and none for anybody else."""
    _, events, name = written()
    own = screen(events, "alpha").papers[name]
    copy = screen(events, "cedar").papers[name]
    assert (own["copy_number"], copy["copy_number"]) == (1, 2)
    assert own["register"] == {"alpha": 1, "cedar": 2}
    assert "register" not in copy
    assert own["text"] != copy["text"]
    assert unmarked(own["text"]) == unmarked(copy["text"]) == TEXT
    for other in ("bravo", "navy", "assembly", "public"):
        assert screen(events, other).papers == {}


def test_no_copies_is_honoured() -> None:
    """Only the author hands on what says so; without it any holder may."""
    book, events, name = written("no_copies")
    with pytest.raises(MoveRefusedError, match="says no copies"):
        act(book, "cedar", "hand_on", 2.0, paper=name, to=["assembly"])
    events += act(book, "alpha", "hand_on", 3.0, paper=name, to=["assembly"])
    assert screen(events, "assembly").papers[name]["copy_number"] == 3
    book, events, name = written()
    events += act(book, "cedar", "hand_on", 2.0, paper=name, to=["assembly"])
    passed = screen(events, "assembly").papers[name]
    assert passed["by"] == ["cedar", "alpha"]
    assert passed["given_by"] == "cedar"


def test_the_register_says_who_has_read() -> None:
    """Reading is signed for: the author sees it, other readers do not."""
    book, events, name = written()
    events += act(book, "cedar", "read_paper", 90.0, paper=name)
    assert screen(events, "alpha").papers[name]["readers"] == {"cedar": 1.5}
    by_reader = {c.reader: c.read_at for c in book.state.papers[name].copies}
    assert by_reader["alpha"] is None
    assert by_reader["cedar"] == pytest.approx(1.5)
    with pytest.raises(MoveRefusedError, match="you know no document that you hold"):
        act(book, "bravo", "read_paper", 91.0, paper=name)


def test_a_leaked_passage_names_its_copy() -> None:
    """A third of the text is enough; a text whose marks were taken out names none."""
    book, events, name = written()
    events += act(book, FACILITATOR, "leak_paper", 2.0, paper=name, reader="cedar")
    (news,) = screen(events, "bravo").news
    assert trace_copies(book.state, news["text"]) == [(name, 2, "cedar")]
    part = news["text"][len(news["text"]) // 3 :]
    assert trace_copies(book.state, part) == [(name, 2, "cedar")]
    assert trace_copies(book.state, unmarked(news["text"])) == []
    assert trace_copies(book.state, TEXT) == []


def test_marks_survive_and_do_not_mix() -> None:
    """Any mark in any text is found again, alone (200 random pairs, seed 12)."""
    luck = random.Random(12)
    for _ in range(200):
        words = [luck.choice(["a", "bb", "ccc\n", "dd,"]) for _ in range(40)]
        text, mark = " ".join(words), luck.getrandbits(32)
        assert marks_in(marked(text, mark)) == {mark}
        assert marks_in(marked(marked(text, 5), mark)) == {mark}
        assert unmarked(marked(text, mark)) == text


def test_a_report_carries_its_chain_of_attribution() -> None:
    """What an envoy's message said is reported as said by those it passed through."""
    book, events = begin("cuba-1962")
    fields = {"channel": "rfk_dobrynin", "text": "Time is of the essence."}
    events += act(book, "rfk", "send", 1.0, **fields)
    events += book.catch_up(1500.0)
    (message,) = screen(events, "ussr").messages
    events += act(
        book,
        "ussr",
        "write_paper",
        1500.0,
        title="Report",
        text="They press for an answer.",
        about=message,
        to=["presidium"],
    )
    (paper,) = screen(events, "presidium").papers.values()
    assert paper["by"] == ["ussr", "dobrynin", "usa"]


def test_what_is_released_is_blacked_out_and_the_debrief_opens_the_rest() -> None:
    """Stretches are black for everybody, until the debrief shows the paper whole."""
    book, events, name = written()
    start = TEXT.index("not those on the island")
    spans = [[start, start + 23]]
    with pytest.raises(MoveRefusedError, match=r"\[\[first, behind\]"):
        act(book, FACILITATOR, "redact", 2.0, paper=name, spans=[[1]])
    events += act(book, FACILITATOR, "redact", 2.0, paper=name, spans=spans)
    (released,) = [v for v in views_of(events, "bravo") if v.kind == "paper_released"]
    assert "island" not in released.fields["text"]
    assert "█" in released.fields["text"]
    assert len(released.fields["text"]) == len(TEXT)
    opened = views_of(events, "bravo", Instant(is_open=True))
    assert any(view.fields.get("plain") == TEXT for view in opened)


def test_words_are_blacked_out_by_naming_them() -> None:
    """A line a passage, every time; one that is not there is told."""
    book, events, name = written()
    events += act(
        book, FACILITATOR, "redact", 2.0, paper=name, passages="Nobody\nthis room"
    )
    (released,) = [v for v in views_of(events, "bravo") if v.kind == "paper_released"]
    assert "Nobody" not in released.fields["text"]
    assert "this room" not in released.fields["text"]
    assert "three months" in released.fields["text"]
    assert screen(events, "public").news[-1]["kind"] == "paper_released"
    with pytest.raises(MoveRefusedError, match="'Atlantis' is not in the document"):
        act(book, FACILITATOR, "redact", 2.0, paper=name, passages="Atlantis")
