"""The night of 27 October played in thirteen browsers, to a settlement with its secret.

Set `BACKCHANNEL_SCREENSHOTS` to a folder to keep a picture of every seat at the end.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.state import Settings
from tests.exercise.browsers import CHROMIUM, NO_BROWSER, open_browser, seated
from tests.exercise.hosts import host

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER)
ROLES = (
    *("usa", "ussr", "cuba", "jcs", "excomm", "nato", "turkey", "presidium"),
    *("soviet_military", "u_thant", "rfk", "dobrynin"),
)
PACKAGE = {
    "Missiles in Cuba": "removed_at_sea",
    "Quarantine of Cuba": "lifted",
    "No invasion of Cuba": "conditional",
    "Jupiter missiles in Turkey": "withdrawn (private)",
    "Silence about Turkey": "kept (private)",
}
SECRET = "Jupiter missiles in Turkey: Withdrawn"


def let_pass(facilitator: Page, hours: float) -> None:
    """Let some hours of the crisis pass at once, from the console."""
    form = facilitator.locator("#form-step_clock")
    form.get_by_label("Hours to let pass at once").fill(f"{hours:g}")
    form.get_by_role("button").click()


def test_the_night_in_thirteen_browsers(tmp_path: Path) -> None:
    """A word to the envoy, an offer with a private term, an answer, assent at home.

    Seed 3, in which an empty seat would assent; those that are asked here are played.
    """
    settings = Settings(seed=3, has_hazard=False)
    with ExitStack() as stack:
        here = stack.enter_context(host(tmp_path, "cuba-1962", settings))
        browser = stack.enter_context(open_browser())
        pages = {
            role: stack.enter_context(seated(browser, here, role))
            for role in (*ROLES, FACILITATOR)
        }
        usa, ussr, facilitator = pages["usa"], pages["ussr"], pages[FACILITATOR]

        usa.get_by_text("Speak face to face").click()
        speak = usa.locator("#form-speak")
        speak.get_by_label("Robert Kennedy", exact=True).check()
        speak.get_by_label("Text").fill("See the Ambassador tonight.")
        speak.get_by_role("button").click()
        expect(pages["rfk"].locator("#part-talk")).to_contain_text("Ambassador tonight")

        usa.get_by_text("Offer a package").click()
        offer = usa.locator("#form-offer")
        offer.get_by_label("Channel").select_option("rfk_dobrynin")
        for issue, level in PACKAGE.items():
            offer.get_by_label(issue, exact=True).select_option(level)
        offer.get_by_label("Hours within which an answer is wanted").fill("24")
        offer.get_by_role("button").click()
        expect(pages["dobrynin"].locator("#part-messages")).to_contain_text(
            "in your hands"
        )
        let_pass(facilitator, 18)

        expect(ussr.locator("#part-deals")).to_contain_text(SECRET)
        answer = ussr.locator("#part-deals details", has_text="Send the answer")
        answer.first.locator("summary").click()
        form = answer.first.locator("form")
        form.get_by_label("Channel").select_option("radio_moscow")
        form.get_by_label("Answer", exact=True).select_option("accept")
        form.get_by_role("button").click()
        expect(ussr.locator("#part-messages")).to_contain_text("sent")
        let_pass(facilitator, 4)

        expect(usa.locator("#part-deals")).to_contain_text("Agreement")
        (agreement,) = here.hall.games["one"].book.state.agreements.values()
        asked = [role for role in agreement.asked if role in pages]
        assert "presidium" in asked
        for role in asked:
            pages[role].get_by_role("button", name="Assent", exact=True).click()
        expect(usa.locator(".phase")).to_have_text("settled", timeout=15_000)
        for role in ("turkey", "nato", "jcs"):
            deals = pages[role].locator("#part-deals")
            expect(deals).to_contain_text("Missiles in Cuba: Removed")
            expect(deals).not_to_contain_text(SECRET)
            expect(deals).not_to_contain_text("in private")
        expect(pages["presidium"].locator("#part-deals")).to_contain_text(SECRET)
        keep_pictures(pages)


def keep_pictures(pages: dict[str, Page]) -> None:
    """Pictures of every seat, where somebody wants to look at them."""
    folder = os.environ.get("BACKCHANNEL_SCREENSHOTS")
    if folder:
        for role, page in pages.items():
            page.screenshot(path=Path(folder) / f"{role}.png", full_page=True)
