"""The front page: few names, each found at first use and each on a page of the docs."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import backchannel
from tests.architecture.source_tree import ROOT


def test_the_front_page_is_short() -> None:
    """`import backchannel` offers about 25 names, in order and without doubles."""
    names = backchannel.__all__
    assert 20 <= len(names) <= 30
    assert list(names) == sorted(set(names))


@pytest.mark.parametrize("name", backchannel.__all__)
def test_a_name_resolves_and_is_documented(name: str) -> None:
    """A name leads to an object with a docstring and stands in docs/reference.md."""
    item = getattr(backchannel, name)
    if not name.startswith("__"):
        assert (item.__doc__ or "").strip()
        page = (ROOT / "docs" / "reference.md").read_text("utf-8")
        assert f"`{name}`" in page or f"`{name}(" in page
    assert name in dir(backchannel)


def test_an_unknown_name_is_refused() -> None:
    """A name that is not offered raises AttributeError, as for any module."""
    with pytest.raises(AttributeError, match="no_such_name"):
        backchannel.no_such_name  # noqa: B018


def test_names_are_looked_up_late() -> None:
    """`import backchannel` by itself loads no more than the finder of names."""
    code = (
        "import sys, backchannel\n"
        "print(*(m for m in sys.modules if m.startswith('backchannel.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["backchannel.base", "backchannel.base.exports"]


ROOMS = [
    "backchannel.escalation",
    "backchannel.games",
    "backchannel.games.bargaining",
    "backchannel.report",
    "backchannel.settlement",
    "backchannel.stability",
]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_finds_its_names_late(room: str) -> None:
    """Each name of a room resolves; none is a module's name, which would hide it."""
    front = import_module(room)
    folder = Path(front.__file__ or "").parent
    modules = {path.stem for path in folder.glob("*.py")}
    assert not modules & set(front.__all__)
    for name in front.__all__:
        assert getattr(front, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        front.no_such_name  # noqa: B018


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_by_itself_loads_no_engine(room: str) -> None:
    """Importing the front of a room imports none of its modules."""
    code = (
        f"import sys, {room}\n"
        f"print(*(m for m in sys.modules if m.startswith('{room}.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
