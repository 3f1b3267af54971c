"""A whole night with everything in it: offers, papers, leaks, a debrief to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.book import Book
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin

PACKAGE = {
    "missiles": "removed_at_sea",
    "quarantine": "lifted",
    "pledge": "conditional",
    "secrecy": "kept (private)",
    "jupiters": "withdrawn (private)",
}
MEMO = (
    "No quid pro quo was offered. The missiles in Turkey had been ordered out long ago "
    "and would be gone within four to five months, if the bases in Cuba were removed. "
    "A commitment was needed by tomorrow, and that was a statement of fact."
)
CABLE = (
    "The President is ready to come to an agreement on Turkey, which would take four "
    "to five months, if the bases in Cuba were removed. An answer was requested by "
    "tomorrow, if possible, and it was not an ultimatum."
)


def whole_night(
    put: Callable[[str], str] = str,
) -> tuple[Book, list[EventRecord]]:
    """The night of 27 October to a settlement, a leak and the debrief.

    Seed 3. Incidents are on; two records of one meeting differ, Dobrynin changes a
    word, a copy leaks, a document is released with a name blacked out. `put` turns
    what the players write into another script.
    """
    book, events = begin("cuba-1962", Settings(seed=3, speed=60.0))
    rules = {"then": "quarantine", "needs": "missiles", "verified_by": "u_thant"}
    offer = {"channel": "rfk_dobrynin", "package": PACKAGE, "deadline_hours": 24}
    text = put("Time is of the essence.")
    events += act(book, "usa", "offer", 1.0, text=text, conditions=[rules], **offer)
    (name,) = (m.name for m in book.state.messages.values() if "offer" in m.fields)
    changed = put("Time is of the essence; he was very upset.")
    events += act(book, "dobrynin", "relay", 5.0, message=name, text=changed)
    memo = {"title": put("Memorandum for the Secretary"), "text": put(MEMO)}
    events += act(book, "usa", "write_paper", 20.0, about=name, to=["rfk"], **memo)
    events += book.catch_up(1500.0)
    cable = {"title": put("Cable of 27 October"), "text": put(CABLE)}
    told: dict[str, Any] = {"to": ["presidium"], "caveats": ["no_copies", "top_secret"]}
    events += act(book, "dobrynin", "write_paper", 1500.0, about=name, **told, **cable)
    events += act(book, "ussr", "estimate", 1501.0, question="war", prob=0.3)
    (deal,) = book.state.offers
    events += act(book, "ussr", "take_as", 1502.0, offer=deal, **{"as": "ultimatum"})
    answer = {"channel": "radio_moscow", "offer": deal, "answer": "accept"}
    events += act(book, "ussr", "answer", 1503.0, text=put("We agree."), **answer)
    events += book.catch_up(3000.0)
    memo_name, cable_name = book.state.papers
    events += act(book, "rfk", "read_paper", 3000.0, paper=memo_name)
    events += act(
        book, FACILITATOR, "leak_paper", 3001.0, paper=cable_name, reader="presidium"
    )
    events += act(
        book,
        FACILITATOR,
        "redact",
        3002.0,
        paper=memo_name,
        passages=put("ordered out"),
    )
    events += act(book, FACILITATOR, "open_debrief", 3600.0)
    return book, events
