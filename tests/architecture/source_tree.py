"""The package as text: its modules, their imports and the names they define."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "backchannel"
AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One source file; made-up ones serve the cases that a rule must reject."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """First part below the package; empty for the package root itself."""
        return [*self.name.split("."), ""][1]


@dataclass(frozen=True)
class Import:
    """One imported module, with the functions around the statement.

    `is_for_types`: below `if TYPE_CHECKING`, so that nothing is loaded.
    """

    target: str
    line: int
    functions: tuple[str, ...]
    is_for_types: bool


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package, in path order."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ["backchannel", *path.relative_to(PACKAGE).with_suffix("").parts]
        name = ".".join(parts).removesuffix(".__init__")
        found.append(Module(name, path.read_text(encoding="utf-8")))
    return tuple(found)


def imports_of(module: Module, known: Collection[str]) -> Iterator[Import]:
    """Every import of a module, those inside functions too.

    `from a import b` imports `a.b` where that is a module in `known`, otherwise `a`.
    """
    yield from _imports_below(module.tree, known, (), is_for_types=False)


def _imports_below(
    node: ast.AST,
    known: Collection[str],
    functions: tuple[str, ...],
    *,
    is_for_types: bool,
) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inner_functions, inner_types = functions, is_for_types
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, functions, is_for_types)
        elif isinstance(child, ast.ImportFrom):
            source = "." * child.level + (child.module or "")
            for alias in child.names:
                inner = f"{source}.{alias.name}"
                target = inner if inner in known else source
                yield Import(target, child.lineno, functions, is_for_types)
        elif isinstance(child, AnyFunction):
            inner_functions = (*functions, child.name)
        elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            inner_types = True
        yield from _imports_below(
            child, known, inner_functions, is_for_types=inner_types
        )


def functions_of(tree: ast.AST) -> Iterator[AnyFunction]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, AnyFunction))


def names_defined(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names that the code itself gives: functions, classes, arguments, variables."""
    for node in ast.walk(tree):
        if isinstance(node, AnyFunction | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def words_of(name: str) -> list[str]:
    """Split a name: `StandingOrder` and `standing_order` give the same two words."""
    return [
        word for word in re.sub(r"([A-Z])", r"_\1", name).lower().split("_") if word
    ]
