"""docs/reference.md knows every command, option and error."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from backchannel.base import errors
from backchannel.cli import app
from tests.docs.pages import ROOT

REFERENCE = ROOT / "docs" / "reference.md"


def words_to_know(command: Any, path: str = "backchannel") -> Iterator[str]:
    """Every command, as it is typed, with its options and arguments."""
    for name, inner in getattr(command, "commands", {}).items():
        yield f"{path} {name}"
        yield from words_to_know(inner, f"{path} {name}")
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield parameter.metavar or parameter.name.upper()
        else:
            yield from (o for o in parameter.opts if o.startswith("--"))


def unknown_to(page: str, words: Iterator[str]) -> list[str]:
    """Those of the words that a page does not mention."""
    return sorted({word for word in words if word not in page})


def test_every_option_is_in_the_reference() -> None:
    """Each command, option and argument of the command line is explained."""
    words = words_to_know(typer.main.get_command(app))
    assert unknown_to(REFERENCE.read_text("utf-8"), words) == []


def test_every_error_is_in_the_reference() -> None:
    """Each error that a user can catch is explained."""
    names = (
        name
        for name, item in inspect.getmembers(errors, inspect.isclass)
        if issubclass(item, errors.BackchannelError)
    )
    assert unknown_to(REFERENCE.read_text("utf-8"), names) == []


def test_an_unexplained_option_is_found() -> None:
    """The walk through the command line meets commands, options and arguments."""
    words = list(words_to_know(typer.main.get_command(app)))
    assert {"backchannel brief", "--draws", "--seed", "CRISIS"} <= set(words)
    assert unknown_to("an empty page", iter(words)) == sorted(set(words))
