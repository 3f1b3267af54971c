"""Files and functions stay short enough to read in one go."""

from __future__ import annotations

from collections.abc import Iterable

from tests.architecture.source_tree import Module, functions_of, modules

MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 80


def oversized(all_modules: Iterable[Module]) -> list[str]:
    """Files and functions past the limits, with their lengths."""
    found = []
    for module in all_modules:
        n_lines = len(module.text.splitlines())
        if n_lines > MAX_FILE_LINES:
            found.append(f"{module.name}: {n_lines} lines")
        for function in functions_of(module.tree):
            n_lines = (function.end_lineno or 0) - function.lineno + 1
            if n_lines > MAX_FUNCTION_LINES:
                place = f"{module.name}:{function.lineno} {function.name}"
                found.append(f"{place}: {n_lines} lines")
    return found


def test_files_and_functions_are_short() -> None:
    """No file has more than 600 lines and no function more than 80."""
    assert oversized(modules()) == []


def test_one_line_too_many_is_found() -> None:
    """A function of 81 lines and a file of 601 are named, one line less is not."""
    body = "def f():\n" + "    x = 1\n" * MAX_FUNCTION_LINES
    assert oversized([Module("a", body)]) == ["a:1 f: 81 lines"]
    assert oversized([Module("a", body.removesuffix("    x = 1\n"))]) == []
    assert oversized([Module("a", "x = 1\n" * 601)]) == ["a: 601 lines"]
    assert oversized([Module("a", "x = 1\n" * 600)]) == []
