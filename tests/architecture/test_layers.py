"""Rooms import only downward, engines do not know each other, nothing is circular."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable

from tests.architecture.source_tree import ROOT, Import, Module, imports_of, modules

STOREYS = {
    "base": 0,
    "crisis": 1,
    "settlement": 2,
    "escalation": 2,
    "games": 2,
    "stability": 2,
    "study": 3,
    "report": 4,
    "exercise": 5,
    "cli": 6,
    "__main__": 7,
}
# Distribution name -> import name, where the two differ.
IMPORT_NAMES = {"ruamel.yaml": "ruamel"}
# Libraries of the extras in pyproject.toml -> the only part of the package that may
# import them, so that everything else runs without them.
OPTIONAL_HOMES = {
    "gymnasium": "backchannel.exercise",
    "httpx": "backchannel.exercise",
    "multipart": "backchannel.exercise",
    "pettingzoo": "backchannel.exercise",
    "psycopg": "backchannel.exercise",
    "segno": "backchannel.exercise",
    "sqlalchemy": "backchannel.exercise",
    "starlette": "backchannel.exercise",
    "uvicorn": "backchannel.exercise",
    "websockets": "backchannel.exercise",
    "ortools": "backchannel.settlement",
    "pyarrow": "backchannel.settlement",
    "SALib": "backchannel.escalation",
}
# Each is the lower half of a declared library, installed and versioned with it.
LOWER_HALVES = {"pydantic_core", "llvmlite", "markupsafe"}


def upward_imports(all_modules: Iterable[Module]) -> list[str]:
    """Imports that do not lead to a lower storey (or stay in the same room)."""
    all_modules = tuple(all_modules)
    known = {module.name for module in all_modules}
    found = []
    for module in all_modules:
        if not module.room:
            continue
        if module.room not in STOREYS:
            found.append(f"{module.name}: is in no room of house.md")
            continue
        for item in imports_of(module, known):
            place = f"{module.name}:{item.line} imports {item.target}"
            if item.target.startswith("."):
                found.append(f"{place}: relative")
            elif item.target == "backchannel":
                found.append(f"{place}: the package root")
            elif item.target.startswith("backchannel."):
                room = item.target.split(".")[1]
                below = STOREYS.get(room, 99) < STOREYS[module.room]
                if room != module.room and not below:
                    found.append(f"{place}: not below")
    return found


def circles(all_modules: Iterable[Module]) -> list[str]:
    """Groups of modules that import each other, directly or in a ring."""
    all_modules = tuple(all_modules)
    known = {module.name for module in all_modules}
    edges = {
        module.name: {
            item.target
            for item in imports_of(module, known)
            if item.target in known and not item.is_for_types
        }
        for module in all_modules
    }
    # A module that imports nothing left, or that nothing left imports, is in no
    # circle; take such off until none is found.
    while True:
        imported = {target for targets in edges.values() for target in targets}
        free = {name for name in edges if not edges[name] or name not in imported}
        if not free:
            return sorted(edges)
        edges = {n: targets - free for n, targets in edges.items() if n not in free}


def is_allowed_inside(module: Module, item: Import) -> bool:
    """Say whether an import inside a function is one of the named exceptions."""
    if module.room in ("cli", "__main__"):
        # Start-up: `--help` must not load the engines, Ctrl-C comes before everything.
        return True
    if module.name == "backchannel.report.figures":
        return item.target.split(".")[0] == "matplotlib"
    return item.target == "xarray" and item.functions[-1] == "to_xarray"


def hidden_imports(all_modules: Iterable[Module]) -> list[str]:
    """Imports inside functions that are none of the named exceptions."""
    all_modules = tuple(all_modules)
    known = {module.name for module in all_modules}
    return [
        f"{module.name}:{item.line} imports {item.target} inside {item.functions[-1]}"
        for module in all_modules
        for item in imports_of(module, known)
        if item.functions and not is_allowed_inside(module, item)
    ]


def misplaced_libraries(all_modules: Iterable[Module]) -> list[str]:
    """Slow libraries loaded where they make every start slow."""
    found = []
    for module in all_modules:
        for item in imports_of(module, ()):
            library = item.target.split(".")[0]
            drawing = module.name == "backchannel.report.figures"
            if item.is_for_types:
                continue
            if library == "matplotlib" and not drawing:
                found.append(f"{module.name}:{item.line} matplotlib")
            if library == "xarray" and "to_xarray" not in item.functions:
                found.append(f"{module.name}:{item.line} xarray")
            if item.target.startswith("scipy.stats"):
                found.append(f"{module.name}:{item.line} scipy.stats (0.5 s; special)")
    return found


def declared_libraries() -> set[str]:
    """Import names of the dependencies in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[><=~!\[ ]", line)[0] for line in project["dependencies"]]
    return {IMPORT_NAMES.get(name, name) for name in names}


def undeclared_libraries(
    all_modules: Iterable[Module], declared: set[str]
) -> list[str]:
    """Libraries that are imported and that an installation would not bring."""
    own = {"backchannel", *LOWER_HALVES}
    allowed = declared | set(sys.stdlib_module_names) | own
    return [
        f"{module.name}:{item.line} imports {item.target}"
        for module in all_modules
        for item in imports_of(module, ())
        if (library := item.target.split(".")[0]) not in allowed
        and not module.name.startswith(OPTIONAL_HOMES.get(library, "?"))
    ]


def test_imports_lead_only_downward() -> None:
    """No room imports its own storey or one above it, and nobody the package root."""
    assert upward_imports(modules()) == []


def test_an_upward_or_sideways_import_is_found() -> None:
    """The rule rejects each of the ways in which a layer can be broken."""
    bad = [
        Module("backchannel.base.a", "from backchannel.crisis.b import C"),
        Module("backchannel.escalation.b", "import backchannel.settlement.c"),
        Module("backchannel.crisis.c", "from backchannel import load"),
        Module("backchannel.crisis.d", "from .c import load"),
        Module("backchannel.utils.e", ""),
        Module("backchannel.report.f", "def f():\n    from backchannel.cli import g"),
    ]
    assert len(upward_imports(bad)) == len(bad)


def test_a_downward_import_passes() -> None:
    """The rule lets through what the house allows."""
    good = [
        Module("backchannel.crisis.a", "from backchannel.base.errors import E"),
        Module("backchannel.crisis.b", "from backchannel.crisis.a import E"),
        Module("backchannel.study", "from backchannel.settlement.x import f"),
    ]
    assert upward_imports(good) == []


def test_no_module_imports_itself_in_a_ring() -> None:
    """Every module can be understood after those that it imports."""
    assert circles(modules()) == []


def test_a_ring_is_found() -> None:
    """Three modules in a ring are named; those beside them are not."""
    ring = [
        Module("backchannel.base.a", "from backchannel.base import b"),
        Module("backchannel.base.b", "from backchannel.base.c import x"),
        Module("backchannel.base.c", "import backchannel.base.a"),
        Module("backchannel.base.d", "import backchannel.base.a"),
        Module("backchannel.base.e", "import math"),
    ]
    assert circles(ring) == [f"backchannel.base.{n}" for n in "abc"]


def test_imports_stand_at_the_top() -> None:
    """Only the named exceptions import inside a function."""
    assert hidden_imports(modules()) == []


def test_a_hidden_import_is_found() -> None:
    """A function that imports is named, unless it is one of the exceptions."""
    inside = "def {}():\n    import {}\n"
    bad = Module("backchannel.study", inside.format("run", "json"))
    good = Module("backchannel.study", inside.format("to_xarray", "xarray"))
    assert hidden_imports([bad, good]) == [
        "backchannel.study:2 imports json inside run"
    ]


def test_slow_libraries_stay_in_their_place() -> None:
    """Only figures.py draws, only to_xarray loads xarray, nobody loads scipy.stats."""
    assert misplaced_libraries(modules()) == []


def test_a_misplaced_library_is_found() -> None:
    """Each of the three slow libraries is noticed in the wrong place."""
    text = "import matplotlib.pyplot\nimport xarray\nfrom scipy.stats import norm\n"
    assert len(misplaced_libraries([Module("backchannel.report.page", text)])) == 3


def test_every_library_is_declared() -> None:
    """What the package imports, pyproject.toml brings."""
    assert undeclared_libraries(modules(), declared_libraries()) == []


def test_an_undeclared_library_is_found() -> None:
    """A library that only the test tools bring is not allowed in the package."""
    module = Module("backchannel.base.a", "import hypothesis\nimport json\n")
    stray = Module("backchannel.report.b", "from ortools.sat.python import cp_model\n")
    home = Module("backchannel.settlement.c", stray.text)
    found = undeclared_libraries([module, stray, home], declared_libraries())
    assert found == [
        "backchannel.base.a:1 imports hypothesis",
        "backchannel.report.b:1 imports ortools.sat.python",
    ]
