"""Turn the validator's errors into problems that a writer of crisis files can mend."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from backchannel.base.errors import Problem, did_you_mean
from backchannel.base.located import LocatedDict, place_of
from backchannel.base.uncertain import PlacedError
from backchannel.crisis.field_docs import field_docs
from backchannel.crisis.model import Crisis

_KINDS = {
    "string_type": "text",
    "dict_type": "a mapping (key: value)",
    "mapping_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "tuple_type": "a list",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
}


def rephrase(error: ValidationError, tree: LocatedDict, shown: str) -> list[Problem]:
    """List one problem per error, each with the line of the value or of its parent."""
    return [_problem(details, tree, shown) for details in error.errors()]


def locate(tree: Any, loc: tuple[str | int, ...]) -> tuple[str, int]:
    """Key as the file shows it, and line, of a location in the records.

    A short form such as `missiles: removed` stands for a record; what lies inside that
    record has the key of the short form.
    """
    key, line = "", place_of(tree).line
    for i, part in enumerate(loc):
        if part == "[key]" or not isinstance(tree, (dict, list)):
            break
        inside = part in tree if isinstance(tree, dict) else isinstance(part, int)
        if not inside and i + 1 < len(loc):
            continue
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
        if inside:
            tree = _step(tree, part)
            line = place_of(tree).line or line
    return key, line


def _step(tree: Any, part: str | int) -> Any:
    try:
        return tree[part]
    except IndexError:
        return None


def _problem(details: ErrorDetails, tree: LocatedDict, shown: str) -> Problem:
    loc, kind = details["loc"], details["type"]
    key, line = locate(tree, loc)
    wrong, right = _say(kind, details)
    error = details.get("ctx", {}).get("error")
    if isinstance(error, PlacedError):
        key, line = error.place.key or key, error.place.line or line
    return Problem(shown, line, key, wrong, right)


def _say(kind: str, details: ErrorDetails) -> tuple[str, str]:
    value, context = details["input"], details.get("ctx", {})
    if kind == "value_error":
        wrong, _, right = str(context["error"]).partition("; ")
        return wrong, right
    if kind == "extra_forbidden":
        name = str(details["loc"][-1])
        allowed = _fields_at(details["loc"][:-1])
        return f"no key '{name}' belongs here", did_you_mean(name, allowed, "key")
    if kind == "missing":
        return "is missing", _ask_for(details["loc"])
    if kind == "literal_error":
        allowed = [str(a) for a in _literals_at(details["loc"])]
        return f"is {_show(value)}", did_you_mean(str(value), allowed, "value")
    if kind == "string_pattern_mismatch":
        right = "a name is lower-case letters, digits and _, beginning with a letter"
        mended = re.sub(r"[^a-z0-9]+", "_", str(value).lower()).strip("_")
        hint = f". Write {mended}" if mended[:1].isalpha() else ""
        return f"{_show(value)} is not a name", right + hint
    if kind in _KINDS:
        return f"is {_show(value)}", f"must be {_KINDS[kind]}"
    return f"is {_show(value)}", details["msg"][:1].lower() + details["msg"][1:]


def _show(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _inner(annotation: Any, part: str | int) -> Any:
    """Type of the value one step down; None where it cannot be told."""
    annotation = _bare(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(part))
        return field.annotation if field else None
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is dict:
        return args[1]
    return args[0] if origin is tuple and args else None


def _bare(annotation: Any) -> Any:
    """Strip Annotated and `| None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
            continue
        args = get_args(annotation)
        is_union = get_origin(annotation) is Union or (
            type(annotation).__name__ == "UnionType"
        )
        if is_union and type(None) in args:
            annotation = next(a for a in args if a is not type(None))
            continue
        return annotation


def _type_at(loc: Iterable[str | int]) -> Any:
    annotation: Any = Crisis
    for part in loc:
        annotation = _inner(annotation, part)
    return _bare(annotation)


def _fields_at(loc: Iterable[str | int]) -> list[str]:
    found = _type_at(loc)
    return list(found.model_fields) if hasattr(found, "model_fields") else []


def _literals_at(loc: tuple[str | int, ...]) -> list[Any]:
    if loc[-1] == "[key]":
        keys = get_args(_type_at(loc[:-2]))[:1]
        return list(get_args(_bare(keys[0]))) if keys else []
    return list(get_args(_type_at(loc)))


def _ask_for(loc: tuple[str | int, ...]) -> str:
    parent = _type_at(loc[:-1])
    docs = field_docs(parent) if isinstance(parent, type) else {}
    meaning = " ".join(docs.get(str(loc[-1]), "").split())
    asked = f"add `{loc[-1]}:`"
    return (
        f"{asked} - {meaning[0].lower()}{meaning[1:].rstrip('.')}" if meaning else asked
    )
