"""Seats in a real browser: one context each, and nothing it complains of passes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.exercise.hosts import Host

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NO_BROWSER = "no chromium here; on Debian: apt install chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@contextmanager
def seated(
    browser: Browser, here: Host, role: str, width: int = 1200
) -> Iterator[Page]:
    """A page in the seat of a role; complaints of the browser fail the test."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{here.url}/join/{here.key(role, 'join')}")
    page.get_by_role("button", name="Join").click()
    # Not before the seat's own page is there: what follows looks at it.
    page.wait_for_url(re.compile("/(play|console)$"))
    yield page
    assert not complaints, complaints
    context.close()
