"""The tree works on any machine: no file knows where it was written."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.architecture.source_tree import ROOT

# A folder of one machine or person, as opposed to one of the project.
ONE_MACHINE = re.compile(r"(?<![\w.*~/-])(?:file://)?/(?:root|work|home|opt|Users)/")
# Installing takes packages from wherever the user's pip is set up to take them.
ONE_REGISTRY = re.compile(
    r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host"
)
SET_UP = ("Makefile", ".ci/run", "pyproject.toml", "requirements.lock")


def tracked_files() -> list[str]:
    """Paths that git tracks; skips where the tree is not a checkout."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    paths = [path for path in done.stdout.split("\0") if path]
    return [path for path in paths if (ROOT / path).is_file()]


def lines_with(pattern: re.Pattern[str], text: str) -> list[int]:
    """Numbers of the lines in which a pattern occurs."""
    lines = text.splitlines()
    return [i for i, line in enumerate(lines, 1) if pattern.search(line)]


def test_no_file_names_a_folder_of_one_machine() -> None:
    """No tracked file holds a path outside the project."""
    found = [
        f"{path}:{line}"
        for path in tracked_files()
        for line in lines_with(
            ONE_MACHINE, (ROOT / path).read_text("utf-8", errors="replace")
        )
    ]
    assert found == []


def test_set_up_names_no_registry() -> None:
    """The files that install something name packages and hashes, never a server."""
    found = [
        f"{path}:{line}"
        for path in SET_UP
        for line in lines_with(ONE_REGISTRY, (ROOT / path).read_text("utf-8"))
    ]
    assert found == []


def test_a_foreign_path_and_a_server_are_found() -> None:
    """The two patterns see what they are for, and let the project's own paths be."""
    folders = (
        "see /" + "home/ann/notes\nfile:///" + "opt/wheels\nsrc/work/a and a/opt/b"
    )
    assert lines_with(ONE_MACHINE, folders) == [1, 2]
    servers = "--extra-index-url x\nhttps:" + "//registry.example/simple\nmake test"
    assert lines_with(ONE_REGISTRY, servers) == [1, 2]


def test_every_pinned_package_has_a_hash() -> None:
    """Each requirement of the lock is one exact version with at least one hash."""
    lock = (ROOT / "requirements.lock").read_text("utf-8").replace("\\\n", " ")
    lines = [ln for ln in lock.splitlines() if ln and not ln.lstrip().startswith("#")]
    assert len(lines) >= 30
    assert [
        ln for ln in lines if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:", ln)
    ] == []
