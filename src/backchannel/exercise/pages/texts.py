"""Every text of the pages, in the language of who reads it, from gettext catalogues.

A catalogue lies in `locale/<language>/LC_MESSAGES/pages.po` with its compiled `.mo`
beside it. `make texts` collects the texts anew and compiles; docs/exercise.md tells how
a class adds a language.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

DOMAIN = "pages"
LOCALES = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
# Days and hours are typed by nobody: a longer header only wastes time.
_MAX_HEADER = 200


def languages() -> tuple[str, ...]:
    """Languages that the pages speak, the first being that of the source.

    >>> languages()[0]
    'en'
    """
    found = sorted(path.parts[-3] for path in LOCALES.glob(f"*/*/{DOMAIN}.mo"))
    return (SOURCE_LANGUAGE, *found)


def choose_language(accepted: str) -> str:
    """Choose from a browser's Accept-Language header, in its order of preference.

    >>> choose_language("xx, en;q=0.5")
    'en'
    """
    wishes = []
    for i, part in enumerate(accepted[:_MAX_HEADER].split(",")):
        name, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), i, name.partition("-")[0].lower()))
        except ValueError:
            continue
    known = languages()
    return next((name for _, _, name in sorted(wishes) if name in known), known[0])


@cache
def texts(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; without one, the texts as they are in the source."""
    return gettext.translation(DOMAIN, LOCALES, [language], fallback=True)
