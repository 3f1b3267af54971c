"""Catalogues of the pages: whole, compiled, and with every place for a value kept."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from backchannel.exercise.pages.play import join_page
from backchannel.exercise.pages.texts import LOCALES, choose_language, languages

ROOT = Path(__file__).parents[2]
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


def bare_words(template: str) -> list[str]:
    """Words of a template that stand there as they are, between tags or in labels."""
    plain = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", template, flags=re.S)
    labels = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', plain)
    plain = re.sub(r"<(code|title)>[^<]*</\1>", "", plain)
    between = re.sub(r"<!?[^>]*>|&\w+;|&#\d+;", " ", plain, flags=re.S)
    return re.findall(r"[^\W\d_]{2,}", " ".join([between, *labels]))


@pytest.mark.parametrize(
    "path", sorted((LOCALES.parent / "templates").glob("*.html")), ids=lambda p: p.name
)
def test_no_page_has_a_text_outside_the_catalogues(path: Path) -> None:
    """What a class cannot translate stands on no page."""
    assert bare_words(path.read_text("utf-8")) == []


def test_bare_words_are_found() -> None:
    """The search above finds a word between tags and one in a label."""
    assert bare_words("<p>{{ _('Yes') }} plain</p>") == ["plain"]
    assert bare_words('<p aria-label="Spoken">{% if x %}{% endif %}</p>') == ["Spoken"]


def test_no_form_has_a_text_outside_the_catalogues() -> None:
    """Titles, labels, buttons, hints and notes of forms all pass through `_`."""
    bare = []
    for path in sorted(LOCALES.parent.glob("*_forms.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(getattr(call, "func", None), "id", "")
            if not isinstance(call, ast.Call) or name not in ("Form", "Field"):
                continue
            shown = [*call.args[1 : 2 if name == "Field" else 3]]
            shown += [k.value for k in call.keywords if k.arg in ("hint", "note")]
            bare += [
                f"{path.name}:{arg.lineno}"
                for arg in shown
                if isinstance(arg, ast.Constant) and arg.value
            ]
    assert bare == []


def test_the_demands_of_the_cable_name_tests_that_are_there() -> None:
    """Each row of the table in docs/exercise.md names a test that exists."""
    page = (ROOT / "docs" / "exercise.md").read_text("utf-8")
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", page)
    assert len(named) >= 20
    for file, name in named:
        source = (ROOT / "tests" / "exercise" / file).read_text("utf-8")
        assert f"def {name}(" in source
