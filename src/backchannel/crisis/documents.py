"""What was written and said: records, contacts, claims, signals, norms."""

from __future__ import annotations

from typing import Literal

from backchannel.base.moments import Moment
from backchannel.crisis.frozen import Count, Known, Name, Probability, Sourced, Text


class Source(Sourced):
    """Where a number or a statement comes from."""

    title: Text
    where: Text = ""
    """Where it can be found."""
    how_seen: Text = ""
    """Full text, excerpt or memory."""


class Span(Sourced):
    """A stretch of a document that is not the author's text, or is missing."""

    kind: Literal["editorial", "redaction", "machine_mask"]
    paragraph: Text = ""
    length: Count | None = None
    """How much, in `unit`."""
    unit: Literal["lines", "words", "characters", "fields"] = "lines"
    text: Text = ""
    """What it says, or is thought to hide."""


class Times(Sourced):
    """The five times of a document, each possibly unknown or empty."""

    happened_at: Moment | None = None
    drafted_at: Moment | None = None
    sent_at: Moment | None = None
    received_at: Moment | None = None
    read_at: Moment | None = None


class Statement(Sourced):
    """What a record says on one topic."""

    says: Known
    by: tuple[Text, ...] = ()
    """Who says it, last speaker first: the cable, Kennedy, the President."""
    paragraph: Text = ""


class Document(Sourced):
    """A record of a contact or a message, with its handling and its history."""

    title: Text
    kind: Text = "document"
    contact: Name | None = None
    """The contact of which it is one side's record."""
    author: Known | None = None
    addressee: Known | None = None
    channel: Name | None = None
    copy_number: Known | None = None
    caveats: tuple[Text, ...] = ()
    """Handling written on it, such as that no copies may be made."""
    classification: Known | None = None
    precedence: Known | None = None
    times: Times = Times()
    spans: tuple[Span, ...] = ()
    provenance: tuple[Text, ...] = ()
    """Every hand it passed through, first to last."""
    rights: Text = ""
    metadata: dict[str, Known] = {}
    """Further labels, including those that stand empty."""
    statements: dict[Name, Statement] = {}
    """What it says, by topic; two records of one contact share the topics."""


class Contact(Sourced):
    """A meeting or call, of which each side may have a record."""

    title: Text
    initiator: Known | None = None
    present: tuple[Text, ...] = ()
    at: Moment | None = None
    place: Known | None = None
    form: Text = ""
    previous: Name | None = None
    acts: tuple[Text, ...] = ()
    """What was done besides talking."""
    opened_channel: Name | None = None
    """A channel that it opened."""


class Norm(Sourced):
    """An instrument that somebody invokes."""

    title: Text
    conflicts_with: tuple[Name, ...] = ()


class Claim(Sourced):
    """Something asserted, with who says so and on what basis."""

    says: Text
    by: tuple[Text, ...]
    """Attribution chain, last speaker first."""
    about: Text = ""
    basis: Name | None = None
    """The norm it rests on."""
    status: Literal["asserted", "parked", "disputed", "common_knowledge"] = "asserted"
    symmetric_to: Text = ""
    """The same claim with the roles reversed."""
    record: Name | None = None
    paragraph: Text = ""


class Signal(Sourced):
    """A sign that an observer took to mean something."""

    content: Text
    sender: Text
    observer: Text
    manner: Text = ""
    baseline: Text = ""
    """What this sender is usually like."""
    repetitions: Count | None = None
    credibility: Probability | None = None
    """The observer's estimate that it was meant."""
    record: Name | None = None
    paragraph: Text = ""


class Event(Sourced):
    """Something that happened, for the timeline."""

    at: Moment
    text: Text
    place: Text = ""
