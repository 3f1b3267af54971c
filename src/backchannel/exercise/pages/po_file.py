"""Translations as people write them: PO files, read and written without further tools.

Source: GNU gettext manual, sections 3 (PO files) and 10.3 (MO files). Contexts
(`msgctxt`) are not used here and are refused.
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter

from backchannel.base.errors import TextsFileError

_MO_MAGIC, _MO_HEADER_BYTES, _MO_ROW_BYTES = 0x950412DE, 28, 8


@dataclass(frozen=True)
class Entry:
    """One text of the source, its plural where it counts things, and what it becomes.

    `said` is empty or has one form, for a text that counts as many as the language has.
    `notes` are its lines of comment. The entry with an empty `text` is the header.
    """

    text: str
    plural: str = ""
    said: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    line: int = 0

    @property
    def is_said(self) -> bool:
        """Whether it is translated, in every form, and not marked as a guess."""
        is_guess = any("fuzzy" in note for note in self.notes if note.startswith("#,"))
        return bool(self.said) and all(self.said) and not is_guess

    @property
    def fault(self) -> str:
        """What is wrong with a translation; empty where it can be shown.

        A place for a value that the source lacks could not be filled; one that is
        lost would hide the value.
        """
        if not self.is_said:
            return ""
        wanted = places_in(self.text) | places_in(self.plural)
        for said in self.said:
            try:
                found = places_in(said)
            except ValueError:
                return f"'{said}' has a brace too many; write {{name}} as in the source"
            if not found <= wanted or (wanted - found and not self.plural):
                names = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
                return f"'{said}' has other places for values; they are {names}"
        return ""


def places_in(text: str) -> set[str]:
    """Names of the places for values in a text, such as `{hours}`.

    Raises ValueError for one that is more than a name, or a brace without its fellow.

    >>> sorted(places_in("{who} waits {hours} h"))
    ['hours', 'who']
    """
    found = set()
    for _literal, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(text)
        found.add(name)
    return found


def read_po(text: str, path: str) -> list[Entry]:
    """Read a PO file.

    Parameters
    ----------
    text : its content
    path : its name, for errors

    Returns
    -------
    list : entries in order, the header among them; obsolete ones are left out

    Raises
    ------
    TextsFileError : a line that is none of a PO file.

    >>> read_po('msgid "Join"\\nmsgstr "Beitreten"', "de.po")[0].said
    ('Beitreten',)
    """
    return [_entry(lines, path) for lines in _paragraphs(text) if lines]


Lines = list[tuple[int, str]]


def _paragraphs(text: str) -> Iterator[Lines]:
    """Lines of each entry; one ends where a comment or a new `msgid` begins."""
    entry: Lines = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip().removeprefix("\ufeff")
        starts = line.startswith(("#", "msgid ")) or not line
        if starts and any(not old.startswith("#") for _, old in entry):
            yield entry
            entry = []
        if line and not line.startswith("#~"):
            entry.append((number, line))
    if any(not old.startswith("#") for _, old in entry):
        yield entry


def _entry(lines: Lines, path: str) -> Entry:
    notes = tuple(line for _, line in lines if line.startswith("#"))
    parts: dict[str, str] = {}
    key = ""
    for number, line in lines:
        if line.startswith("#"):
            continue
        quoted = line
        if not line.startswith('"'):
            key, _, quoted = line.partition(" ")
            if key not in ("msgid", "msgid_plural") and not key.startswith("msgstr"):
                wrong = f"'{key}' is no part of an entry; msgid and msgstr are"
                raise TextsFileError(path, number, wrong)
            parts.setdefault(key, "")
        parts[key] = parts.get(key, "") + _unquoted(quoted.strip(), path, number)
    said = tuple(parts[key] for key in sorted(parts) if key.startswith("msgstr"))
    if "msgid" not in parts or not said:
        wrong = "an entry is not whole; it has a msgid and a msgstr"
        raise TextsFileError(path, lines[0][0], wrong)
    begins = next(number for number, text in lines if text.startswith("msgid"))
    said = said if any(said) else ()
    return Entry(parts["msgid"], parts.get("msgid_plural", ""), said, notes, begins)


def _unquoted(text: str, path: str, line: int) -> str:
    """The text between quotation marks; PO files escape as Python does."""
    try:
        value = ast.literal_eval(text) if text.startswith('"') else None
    except (ValueError, SyntaxError):
        value = None
    if not isinstance(value, str):
        raise TextsFileError(path, line, f'{text} is no "text" between quotation marks')
    return value


def to_po(entries: Iterable[Entry], n_forms: int) -> str:
    """Write entries as a PO file.

    Parameters
    ----------
    entries : in the order of the file, the header first
    n_forms : how many forms a text has that counts things

    Returns
    -------
    str : its content, one line a text

    >>> print(to_po([Entry("Join", said=("Beitreten",))], 2), end="")
    msgid "Join"
    msgstr "Beitreten"
    """
    return "\n".join(_written(entry, n_forms) for entry in entries)


def _written(entry: Entry, n_forms: int) -> str:
    lines = [*entry.notes, f"msgid {_quoted(entry.text)}"]
    if not entry.plural:
        said = entry.said[0] if entry.said else ""
        return "\n".join([*lines, f"msgstr {_quoted(said)}", ""])
    lines.append(f"msgid_plural {_quoted(entry.plural)}")
    for i in range(n_forms):
        said = entry.said[i] if i < len(entry.said) else ""
        lines.append(f"msgstr[{i}] {_quoted(said)}")
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    if text.endswith("\n"):
        # A header reads better a line a field.
        rows = [f'"{_escaped(row)}"' for row in text.splitlines(keepends=True)]
        return "\n".join(['""', *rows])
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def to_mo(entries: Iterable[Entry]) -> bytes:
    """Compile entries for `gettext.GNUTranslations`; untranslated ones are left out.

    Parameters
    ----------
    entries : of one language, the header among them

    Returns
    -------
    bytes : the content of an MO file
    """
    pairs = sorted(
        (
            "\0".join(filter(None, (entry.text, entry.plural))).encode(),
            "\0".join(entry.said if entry.text else map(_in_utf8, entry.said)).encode(),
        )
        for entry in entries
        if entry.is_said
    )
    sources, texts = [key for key, _ in pairs], [text for _, text in pairs]
    rows_at = _MO_HEADER_BYTES
    words_at = rows_at + 2 * _MO_ROW_BYTES * len(pairs)
    rows, words = b"", b""
    for word in (*sources, *texts):
        rows += struct.pack("<II", len(word), words_at + len(words))
        words += word + b"\0"
    texts_at = rows_at + _MO_ROW_BYTES * len(pairs)
    head = (_MO_MAGIC, 0, len(pairs), rows_at, texts_at, 0, words_at)
    return struct.pack("<7I", *head) + rows + words


def _in_utf8(header: str) -> str:
    """Name the encoding of what is compiled, whatever the file says or leaves out."""
    lines = [
        line for line in header.splitlines() if not line.startswith("Content-Type:")
    ]
    return "\n".join([*lines, "Content-Type: text/plain; charset=utf-8", ""])
