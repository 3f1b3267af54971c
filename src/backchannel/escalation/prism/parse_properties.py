"""Read questions about a model: the properties that the published families ask.

P, S and R with `=?`; paths with F, G and U, without bound or with one on time; rewards
as a sum up to a time or an event, at an instant, and in the long run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backchannel.base.errors import PrismFileError
from backchannel.escalation.prism.expression import (
    TRUE,
    Expression,
    literal,
    parse_expression,
    parse_sum,
)
from backchannel.escalation.prism.parse_model import parse_constant
from backchannel.escalation.prism.source import Reader, text_of, words_of
from backchannel.escalation.prism.syntax import Constant


@dataclass(frozen=True)
class Property:
    """One question.

    `kind` is `until`, `always`, `steady`, `reach` (reward until), `total` (reward up to
    a time), `instant` or `long run`; `while_`, `until` are conditions, `low` and `high`
    bounds of time (`high` None: none), `rewards` names a structure, None the first.
    """

    name: str
    line: int
    kind: str
    until: Expression = TRUE
    while_: Expression = TRUE
    low: Expression = field(default_factory=lambda: literal(0))
    high: Expression | None = None
    rewards: str | None = None


@dataclass(frozen=True)
class Properties:
    """The questions of one file and the constants that they use."""

    path: str
    constants: Mapping[str, Constant]
    by_name: Mapping[str, Property]


def read_properties(path: Path | str) -> Properties:
    """Read questions from a file.

    Raises
    ------
    PrismFileError : no such file, or its text cannot be read.
    """
    return parse_properties(text_of(path), str(path))


def parse_properties(text: str, path: str = "properties") -> Properties:
    """Read questions from their text.

    Parameters
    ----------
    text : properties, each with or without a name and a semicolon
    path : how errors name it

    Returns
    -------
    Properties : by name; one without a name is called by its number, `1` the first

    Raises
    ------
    PrismFileError : with the line, and what was expected there.

    >>> parse_properties('"up": P=? [ F<=2 x=1 ];').by_name["up"].kind
    'until'
    """
    reader = Reader(words_of(text, path), path)
    constants: dict[str, Constant] = {}
    by_name: dict[str, Property] = {}
    while reader.word.kind != "end":
        line = reader.line
        if reader.takes("const"):
            constant = parse_constant(reader)
            constants[constant.name] = constant
            continue
        name = str(len(by_name) + 1)
        if reader.word.kind == "text" and reader.peek(1) == ":":
            name = reader.next().text[1:-1]
            reader.next()
        if name in by_name:
            raise PrismFileError(path, line, f"property '{name}' is declared twice")
        try:
            by_name[name] = _property(reader, name)
        except RecursionError:
            wrong = "an expression is nested too deeply"
            raise PrismFileError(path, reader.line, wrong) from None
        while reader.takes(";"):
            pass
    return Properties(path, constants, by_name)


def _property(reader: Reader, name: str) -> Property:
    line = reader.line
    if reader.takes("P"):
        _asks(reader)
        found = _path(reader, name, line)
    elif reader.takes("S"):
        _asks(reader)
        found = Property(name, line, "steady", until=parse_expression(reader))
    elif reader.takes("R"):
        rewards = None
        if reader.takes("{"):
            rewards = reader.next().text.strip('"')
            reader.expect("}")
        _asks(reader)
        found = _reward(reader, name, line, rewards)
    else:
        reader.fail("expected P=?, S=? or R=?")
    reader.expect("]")
    return found


def _asks(reader: Reader) -> None:
    reader.expect("=?")
    reader.expect("[")


def _path(reader: Reader, name: str, line: int) -> Property:
    # F and G may be names of variables: they are words only where a path begins.
    for word, kind in (("F", "until"), ("G", "always")):
        if reader.takes(word):
            low, high = _bound(reader)
            condition = parse_expression(reader)
            return Property(name, line, kind, condition, low=low, high=high)
    while_ = parse_expression(reader)
    reader.expect("U")
    low, high = _bound(reader)
    return Property(name, line, "until", parse_expression(reader), while_, low, high)


def _bound(reader: Reader) -> tuple[Expression, Expression | None]:
    if reader.takes("<=", "<"):
        return literal(0), parse_sum(reader)
    if reader.takes(">=", ">"):
        return parse_sum(reader), None
    if reader.takes("["):
        low = parse_sum(reader)
        reader.expect(",")
        high = parse_sum(reader)
        reader.expect("]")
        return low, high
    return literal(0), None


def _reward(reader: Reader, name: str, line: int, rewards: str | None) -> Property:
    if reader.takes("F"):
        until = parse_expression(reader)
        return Property(name, line, "reach", until, rewards=rewards)
    if reader.takes("S"):
        return Property(name, line, "long run", rewards=rewards)
    if reader.takes("C"):
        reader.expect("<=")
        return Property(name, line, "total", high=parse_sum(reader), rewards=rewards)
    if not reader.takes("I"):
        reader.fail("expected F, S, C<= or I=")
    reader.expect("=")
    return Property(name, line, "instant", high=parse_sum(reader), rewards=rewards)
