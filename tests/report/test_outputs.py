"""The four outputs, from one brief."""

from __future__ import annotations

import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from backchannel.report import Brief, render_json, render_markdown, render_terminal
from backchannel.report.html_page import render_html
from backchannel.report.markdown import escaped
from tests.report.crises import PARTIAL, brief_of, strait_tree

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "brief-schema.json").read_text("utf-8")
)


def terminal(brief: Brief, width: int) -> str:
    """The terminal page at a width, without colour."""
    held = io.StringIO()
    render_terminal(brief, Console(width=width, file=held, color_system=None))
    return held.getvalue()


def complaints(value: Any, schema: dict[str, Any], place: str = "$") -> list[str]:
    """What JSON Schema would object to, for the keywords that our schema uses."""
    if "$ref" in schema:
        return complaints(value, SCHEMA["$defs"][schema["$ref"].split("/")[-1]], place)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            fits = [not complaints(value, s, place) for s in schema[word]]
            is_right = any(fits) if word == "anyOf" else sum(fits) == 1
            return [] if is_right else [f"{place}: fits {sum(fits)} of {word}"]
    if "const" in schema and value != schema["const"]:
        return [f"{place}: is {value!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place}: is {value!r}"]
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(_is_a(value, name) for name in names):
        return [f"{place}: {value!r} is no {' or '.join(names)}"]
    if isinstance(value, dict):
        return _in_object(value, schema, place)
    if isinstance(value, list) and "prefixItems" in schema:
        pairs = zip(value, schema["prefixItems"], strict=True)
        return [c for v, s in pairs for c in complaints(v, s, place)]
    if isinstance(value, list):
        return [c for v in value for c in complaints(v, schema["items"], f"{place}[]")]
    return []


def _in_object(value: dict[str, Any], schema: dict[str, Any], place: str) -> list[str]:
    known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    found = [f"{place}: no {k}" for k in schema.get("required", []) if k not in value]
    for key, item in value.items():
        rule = known.get(key, more)
        if rule is False:
            found.append(f"{place}: {key} is not in the schema")
        elif isinstance(rule, dict):
            found += complaints(item, rule, f"{place}.{key}")
    return found


def _is_a(value: Any, name: str) -> bool:
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "null": type(None),
        "integer": int,
        "number": (int, float),
    }
    is_flag = isinstance(value, bool) and name != "boolean"
    return isinstance(value, kinds[name]) and not is_flag


def test_the_terminal_page_is_read_in_a_minute(strait: Brief) -> None:
    """About 50 lines at 100 columns, and nothing wider than 80 columns at 80."""
    assert len(terminal(strait, 100).splitlines()) <= 52
    assert max(len(line) for line in terminal(strait, 80).splitlines()) <= 80


def test_the_terminal_says_how_the_offer_is_answered(strait: Brief) -> None:
    """Section 5 has the offer, how it is taken, and the risk with and without it."""
    shown = terminal(strait, 100)
    section = shown[shown.index("5 What will they do?") : shown.index("6 What would")]
    numbers = strait.numbers()
    for name in ("prob_accepted", "prob_settled", "prob_war", "without", "mediated"):
        assert numbers[f"behaviour.{name}"].text in section
    assert "The tanker:" in section
    assert len(section.splitlines()) <= 6


def test_all_outputs_say_the_same_bottom_line(strait: Brief, strait_page: str) -> None:
    """The first sentences stand word for word in every output."""
    page = " ".join(html.unescape(re.sub(r"<[^>]*>", "", strait_page)).split())
    shown = " ".join(terminal(strait, 100).split())
    markdown = render_markdown(strait)
    for sentence in strait.bottom_line:
        assert sentence.text in page
        assert sentence.text in shown
        assert sentence.text in render_json(strait).replace('\\"', '"')
        for number in sentence.numbers:
            assert f"[{escaped(number.text)}][{number.answer}]" in markdown


def test_the_json_keeps_to_its_schema(strait: Brief) -> None:
    """Every key is documented, and every documented key is there."""
    assert complaints(json.loads(render_json(strait)), SCHEMA) == []


def test_the_schema_objects_to_what_is_wrong(strait: Brief) -> None:
    """A missing key, an extra one and a wrong type are each found."""
    answer = json.loads(render_json(strait))
    assert complaints({**answer, "more": 1}, SCHEMA) == ["$: more is not in the schema"]
    del answer["run"]["seed"]
    answer["numbers"]["prob_war.horizon"]["median"] = "5 %"
    assert len(complaints(answer, SCHEMA)) == 2


def test_the_same_seed_gives_the_same_bytes(strait: Brief, strait_page: str) -> None:
    """A second study, a second brief, a second page: not a byte differs."""
    again = brief_of(strait_tree())
    assert render_json(again) == render_json(strait)
    assert render_markdown(again) == render_markdown(strait)
    assert render_html(again) == strait_page


def test_the_page_needs_nothing_beside_it(strait_page: str) -> None:
    """No script, nothing loaded from elsewhere, less than 1.5 MB."""
    assert "<script" not in strait_page
    loads = re.findall(r"(?:src|xlink:href|href)=\"(?!#)([^\"]*)\"", strait_page)
    assert loads == []
    assert "url(http" not in strait_page
    assert len(strait_page.encode()) < 1_500_000


def test_every_link_of_the_page_leads_somewhere(strait_page: str) -> None:
    """Each #anchor is the id of one element."""
    ids = re.findall(r'\bid="([^"]*)"', strait_page)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'\bhref="#([^"]*)"', strait_page))
    assert targets <= set(ids)


def test_a_reader_who_cannot_see_it_is_told(strait: Brief, strait_page: str) -> None:
    """Every figure has words, every table a caption, and there is one h1."""
    assert strait_page.count('role="img"') == len(strait.figures)
    assert 'aria-label=""' not in strait_page
    tables = strait_page.count("<table")
    assert strait_page.count("<caption>") == tables
    assert strait_page.count("<h1") == 1
    assert '<html lang="en">' in strait_page


@pytest.mark.parametrize("case", PARTIAL)
def test_a_file_that_lacks_a_part_gets_a_shorter_brief(case: str) -> None:
    """Every output is made, and what is missing is said in a sentence."""
    brief = brief_of(PARTIAL[case]())
    page = render_html(brief)
    assert complaints(json.loads(render_json(brief)), SCHEMA) == []
    assert brief.heading.title in render_markdown(brief)
    assert max(len(line) for line in terminal(brief, 80).splitlines()) <= 80
    targets = set(re.findall(r'\bhref="#([^"]*)"', page))
    assert targets <= set(re.findall(r'\bid="([^"]*)"', page))
    assert [s.number for s in brief.sections] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert all(section.statements for section in brief.sections)


def test_what_is_missing_is_named() -> None:
    """The sections say which part of the file they would have needed."""
    said = brief_of(PARTIAL["no escalation"]()).section("time")
    assert not said.is_answered
    assert "no escalation section" in said.statements[0].text
    said = brief_of(PARTIAL["no private terms"]()).section("secrecy")
    assert "no term be private" in said.statements[0].text
    said = brief_of(PARTIAL["no channels"]()).section("channel")
    assert "no channel" in said.statements[0].text
    said = brief_of(PARTIAL["no agreement"]()).section("deal")
    assert "no deal that can be counted on" in said.statements[1].text
