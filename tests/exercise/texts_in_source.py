"""Every text that is shown to a person, collected from the source.

Run as a program (`make texts`) it writes the list that is shipped, `pages.pot`, and
brings the shipped languages up to date with it.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from babel.messages.extract import extract_from_dir

from backchannel.exercise.pages.po_file import Entry, to_po
from backchannel.exercise.pages.texts import LOCALES
from backchannel.exercise.pages.translate import TEMPLATE, update_language

ROOM = LOCALES.parents[1]
KEYWORDS = {"_": None, "plural": (1, 2)}


def texts_in_source() -> list[Entry]:
    """Every text, sorted, with the files in which it stands."""
    found = extract_from_dir(
        ROOM,
        method_map=[("**.py", "python"), ("pages/templates/**.html", "jinja2")],
        options_map={
            "pages/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}
        },
        keywords=KEYWORDS,
    )
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path, _line, message, _comments, _context in found:
        one, many = (message, "") if isinstance(message, str) else message[:2]
        places[str(one), str(many)].add(Path(path).name)
    return [
        Entry(text, plural, notes=(f"#: {' '.join(sorted(files))}",))
        for (text, plural), files in sorted(places.items())
    ]


def template() -> str:
    """What the shipped list of texts has to be."""
    return to_po(texts_in_source(), 2)


if __name__ == "__main__":
    TEMPLATE.write_text(template(), "utf-8")
    for path in sorted(LOCALES.glob("*.po")):
        done = update_language(path.stem, LOCALES)
        line = f"{done.path.name}: {done.n_said} of {done.n_texts} texts\n"
        sys.stdout.write(line + "".join(f"{fault}\n" for fault in done.faults))
