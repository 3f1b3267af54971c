"""Documents: numbered copies, who read which, no copies, redaction, leaks traced."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from backchannel.crisis.event_record import EVERYONE, Draft, EventRecord, Part
from backchannel.exercise.marks import blackened, mark_for, marked, marks_in
from backchannel.exercise.moves.asked import Move, name_for
from backchannel.exercise.moves.opening import Decide
from backchannel.exercise.refusals import refused
from backchannel.exercise.roles import FACILITATOR, near
from backchannel.exercise.state import Copy, GameState, Message, Paper

NO_COPIES = "no_copies"
CAVEATS = (NO_COPIES, "secret", "top_secret", "personal")
"""Captions with a rule or a grade: from `no_copies` nobody but its author hands on."""


def write_paper(
    state: GameState, role: str, move: Move, at: float
) -> tuple[Draft, ...]:
    """Write a document and hand numbered copies to roles in the room.

    `about` names a message that the role sent, carried or got: then the document is a
    report, and its chain of attribution goes back to whoever sent that. Raises
    MoveRefusedError.
    """
    title, text = move.text(role, "title"), move.text(role, "text")
    caveats: tuple[str, ...] = ()
    if move.fields.get("caveats"):
        caveats = move.names_in(role, "caveats", CAVEATS, "no_caveat")
    to: tuple[str, ...] = ()
    if move.fields.get("to"):
        room = near(state.roles, role, state.settings.talk)
        to = move.names_in(role, "to", room, "no_role_near")
    name = name_for(state, "paper", role, move.client_id)
    about = str(move.fields.get("about") or "")
    chain = _chain(state, role, move)
    if about and NO_COPIES in state.messages[about].fields.get("handling", ()):
        caveats = tuple(dict.fromkeys((NO_COPIES, *caveats)))
    paper = Paper(name, title, role, text, caveats, chain, (), about)
    parts = [
        _copy_part(state, paper, reader, role, number)
        for number, reader in enumerate((role, *to), 1)
    ]
    register = {reader: i for i, reader in enumerate((role, *to), 1)}
    own = Part((role,), {"id": move.client_id, "register": register})
    sealed = Part((), _sealed(paper, register, role))
    return (Draft("paper_written", role, (own, *parts, sealed), move.client_id),)


def _chain(state: GameState, role: str, move: Move) -> tuple[str, ...]:
    """Who says it, the last speaker first."""
    if not move.fields.get("about"):
        return (role,)
    known = [m.name for m in state.messages.values() if _has_had(state, role, m)]
    name = move.name_in(role, "about", known, "no_message_had")
    message = state.messages[name]
    sender = state.crisis.channels[message.channel].sender
    if state.roles[role].actor == sender:
        return (role,)
    # Whom it reached before this role: the carriers behind him, then who sent it.
    carriers = [carrier for _, carrier, _ in message.hops if carrier]
    before = carriers[: carriers.index(role)] if role in carriers else carriers
    return tuple(dict.fromkeys((role, *reversed(before), sender)))


def _has_had(state: GameState, role: str, message: Message) -> bool:
    """Whether a message was sent, carried or received by a role's own side."""
    channel = state.crisis.channels[message.channel]
    actor = state.roles[role].actor
    carried = [carrier for _, carrier, _ in message.hops[: message.at_hop + 1]]
    if message.received_at is not None and channel.receiver == actor:
        return True
    return role in carried or role == message.author


def _copy_part(
    state: GameState, paper: Paper, reader: str, giver: str, number: int
) -> Part:
    mark = mark_for(state.secret, paper.name, number)
    return Part(
        (reader,),
        {
            "paper": paper.name,
            "title": paper.title,
            "text": marked(paper.text, mark),
            "caveats": list(paper.caveats),
            "by": list(paper.by),
            "given_by": giver,
            "copy_number": number,
        },
    )


def _sealed(paper: Paper, copies: dict[str, int], giver: str) -> dict[str, Any]:
    return {
        "paper": paper.name,
        "plain": paper.text,
        "about": paper.about,
        "copies": [[number, reader, giver] for reader, number in copies.items()],
    }


def hand_on(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Give roles in the room copies of a document that one holds.

    Raises MoveRefusedError for one that bears `no_copies`, but for its author.
    """
    held = [n for n, p in state.papers.items() if _copy_of(p, role) is not None]
    name = move.name_in(role, "paper", held, "no_document_held")
    paper = state.papers[name]
    if NO_COPIES in paper.caveats and paper.author != role:
        raise refused(role, "no_copies", "hand_on.paper", title=paper.title)
    room = near(state.roles, role, state.settings.talk)
    to = move.names_in(role, "to", room, "no_role_near")
    new = [reader for reader in to if _copy_of(paper, reader) is None]
    first = len(paper.copies) + 1
    numbers = {reader: first + i for i, reader in enumerate(new)}
    chain = tuple(dict.fromkeys((role, *paper.by)))
    passed = replace(paper, by=chain)
    parts = [_copy_part(state, passed, r, role, n) for r, n in numbers.items()]
    own = Part((role,), {"id": move.client_id, "handed_to": list(numbers)})
    sealed = Part((), _sealed(paper, numbers, role))
    return (Draft("paper_handed_on", role, (own, *parts, sealed), move.client_id),)


def _copy_of(paper: Paper, reader: str) -> Copy | None:
    return next((c for c in paper.copies if c.reader == reader), None)


def read_paper(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Sign the register of readers; its author sees who has read."""
    held = [n for n, p in state.papers.items() if _copy_of(p, role) is not None]
    name = move.name_in(role, "paper", held, "no_document_held")
    paper = state.papers[name]
    audience = tuple(dict.fromkeys((role, paper.author)))
    fields = {"paper": name, "reader": role}
    return (Draft("paper_read", role, (Part(audience, fields),), move.client_id),)


def leak_paper(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Let one reader's copy out, mark and all.

    Raises MoveRefusedError for a player.
    """
    if role != FACILITATOR:
        raise refused(role, "facilitator_only", move.kind)
    name = move.name_in(role, "paper", state.papers, "no_document")
    paper = state.papers[name]
    readers = {copy.reader: copy for copy in paper.copies}
    reader = move.name_in(role, "reader", readers, "no_reader")
    return (copy_leaked(state, name, reader, move.client_id),)


def copy_leaked(state: GameState, name: str, reader: str, client_id: str) -> Draft:
    """Draft that one reader's copy comes out, with the mark that it bears."""
    paper = state.papers[name]
    number = next(c.number for c in paper.copies if c.reader == reader)
    text = marked(paper.text, mark_for(state.secret, name, number))
    shown = Part((EVERYONE,), {"text": text, "said_to_be_by": ""})
    sealed = Part((), {"paper": name, "from_copy_of": reader})
    author = FACILITATOR if client_id else ""
    return Draft("leaked", author, (shown, sealed), client_id)


def redact(state: GameState, role: str, move: Move, at: float) -> tuple[Draft, ...]:
    """Publish a document with stretches blacked out; it is declassified so far.

    `spans` are [first, behind the last] of each stretch, or `passages` their words, a
    line each. Raises MoveRefusedError for a player.
    """
    if role != FACILITATOR:
        raise refused(role, "facilitator_only", move.kind)
    name = move.name_in(role, "paper", state.papers, "no_document")
    spans: object = move.fields.get("spans")
    if spans is None:
        spans = _spans_of(
            state.papers[name].text, move.text(role, "passages", is_needed=False), role
        )
    is_right = isinstance(spans, (list, tuple)) and all(
        isinstance(span, (list, tuple))
        and len(span) == 2
        and all(isinstance(end, int) for end in span)
        for span in spans
    )
    if not is_right or not isinstance(spans, (list, tuple)):
        raise refused(role, "spans_bad", "redact.spans")
    paper = state.papers[name]
    text = blackened(paper.text, tuple((a, b) for a, b in spans))
    fields = {"title": paper.title, "text": text, "spans": [list(s) for s in spans]}
    part = Part((EVERYONE,), {"released": name, **fields})
    return (Draft("paper_released", role, (part,), move.client_id),)


def _spans_of(text: str, passages: str, role: str) -> list[tuple[int, int]]:
    """Where each line of `passages` stands in a text, every time that it does."""
    spans = []
    for passage in filter(None, map(str.strip, passages.splitlines())):
        found = [m.span() for m in re.finditer(re.escape(passage), text)]
        if not found:
            place = "redact.passages"
            raise refused(role, "not_in_document", place, passage=passage)
        spans += found
    return spans


def trace_copies(state: GameState, text: str) -> list[tuple[str, int, str]]:
    """Find whose copies a leaked text was taken from.

    Parameters
    ----------
    state : the game, whose secret the marks were made with
    text : what came out, or a passage of it

    Returns
    -------
    list : (document, copy number, reader) of every mark that is found; empty where the
        marks were taken out, or there were none
    """
    found = marks_in(text)
    return [
        (paper.name, copy.number, copy.reader)
        for paper in state.papers.values()
        for copy in paper.copies
        if mark_for(state.secret, paper.name, copy.number) in found
    ]


def _apply_written(state: GameState, event: EventRecord) -> None:
    sealed, shown = event.parts[-1].fields, event.parts[1].fields
    state.papers[sealed["paper"]] = Paper(
        name=sealed["paper"],
        title=shown["title"],
        author=event.author,
        text=sealed["plain"],
        caveats=tuple(shown["caveats"]),
        by=tuple(shown["by"]),
        copies=tuple(Copy(n, reader, giver) for n, reader, giver in sealed["copies"]),
        about=sealed["about"],
    )


def _apply_handed(state: GameState, event: EventRecord) -> None:
    sealed = event.parts[-1].fields
    paper = state.papers[sealed["paper"]]
    new = tuple(Copy(n, reader, giver) for n, reader, giver in sealed["copies"])
    state.papers[paper.name] = replace(paper, copies=paper.copies + new)


def _apply_read(state: GameState, event: EventRecord) -> None:
    paper = state.papers[event.part("paper")]
    copies = tuple(
        replace(copy, read_at=event.hour)
        if copy.reader == event.part("reader") and copy.read_at is None
        else copy
        for copy in paper.copies
    )
    state.papers[paper.name] = replace(paper, copies=copies)


MOVES: dict[str, Decide] = {
    "write_paper": write_paper,
    "hand_on": hand_on,
    "read_paper": read_paper,
    "leak_paper": leak_paper,
    "redact": redact,
}
APPLY: dict[str, Callable[[GameState, EventRecord], None]] = {
    "paper_written": _apply_written,
    "paper_handed_on": _apply_handed,
    "paper_read": _apply_read,
}
