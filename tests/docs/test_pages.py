"""What the README and the docs show is what happens when a reader types it."""

from __future__ import annotations

import doctest
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT, Block, Command, blocks_of, commands_of, pages

# `...` stands for what differs between runs or is too long to show.
MATCHING = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SCRIPT = Path(sys.executable).parent / "backchannel"
SECONDS_PER_COMMAND = 300


def is_as_shown(shown: str, got: str) -> bool:
    """Compare output with what a page shows, spaces and `...` aside."""
    return doctest.OutputChecker().check_output(shown, got, MATCHING)


def run_python(block: Block, names: dict[str, Any], place: str) -> str | None:
    """Run one block in the names of its page; say what went otherwise than shown."""
    if ">>>" in block.text:
        parser = doctest.DocTestParser()
        test = parser.get_doctest(block.text, names, place, place, block.line)
        report: list[str] = []
        runner = doctest.DocTestRunner(optionflags=MATCHING)
        runner.run(test, out=report.append, clear_globs=False)
        names.update(test.globs)
        return "".join(report) or None
    code = compile("\n" * (block.line - 1) + block.text, place, "exec")
    printed: list[str] = []

    def keep(*parts: object) -> None:
        printed.append(" ".join(map(str, parts)))

    names["print"] = keep
    exec(code, names)  # the page's own example, run as its reader would
    got = "\n".join([*printed, ""])
    if block.expected is not None and not is_as_shown(block.expected, got):
        return f"{place}:{block.line}: expected\n{block.expected}\ngot\n{got}"
    return None


def run_command(command: Command, folder: Path) -> str | None:
    """Run one console line in a folder; say what went otherwise than shown."""
    words = shlex.split(command.words, comments=True)
    if not words or words[0] != "backchannel":
        return None
    # A terminal of fixed width without colours, so that output can be compared.
    plain = {**os.environ, "COLUMNS": "88", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        [str(SCRIPT), *words[1:]],
        cwd=folder,
        env=plain,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS_PER_COMMAND,
        check=False,
    )
    if command.expected:
        if is_as_shown(command.expected, done.stdout):
            return None
        return f"$ {command.words}\nexpected\n{command.expected}\ngot\n{done.stdout}"
    if done.returncode:
        return f"$ {command.words}\nexit {done.returncode}\n{done.stdout}"
    return None


def run_page(text: str, folder: Path, place: str) -> list[str]:
    """Run every example of a page in order, in one folder; list what differs."""
    names: dict[str, Any] = {"__name__": "example"}
    differing: list[str | None] = []
    for block in blocks_of(text):
        if block.language == "python":
            differing.append(run_python(block, names, place))
        elif block.language == "console":
            differing += [run_command(c, folder) for c in commands_of(block)]
    return [problem for problem in differing if problem]


@pytest.mark.parametrize("page", pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_page_does_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every Python block runs and every `$ backchannel` line prints what is shown."""
    monkeypatch.chdir(tmp_path)
    assert run_page(page.read_text("utf-8"), tmp_path, page.name) == []


def test_a_wrong_example_is_found(tmp_path: Path) -> None:
    """Wrong output is reported in each of the three forms that a page can use."""
    page = (
        "```python\nx = 2\nprint(x)\n```\n\n```text\n3\n```\n"
        "```python\n>>> x + 1\n4\n```\n"
        "```console\n$ backchannel list\nnothing of the kind\n$ make tea\n```\n"
    )
    assert len(run_page(page, tmp_path, "made-up")) == 3


def test_a_right_example_passes(tmp_path: Path) -> None:
    """The same forms pass when what they show is so, `...` standing for anything."""
    page = (
        "```python\nx = 2\nprint(x)\n```\n\n```text\n2\n```\n"
        "```python\n>>> x + 1\n3\n```\n"
        "```console\n$ backchannel list\n...strait...\n```\n"
    )
    assert run_page(page, tmp_path, "made-up") == []
