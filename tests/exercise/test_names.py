"""What has a title in the file is shown by it, and by its key nowhere."""

from __future__ import annotations

import re

import pytest

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.book import Book
from backchannel.exercise.moves.forces import audit_orders
from backchannel.exercise.pages.names import Names, as_words
from backchannel.exercise.pages.play import role_page
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.screen import Screen, screen_of
from backchannel.exercise.state import Settings
from tests.exercise.games import act, begin, crisis

NIGHT = {"missiles": "removed_at_sea", "pledge": "conditional"}


def keys_of(name: str) -> set[str]:
    """Names in a crisis file that are no words: those with an underscore."""
    played = crisis(name)
    escalation = played.escalation
    assert escalation is not None
    names = {
        *played.channels,
        *(hop for channel in played.channels.values() for hop in channel.hops),
        *(f"{i}.{k}" for i, issue in played.issues.items() for k in issue.levels),
        *(level for issue in played.issues.values() for level in issue.levels),
        *escalation.incidents,
        *escalation.standing_orders,
        *escalation.postures,
        *escalation.rungs,
        *played.compartments,
        *played.actors,
    }
    return {key for key in names if "_" in key}


def screen(events: list[EventRecord], role: str) -> Screen:
    """What a role sees of a ledger."""
    return screen_of(views_of(events, role))


def shown(page: str) -> str:
    """The words of a page, without what only a program reads."""
    return re.sub(r"<[^>]*>", " ", page)


def keys_shown(page: str, keys: set[str]) -> set[str]:
    """Keys that stand on a page, as they are or made into words."""
    words = shown(page)
    spelt = keys | {as_words(key) for key in keys}
    return {key for key in spelt if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", words)}


def played() -> tuple[Book, list[EventRecord]]:
    """A night with an offer, talk, a mandate and a matter before the President."""
    book, events = begin("cuba-1962", Settings(seed=3))
    events += book.catch_up(60.0)
    way = {"channel": "rfk_dobrynin", "package": NIGHT}
    events += act(
        book,
        "usa",
        "give_mandate",
        61.0,
        envoy="rfk",
        levels=["missiles.removed_at_sea"],
    )
    events += act(book, "rfk", "offer", 62.0, **way)
    events += act(book, "rfk", "observe", 63.0, of="dobrynin", text="He wrote it down")
    return book, events


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("role", ["usa", "rfk", "chiefs", "ussr"])
def test_no_key_of_the_file_is_on_a_player_s_page(role: str, language: str) -> None:
    """Neither as it is nor with blanks for its underscores."""
    _, events = played()
    page = role_page(role, screen(events, role), "word", language=language)
    assert keys_shown(page, keys_of("cuba-1962")) == set()


def test_keys_are_found() -> None:
    """The search above finds a key in text and none in an attribute."""
    assert keys_shown("<p>u2_shot_down</p>", {"u2_shot_down"}) == {"u2_shot_down"}
    assert keys_shown("<p>a u2 shot down</p>", {"u2_shot_down"}) == {"u2 shot down"}
    assert keys_shown('<p id="u2_shot_down">U-2</p>', {"u2_shot_down"}) == set()


def test_a_matter_bears_the_title_of_its_incident() -> None:
    """Not the key of the incident that nobody has answered."""
    _, events = played()
    assert "High flight shot down over Cuba" in {
        matter["title"] for matter in screen(events, "usa").matters.values()
    }
    line = audit_orders(crisis("strait"))[0]
    assert (line.trigger, line.trigger_title) == (
        "drone_shot_at",
        "A drone of Alpha is shot at",
    )


def test_a_mandate_is_for_envoys_and_signals_are_of_players() -> None:
    """A form offers nobody whom the rules would refuse."""
    _, events = begin("cuba-1962", Settings(seed=3))
    page = role_page("usa", screen(events, "usa"), "word")
    mandate = page.partition('id="form-give_mandate"')[2].partition("</form>")[0]
    assert '<option value="rfk"' in mandate
    assert '<option value="chiefs"' not in mandate
    assert 'value="public"' not in page
    assert "Everybody</option>" not in page


def test_what_has_no_title_is_its_name_in_words() -> None:
    """In one place; the two seats that are in no file have names of their own."""
    names = Names({}, str)
    assert names.role("joint_chiefs") == "joint chiefs"
    assert names.term("radar_site", "taken_down (private)") == (
        "radar site: taken down (in private)"
    )
    assert names.rung("shots_at_sea") == "shots at sea"
    assert [names.role(name) for name in (FACILITATOR, PUBLIC)] == [
        "Facilitator",
        "Everybody",
    ]
