"""The JSON Schema that editors use agrees with what the reader accepts."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from backchannel.crisis.load import shipped_crises
from backchannel.crisis.schema import json_schema
from backchannel.crisis.starter import starter_text
from backchannel.crisis.yaml_source import parse_yaml

VALIDATOR = Draft202012Validator(json_schema())


def plain(value: Any) -> Any:
    """The tree as an editor sees it, without the lines."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


STARTER = plain(parse_yaml(starter_text("my-crisis"), "starter"))


def test_it_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("name", sorted(shipped_crises()))
def test_it_accepts_the_shipped_crises(name: str) -> None:
    text = shipped_crises()[name].read_text(encoding="utf-8")
    errors = [e.message for e in VALIDATOR.iter_errors(plain(parse_yaml(text, name)))]
    assert errors == []


def test_it_accepts_the_starter() -> None:
    assert not list(VALIDATOR.iter_errors(STARTER))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("horizn",), "4 d"),
        (("actors", "north", "kind"), "prty"),
        (("actors", "north", "tittle"), "North"),
        (("issues", "troops", "levels", "stay", "visibility"), ["secret"]),
        (("no_deal",), {"fallback": {"north": {"valu": 3}}}),
        (("escalation", "rungs"), ["calm", "war"]),
    ],
)
def test_it_refuses_what_the_reader_refuses(path: tuple[str, ...], value: Any) -> None:
    broken = copy.deepcopy(STARTER)
    here = broken
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = value
    assert list(VALIDATOR.iter_errors(broken))
