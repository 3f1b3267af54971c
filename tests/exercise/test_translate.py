"""A class makes a language of its own: begun by a command, translated, served."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po as read_with_babel
from markupsafe import escape
from typer.testing import CliRunner

from backchannel.base.errors import MethodError, TextsFileError
from backchannel.cli import app
from backchannel.exercise.pages.calendar import Calendar, span
from backchannel.exercise.pages.numbers import number, percent
from backchannel.exercise.pages.play import join_page
from backchannel.exercise.pages.po_file import Entry, places_in, read_po, to_mo, to_po
from backchannel.exercise.pages.texts import (
    LOCALES,
    Tongue,
    add_folder,
    choose_language,
    languages,
    remove_folder,
    tongue,
)
from backchannel.exercise.pages.translate import n_forms_of, update_language
from tests.exercise.hosts import host

HEADER = 'msgid ""\nmsgstr "Language: x\\nPlural-Forms: {}\\n"\n'
THREE = "nplurals=3; plural=(n==1 ? 0 : n<5 ? 1 : 2);"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose languages are forgotten after the test."""
    yield tmp_path
    remove_folder(tmp_path)


def test_a_language_of_three_words_is_served(folder: Path) -> None:
    """What is said is shown, the rest is English, and the page says its language."""
    said = HEADER.format(THREE) + '\nmsgid "Join"\nmsgstr "Yuchlaj"\n'
    (folder / "tlh.po").write_text(said, "utf-8")
    assert "tlh" in add_folder(folder)
    with host(folder) as here:
        page = here.client.get("/join/key", headers={"accept-language": "tlh"}).text
        other = here.client.get("/join/key", headers={"accept-language": "fr"}).text
    assert '<html lang="tlh" dir="ltr">' in page
    assert "Yuchlaj" in page
    assert "This link is yours alone" in page
    assert '<html lang="en" dir="ltr">' in other
    assert "Yuchlaj" not in other


def test_a_language_from_right_to_left_says_so(folder: Path) -> None:
    """Arabic runs from right to left, and so does its page."""
    (folder / "ar.po").write_text(HEADER.format("nplurals=1; plural=0;"), "utf-8")
    add_folder(folder)
    assert '<html lang="ar" dir="rtl">' in join_page("key", language="ar")
    assert [Tongue(name).direction for name in ("he-IL", "de")] == ["rtl", "ltr"]


def test_a_region_goes_before_its_language(folder: Path) -> None:
    """A catalogue for Brazil is for Brazil alone; that for Portuguese for all."""
    for name in ("pt-BR.po", "pt.po"):
        (folder / name).write_text(HEADER.format(THREE), "utf-8")
    add_folder(folder)
    assert choose_language("pt-BR, pt;q=0.9") == "pt-BR"
    assert choose_language("pt-PT") == "pt"
    assert choose_language("xx;q=broken, pt_x") == "en"


def test_a_text_that_counts_has_the_forms_of_its_language(folder: Path) -> None:
    """Three forms where a language has three; English where none is said."""
    counted = (
        'msgid "{count} reader"\nmsgid_plural "{count} readers"\n'
        'msgstr[0] "{count} a"\nmsgstr[1] "{count} b"\nmsgstr[2] "{count} c"\n'
    )
    (folder / "xx.po").write_text(f"{HEADER.format(THREE)}\n{counted}", "utf-8")
    add_folder(folder)
    said = [
        tongue("xx").plural("{count} reader", "{count} readers", n) for n in (1, 2, 5)
    ]
    assert said == ["1 a", "2 b", "5 c"]
    assert tongue("yy").plural("{count} reader", "{count} readers", 1) == "1 reader"


def test_numbers_and_dates_are_written_as_the_language_does() -> None:
    """German has a comma, its own months and its own order."""
    german = tongue("de")
    calendar = Calendar.of("1962-10-27 19:45 America/New_York")
    assert calendar.say(14.3) == "28 Oct 09:03"
    assert calendar.say(14.3, german) == "28. Okt., 09:03"
    assert number(-2.5, 1, german) == "-2,5"
    assert number(2.5, 1, german, has_sign=True) == "+2,5"
    assert percent(0.084, german) == "8 %"
    assert span(60.0, german) == "2 Tg. 12 Std."
    assert span(20 / 3600) == "20 s"


def test_the_command_begins_a_language_and_keeps_what_was_said(folder: Path) -> None:
    """Twice is as good as once; a text that went is taken out, a new one put in."""
    runner = CliRunner()
    asked = ["texts", "fr", "--to", str(folder / "mine")]
    first = runner.invoke(app, asked)
    path = folder / "mine" / "fr.po"
    assert first.exit_code == 0
    assert f"{path}: 0 of " in first.output
    text = path.read_text("utf-8")
    assert "nplurals=2; plural=(n > 1);" in text
    text = text.replace('msgid "Join"\nmsgstr ""', 'msgid "Join"\nmsgstr "Entrer"')
    text += '\nmsgid "Of long ago"\nmsgstr "Jadis"\n'
    path.write_text("# Nos mots\n" + text, "utf-8")
    second = runner.invoke(app, asked)
    assert f"{path}: 1 of " in second.output
    kept = path.read_text("utf-8")
    assert 'msgstr "Entrer"' in kept
    assert "Jadis" not in kept
    runner.invoke(app, asked)
    assert path.read_text("utf-8") == kept


def test_a_shipped_language_is_gone_on_with(folder: Path) -> None:
    """A class that wants other German words begins from those that are shipped."""
    found = update_language("de", folder)
    assert (found.n_said, found.faults) == (found.n_texts, ())


def test_a_text_with_another_place_for_a_value_is_told_and_not_shown(
    folder: Path,
) -> None:
    """It would fail on a page, or reach into the program; English is shown instead."""
    bad = ("{who} weg", "{span.__class__}", "{span!r} weg", "ein { zu viel", "nur weg")
    text = "The server was away for {span}."
    for said in bad:
        assert Entry(text, said=(said,)).fault, said
    assert not Entry(text, said=("{span} lang weg",)).fault
    assert not Entry("{count} a", "{count} b", ("eins", "{count} b")).fault
    update_language("xx", folder)
    path = folder / "xx.po"
    wrong = f'msgid "{text}"\nmsgstr "{{who}} weg"'
    path.write_text(
        path.read_text("utf-8").replace(f'msgid "{text}"\nmsgstr ""', wrong), "utf-8"
    )
    result = CliRunner().invoke(app, ["texts", "xx", "--to", str(folder)])
    assert result.exit_code == 2
    assert "they are {span}" in result.output
    add_folder(folder)
    assert tongue("xx")(text) == text


def test_markup_in_a_translation_is_shown_and_not_run(folder: Path) -> None:
    """A translation is a text: no page takes tags from it."""
    said = '\nmsgid "Join"\nmsgstr "<script>x</script>"\n'
    (folder / "xx.po").write_text(HEADER.format(THREE) + said, "utf-8")
    add_folder(folder)
    page = join_page("key", language="xx")
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('msgid "Join"\n', "not whole"),
        ('msgctxt "a"\nmsgid "Join"\nmsgstr "x"\n', "'msgctxt' is no part"),
        ('msgid "Join"\nmsgstr Entrer\n', 'no "text"'),
        ('msgid "Join"\nmsgstr "a" + "b"\n', "quotation marks"),
        ('msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=x;\\n"\n', "Plural-Forms"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    folder: Path, text: str, why: str
) -> None:
    """Before the game, with file and line, and the languages stay as they were."""
    (folder / "xx.po").write_text(text, "utf-8")
    before = languages()
    with pytest.raises(TextsFileError, match=why):
        add_folder(folder)
    assert languages() == before


def test_what_is_no_language_is_refused(folder: Path) -> None:
    """Neither a path nor a word becomes a file; an empty folder has no language."""
    for name in ("../x", "French", ""):
        with pytest.raises(MethodError, match="fr or pt-BR"):
            update_language(name, folder)
    with pytest.raises(TextsFileError, match="backchannel texts fr"):
        add_folder(folder)
    served = CliRunner().invoke(app, ["serve", "strait", "--texts", str(folder)])
    assert isinstance(served.exception, TextsFileError)
    spoken = CliRunner().invoke(app, ["serve", "strait", "--language", "xx"])
    assert isinstance(spoken.exception, MethodError)


@pytest.mark.parametrize("path", sorted(LOCALES.glob("*.po")), ids=lambda p: p.stem)
def test_it_reads_and_compiles_as_babel_does(path: Path) -> None:
    """The reader here and Babel's give the same texts, compiled by either."""
    ours = gettext.GNUTranslations(BytesIO(to_mo(read_po(path.read_text("utf-8"), ""))))
    compiled = BytesIO()
    write_mo(compiled, read_with_babel(BytesIO(path.read_bytes())))
    theirs = gettext.GNUTranslations(BytesIO(compiled.getvalue()))
    for entry in read_po(path.read_text("utf-8"), "")[1:]:
        assert ours.gettext(entry.text) == theirs.gettext(entry.text)
        for n in (1, 2):
            asked = (entry.text, entry.plural or entry.text, n)
            assert ours.ngettext(*asked) == theirs.ngettext(*asked)


def test_what_is_written_is_read_back() -> None:
    """Quotation marks, backslashes, lines, comments and forms survive."""
    entries = [
        Entry("", said=("Language: x\nPlural-Forms: nplurals=3; plural=0;\n",)),
        Entry('say "no"\\', said=('sag "nein"\\',), notes=("# wie im Film",)),
        Entry("one", "many", ("a", "b", "c")),
        Entry("two\nlines"),
    ]
    text = to_po(entries, n_forms_of(entries[0].said[0]))
    assert [(e.text, e.plural, e.said, e.notes) for e in read_po(text, "x.po")] == [
        (e.text, e.plural, e.said, e.notes) for e in entries
    ]
    assert places_in("{a} of {b}") == {"a", "b"}


ROOT = Path(__file__).parents[2]
FRENCH = {
    "Join": "Entrer",
    "Messages": "Messages",
    "Offers and agreements": "Offres et accords",
    "Documents": "Documents",
    "Face to face": "En tête-à-tête",
    "What everybody sees": "Ce que tous voient",
    "Your channels": "Vos canaux",
    "What you can do": "Ce que vous pouvez faire",
    "Send a message": "Envoyer un message",
    "Offer a package": "Proposer un accord",
    "Write a document": "Rédiger un document",
    "Your sheet": "Votre fiche",
    "Channel": "Canal",
    "Text": "Texte",
    "Send": "Envoyer",
    "Time": "Heure",
    "Game": "Partie",
    "open": "ouvert",
    "None yet.": "Aucun pour l'instant.",
    "What each level is worth to you": "Ce que chaque niveau vaut pour vous",
    "{whole}.{part}": "{whole},{part}",
    "Oct": "oct.",
}


def printed_commands() -> list[list[str]]:
    """The commands of the page on languages, without the program's name."""
    page = (ROOT / "docs" / "exercise.md").read_text("utf-8")
    block = page.partition("\n## Languages\n")[2].partition("```sh\n")[2]
    lines = [
        line.partition("#")[0].split() for line in block.split("```")[0].split("\n")
    ]
    return [line[1:] for line in lines if line[:1] == ["backchannel"]]


def test_a_class_follows_the_printed_commands(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an empty folder: begin French, say 22 texts, check, serve, see them."""
    monkeypatch.chdir(folder)
    begin, check, serve = printed_commands()
    runner = CliRunner()
    assert runner.invoke(app, begin).exit_code == 0
    path = folder / "texts" / "fr.po"
    written = path.read_text("utf-8")
    for text, said in FRENCH.items():
        empty = f'msgid "{text}"\nmsgstr ""'
        assert empty in written, text
        written = written.replace(empty, f'msgid "{text}"\nmsgstr "{said}"')
    path.write_text(written, "utf-8")
    told = runner.invoke(app, check)
    assert (told.exit_code, f": {len(FRENCH)} of " in told.output) == (0, True)
    assert serve == ["serve", "cuba-1962", "--texts", "texts"]
    add_folder(Path("texts"))
    try:
        with host(folder) as here:
            asked = {"accept-language": "fr-CA,fr;q=0.9", "accept": "text/html"}
            joined = {"key": here.key("alpha", "join")}
            origin = {"origin": here.url}
            here.client.post("/join", data=joined, headers=asked | origin)
            page = here.client.get("/play", headers=asked).text
    finally:
        remove_folder(Path("texts"))
    assert '<html lang="fr" dir="ltr">' in page
    shown = [said for said in FRENCH.values() if escape(said) in page]
    assert len(shown) >= 18, set(FRENCH.values()) - set(shown)
    assert "Say it in public" in page
