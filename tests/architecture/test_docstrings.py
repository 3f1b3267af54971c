"""Docstrings say what goes in, what comes out and what can go wrong.

ruff sees to it that everything public has one; here is what it cannot see.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

import backchannel
from tests.architecture.source_tree import (
    AnyFunction,
    Module,
    functions_of,
    modules,
)

SECTIONS = ("Parameters", "Returns", "Raises")


def raises_itself(function: AnyFunction) -> bool:
    """Say whether the body raises, other than passing an error on or being abstract."""
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            name = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if not (isinstance(name, ast.Name) and name.id == "NotImplementedError"):
                return True
    return False


def silent_raisers(all_modules: Iterable[Module]) -> list[str]:
    """Public functions of a module that raise and whose docstring does not say so."""
    found = []
    for module in all_modules:
        for function in functions_of(module.tree):
            text = (ast.get_docstring(function) or "").lower()
            is_public = not function.name.startswith("_") and text
            if is_public and raises_itself(function) and "raise" not in text:
                found.append(f"{module.name}:{function.lineno} {function.name}")
    return found


def sections_of(docstring: str) -> dict[str, str]:
    """The underlined sections of a docstring, by title."""
    parts = re.split(r"^(\w+)\n-{3,}$", inspect.cleandoc(docstring), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def gaps_in(function: Callable[..., Any]) -> list[str]:
    """What the docstring of a function of the front page leaves out."""
    name = function.__name__
    sections = sections_of(function.__doc__ or "")
    signature = inspect.signature(function)
    described = re.findall(r"^(\w+(?:, \w+)*)", sections.get("Parameters", ""), re.M)
    named = {word for line in described for word in line.split(", ")}
    gaps = [f"{name}: parameter {p}" for p in signature.parameters if p not in named]
    if signature.return_annotation not in (None, "None") and "Returns" not in sections:
        gaps.append(f"{name}: Returns")
    # What takes nothing has nothing to refuse.
    if signature.parameters and "Raises" not in sections:
        gaps.append(f"{name}: Raises")
    return gaps


def front_page_functions() -> list[Callable[..., Any]]:
    """The functions that `import backchannel` offers."""
    offered = [getattr(backchannel, name) for name in backchannel.__all__]
    return [item for item in offered if inspect.isfunction(item)]


def test_what_raises_says_so() -> None:
    """A public function that raises names the error in its docstring."""
    assert silent_raisers(modules()) == []


def test_a_silent_raiser_is_found() -> None:
    """A function that raises without saying so is named; the others are not."""
    silent = '''
def a():
    """Do it."""
    raise ValueError
def b():
    """Do it; raises ValueError."""
    raise ValueError
def c():
    """Leave it to others."""
    raise NotImplementedError
def _d():
    """Do it."""
    raise ValueError
'''
    assert silent_raisers([Module("m", silent)]) == ["m:2 a"]


def test_front_page_functions_have_all_sections() -> None:
    """Each parameter, the result and the errors of a front-page function are told."""
    functions = front_page_functions()
    assert functions
    assert [gap for function in functions for gap in gaps_in(function)] == []


def test_a_gap_in_the_sections_is_found() -> None:
    """A docstring without its sections is told what is missing."""

    def told(crisis: str, *, seed: int) -> int:
        """Count.

        Parameters
        ----------
        crisis, seed : what to count

        Returns
        -------
        int : how many

        Raises
        ------
        ModelError : nothing to count.
        """
        raise NotImplementedError

    def untold(crisis: str) -> int:
        """Count."""
        raise NotImplementedError

    assert gaps_in(told) == []
    assert gaps_in(untold) == [
        "untold: parameter crisis",
        "untold: Returns",
        "untold: Raises",
    ]
