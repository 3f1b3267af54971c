"""Where two records of one contact differ: what each says, when, and what is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import Literal

from backchannel.base.errors import ModelError, did_you_mean
from backchannel.base.moments import Moment
from backchannel.crisis.documents import Document, Span, Statement, Times
from backchannel.crisis.frozen import Fact
from backchannel.crisis.model import Crisis

Part = Literal["statement", "time", "handling", "span"]
Kind = Literal[
    "same", "differs", "only in A", "only in B", "deleted in A", "deleted in B"
]

_TIMES = tuple(name for name in Times.model_fields if name.endswith("_at"))
_HANDLING = (
    "kind",
    "author",
    "addressee",
    "copy_number",
    "classification",
    "precedence",
    "caveats",
)
_WORDS_FOR = {
    "editorial": "added by an editor",
    "redaction": "cut",
    "machine_mask": "masked by a machine",
}


@dataclass(frozen=True)
class Row:
    """One topic, time, label or cut, as each record has it; empty where it has none.

    `deleted in A`: B says it in a passage that is cut out of A.
    """

    part: Part
    topic: str
    a: str
    b: str
    kind: Kind


@dataclass(frozen=True)
class Comparison:
    """Two records of one contact side by side; `rows` hold what agrees as well."""

    a: str
    b: str
    title_a: str
    title_b: str
    contact: str
    rows: tuple[Row, ...]

    @property
    def differences(self) -> tuple[Row, ...]:
        """The rows that are not the same on both sides."""
        return tuple(row for row in self.rows if row.kind != "same")

    def row(self, topic: str) -> Row | None:
        """The row of a topic, if there is one."""
        return next((row for row in self.rows if row.topic == topic), None)

    def __str__(self) -> str:
        head = [
            self.contact,
            f"A  {self.title_a} ({self.a})",
            f"B  {self.title_b} ({self.b})",
        ]
        for row in self.differences:
            head += [
                "",
                f"{row.topic}: {row.kind}",
                _side("A", row.a),
                _side("B", row.b),
            ]
        same = [row.topic for row in self.rows if row.kind == "same"]
        return "\n".join([*head, "", f"same: {', '.join(same) if same else 'nothing'}"])


def compare_records(crisis: Crisis, a: str, b: str) -> Comparison:
    """Lay two records of one contact side by side.

    Parameters
    ----------
    crisis : a loaded crisis
    a, b : names of two of its records, both of the same contact

    Returns
    -------
    Comparison : statements by topic, then times, handling and spans

    Raises
    ------
    ModelError : no such record, or the two are not of one contact.

    Notes: texts are compared word by word; whether other words mean the same is for the
    reader to judge. What a cut hides is inferred from the passage that both name.

    >>> from backchannel.crisis.load import load
    >>> result = compare_records(load("cuba-1962"), "cable_27oct", "thirteen_days")
    >>> result.row("lead_time").kind
    'differs'
    """
    first, second = _record(crisis, a), _record(crisis, b)
    if first.contact is None or first.contact != second.contact:
        raise ModelError(
            f"records.{b}: is of contact '{second.contact}', '{a}' is of "
            f"'{first.contact}'; compare two records of one contact"
        )
    rows = (
        *_statements(first, second),
        *_times(first, second),
        *_handling(first, second),
        *_spans(first, second),
    )
    contact = crisis.contacts[first.contact].title
    return Comparison(a, b, first.title, second.title, contact, rows)


def _record(crisis: Crisis, name: str) -> Document:
    if name not in crisis.records:
        hint = did_you_mean(name, crisis.records, "record")
        raise ModelError(f"records: no record '{name}'; {hint}")
    return crisis.records[name]


def _statements(a: Document, b: Document) -> Iterator[Row]:
    for topic in dict.fromkeys([*a.statements, *b.statements]):
        ours, theirs = a.statements.get(topic), b.statements.get(topic)
        kind = _kind(
            _known(ours.says if ours else None), _known(theirs.says if theirs else None)
        )
        left, right = _quote(ours), _quote(theirs)
        if kind == "only in B" and (cut := _cut(a, theirs)):
            kind, left = "deleted in A", _length(cut)
        elif kind == "only in A" and (cut := _cut(b, ours)):
            kind, right = "deleted in B", _length(cut)
        yield Row("statement", topic, left, right, kind)


def _cut(document: Document, statement: Statement | None) -> Span | None:
    """The cut in a document that hides the passage in which the other says this."""
    if statement is None or not statement.paragraph:
        return None
    hits = (s for s in document.spans if s.paragraph == statement.paragraph)
    return next((s for s in hits if s.kind == "redaction"), None)


def _times(a: Document, b: Document) -> Iterator[Row]:
    for name in _TIMES:
        ours, theirs = getattr(a.times, name), getattr(b.times, name)
        if ours is None and theirs is None:
            continue
        kind = _kind(_span_of(ours), _span_of(theirs))
        yield Row("time", name, _text(ours), _text(theirs), kind)


def _handling(a: Document, b: Document) -> Iterator[Row]:
    for name in _HANDLING:
        ours, theirs = getattr(a, name), getattr(b, name)
        if ours or theirs:
            kind = _kind(_known(ours), _known(theirs))
            yield Row("handling", name, _text(ours), _text(theirs), kind)


def _spans(a: Document, b: Document) -> Iterator[Row]:
    ours, theirs = (
        {(s.kind, s.paragraph): _length(s) for s in d.spans} for d in (a, b)
    )
    for key in dict.fromkeys([*ours, *theirs]):
        left, right = ours.get(key, ""), theirs.get(key, "")
        yield Row("span", " ".join(key).strip(), left, right, _kind(left, right))


def _kind(left: str, right: str) -> Kind:
    if left == right:
        return "same"
    if not left:
        return "only in B"
    return "differs" if right else "only in A"


def _known(value: Fact | tuple[str, ...] | str | None) -> str:
    """Text to compare: what is unknown or empty counts as not said."""
    if isinstance(value, Fact) and value.presence != "known":
        return ""
    return _text(value)


def _quote(statement: Statement | None) -> str:
    if statement is None:
        return ""
    said_by = f" ({' quoting '.join(statement.by)})" if statement.by else ""
    return f"{statement.says}{said_by}"


def _span_of(moment: Moment | None) -> str:
    """A time in UTC, so that the same instant in two zones is the same."""
    if moment is None or moment.presence != "known":
        return ""
    return f"{moment.earliest} {moment.latest}"


def _text(value: Fact | Moment | tuple[str, ...] | str | None) -> str:
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)


def _length(span: Span) -> str:
    """How much is cut or added, and what it says or is thought to hide."""
    known = span.length if span.length is not None and span.length.is_usable else None
    unit = span.unit[:-1] if str(known) == "1" else span.unit
    size = f"{known or 'unknown number of'} {unit}"
    text = f": {span.text}" if span.text else ""
    return f"[{size} {_WORDS_FOR[span.kind]}{text}]"


def _side(letter: str, text: str) -> str:
    gap = " " * 5
    return fill(text or "-", 88, initial_indent=f"  {letter}  ", subsequent_indent=gap)
