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
    """editorial: added by an editor. redaction: cut. machine_mask: hidden by a tool."""
    paragraph: Text = ""
    """Where it is."""
    length: Count | None = None
    """How much, in `unit`."""
    unit: Literal["lines", "words", "characters", "fields"] = "lines"
    """In what `length` is counted."""
    text: Text = ""
    """What it says, or is thought to hide."""


class Times(Sourced):
    """The five times of a document, each possibly unknown or empty."""

    happened_at: Moment | None = None
    """When what it tells of took place."""
    drafted_at: Moment | None = None
    """When it was written."""
    sent_at: Moment | None = None
    """When it was sent."""
    received_at: Moment | None = None
    """When it was received."""
    read_at: Moment | None = None
    """When its addressee read it."""


class Statement(Sourced):
    """What a record says on one topic."""

    says: Known
    """What the record says, paraphrased."""
    by: tuple[Text, ...] = ()
    """Who says it, last speaker first: the cable, Kennedy, the President."""
    paragraph: Text = ""
    """Where in the record."""


class Document(Sourced):
    """A record of a contact or a message, with its handling and its history."""

    title: Text
    kind: Text = "document"
    """Cable, letter, memorandum, memoir."""
    contact: Name | None = None
    """The contact of which it is one side's record."""
    author: Known | None = None
    """Who wrote it."""
    addressee: Known | None = None
    """For whom."""
    channel: Name | None = None
    """The channel by which it went."""
    copy_number: Known | None = None
    """Which numbered copy this is."""
    caveats: tuple[Text, ...] = ()
    """Handling written on it, such as that no copies may be made."""
    classification: Known | None = None
    """The grade written on it."""
    precedence: Known | None = None
    """How fast it was to be handled."""
    times: Times = Times()
    """The five times of its life."""
    spans: tuple[Span, ...] = ()
    """What is not the author's text, or is missing."""
    provenance: tuple[Text, ...] = ()
    """Every hand it passed through, first to last."""
    rights: Text = ""
    """What may be done with it."""
    metadata: dict[str, Known] = {}
    """Further labels, including those that stand empty."""
    statements: dict[Name, Statement] = {}
    """What it says, by topic; two records of one contact share the topics."""


class Contact(Sourced):
    """A meeting or call, of which each side may have a record."""

    title: Text
    initiator: Known | None = None
    """Who asked for it."""
    present: tuple[Text, ...] = ()
    """Everybody in the room."""
    at: Moment | None = None
    place: Known | None = None
    """Where it was."""
    form: Text = ""
    """Meeting, call, exchange of notes."""
    previous: Name | None = None
    """The contact before this one."""
    acts: tuple[Text, ...] = ()
    """What was done besides talking."""
    opened_channel: Name | None = None
    """A channel that it opened."""


class Norm(Sourced):
    """An instrument that somebody invokes."""

    title: Text
    conflicts_with: tuple[Name, ...] = ()
    """Norms that say otherwise."""


class Claim(Sourced):
    """Something asserted, with who says so and on what basis."""

    says: Text
    """What is asserted, in words of your own."""
    by: tuple[Text, ...]
    """Attribution chain, last speaker first."""
    about: Text = ""
    """The matter that it concerns."""
    basis: Name | None = None
    """The norm it rests on."""
    status: Literal["asserted", "parked", "disputed", "common_knowledge"] = "asserted"
    """How it stands between the sides."""
    symmetric_to: Text = ""
    """The same claim with the roles reversed."""
    record: Name | None = None
    """The record in which it is found."""
    paragraph: Text = ""
    """Where in that record."""


class Signal(Sourced):
    """A sign that an observer took to mean something."""

    content: Text
    """What was said or done."""
    sender: Text
    """From whom it came."""
    observer: Text
    """Who noticed."""
    manner: Text = ""
    """How it was done: upset, in passing, as if casually."""
    baseline: Text = ""
    """What this sender is usually like."""
    repetitions: Count | None = None
    """How often."""
    credibility: Probability | None = None
    """The observer's estimate that it was meant."""
    record: Name | None = None
    """The record that tells of it."""
    paragraph: Text = ""
    """Where in that record."""


class Event(Sourced):
    """Something that happened, for the timeline."""

    at: Moment
    text: Text
    """What happened."""
    place: Text = ""
    """Where."""
