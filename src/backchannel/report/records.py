"""The brief as pure values: every output is written from these and nothing else.

Texts are plain and already free of control characters; numbers carry their band and
the name of the answer that says how they were made.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from backchannel.report.figure_records import AnyFigure

Kind = Literal["chance", "share", "change", "hours", "worth", "count", "correlation"]


@dataclass(frozen=True)
class Number:
    """One number of the brief: middle value, 90 % band where it varies, and origin.

    A share is an average over the draws and is printed as its mean; every other number
    is printed as its median with the band. `name` is stable and unique in a brief;
    `middle` and `band` are how every page prints it; `answer` names the row that says
    by which method. `censored_at` is where the computation stopped looking: values that
    are None lie beyond it.
    """

    name: str
    kind: Kind
    unit: str
    mean: float | None
    median: float | None
    low: float | None
    high: float | None
    middle: str
    band: str
    answer: str
    censored_at: float | None = None

    @property
    def text(self) -> str:
        """Middle value, and the band in brackets where there is one."""
        return f"{self.middle} ({self.band})" if self.band else self.middle


Part = str | Number
Where = Literal["page", "terminal", "json"]


@dataclass(frozen=True)
class Statement:
    """One sentence, in parts, so that each number in it stays a number."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(p.text if isinstance(p, Number) else p for p in self.parts)

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers in it."""
        return tuple(p for p in self.parts if isinstance(p, Number))


def say(*parts: Part) -> Statement:
    """One sentence from its parts."""
    return Statement(parts)


def row_of(*parts: Part) -> tuple[Statement, ...]:
    """One row of a table, a statement to a cell."""
    return tuple(Statement((part,)) for part in parts)


@dataclass(frozen=True)
class Table:
    """A table: column heads, rows of statements, and how its numbers were made.

    The first cell of a row is its head. `where` says which outputs show it: the
    terminal has room for less than a page; the JSON has all but those of the terminal.
    There, the first `n_names` columns may be cut or broken for want of room, and
    `details` has a line to stand under each row, empty for none.
    """

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Statement, ...], ...]
    answer: str
    note: str = ""
    where: Where = "page"
    n_names: int = 1
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One question of the brief, with its answer or what the file lacks for one."""

    key: str
    number: int
    question: str
    statements: tuple[Statement, ...]
    tables: tuple[Table, ...] = ()
    figures: tuple[AnyFigure, ...] = ()
    is_answered: bool = True


@dataclass(frozen=True)
class Answer:
    """How one answer was made: method, status, seed, checks, and what it rests on."""

    key: str
    title: str
    method: str
    status: str
    advice: str
    seed: int | None
    n_draws: int
    checks: tuple[str, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Input:
    """One number of the file as the brief lists it."""

    path: str
    title: str
    value: str
    unit: str
    sources: tuple[str, ...]
    certainty: str
    line: int
    presence: str
    is_private: bool
    is_computed_with: bool
    note: str


@dataclass(frozen=True)
class Origin:
    """One source that the file names."""

    key: str
    title: str
    where: str
    how_seen: str


@dataclass(frozen=True)
class Heading:
    """Which crisis, which file, which run."""

    name: str
    title: str
    about: str
    now: str
    now_utc: str
    horizon_hours: float
    file: str
    digest: str
    parties: tuple[tuple[str, str], ...]
    n_draws: int
    seed: int
    version: str


@dataclass(frozen=True)
class Brief:
    """Everything that a brief says; `print` gives the bottom line.

    `sections` keep the order of the questions; `answers`, `inputs` and `sources` are
    what the pages link to.
    """

    heading: Heading
    bottom_line: tuple[Statement, ...]
    conditions: tuple[str, ...]
    not_answered: tuple[str, ...]
    sections: tuple[Section, ...]
    answers: tuple[Answer, ...]
    inputs: tuple[Input, ...]
    sources: tuple[Origin, ...]
    certainty_counts: Mapping[str, int]

    def section(self, key: str) -> Section:
        """The section with this key.

        Raises
        ------
        KeyError : there is none.
        """
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    @property
    def figures(self) -> tuple[AnyFigure, ...]:
        """All figures in order."""
        return tuple(f for section in self.sections for f in section.figures)

    def numbers(self) -> dict[str, Number]:
        """Every number by its stable name, in order of first appearance."""
        found: dict[str, Number] = {}
        for number in self._all_numbers():
            found.setdefault(number.name, number)
        return found

    def _all_numbers(self) -> Iterator[Number]:
        for statement in self._statements():
            yield from statement.numbers

    def _statements(self) -> Iterator[Statement]:
        yield from self.bottom_line
        for section in self.sections:
            yield from section.statements
            for table in section.tables:
                for row in table.rows:
                    yield from row

    def __str__(self) -> str:
        lines = [self.heading.title]
        lines += [f"- {statement.text}" for statement in self.bottom_line]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Show the bottom line in a notebook; `render_html` gives the whole page."""
        items = "".join(f"<li>{html.escape(s.text)}</li>" for s in self.bottom_line)
        return f"<b>{html.escape(self.heading.title)}</b><ul>{items}</ul>"
