"""The words of a game file, with the line of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

from backchannel.base.errors import GameFileError

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{},]|[^\s{},"]+|"')
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?(/\d+)?$")
_MAX_EXPONENT = 400  # a power of ten beyond it only fills memory


class Tokens:
    """Reads a file word by word; every refusal names the line."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self._words: list[str] = []
        self._lines: list[int] = []
        line, last = 1, 0
        for found in _TOKEN.finditer(text):
            line += text.count("\n", last, found.start())
            last = found.start()
            if found[0] == ",":
                continue  # old and new files differ in where they put commas
            self._words.append(found[0])
            self._lines.append(line)
        self._at = 0
        self._end_line = line

    @property
    def line(self) -> int:
        """Line of the next word."""
        return self._lines[self._at] if self._at < len(self._lines) else self._end_line

    def refuse(self, wrong: str, line: int | None = None) -> NoReturn:
        """Stop; raises GameFileError at the line of the next word, or another."""
        raise GameFileError(self.path, self.line if line is None else line, wrong)

    def peek(self) -> str:
        """The next word, empty at the end of the file."""
        return self._words[self._at] if self._at < len(self._words) else ""

    def take(self) -> str:
        """The next word; raises GameFileError at the end of the file."""
        word = self.peek()
        if not word:
            self.refuse("the file ends here, in the middle of a game")
        self._at += 1
        return word

    def expect(self, word: str, right: str) -> None:
        """Take one given word."""
        if self.peek() != word:
            self.refuse(f"'{self.peek()}' where '{word}' should be; {right}")
        self._at += 1

    def is_text(self) -> bool:
        """Whether a quoted text comes next."""
        return len(self.peek()) > 1 and self.peek()[0] == '"'

    def text(self, what: str) -> str:
        """Take a quoted text."""
        if self.peek() == '"':
            self.refuse("a quotation mark is never closed; close the text it opens")
        if not self.is_text():
            self.refuse(f"'{self.peek()}' is no {what}; write it in double quotes")
        return re.sub(r"\\(.)", r"\1", self.take()[1:-1])

    def whole(self, what: str) -> int:
        """Take a whole number."""
        word = self.peek()
        if not re.fullmatch(r"-?\d{1,9}", word):
            self.refuse(f"'{word}' is no {what}; a whole number belongs here")
        return int(self.take())

    def number(self, what: str) -> Fraction:
        """Take a number: whole, decimal, with an exponent, or a fraction."""
        word = self.peek()
        found = _NUMBER.match(word)
        if not found or abs(int((found[2] or "e0")[1:])) > _MAX_EXPONENT:
            self.refuse(
                f"{what} is '{word}', which is not a number; write it like 3, -0.5 "
                "or 2/7"
            )
        top, _, bottom = self.take().partition("/")
        if bottom and not int(bottom):
            self.refuse(f"{what} is '{word}', which divides by zero")
        return Fraction(top) / (int(bottom) if bottom else 1)

    def block(self, read: Callable[[], object]) -> None:
        """Read items between braces until the closing one."""
        self.expect("{", "a list in braces belongs here")
        while self.peek() != "}":
            if not self.peek():
                self.refuse("the file ends inside a list; close it with '}'")
            read()
        self.take()


def read_text(path: Path | str) -> str:
    """Read a game file, whatever its age.

    Parameters
    ----------
    path : of the file

    Returns
    -------
    str : its text; bytes that are no UTF-8 are read as Latin-1

    Raises
    ------
    GameFileError : there is no such file, or it is no text.
    """
    try:
        held = Path(path).read_bytes()
    except OSError as error:
        raise GameFileError(
            str(path), 0, f"cannot be opened ({error.strerror}); check the path"
        ) from None
    if b"\0" in held:
        raise GameFileError(str(path), 1, "is no text; a game file is plain text")
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError:
        return held.decode("latin-1")
