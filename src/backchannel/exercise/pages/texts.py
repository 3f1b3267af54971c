"""Every text of the pages, in the language of who reads it, from PO files.

Shipped languages lie in `locale/`, one file a language, beside `pages.pot`, the list of
every text. `add_folder` brings in those that a class has made; docs/exercise.md tells
how. Where a text is not translated the English one is shown.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from backchannel.base.errors import TextsFileError
from backchannel.exercise.pages.po_file import read_po, to_mo

LOCALES = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
RIGHT_TO_LEFT = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi")
)
"""Languages whose script runs from right to left (Unicode CLDR, character order)."""
# No browser lists more; a longer header only wastes time.
_MAX_HEADER = 200
_FOLDERS = [LOCALES]


class Tongue:
    """The texts of one language; call it with a text of the source.

    >>> Tongue("en")("Join")
    'Join'
    """

    def __init__(
        self, language: str, catalogue: gettext.NullTranslations | None = None
    ) -> None:
        self.language = language
        self._catalogue = catalogue or gettext.NullTranslations()

    def __call__(self, text: str) -> str:
        """Translate a text; without a translation it stays as it is."""
        return self._catalogue.gettext(text)

    def plural(self, one: str, many: str, count: int) -> str:
        """Translate a text that counts, `{count}` filled in.

        >>> Tongue("en").plural("{count} reader", "{count} readers", 3)
        '3 readers'
        """
        return self._catalogue.ngettext(one, many, count).format(count=count)

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Which way its script runs, for the attribute `dir` of a page."""
        is_rtl = self.language.partition("-")[0] in RIGHT_TO_LEFT
        return "rtl" if is_rtl else "ltr"


def languages() -> tuple[str, ...]:
    """Languages that the pages speak, the first being that of the source.

    >>> languages()[0]
    'en'
    """
    return (SOURCE_LANGUAGE, *(x for x in sorted(_files()) if x != SOURCE_LANGUAGE))


def _files() -> dict[str, Path]:
    """The file of each language; one of a folder added later goes first."""
    return {
        path.stem.replace("_", "-"): path
        for folder in _FOLDERS
        for path in sorted(folder.glob("*.po"))
    }


def add_folder(folder: Path) -> tuple[str, ...]:
    """Bring in the languages of a folder of PO files; each is read at once.

    Parameters
    ----------
    folder : with `fr.po`, `pt-BR.po` and so on

    Returns
    -------
    tuple : languages that the pages speak now

    Raises
    ------
    TextsFileError : there is no such file in it, or one cannot be read.
    """
    paths = sorted(folder.glob("*.po"))
    if not paths:
        wrong = f"holds no translation; `backchannel texts fr --to {folder}` begins one"
        raise TextsFileError(str(folder), 0, wrong)
    for path in paths:
        _catalogue(path)
    _FOLDERS.append(folder)
    tongue.cache_clear()
    return languages()


def remove_folder(folder: Path) -> None:
    """Take out the languages of a folder again, however often it was brought in."""
    _FOLDERS[:] = [known for known in _FOLDERS if known != folder]
    tongue.cache_clear()


def choose_language(accepted: str) -> str:
    """Choose from a browser's Accept-Language header, in its order of preference.

    A region counts where there is a catalogue for it, else its language does.

    >>> choose_language("xx, en;q=0.5")
    'en'
    """
    wishes = []
    for i, part in enumerate(accepted[:_MAX_HEADER].split(",")):
        name, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), i, name.lower()))
        except ValueError:
            continue
    known = {name.lower(): name for name in languages()}
    for _, _, name in sorted(wishes):
        for tag in (name, name.partition("-")[0]):
            if tag in known:
                return known[tag]
    return SOURCE_LANGUAGE


@cache
def tongue(language: str) -> Tongue:
    """The texts of a language; without a catalogue, as they are in the source."""
    path = _files().get(language)
    return Tongue(language, _catalogue(path) if path else None)


def _catalogue(path: Path) -> gettext.NullTranslations:
    try:
        entries = read_po(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise TextsFileError(str(path), 0, f"cannot be read: {error}") from None
    # What has a place for a value that the source lacks cannot be shown.
    fit = [entry for entry in entries if not entry.text or not entry.fault]
    try:
        return gettext.GNUTranslations(BytesIO(to_mo(fit)))
    except (ValueError, LookupError):
        wrong = "its header cannot be read; Plural-Forms is `nplurals=N; plural=...;`"
        raise TextsFileError(str(path), 1, wrong) from None
