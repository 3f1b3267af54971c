"""Every error that a user can meet, in one tree.

BackchannelError
    CrisisFileError      the file says something that cannot stand (path, line, key)
    PrismFileError       a model in the PRISM language cannot be read (path, line)
    GameFileError        a game file of another tool cannot be read (path, line)
    ModelError           the crisis is well formed but the question cannot be answered
        TooManyStatesError   the model is too large to be listed state by state
    MethodError          the method does not fit the problem, or its settings are wrong
    NoAgreementError     no package passes
    NotConvergedError    stopped early; carries the partial result
    TextsFileError       a translation of the pages cannot be read (path, line)
    MoveRefusedError     a role tried what its rules forbid (role, rule, code)
    LedgerError          the record of a game was changed, or cannot be written

A message reads `<place>: <what is wrong, with the value>; <what would be right>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches


class BackchannelError(Exception):
    """Base of every error that this package raises on purpose."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one place of a crisis file."""

    path: str
    line: int
    key: str
    wrong: str
    right: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        key = f" {self.key}:" if self.key else ""
        remedy = f"; {self.right}" if self.right else ""
        return f"{place}:{key} {self.wrong}{remedy}"


class CrisisFileError(BackchannelError):
    """A crisis file cannot be used; `problems` lists everything found, in file order.

    `path`, `line` and `key` are those of the first problem.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.key)))
        first = self.problems[0]
        self.path, self.line, self.key = first.path, first.line, first.key
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PrismFileError(BackchannelError):
    """A model or property in the PRISM language cannot be read; `path` and `line`."""

    def __init__(self, path: str, line: int, wrong: str) -> None:
        super().__init__(f"{path}:{line}: {wrong}")
        self.path, self.line = path, line


class GameFileError(BackchannelError):
    """A game in the formats .efg or .nfg cannot be read; `path` and `line`."""

    def __init__(self, path: str, line: int, wrong: str) -> None:
        super().__init__(f"{path}:{line}: {wrong}")
        self.path, self.line = path, line


class TextsFileError(BackchannelError):
    """A translation of the pages of the exercise cannot be read; `path` and `line`."""

    def __init__(self, path: str, line: int, wrong: str) -> None:
        super().__init__(f"{path}:{line}: {wrong}")
        self.path, self.line = path, line


class ModelError(BackchannelError):
    """The crisis is well formed, but this question cannot be answered from it."""


class TooManyStatesError(ModelError):
    """The model is too large to be listed; paths can still be sampled from it."""


class MethodError(BackchannelError):
    """The method does not fit the problem, or its settings are out of range."""


class NoAgreementError(BackchannelError):
    """No package satisfies everybody whose consent is needed."""


class NotConvergedError(BackchannelError):
    """A computation stopped before its goal; `partial` holds the best result so far."""

    def __init__(self, message: str, partial: object = None) -> None:
        super().__init__(message)
        self.partial = partial


class MoveRefusedError(BackchannelError):
    """A role tried something that its rules do not allow.

    `rule` says it in English; `code` names the reason for good, `place` the field that
    is wrong, and `values` are what the reason says, for who puts it in other words.
    """

    def __init__(
        self,
        role: str,
        rule: str,
        *,
        code: str = "",
        place: str = "",
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{role}: {rule}")
        self.role, self.rule, self.code, self.place = role, rule, code, place
        self.values = dict(values or {})


class LedgerError(BackchannelError):
    """The record of a game is broken, was tampered with, or cannot be written."""


def did_you_mean(name: str, known: Iterable[str], noun: str) -> str:
    """Say which names would have been right, the closest one last."""
    names = sorted(known)
    if not names:
        return f"no {noun} is declared in this file"
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    shown = names if len(names) <= 12 else [*names[:12], "..."]
    hint = f". Did you mean '{close[0]}'?" if close else ""
    return f"declared: {', '.join(shown)}{hint}"
