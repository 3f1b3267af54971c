"""What cannot be met is answered as its reader reads: a page, a line or a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from backchannel.exercise.pages.refusal_words import refusal_words
from backchannel.exercise.pages.texts import languages, tongue
from backchannel.exercise.refusals import REASONS, refused, unknown
from backchannel.exercise.server.access import COOKIE
from backchannel.exercise.server.wrong import WRONG
from tests.exercise.hosts import Host, host

PERSON = {"accept": "text/html,*/*;q=0.8", "accept-language": "de"}
GUESSES = [
    ("GET", "/play", 401, "keinen Platz"),
    ("GET", "/nowhere", 404, "Hier ist nichts"),
    ("DELETE", "/play", 405, "zurückgehen"),
    ("POST", "/join", 403, "Einladungslink"),
    ("POST", "/lobby", 403, "Einladungslink"),
]


@pytest.mark.parametrize(("method", "path", "status", "words"), GUESSES)
def test_a_person_gets_a_page_with_a_way_back(
    tmp_path: Path, method: str, path: str, status: int, words: str
) -> None:
    """In the look and language of the rest, with the status that programs go by."""
    with host(tmp_path) as here:
        answer = here.client.request(method, path, headers=PERSON)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert '<html lang="de" dir="ltr">' in answer.text
    assert words in answer.text
    assert '<a href="/">Zur Startseite</a>' in answer.text
    assert "content-security-policy" in answer.headers


def test_a_program_gets_a_line_or_a_record(tmp_path: Path) -> None:
    """In English whatever language it names; as JSON where it asks for that."""
    with host(tmp_path) as here:
        line = here.client.get("/api/me", headers={"accept-language": "de"})
        record = here.client.get("/api/me", headers={"accept": "application/json"})
        wrong = here.client.get(
            "/api/views?after=x", headers=here.headers("alpha") | PERSON
        )
    assert line.headers["content-type"].startswith("text/plain")
    assert line.text == "You have no seat here; use your join link.\n"
    assert record.json() == {"wrong": "no_seat", "why": line.text.strip()}
    assert (wrong.status_code, "after=WHOLE_NUMBER" in wrong.text) == (400, True)


def test_the_script_of_a_page_gets_the_line_to_show(tmp_path: Path) -> None:
    """No whole page is put into a page; a seat's way back is to the seat."""
    with host(tmp_path) as here:
        here.client.cookies.set(COOKIE, "a session that has ended")
        line = here.client.get("/play", headers=PERSON | {"hx-request": "true"})
        page = here.client.get("/nowhere", headers=PERSON)
    assert line.text.startswith("<p>Sie haben hier keinen Platz")
    assert '<a href="/play">Zurück an Ihren Platz</a>' in page.text


def _post(here: Host, headers: dict[str, str], **fields: str) -> tuple[int, str]:
    """What the page of alpha answers to a form."""
    session = here.hall.new_key("session", "one", "alpha")
    here.client.cookies.set(COOKIE, session)
    word = here.client.get("/api/me").json()["guard"]
    form = {"guard": word, "move": "send", "id": "a-form-of-mine", **fields}
    own = headers | {"origin": here.url}
    answer = here.client.post("/play/move", data=form, headers=own)
    return answer.status_code, answer.text


def test_a_refused_form_is_told_in_the_reader_s_words(tmp_path: Path) -> None:
    """With scripts as a line; without them as a page with a way back."""
    with host(tmp_path) as here:
        plain = _post(here, PERSON, channel="envoys", text=" ")
        scripted = _post(here, PERSON | {"hx-request": "true"}, channel="envoys")
        english = _post(here, {"accept": "text/html"}, channel="smoke", text="Hello")
        said = here.move("alpha", "send", channel="smoke", text="Hello").json()
    assert plain[0] == 409
    assert "Text: fehlt; bitte einen Text schreiben." in plain[1]
    assert '<a href="/play">' in plain[1]
    assert scripted[0] == 200
    assert "<html" not in scripted[1]
    assert "Text: fehlt" in scripted[1]
    assert "you know no open channel &#39;smoke&#39;" in english[1]
    assert (said["code"], said["place"]) == ("no_open_channel", "send.channel")
    assert said["values"]["name"] == "smoke"
    assert said["why"].startswith("send.channel: you know no open channel 'smoke'")


def test_a_failure_of_the_server_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page has the headers of every other, and not a word of what went wrong."""

    def fail(*_seat: object) -> None:
        raise RuntimeError("the secret of alpha")

    with host(tmp_path) as here:
        monkeypatch.setattr(here.hall, "seat", fail)
        headers = PERSON | {"cookie": f"{COOKIE}=x"}
        answer = here.client.get("/play", headers=headers)
    assert answer.status_code == 500
    assert "Der Server ist daran gescheitert" in answer.text
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


PLACES = (
    *("issue", "level", "wanted", "message", "name", "passage", "title"),
    *("channel", "count", "most", "low", "high", "value"),
)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("code", REASONS)
def test_every_reason_can_be_said(code: str, language: str) -> None:
    """With the values that it names, and no place left empty."""
    values = dict.fromkeys(PLACES, "3")
    error = refused("alpha", code, "send.text", **values)
    said = refusal_words(code, "send.text", error.values, {}, tongue(language))
    assert said.startswith("Text: ")
    assert said.endswith(".")
    assert "{" not in said.replace("[[", "")
    assert said.count("..") <= said.count("...") + said.count("…")


def test_names_are_told_by_their_titles() -> None:
    """What the crisis gives a title stands there with it, in order of the names."""
    crisis = {
        "issues": {"radar": {"title": "The radar", "levels": {"leaves": "It leaves"}}},
        "roles": {"alpha": "Alpha", "bravo": "Bravo"},
    }
    error = unknown("alpha", "no_role", "observe.of", "x", ["bravo", "alpha"])
    told = refusal_words("no_role", error.place, error.values, crisis, tongue("en"))
    assert told == "You know no role 'x'; known here: Alpha, Bravo."
    nobody = unknown("alpha", "no_offer_waiting", "answer.offer", "x", [])
    told = refusal_words(nobody.code, nobody.place, nobody.values, {}, tongue("en"))
    assert told == "Offer: you know no offer that waits for you 'x'; there is none now."
    values = {"issue": "radar", "level": "leaves"}
    told = refusal_words("not_private", "package.radar", values, crisis, tongue("de"))
    assert told.startswith("„It leaves“ kann nicht vertraulich sein")


def test_every_wrong_answer_has_a_status_of_its_kind() -> None:
    """Nothing wrong is answered as if it were right."""
    assert all(400 <= status < 600 for status, _ in WRONG.values())
