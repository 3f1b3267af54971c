"""The brief says what its chances rest on, in sentences that hold for any title."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from backchannel.crisis.load import load_mapping
from backchannel.escalation.causes import Cause
from backchannel.escalation.paths import PathToWar
from backchannel.report import Brief, make_brief, render_markdown, render_terminal
from backchannel.report.html_page import render_html
from backchannel.report.records import Table, row_of
from backchannel.report.risk_words import steps_of, title_of_path
from backchannel.report.terminal import lay_out
from backchannel.report.wording import inner
from backchannel.study import run_study
from tests.report.crises import (
    brief_of,
    strait_tree,
    with_three_parties,
    without_agreement,
    without_escalation,
)


def said(brief: Brief) -> str:
    """Every sentence of the opening and the sections."""
    found = [s.text for s in brief.bottom_line]
    found += [s.text for section in brief.sections for s in section.statements]
    return "\n".join(found)


def radar_terms(brief: Brief) -> str:
    """What the opening says of secrecy."""
    found = (s.text for s in brief.bottom_line if "made public" in s.text)
    return " ".join(found)


def test_secrecy_is_weighed_in_the_package_that_is_recommended(strait: Brief) -> None:
    """The opening names the package, and the best one holds the term."""
    assert radar_terms(strait).startswith("In the best package, “The radar")


def test_no_secret_is_recommended_that_the_best_package_does_not_hold() -> None:
    """A term that nobody would propose has no place in the opening."""
    tree = strait_tree()
    tree["values"]["alpha"]["radar"] = {"leaves": {"worth": -60}}
    brief = brief_of(tree)
    assert "radar" not in brief.bottom_line[2].text
    assert radar_terms(brief) == ""
    assert "the package with it that would pass most often (" in said(brief)


def test_where_nothing_passes_no_package_is_called_the_best() -> None:
    """It is called the nearest, and the cheapest change is said at once."""
    brief = brief_of(without_agreement())
    opening = "\n".join(s.text for s in brief.bottom_line)
    assert "No package would be accepted and ratified" in opening
    assert "Nearest to a deal: " in opening
    assert re.search(r"(No|cheapest) single change", opening)
    assert "best package" not in said(brief).lower()


def test_the_first_condition_is_that_a_package_ends_the_risk(strait: Brief) -> None:
    """Whoever reads a gain has been told what is in it."""
    assert "taken to end the risk of war" in strait.conditions[0]
    assert "which includes the risk of war" in said(strait)


def test_with_three_parties_an_exchange_says_who_else_must_accept() -> None:
    """Two ends do not make an agreement of three."""
    brief = brief_of(with_three_parties())
    assert brief.section("deal").question == "What can all sides sign?"
    assert "This holds if Cedar accepts too." in said(brief)
    assert brief.bottom_line[-1].text.endswith("; it brings no answer of Cedar.")
    table = next(t for t in brief.section("channel").tables if t.key == "channels")
    assert "does not join are taken to accept" in table.note
    assert "better for all 3 parties" in render_html(brief)


def test_a_channel_that_does_not_exist_is_not_recommended() -> None:
    """It is only said what it would bring."""
    tree = strait_tree()
    for channel in tree["channels"].values():
        channel["is_available"] = False
    brief = brief_of(tree)
    assert "send by" not in "\n".join(s.text for s in brief.bottom_line)
    assert "No channel that exists" in brief.bottom_line[-1].text
    assert "If it existed, " in said(brief)


def test_without_a_ladder_no_chance_of_war_is_printed() -> None:
    """What was not computed is left out, not given as zero."""
    brief = brief_of(without_escalation())
    assert not any("war" in name for name in brief.numbers())
    heads = {c for s in brief.sections for t in s.tables for c in t.columns}
    assert not any("war" in head for head in heads)
    assert {f.head.key for f in brief.figures}.isdisjoint({"risk", "channel"})
    assert "chance of war" not in render_markdown(brief)


def test_a_leap_over_a_rung_is_one_event() -> None:
    """An ultimatum passes once, however far it leads."""
    crisis = load_mapping(strait_tree())
    assert crisis.escalation is not None
    rungs = tuple(crisis.escalation.rungs)[-3:]
    ultimatum = Cause("deadline", next(iter(crisis.deadlines)))
    incident = Cause("incident", next(iter(crisis.escalation.incidents)))
    path = PathToWar(rungs, (ultimatum, ultimatum, incident), "", 0.1, 1.0)
    assert [rung for _, rung in steps_of(crisis, path)] == ["Strikes", "War"]
    assert "again" not in title_of_path(crisis, path)
    twice = PathToWar(rungs, (incident, incident, ultimatum), "", 0.1, 1.0)
    assert "then again (Strikes)" in title_of_path(crisis, twice)


def test_only_numbers_that_an_answer_rests_on_are_said_to_move_it(
    strait: Brief,
) -> None:
    """War does not depend on a worth, nor does any number move less than a point."""
    for figure in strait.figures:
        for panel in getattr(figure, "panels", ()):
            for row in panel.rows:
                assert abs(row.high - row.low) >= 0.01
                assert not (panel.title == "The chance of war" and "worth" in row.title)


def test_a_chance_without_time_and_channel_is_not_called_settled(
    strait: Brief,
) -> None:
    """Accepted and ratified is one thing, settled in time another."""
    deal = "\n".join(s.text for s in strait.section("deal").statements)
    assert "accepted and ratified" in deal
    assert "settled" not in deal
    assert "settled in time" in said(strait)


def test_the_clock_is_named_as_in_the_file() -> None:
    """By the zone of `now`, whose clock may change before the hour comes."""
    tree = strait_tree()
    tree["now"] = "2030-10-26 20:00 Europe/Berlin"
    tree["deadlines"]["tomorrow"]["at"] = "2030-10-27 20:00 Europe/Berlin"
    tree["offers"]["tonight"].pop("at", None)
    assert "Europe/Berlin, within" in said(brief_of(tree))


def test_articles_inside_a_sentence_are_small() -> None:
    """A title that only begins like an article keeps its capital."""
    assert inner("The Russian staff") == "the Russian staff"
    assert inner("A") == "A"
    assert inner("Theodora") == "Theodora"


def shown(brief: Brief, width: int) -> list[str]:
    """Lines of the terminal page."""
    held = io.StringIO()
    render_terminal(brief, Console(width=width, file=held, color_system=None))
    return held.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 100])
def test_verdicts_and_parties_stay_whole(width: int) -> None:
    """What is cut is a name, never what follows from it."""
    tree = with_three_parties()
    tree["deadlines"]["tomorrow"]["at"] = tree["now"]
    lines = shown(brief_of(tree), width)
    page = "\n".join(lines)
    assert max(map(len, lines)) <= width
    assert "too late" in page
    for party in ("Alpha", "Bravo", "Cedar"):
        assert party in page


def names(*titles: str) -> Table:
    """A table with a column of names and one of numbers."""
    rows = tuple(row_of(title, "7 min too late") for title in titles)
    return Table("t", "t", ("offer by", "to send"), rows, "draws")


def test_names_that_differ_never_look_alike() -> None:
    """Where a cut would make two rows one, they are broken instead."""
    stem = "Telegraph of the foreign ministry from Berlin to "
    _, rows, _ = lay_out(names(f"{stem}Vienna", f"{stem}Paris"), 44)
    assert rows[0][0] != rows[1][0]
    assert [row[1] for row in rows] == ["7 min too late"] * 2
    _, rows, _ = lay_out(names(f"{stem}Vienna", "Radio"), 44)
    assert rows[0][0].endswith("…")
    assert rows[1][0] == "Radio"


def test_a_wide_script_is_measured_in_cells() -> None:
    """A Chinese sign takes two cells."""
    _, _, widths = lay_out(names("漢字" * 30, "Radio"), 40)
    assert sum(widths) + 4 <= 40


def test_one_draw_is_no_plural() -> None:
    """The heading counts as a sentence does."""
    made = make_brief(run_study(load_mapping(strait_tree()), n_draws=1, seed=1))
    assert "1 draw," in render_markdown(made)
    assert "1 draws" not in "\n".join(shown(made, 100))
