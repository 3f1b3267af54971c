"""Text in the PRISM language as words with their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from backchannel.base.errors import PrismFileError

_WORD = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<text>"[^"\n]*")
      | (?P<sign><=>|=>|<=|>=|!=|->|\.\.|=\?|[-+*/=<>!&|?:;,()\[\]{}'])""",
    re.VERBOSE,
)
END = ""


@dataclass(frozen=True)
class Word:
    """One word: `kind` is name, number, text, sign or end."""

    kind: str
    text: str
    line: int


def text_of(path: Path | str) -> str:
    """Text of a file.

    Raises
    ------
    PrismFileError : no such file, or it is not text.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PrismFileError(str(path), 0, f"cannot be read: {error}") from None


def words_of(text: str, path: str) -> list[Word]:
    """Cut a text into words; comments and blanks are left out.

    Raises
    ------
    PrismFileError : a character that no word begins with.
    """
    words, at, line = [], 0, 1
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            wrong = f"cannot read {text[at]!r}; no word begins so"
            raise PrismFileError(path, line, wrong)
        kind = found.lastgroup or ""
        if kind != "space":
            words.append(Word(kind, found.group(), line))
        line += found.group().count("\n")
        at = found.end()
    words.append(Word("end", END, line))
    return words


class Reader:
    """Walks over words; one instance reads one text once."""

    def __init__(self, words: list[Word], path: str) -> None:
        self.words, self.path, self.at = words, path, 0

    @property
    def word(self) -> Word:
        """The next word."""
        return self.words[self.at]

    @property
    def line(self) -> int:
        """Line of the next word."""
        return self.word.line

    def next(self) -> Word:
        """Take the next word."""
        word = self.word
        self.at = min(self.at + 1, len(self.words) - 1)
        return word

    def peek(self, ahead: int) -> str:
        """Text of a later word, empty beyond the end."""
        return self.words[min(self.at + ahead, len(self.words) - 1)].text

    def takes(self, *texts: str) -> bool:
        """Take the next word if it is one of these."""
        if self.word.kind != "text" and self.word.text in texts:
            self.next()
            return True
        return False

    def expect(self, text: str) -> Word:
        """Take a word that must come here; raises PrismFileError where it does not."""
        if self.word.text != text or self.word.kind == "text":
            self.fail(f"expected '{text}'")
        return self.next()

    def name(self, what: str) -> str:
        """Take a name; raises PrismFileError on anything else."""
        if self.word.kind != "name":
            self.fail(f"expected {what}")
        return self.next().text

    def fail(self, expected: str) -> NoReturn:
        """Raise PrismFileError at the next word."""
        found = f"'{self.word.text}'" if self.word.text else "the end of the text"
        raise PrismFileError(self.path, self.line, f"{expected}, found {found}")
