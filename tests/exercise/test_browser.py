"""The pages in a real browser: joining, writing, reading, a phone, and axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from backchannel.exercise.roles import FACILITATOR
from tests.exercise.browsers import CHROMIUM, NO_BROWSER, open_browser, seated
from tests.exercise.hosts import host

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER)
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the file; every seat gets a context of its own."""
    with open_browser() as opened:
        yield opened


def test_two_players_and_a_facilitator(browser: Browser, tmp_path: Path) -> None:
    """What one says in public the other reads without a reload."""
    with (
        host(tmp_path) as here,
        seated(browser, here, "alpha") as alpha,
        seated(browser, here, "bravo", width=390) as bravo,
        seated(browser, here, FACILITATOR) as facilitator,
    ):
        assert "/join" not in alpha.url
        alpha.get_by_text("Say it in public").click()
        form = alpha.locator("#form-declare")
        said = "The strait is open to all."
        form.get_by_label("Text").fill(said)
        form.get_by_label("Text").press("Control+Enter")
        expect(bravo.locator("#part-news")).to_contain_text(
            "The strait is open to all."
        )
        expect(form.get_by_label("Text")).to_have_value("")
        expect(facilitator.locator("#part-known")).to_contain_text("open to all")
        facilitator.get_by_role("button", name="Pause").click()
        expect(
            facilitator.get_by_role("button", name="Run", exact=True)
        ).to_be_visible()
        for page in (alpha, bravo, facilitator):
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= page.viewport_size["width"]


def test_what_one_is_writing_is_not_swept_away(
    browser: Browser, tmp_path: Path
) -> None:
    """News come in while a text is half written; the text stays, and can be sent."""
    with host(tmp_path) as here, seated(browser, here, "alpha") as page:
        text = page.locator("#form-send").get_by_label("Text")
        text.fill("Half a sen")
        here.move("bravo", "declare", text="Meanwhile, news.")
        expect(page.locator("#part-news")).to_contain_text("Meanwhile, news.")
        expect(text).to_have_value("Half a sen")
        page.locator("#form-send").get_by_role("button").click()
        expect(page.locator("#part-messages")).to_contain_text("Half a sen")


def test_a_refusal_is_told(browser: Browser, tmp_path: Path) -> None:
    """A move that the rules refuse says why, and keeps what was written."""
    with host(tmp_path) as here, seated(browser, here, "alpha") as page:
        page.get_by_text("Speak face to face").click()
        form = page.locator("#form-speak")
        form.get_by_label("Text").fill("To nobody")
        form.get_by_role("button").click()
        expect(page.get_by_role("alert")).to_contain_text("names nobody")
        expect(form.get_by_label("Text")).to_have_value("To nobody")


@pytest.mark.parametrize("role", ["alpha", FACILITATOR])
def test_axe_finds_nothing_serious(browser: Browser, tmp_path: Path, role: str) -> None:
    """Contrast, names, order: nothing that axe calls serious or critical."""
    with host(tmp_path) as here, seated(browser, here, role) as page:
        here.move("alpha", "declare", text="A word.")
        page.wait_for_timeout(300)
        found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in SERIOUS] == []


def test_no_key_is_left_in_a_url_or_a_page(browser: Browser, tmp_path: Path) -> None:
    """After joining, the key is in no address, and in no storage for scripts."""
    with host(tmp_path) as here, seated(browser, here, "alpha") as page:
        kept = page.evaluate("document.cookie + JSON.stringify(localStorage)")
        assert kept == "{}"
        assert not re.search(r"[?&#]", page.url)
