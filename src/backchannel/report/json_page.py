"""The brief as JSON with stable names; `docs/brief-schema.json` describes it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

from backchannel.report.figure_records import AnyFigure
from backchannel.report.records import Brief, Number, Section, Statement, Table

FORMAT = 1
"""Version of the JSON; it rises when a name goes or changes its meaning."""


def render_json(brief: Brief) -> str:
    """Write the whole brief as one JSON object.

    Returns
    -------
    str : indented, UTF-8, without NaN; a number beyond what was computed is null
    """
    text = json.dumps(to_mapping(brief), indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n"


def to_mapping(brief: Brief) -> dict[str, Any]:
    """The brief as plain mappings and lists, in the shape of the schema."""
    head = asdict(brief.heading)
    parties = head.pop("parties")
    run = {key: head.pop(key) for key in ("n_draws", "seed", "version")}
    return {
        "backchannel_brief": FORMAT,
        "crisis": {
            **head,
            "parties": [{"name": name, "title": title} for name, title in parties],
        },
        "run": run,
        "bottom_line": [_statement(s) for s in brief.bottom_line],
        "conditions": list(brief.conditions),
        "not_answered": list(brief.not_answered),
        "numbers": {name: _number(n) for name, n in brief.numbers().items()},
        "sections": [_section(section) for section in brief.sections],
        "answers": [asdict(answer) for answer in brief.answers],
        "inputs": [asdict(row) for row in brief.inputs],
        "sources": [asdict(source) for source in brief.sources],
        "certainty_counts": dict(brief.certainty_counts),
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {"text": statement.text, "numbers": [n.name for n in statement.numbers]}


def _number(number: Number) -> dict[str, Any]:
    shown = asdict(number)
    del shown["name"], shown["middle"], shown["band"]
    return {**shown, "text": number.text}


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "number": section.number,
        "question": section.question,
        "is_answered": section.is_answered,
        "statements": [_statement(s) for s in section.statements],
        "tables": [_table(t) for t in section.tables if t.where != "terminal"],
        "figures": [_figure(f) for f in section.figures],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "caption": table.caption,
        "columns": list(table.columns),
        "rows": [[_statement(cell) for cell in row] for row in table.rows],
        "answer": table.answer,
        "note": table.note,
    }


def _figure(figure: AnyFigure) -> dict[str, Any]:
    shown = asdict(figure)
    head = shown.pop("head")
    name = type(figure).__name__.removesuffix("Figure")
    kind = "_".join(re.findall("[A-Z][a-z]*", name)).lower()
    return {**head, "kind": kind, "shows": shown}
