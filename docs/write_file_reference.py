"""Write docs/crisis-file-reference.md from the records that read crisis files.

    python docs/write_file_reference.py

A test holds the page against the records, so the two cannot drift apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backchannel.crisis.schema import json_schema

PAGE = Path(__file__).parent / "crisis-file-reference.md"
HEAD = """# Every key of a crisis file

Written from the records themselves; see [the crisis file](crisis-file.md) for how to
write one. A key in bold must be given. Names are lower-case letters, digits and `_`.

"""

_PLAIN = {
    "string": "text",
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
}
_COMMON = {
    "title": "What to print.",
    "name": "Short name of the crisis; files and results carry it.",
    "sources": "What numbers and statements rest on, by name.",
    "actors": "Who takes part.",
    "issues": "What is to be settled.",
    "interactions": "Worth that only a combination of levels has.",
    "ratification": "Which constituencies must pass what.",
    "no_deal": "What each party has when talks fail.",
    "compartments": "Who knows a private term.",
    "channels": "How word passes.",
    "deadlines": "When an answer or an act is due.",
    "escalation": "What may happen while nobody agrees.",
    "chains": "Causal chains as participants told them.",
    "offers": "Packages on the table.",
    "behaviour": "How the parties bargain.",
    "protocol": "Which game it is.",
    "norms": "Instruments that somebody invokes.",
    "claims": "What was asserted, by whom, on what basis.",
    "signals": "What was read into conduct.",
    "contacts": "Meetings and calls.",
    "records": "Documents.",
    "timeline": "What happened when.",
    "outcome": "How it ended; nothing is computed from it.",
    "theatre": "Where.",
    "package": "Issue: level, with (private) where it is.",
    "at": "When.",
    "actor": "Whose worth it is.",
    "source": "",
}
_EVERYWHERE = ("source", "certainty", "note")


def kind_of(field: dict[str, Any]) -> str:
    """Say in a few words what a key takes."""
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "x-takes" in field:
        return str(field["x-takes"])
    if "anyOf" in field:
        kinds = [k for k in field["anyOf"] if k.get("type") != "null"]
        return " or ".join(kind_of(kind) for kind in kinds)
    if "oneOf" in field:
        return " or ".join(kind_of(kind) for kind in field["oneOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return f"list of {kind_of(field.get('items', {}))}"
    if field.get("type") == "object":
        named = field.get("patternProperties") or {"": field["additionalProperties"]}
        return f"name: {kind_of(next(iter(named.values())))}"
    return _PLAIN[field["type"]]


def described(key: str, field: dict[str, Any]) -> str:
    """What the key means."""
    text = str(field.get("description", "")) or _COMMON.get(key, "")
    return " ".join(text.split()).replace("|", "\\|")


def section(name: str, record: dict[str, Any]) -> str:
    """One record as a table."""
    lines = [f"## {name}", "", " ".join(record.get("description", "").split()), ""]
    lines += ["| key | takes | meaning |", "|---|---|---|"]
    required = record.get("required", [])
    fields = record.get("properties", {})
    has_source = all(key in fields for key in _EVERYWHERE)
    if has_source and name != "Crisis":
        lines[2] += " Also takes `source`, `certainty` and `note`."
        fields = {k: v for k, v in fields.items() if k not in _EVERYWHERE}
    for key, field in fields.items():
        shown = f"**`{key}`**" if key in required else f"`{key}`"
        lines.append(f"| {shown} | {kind_of(field)} | {described(key, field)} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page."""
    schema = json_schema()
    records = {"Crisis": schema, **schema["$defs"]}
    parts = [section(name, record) for name, record in records.items()]
    return HEAD + "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
