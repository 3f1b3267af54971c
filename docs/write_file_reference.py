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


def described(field: dict[str, Any]) -> str:
    """What the key means."""
    return " ".join(str(field.get("description", "")).split()).replace("|", "\\|")


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
        lines.append(f"| {shown} | {kind_of(field)} | {described(field)} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page."""
    schema = json_schema()
    records = {"Crisis": schema, **schema["$defs"]}
    parts = [section(name, record) for name, record in records.items()]
    return HEAD + "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
