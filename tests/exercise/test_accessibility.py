"""Every page in a browser: nothing serious for axe, light and dark, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from backchannel.exercise.roles import FACILITATOR, PUBLIC, roles_of
from backchannel.exercise.state import Settings
from tests.exercise.browsers import CHROMIUM, NO_BROWSER, open_browser, seated
from tests.exercise.hosts import Host, host
from tests.exercise.nights import CABLE, MEMO, PACKAGE

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER)
SERIOUS = ("serious", "critical")
SEATS = ("usa", "ussr", "dobrynin", "jcs", PUBLIC)
CONSOLE = ("/console", "/console/orders", "/console/sheets")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the file; every seat gets a context of its own."""
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A night with an offer, a condition, documents, a leak and a word in public."""
    path = tmp_path_factory.mktemp("night")
    settings = Settings(seed=3, has_hazard=False, risk_told_to=("usa",))
    with host(path, "cuba-1962", settings) as opened:
        rules = [{"then": "quarantine", "needs": "missiles", "within_hours": 720}]
        way = {"channel": "rfk_dobrynin", "package": PACKAGE, "deadline_hours": 24}
        opened.move("usa", "offer", text="Tonight.", conditions=rules, **way)
        memo = {"title": "Memorandum", "text": MEMO, "to": ["rfk", "jcs"]}
        opened.move("usa", "write_paper", **memo)
        opened.move(FACILITATOR, "step_clock", hours=18)
        cable = {"title": "Cable", "text": CABLE, "to": ["presidium"]}
        opened.move("ussr", "write_paper", caveats=["no_copies"], **cable)
        opened.move("ussr", "declare", text="We want no war.")
        opened.move("usa", "estimate", question="war", prob=0.3)
        yield opened


def troubles(page: Page) -> list[str]:
    """What axe calls serious or critical on a page, with where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]}"
        for v in found
        if v["impact"] in SERIOUS
    ]


# What a finger or a mouse has to hit; a box to tick is hit by its label too.
TARGETS = """() => [...document.querySelectorAll(
    "a, button, summary, select, textarea, input:not([type=hidden])")]
  .filter(e => e.checkVisibility() && !e.matches(".skip"))
  .map(e => [e, (e.closest("label") || e).getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([e, box]) => `${e.tagName} ${e.innerText} ${box.width} x ${box.height}`)"""


def unfold(page: Page) -> None:
    """Open everything that is folded away."""
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => {"
        " d.removeAttribute('name'); d.open = true; })"
    )


def check_both(page: Page) -> None:
    """Look at a page unfolded, in light and in dark; nothing is too small or cut."""
    unfold(page)
    assert page.evaluate(TARGETS) == []
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert troubles(page) == []


@pytest.mark.parametrize(
    ("role", "width"), [*((role, 1200) for role in SEATS), ("usa", 390), ("jcs", 390)]
)
def test_a_seat(browser: Browser, here: Host, role: str, width: int) -> None:
    """Leader, envoy, constituency and wall; nothing sticks out."""
    with seated(browser, here, role, width) as page:
        check_both(page)


@pytest.mark.parametrize("address", CONSOLE)
@pytest.mark.parametrize("width", [390, 1280])
def test_the_console(browser: Browser, here: Host, address: str, width: int) -> None:
    """The console, the order audit and the role sheets."""
    with seated(browser, here, FACILITATOR, width) as page:
        page.goto(f"{here.url}{address}")
        check_both(page)


def test_who_knows_what_is_seen_whole(browser: Browser, here: Host) -> None:
    """A column for each of 21 roles on a desk; on a phone a row names who knows it."""
    hidden = "e => e.scrollWidth - e.clientWidth"
    for width, has_columns in ((1280, True), (390, False)):
        with seated(browser, here, FACILITATOR, width) as page:
            part = page.locator("#part-known")
            assert part.locator(".wide").evaluate(hidden) <= 0
            assert part.locator("thead").is_visible() == has_columns
            row = part.locator("tr", has_text="We want no war.")
            if has_columns:
                n_roles = len(roles_of(here.crisis)) - 1
                assert row.locator(".dot > span").count() == n_roles
            else:
                expect(row).to_contain_text("everybody")


def test_the_clock_comes_first_on_a_phone(browser: Browser, here: Host) -> None:
    """The facilitator finds Pause without scrolling, and the rest by the foot."""
    with seated(browser, here, FACILITATOR, 390) as page:
        button = page.get_by_role("button", name="Pause").bounding_box()
        assert button is not None
        assert button["y"] < 300
        page.get_by_role("link", name="Seats").click()
        expect(page.locator("#h-seats")).to_be_in_viewport()


def test_a_sheet_is_one_touch_away(browser: Browser, here: Host) -> None:
    """The link at the foot of a phone opens what is folded away."""
    with seated(browser, here, "usa", 390) as page:
        page.get_by_role("link", name="Your sheet").click()
        expect(page.locator("#sheet h3").first).to_be_in_viewport()


def test_who_knew_what_at_an_hour(browser: Browser, here: Host) -> None:
    """The hour that is asked for stays when news come."""
    with seated(browser, here, FACILITATOR) as page:
        part = page.locator("#part-known")
        expect(part).to_contain_text("We want no war.")
        hours = part.get_by_label("As it stood at")
        first = hours.locator("option").last.get_attribute("value")
        hours.select_option(first)
        part.get_by_role("button", name="Show").click()
        # The page without that hour holds the same words, so wait for the other one.
        page.wait_for_url("**/console?hour=*", wait_until="load")
        expect(part).to_contain_text("Tonight.")
        expect(part).not_to_contain_text("We want no war.")
        with page.expect_response("**/console/parts*"):
            page.evaluate("refresh()")
        page.wait_for_timeout(300)
        expect(part).not_to_contain_text("We want no war.")


def test_the_doors(browser: Browser, here: Host) -> None:
    """The page of a join link, and the front door shut and open."""
    page = browser.new_page()
    page.goto(f"{here.url}/join/{here.key('usa', 'join')}")
    check_both(page)
    page.goto(here.url)
    check_both(page)
    page.context.close()


def test_the_front_door_of_a_demo(browser: Browser, here: Host) -> None:
    """The list of seats, each with a button that says for which."""
    app = here.app
    app.state.lobby = "one"
    try:
        page = browser.new_page()
        page.goto(here.url)
        check_both(page)
        labels = page.get_by_role("button", name="Play: ").all()
        assert len(labels) == len(here.hall.games["one"].book.state.roles) - 1
        page.context.close()
    finally:
        app.state.lobby = ""


def test_the_debrief(browser: Browser, tmp_path: Path) -> None:
    """With pictures, tables and records, at the width of a desk and of a phone."""
    with host(tmp_path, "strait", Settings(has_hazard=False)) as here:
        good = {"tanker": "released", "passage": "escorted"}
        here.move("alpha", "offer", channel="envoys", package=good, text="Tonight.")
        here.move(FACILITATOR, "step_clock", hours=20)
        here.move("bravo", "write_paper", title="Note", text="He asked for quiet.")
        here.move(FACILITATOR, "open_debrief")
        for width in (390, 1200):
            with seated(browser, here, FACILITATOR, width) as page:
                page.goto(f"{here.url}/debrief", timeout=60_000)
                check_both(page)


def test_a_form_stays_open_when_news_come(browser: Browser, here: Host) -> None:
    """The forms come anew with every event, and would shut what one has opened."""
    with seated(browser, here, "usa") as page:
        form = page.locator("#form-offer")
        page.get_by_text("Offer a package").click()
        expect(form).to_be_visible()
        with page.expect_response("**/play/parts*"):
            page.evaluate("refresh()")
        # The answer is put in place a moment after it has come.
        page.wait_for_timeout(300)
        expect(form).to_be_visible()


def test_the_focus_stays_on_a_button_when_news_come(
    browser: Browser, here: Host
) -> None:
    """Who goes by keyboard is not thrown back to the top of the page."""
    with seated(browser, here, "usa") as page:
        button = page.locator("#part-forces").get_by_role("button").nth(1)
        name = button.text_content()
        button.focus()
        with page.expect_response("**/play/parts*"):
            page.evaluate("refresh()")
        page.wait_for_timeout(300)
        expect(page.locator("#part-forces button:focus")).to_have_text(name or "")


def test_a_message_is_sent_without_a_mouse(browser: Browser, here: Host) -> None:
    """Skip link, tab to the form, fill it, Ctrl+Enter; the focus can always be seen."""
    with seated(browser, here, "usa") as page:
        # The page of the seat, not that of the join link.
        expect(page.locator("#form-send")).to_be_visible()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        for _ in range(200):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "f-send-text":
                break
            outline = page.evaluate(
                "getComputedStyle(document.activeElement).outlineStyle"
            )
            assert outline != "none"
        page.keyboard.type("Without a mouse.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#part-messages")).to_contain_text("Without a mouse.")


def test_a_leaked_text_names_its_copy(browser: Browser, here: Host) -> None:
    """A copy is leaked, a player reads it, and the mark tells whose it was."""
    with (
        seated(browser, here, FACILITATOR) as facilitator,
        seated(browser, here, "jcs") as reader,
    ):
        paper = facilitator.locator("#part-papers .paper", has_text="Cable")
        paper.get_by_text("Leak a copy").click()
        form = paper.locator("form", has=facilitator.locator("[name=reader]"))
        form.get_by_label("Copy of").select_option("presidium")
        form.get_by_role("button").click()
        news = reader.locator("#part-news .leaked .text").first
        expect(news).to_contain_text("an ultimatum")
        passage = news.text_content() or ""
        facilitator.get_by_text("Whose copy is a leaked text?").click()
        facilitator.get_by_label("The text as it came out").fill(passage)
        facilitator.get_by_role("button", name="Look for marks").click()
        expect(facilitator.locator("#traced")).to_contain_text("copy 2, Presidium")


def test_a_document_is_released_with_words_blacked_out(
    browser: Browser, here: Host
) -> None:
    """From the console to the wall, and the words that were black are nowhere."""
    with (
        seated(browser, here, FACILITATOR) as facilitator,
        seated(browser, here, PUBLIC) as wall,
    ):
        paper = facilitator.locator("#part-papers .paper", has_text="Memorandum")
        paper.get_by_text("Release it").click()
        form = paper.locator("form", has=facilitator.locator("textarea"))
        form.get_by_role("textbox").fill("quid pro quo")
        form.get_by_role("button").click()
        expect(wall.locator("#part-news")).to_contain_text("███")
        expect(wall.locator("#part-news")).not_to_contain_text("quid pro quo")
