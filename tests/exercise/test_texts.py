"""Every word that a person reads comes from the catalogues, and these are whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from backchannel.exercise.pages.play import join_page
from backchannel.exercise.pages.po_file import read_po
from backchannel.exercise.pages.texts import LOCALES, choose_language, languages
from backchannel.exercise.pages.translate import TEMPLATE
from backchannel.exercise.refusals import REASONS
from backchannel.exercise.server.wrong import WRONG
from tests.exercise.texts_in_source import ROOM, template, texts_in_source

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(LOCALES.glob("*.po"))
PAGES = LOCALES.parent
SPOKEN = ("_", "plural", "to_translate")


def test_the_list_of_texts_is_that_of_the_source() -> None:
    """What a translator is given has every text; `make texts` writes it anew."""
    assert TEMPLATE.read_text("utf-8") == template()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_shipped_language_has_every_text(path: Path) -> None:
    """No text is missing or left over, and `{hours}` is where it was."""
    entries = read_po(path.read_text("utf-8"), path.name)[1:]
    assert [(e.text, e.plural) for e in entries] == [
        (e.text, e.plural) for e in texts_in_source()
    ]
    assert [entry.text for entry in entries if not entry.is_said] == []
    assert [entry.fault for entry in entries if entry.fault] == []


def test_a_page_speaks_the_reader_s_language() -> None:
    """A German browser gets German, any other what there is."""
    assert "de" in languages()
    german = choose_language("de-AT,de;q=0.9,en;q=0.5")
    assert german == "de"
    assert "Beitreten" in join_page("key", language=german)
    assert "Join" in join_page("key", language=choose_language("en"))


def bare_words(page: str) -> list[str]:
    """Words of a template that stand there as they are, between tags or in labels."""
    plain = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", page, flags=re.S)
    labels = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', plain)
    plain = re.sub(r"<(code|title)>[^<]*</\1>", "", plain)
    between = re.sub(r"<!?[^>]*>|&\w+;|&#\d+;", " ", plain, flags=re.S)
    return re.findall(r"[^\W\d_]{2,}", " ".join([between, *labels]))


def bare_expressions(page: str) -> list[str]:
    """Words in the expressions of a template that no translator is asked for."""
    tree = Environment(trim_blocks=True).parse(page)
    said = {
        id(word)
        for call in tree.find_all(nodes.Call)
        if getattr(call.node, "name", "") in SPOKEN
        for word in call.find_all(nodes.Const)
    }
    return [
        word.value
        for word in tree.find_all(nodes.Const)
        if id(word) not in said
        and isinstance(word.value, str)
        and re.search(r"^[A-Z][a-z]+|[A-Za-z]+ +[A-Za-z]+", word.value)
    ]


TEMPLATES = sorted((PAGES / "templates").glob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_page_has_a_text_outside_the_catalogues(path: Path) -> None:
    """What a class cannot translate stands on no page."""
    page = path.read_text("utf-8")
    assert bare_words(page) == []
    assert bare_expressions(page) == []


def test_bare_words_are_found() -> None:
    """The searches above find words between tags, in labels and in expressions."""
    assert bare_words("<p>{{ _('Yes') }} plain</p>") == ["plain"]
    assert bare_words('<p aria-label="Spoken">{% if x %}{% endif %}</p>') == ["Spoken"]
    assert bare_words('<input placeholder="Here">') == ["Here"]
    assert bare_expressions('{{ "not said" if x else _("said so") }}') == ["not said"]
    assert bare_expressions('{{ _("said so") }}{{ x.get("key") }}') == []


def _docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    blocks = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        for line in node.body if isinstance(node, blocks) else ():
            if isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
                yield line.value


def untranslated(source: str) -> list[str]:
    """Sentences of a program that pass through no translator.

    Errors of the package are left out: they are for the terminal and the log, and a
    test of its own holds that none is made for a player but by its code.
    """
    tree = ast.parse(source)
    fine = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in SPOKEN or name.endswith("Error"):
                fine |= {id(part) for part in ast.walk(node)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in fine
        and re.search(r"[A-Za-z]+ +[A-Za-z]+", node.value)
    ]


# Files whose words go to a terminal, a log or a translator, and to no player.
_FOR_OTHERS = ("ledger.py", "opening.py", "po_file.py", "texts.py", "sockets.py")
_PLAYED = (
    *PAGES.glob("*.py"),
    *(ROOM / "server").glob("*.py"),
    *(ROOM / "moves").glob("*.py"),
    *(ROOM / "debrief").glob("*.py"),
    ROOM / "players" / "script.py",
    *ROOM.glob("*.py"),
)
# Names of things, and what programs are told.
_NO_SENTENCES = {
    "risk at ",
    "under way ",
    "there is none now",
}


def test_no_program_says_a_sentence_outside_the_catalogues() -> None:
    """Forms, statuses, refusals, answers and scripts speak through a translator."""
    found = {
        f"{path.name}: {text}"
        for path in _PLAYED
        if path.name not in _FOR_OTHERS or path.parent.name == "moves"
        for text in untranslated(path.read_text("utf-8"))
        if text not in _NO_SENTENCES
    }
    assert found == set()


def test_untranslated_sentences_are_found() -> None:
    """The search finds one in an answer, a form, an f-string and a move."""
    assert untranslated('PlainTextResponse("not your page", 403)') == ["not your page"]
    assert untranslated('Form("send", "Send a message", _("Send"))') == [
        "Send a message"
    ]
    assert untranslated('seat.move("speak", text=f"We demand it: {it}")')
    assert untranslated('"""A docstring of it."""\nx = _("Said to all")') == []


def test_every_label_of_a_form_is_translated() -> None:
    """Titles, labels, buttons, hints and notes, also those of one word."""
    bare = []
    for path in sorted(PAGES.glob("*_forms.py")):
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


def calls_of(source: str, *names: str) -> list[ast.Call]:
    """Calls of functions of these names."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in names
    ]


def test_a_refusal_is_made_by_its_code_alone() -> None:
    """No rule makes up words of its own; the client alone repeats what it was told."""
    makers = {
        path.name
        for path in ROOM.rglob("*.py")
        if calls_of(path.read_text("utf-8"), "MoveRefusedError")
    }
    assert makers == {"refusals.py", "client.py"}


def codes_in(source: str) -> set[str]:
    """Codes of refusals in a program."""
    return {
        arg.value
        for call in calls_of(source, "refused", "unknown", "name_in", "names_in")
        for arg in call.args
        if isinstance(arg, ast.Constant) and arg.value in REASONS
    }


def test_every_reason_is_used_and_every_code_has_one() -> None:
    """A code without words would fail in a game; words without a code mislead."""
    rules = [*(ROOM / "moves").glob("*.py"), *ROOM.glob("*.py")]
    used = set().union(*(codes_in(path.read_text("utf-8")) for path in rules))
    # These two are chosen by the visibility that was asked for.
    assert used | {"not_private", "not_public"} == set(REASONS)
    for path in rules:
        for call in calls_of(path.read_text("utf-8"), "refused"):
            code = call.args[1] if len(call.args) > 1 else None
            if isinstance(code, ast.Constant):
                assert code.value in REASONS, path.name


def test_every_answer_of_the_server_is_made_in_one_place() -> None:
    """A bare line of text would reach a person untranslated."""
    for path in (ROOM / "server").glob("*.py"):
        calls = calls_of(path.read_text("utf-8"), "PlainTextResponse")
        allowed = {"wrong.py": 1, "routes.py": 1}.get(path.name, 0)
        assert len(calls) == allowed, path.name
    codes = {
        arg.value
        for path in (ROOM / "server").glob("*.py")
        for call in calls_of(path.read_text("utf-8"), "wrong", "_wrong")
        for arg in ast.walk(call)
        if isinstance(arg, ast.Constant) and arg.value in WRONG
    }
    elsewhere = {"not_found", "not_allowed", "refused", "broken", "not_stored"}
    assert codes | elsewhere == set(WRONG)


def words_put_by_script(script: str) -> list[str]:
    """What the script of the page writes on it in words of its own."""
    shows = (
        r"(?:textContent|innerText|innerHTML|title|placeholder|ariaLabel)\s*=\s*(.*?);"
    )
    adds = r"(?:insertAdjacent\w+|append|alert|confirm|setAttribute)\((.*?)\);"
    put = re.findall(shows, script, flags=re.S) + re.findall(adds, script, flags=re.S)
    quoted = [word for part in put for word in re.findall(r"([\"'`])(.*?)\1", part)]
    bare = [re.sub(r"\${.*?}", "", word) for _mark, word in quoted]
    return [word for word in bare if re.search(r"[A-Za-z]{2,}", word)]


def test_the_script_puts_no_words_of_its_own_on_a_page() -> None:
    """All that it shows came from the server, in the reader's language."""
    script = (PAGES / "static" / "exercise.js").read_text("utf-8")
    assert words_put_by_script(script) == []
    assert "toLocale" not in script
    style = (PAGES / "static" / "exercise.css").read_text("utf-8")
    assert re.findall(r'content:\s*"[^"\\]*[A-Za-z]{2}', style) == []


def test_words_of_a_script_are_found() -> None:
    """The search finds words that are set, templated or told."""
    assert words_put_by_script('place.textContent = "Gone";') == ["Gone"]
    assert words_put_by_script("place.innerHTML = `<p>${n} new</p>`;") == [
        "<p> new</p>"
    ]
    assert words_put_by_script('alert("Lost the server");') == ["Lost the server"]
    assert words_put_by_script("place.textContent = said[key];") == []


def test_the_demands_of_the_cable_name_tests_that_are_there() -> None:
    """Each row of the table in docs/exercise.md names a test that exists."""
    page = (ROOT / "docs" / "exercise.md").read_text("utf-8")
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", page)
    assert len(named) >= 20
    for file, name in named:
        source = (ROOT / "tests" / "exercise" / file).read_text("utf-8")
        assert f"def {name}(" in source
