"""Crisis files come from strangers: their text must not act on any page."""

import io

from rich.console import Console

from backchannel.report import render_json, render_markdown, render_terminal
from backchannel.report.html_page import render_html
from backchannel.report.markdown import escaped
from tests.report.crises import brief_of, strait_tree

HOSTILE = (
    "<script>alert(1)</script>\x1b[31m [red]x[/red] $\\frac ![a](http://x) \u202e|`"
)


def _hostile_tree() -> dict[str, object]:
    tree = strait_tree()
    tree["title"] = HOSTILE
    tree["about"] = HOSTILE
    for actor in tree["actors"].values():
        actor["title"] = HOSTILE
    for issue in tree["issues"].values():
        issue["title"] = HOSTILE
        for level in issue["levels"].values():
            level["title"] = HOSTILE
    for channel in tree["channels"].values():
        channel["title"] = HOSTILE
    tree["compartments"]["radar_room"]["title"] = HOSTILE
    tree["deadlines"]["tomorrow"]["title"] = HOSTILE
    tree["offers"]["tonight"]["title"] = HOSTILE
    for part in ("rungs", "incidents", "standing_orders", "tokens"):
        for item in tree["escalation"][part].values():
            item["title"] = HOSTILE
    tree["sources"]["INVENTED"] = {"title": HOSTILE, "where": "javascript:alert(1)"}
    return tree


def test_text_of_the_file_stays_text() -> None:
    """No tag, no terminal sequence, no markup, no Markdown link comes through."""
    brief = brief_of(_hostile_tree())
    page, text, answer = render_html(brief), render_markdown(brief), render_json(brief)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'href="javascript' not in page
    assert "<script" not in text
    assert "![a](" not in text
    held = io.StringIO()
    render_terminal(brief, Console(width=100, file=held, color_system=None))
    shown = held.getvalue()
    assert "[red]x[/red]" in shown
    for output in (page, text, answer, shown):
        assert "\x1b" not in output
        assert "\u202e" not in output


def test_markdown_shows_what_the_file_says() -> None:
    """Special characters are escaped, and a leading one starts no list."""
    assert escaped("a_b|c") == "a\\_b\\|c"
    assert escaped("<b>") == "&lt;b&gt;"
    assert escaped("1. x") == "&#8203;1. x"
    assert escaped("8.9 h") == "8.9 h"
