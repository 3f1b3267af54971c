"""Documents after the game: copies and readers, what was released, whose copy leaked.

Two records of one contact are laid side by side, word by word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import Literal

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.debrief.trips import OPEN, Trip
from backchannel.exercise.moves.papers import trace_copies
from backchannel.exercise.projection import project
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.state import Copy, GameState, Paper

Said = Literal["both", "first", "second"]


@dataclass(frozen=True)
class PaperTold:
    """One document, opened: `released` and `leaked` are hours with what came out.

    `released` pairs an hour with the text as it was published, blacked out; `leaked`
    an hour with the reader whose copy it was, by its mark.
    """

    paper: Paper
    released: tuple[tuple[float, str], ...]
    leaked: tuple[tuple[float, str], ...]

    @property
    def copies(self) -> tuple[Copy, ...]:
        """Its register."""
        return self.paper.copies


@dataclass(frozen=True)
class RecordPair:
    """Two records of one contact, and their words: in both, or in one alone."""

    about: str
    first: str
    second: str
    words: tuple[tuple[Said, str], ...]


def papers_told(
    events: Iterable[EventRecord], state: GameState
) -> tuple[PaperTold, ...]:
    """Open every document of a game.

    Parameters
    ----------
    events : a ledger, in order
    state : the game at its end, whose secret the marks were made with

    Returns
    -------
    tuple : in order of writing
    """
    released: dict[str, list[tuple[float, str]]] = {}
    leaked: dict[str, list[tuple[float, str]]] = {}
    for event in events:
        view = project(event, FACILITATOR, OPEN)
        if view is None:
            continue
        if event.kind == "paper_released":
            told = (event.hour, str(view.fields["text"]))
            released.setdefault(view.fields["released"], []).append(told)
        elif event.kind == "leaked":
            for name, _, reader in trace_copies(state, str(view.fields["text"])):
                leaked.setdefault(name, []).append((event.hour, reader))
    return tuple(
        PaperTold(paper, tuple(released.get(name, ())), tuple(leaked.get(name, ())))
        for name, paper in state.papers.items()
    )


def record_pairs(
    papers: Sequence[Paper], trips: Sequence[Trip]
) -> tuple[RecordPair, ...]:
    """Compare the records of every message that more than one document reports on.

    Parameters
    ----------
    papers : every document of a game
    trips : every message, from `trips_of`

    Returns
    -------
    tuple : pairs of documents of different authors; a single report is laid beside the
        message as it was sent
    """
    pairs = []
    for trip in trips:
        about = [paper for paper in papers if paper.about == trip.message]
        if len(about) == 1:
            words = compare_words(trip.sent, about[0].text)
            pair = RecordPair(trip.message, trip.author, about[0].author, words)
            pairs.append(pair)
        for a, b in combinations(about, 2):
            words = compare_words(a.text, b.text)
            pairs.append(RecordPair(trip.message, a.author, b.author, words))
    return tuple(pairs)


def compare_words(first: str, second: str) -> tuple[tuple[Said, str], ...]:
    """Say which words two texts share, in order, and which stand in one alone.

    Parameters
    ----------
    first, second : two records

    Returns
    -------
    tuple : stretches of words, each with where it stands

    >>> compare_words("a deal in four months", "no deal in four weeks")
    (('first', 'a'), ('second', 'no'), ('both', 'deal in four'), ('first', 'months'), \
('second', 'weeks'))
    """
    a, b = first.split(), second.split()
    found: list[tuple[Said, str]] = []
    # Without `autojunk` frequent words of a long text count as well.
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            found.append(("both", " ".join(a[a0:a1])))
            continue
        if a1 > a0:
            found.append(("first", " ".join(a[a0:a1])))
        if b1 > b0:
            found.append(("second", " ".join(b[b0:b1])))
    return tuple(found)
