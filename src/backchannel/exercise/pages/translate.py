"""Translating the pages: a file of one language begun, or brought up to date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from backchannel.base.errors import MethodError, TextsFileError
from backchannel.exercise.pages.po_file import Entry, read_po, to_po
from backchannel.exercise.pages.texts import LOCALES

TEMPLATE = LOCALES / "pages.pot"
_TWO_FORMS = "nplurals=2; plural=(n != 1);"
_SLAVIC = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
)
PLURALS: Mapping[str, str] = {
    **dict.fromkeys(
        ("id", "ja", "ko", "ms", "th", "vi", "zh"), "nplurals=1; plural=0;"
    ),
    **dict.fromkeys(("fa", "fr", "hi", "pt-BR"), "nplurals=2; plural=(n > 1);"),
    **dict.fromkeys(("be", "bs", "hr", "ru", "sr", "uk"), _SLAVIC),
    **dict.fromkeys(
        ("cs", "sk"), "nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;"
    ),
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "lt": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "lv": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "ro": "nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100>0 && n%100<20)) ? 1 : 2);",
    "sl": "nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : "
    "n%100==3 || n%100==4 ? 2 : 3);",
}
"""Rules of the languages that have not two forms, one for 1 and one for all else.

Source: GNU gettext manual, section 11.2.6, and Unicode CLDR, plural rules.
"""
_NAME = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Translated:
    """How far a translation is: texts said of all, and what is wrong with some.

    `faults` are lines `file:line: what`; such a text is shown in English.
    """

    path: Path
    n_said: int
    n_texts: int
    faults: tuple[str, ...]


def update_language(language: str, folder: Path) -> Translated:
    """Begin the file of a language, or bring it up to date with the pages.

    What was translated stays; texts that are new stand there untranslated, those that
    no page uses any more are taken out.

    Parameters
    ----------
    language : such as `fr` or `pt-BR`
    folder : where `LANGUAGE.po` is, or shall be; it is made where there is none

    Returns
    -------
    Translated : how far it is

    Raises
    ------
    MethodError : no name of a language.
    TextsFileError : the file that is there cannot be read.
    """
    if not _NAME.fullmatch(language):
        raise MethodError(f"language: is '{language}'; write it as in fr or pt-BR")
    path = folder / f"{language}.po"
    # A language that is shipped is gone on with, not begun anew.
    source = path if path.exists() else LOCALES / path.name
    old = _read(source) if source.exists() else []
    entries = brought_up(_read(TEMPLATE), old, language)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(to_po(entries, n_forms_of(entries[0].said[0])), "utf-8")
    texts = _read(path)[1:]
    faults = tuple(f"{path}:{e.line}: {e.fault}" for e in texts if e.fault)
    n_said = sum(entry.is_said and not entry.fault for entry in texts)
    return Translated(path, n_said, len(texts), faults)


def brought_up(
    template: Iterable[Entry], old: Iterable[Entry], language: str
) -> list[Entry]:
    """Put what was said into the texts of now.

    Parameters
    ----------
    template : every text of the pages
    old : entries of a translation, the header first; may be empty
    language : for the header of a new one

    Returns
    -------
    list : header and texts, in the order of the template
    """
    known = {(entry.text, entry.plural): entry for entry in old}
    header = known.get(("", "")) or Entry("", said=(_header(language),))
    texts = [entry for entry in template if entry.text]
    return [
        header,
        *(
            replace(entry, said=known[key].said, notes=_kept(known[key].notes, entry))
            if (key := (entry.text, entry.plural)) in known
            else entry
            for entry in texts
        ),
    ]


def _kept(old: tuple[str, ...], entry: Entry) -> tuple[str, ...]:
    """A translator's own comments and marks, and the places of the source now."""
    own = [note for note in old if not note.startswith(("#:", "#."))]
    return (*own, *(note for note in entry.notes if note not in own))


def n_forms_of(header: str) -> int:
    """How many forms a language has for what is counted, as its header says.

    >>> n_forms_of("Plural-Forms: nplurals=3; plural=n;")
    3
    """
    found = re.search(r"nplurals\s*=\s*(\d)", header)
    return int(found[1]) if found else 2


def _header(language: str) -> str:
    base = language.partition("-")[0]
    forms = PLURALS.get(language) or PLURALS.get(base, _TWO_FORMS)
    return (
        "Project-Id-Version: backchannel\n"
        f"Language: {language}\n"
        f"Plural-Forms: {forms}\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"
    )


def _read(path: Path) -> list[Entry]:
    try:
        return read_po(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise TextsFileError(str(path), 0, f"cannot be read: {error}") from None
