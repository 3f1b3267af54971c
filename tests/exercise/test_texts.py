"""Catalogues of the pages: whole, compiled, and with every place for a value kept."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from backchannel.exercise.pages.play import join_page
from backchannel.exercise.pages.texts import LOCALES, choose_language, languages

CATALOGUES = sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))


def texts_in_source() -> set[str]:
    """Every text that the pages ask to be translated."""
    found = extract_from_dir(
        LOCALES.parent,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": {"trim_blocks": "true"}},
        keywords={"_": None},
    )
    return {str(message) for _, _, message, _, _ in found}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_has_every_text(path: Path) -> None:
    """No text is missing or left over, and `{hours}` is where it was."""
    catalogue = read_po(io.BytesIO(path.read_bytes()))
    known = {
        str(message.id): str(message.string) for message in catalogue if message.id
    }
    assert set(known) == texts_in_source()
    for text, translated in known.items():
        assert translated
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", translated)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_is_compiled(path: Path) -> None:
    """The file that is read is made from the one that people write."""
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(path.read_bytes())))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue()


def test_a_page_speaks_the_reader_s_language() -> None:
    """A German browser gets German, any other what there is."""
    assert "de" in languages()
    german = choose_language("de-AT,de;q=0.9,en;q=0.5")
    assert german == "de"
    assert "Beitreten" in join_page("key", language=german)
    assert "Join" in join_page("key", language=choose_language("en"))
