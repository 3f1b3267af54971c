"""Random games, and twins of them that differ only in what one role may not see."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from backchannel.base.errors import MoveRefusedError
from backchannel.crisis.event_record import EVERYONE, EventRecord
from backchannel.exercise.book import Book
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.state import GameState, Settings
from tests.exercise.games import SECRET, crisis

PLAYERS = ("alpha", "bravo", "assembly", "cedar", "navy")
SECONDS_BETWEEN = 120.0
"""Two hours of the crisis, at the speed of a new game, between two acts."""
# What these do is seen by those whom they name, and by nobody else.
QUIET = frozenset(
    "speak send offer relay acknowledge write_paper hand_on read_paper estimate "
    "no_answer inject log_reading".split()
)
KINDS = (
    "speak speak send send offer relay acknowledge write_paper write_paper hand_on "
    "read_paper estimate declare answer set_posture inject log_reading leak_message"
).split()


@dataclass(frozen=True)
class Act:
    """One move of a role at a time of the machine."""

    role: str
    move: Move
    at: float


@dataclass(frozen=True)
class Game:
    """A game that was played: what was done, and what each act has led to at once.

    `at` is when it was looked at last, in seconds on the clock of the machine.
    """

    book: Book
    events: tuple[EventRecord, ...]
    acts: tuple[tuple[Act, tuple[EventRecord, ...]], ...]
    settings: Settings
    at: float


def random_settings(luck: random.Random) -> Settings:
    """How a random game is played."""
    return Settings(
        seed=luck.randrange(10**6),
        talk=luck.choice(("side", "all")),
        has_hazard=luck.random() < 0.5,
    )


def random_game(luck: random.Random, n_acts: int) -> Game:
    """Play a game of random acts; those that the rules refuse leave no trace."""
    settings = random_settings(luck)
    book, events = _opened(settings)
    acts = []
    for i in range(n_acts):
        act = random_act(luck, book.state, f"act-{i:04d}", (i + 1) * SECONDS_BETWEEN)
        new = _tried(book, act, events)
        if new:
            acts.append((act, tuple(new)))
    at = (n_acts + 1) * SECONDS_BETWEEN
    events += book.catch_up(at)
    return Game(book, tuple(events), tuple(acts), settings, at)


def _opened(settings: Settings) -> tuple[Book, list[EventRecord]]:
    book, events = Book.begin(crisis(), settings, SECRET, 0.0)
    start = Move("set_clock", "the-start", {"is_running": True})
    return book, events + book.move(FACILITATOR, start, 0.0)


def _tried(book: Book, act: Act, events: list[EventRecord]) -> list[EventRecord]:
    events += book.catch_up(act.at)
    try:
        new = book.move(act.role, act.move, act.at)
    except MoveRefusedError:
        return []
    events += new
    return new


def random_act(luck: random.Random, state: GameState, name: str, at: float) -> Act:
    """Draw an act that has a fair chance of being allowed."""
    kind = luck.choice(KINDS)
    role = luck.choice(PLAYERS)
    if kind in ("inject", "log_reading", "leak_message"):
        role = FACILITATOR
    elif kind in ("send", "offer", "declare", "answer", "set_posture"):
        role = luck.choice(("alpha", "bravo"))
    fields = _fields(luck, state, kind)
    return Act(role, Move(kind, name, fields), at)


def _fields(luck: random.Random, state: GameState, kind: str) -> dict[str, Any]:
    word = f"word {luck.randrange(10**9)}"
    some = luck.sample(PLAYERS, luck.randint(1, 2))
    message = luck.choice([*state.messages, "message_0"])
    paper = luck.choice([*state.papers, "paper_0"])
    offer = luck.choice([*state.offers, "offer_0"])
    issue = luck.choice(list(state.crisis.issues))
    level = luck.choice(list(state.crisis.issues[issue].levels))
    secrecy = luck.choice(("", " (private)"))
    channel = luck.choice(("envoys", "radio"))
    return {
        "speak": {"to": some, "text": word},
        "send": {"channel": channel, "text": word},
        "offer": {
            "channel": channel,
            "package": {issue: level + secrecy},
            "text": word,
        },
        "relay": {"message": message, "text": word},
        "acknowledge": {"message": message},
        "write_paper": {"title": f"On {word}", "text": word, "to": some},
        "hand_on": {"paper": paper, "to": some},
        "read_paper": {"paper": paper},
        "estimate": {"question": "war", "prob": luck.randrange(100) / 100},
        "declare": {"text": word},
        "answer": {"channel": channel, "offer": offer, "answer": "refuse"},
        "set_posture": {
            "posture": "drones",
            "setting": luck.choice(("flown", "grounded")),
        },
        "inject": {"to": some, "text": word},
        "log_reading": {"what": word},
        "leak_message": {"message": message},
    }[kind]


def is_for(event: EventRecord, role: str) -> bool:
    """The definition of who may see an event, written again."""
    return any({role, EVERYONE} & set(part.audience) for part in event.parts)


def told(events: Iterable[EventRecord], role: str) -> list[Any]:
    """All that a role may see of a ledger, by the same definition."""
    return [
        (event.kind, event.hour, part.fields)
        for event in events
        for part in event.parts
        if {role, EVERYONE} & set(part.audience)
    ]


def twin_of(luck: random.Random, game: Game, watcher: str) -> Game:
    """Play it again with other secrets: the watcher's own business stays as it was.

    Acts that the watcher sees, or that lead to anything that it sees, are repeated;
    others vanish, or say something else, and new ones are put in.
    """
    # An act is known by its name, things that it makes by theirs.
    seen = "".join(
        f"{event.client_id} {event.text}"
        for event in game.events
        if is_for(event, watcher)
    )
    book, events = _opened(game.settings)
    acts = []
    for act, made in game.acts:
        if luck.random() < 0.5:
            extra = random_act(luck, book.state, f"new-{act.move.client_id}", act.at)
            if _is_quiet(extra, watcher) and _is_kept_from(extra, watcher):
                _tried(book, extra, events)
        is_free = _is_quiet(act, watcher) and not any(
            is_for(event, watcher) or any(name in seen for name in names_in(event))
            for event in made
        )
        if is_free and luck.random() < 0.3:
            continue
        if is_free:
            act = replace(act, move=_reworded(act.move))
        new = _tried(book, act, events)
        if new:
            acts.append((act, tuple(new)))
    events += book.catch_up(game.at)
    return Game(book, tuple(events), tuple(acts), game.settings, game.at)


def _is_quiet(act: Act, watcher: str) -> bool:
    return act.move.kind in QUIET and act.role not in (watcher, PUBLIC)


def _is_kept_from(act: Act, watcher: str) -> bool:
    """Whether a new act is about nothing that the watcher has, hears or is told."""
    kind, fields = act.move.kind, act.move.fields
    if kind in ("send", "offer"):
        return fields["channel"] == "envoys" and watcher not in ("alpha", "bravo")
    if kind in ("relay", "acknowledge", "hand_on", "read_paper"):
        return False
    return watcher not in fields.get("to", ())


def _reworded(move: Move) -> Move:
    said = [key for key in ("text", "title", "what") if key in move.fields]
    words = {key: f"quite {move.fields[key]}" for key in said}
    return replace(move, fields={**move.fields, **words})


def names_in(event: EventRecord) -> list[str]:
    """Names of the things that an event is about."""
    keys = ("message", "paper", "offer", "agreement")
    return [
        part.fields[key] for part in event.parts for key in keys if key in part.fields
    ]
