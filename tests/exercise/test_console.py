"""The console over the wire: for the facilitator alone, and what it reads is kept."""

from __future__ import annotations

import re
from pathlib import Path

from backchannel.exercise.roles import FACILITATOR
from tests.exercise.hosts import host
from tests.exercise.test_server import join


def test_the_console_belongs_to_the_facilitator(tmp_path: Path) -> None:
    """A player gets 403 for each of its pages; the facilitator's seat leads there."""
    with host(tmp_path) as here:
        with join(here, "alpha") as browser:
            for path in ("/console", "/console/parts", "/console/sheets"):
                assert browser.get(path).status_code == 403
        with join(here, FACILITATOR) as browser:
            assert browser.get("/play").headers["location"] == "/console"
            assert "Who knows what" in browser.get("/console?hour=2").text
            assert "Role sheets" in browser.get("/console/sheets").text
            seen = browser.get("/api/views").json()
    read = [view["looked_at"] for view in seen if view["kind"] == "facilitator_read"]
    assert read == ["knowledge", "sheets"]


def test_a_new_link_opens_the_seat_and_voids_the_old(tmp_path: Path) -> None:
    """The slip's link works once it is opened; the player before has lost the seat."""
    with host(tmp_path) as here, join(here, "alpha") as old:
        with join(here, FACILITATOR) as browser:
            page = browser.get("/console").text
            found = re.search(r'name="guard" value="([^"]+)"', page)
            assert found
            slip = browser.post(
                "/console/seat",
                data={"role": "alpha", "guard": found[1]},
                headers={"origin": here.url},
            )
        assert "<svg" in slip.text
        link = re.search(r"<code>[^<]*/join/([^<]+)</code>", slip.text)
        assert link
        assert old.get("/play").status_code == 401
        assert here.hall.seat("join", link[1]) is not None


def test_only_the_console_itself_gives_links(tmp_path: Path) -> None:
    """Without the guard word, or from another seat, no link is made."""
    with host(tmp_path) as here:
        with join(here, FACILITATOR) as browser:
            answer = browser.post(
                "/console/seat", data={"role": "alpha"}, headers={"origin": here.url}
            )
            assert answer.status_code == 403
        with join(here, "bravo") as browser:
            word = browser.get("/api/me").json()["guard"]
            answer = browser.post(
                "/console/seat",
                data={"role": "alpha", "guard": word},
                headers={"origin": here.url},
            )
            assert answer.status_code == 403
