"""Files appear whole or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backchannel.report import Brief, render_json, write_brief
from backchannel.report.draw_apart import draw_all, drawing_apart


def test_all_files_are_written(strait: Brief, tmp_path: Path) -> None:
    """The page, the Markdown with its figures, and the JSON; nothing else."""
    written = write_brief(strait, tmp_path / "new" / "folder")
    names = {
        path.relative_to(tmp_path / "new" / "folder").as_posix() for path in written
    }
    figures = {f"figures/{figure.head.key}.svg" for figure in strait.figures}
    assert names == {"brief.html", "brief.md", "brief.json", *figures}
    assert written[2].read_text("utf-8") == render_json(strait)
    text = written[1].read_text("utf-8")
    assert all(f"]({name})" in text for name in figures)
    there = {p for p in (tmp_path / "new" / "folder").rglob("*") if p.is_file()}
    assert there == set(written)


def test_a_brief_written_twice_is_the_same(strait: Brief, tmp_path: Path) -> None:
    """Not a byte differs."""
    first = write_brief(strait, tmp_path / "a")
    second = write_brief(strait, tmp_path / "b")
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_an_interrupted_run_leaves_the_old_files_whole(
    strait: Brief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle of a file leaves what was there, and nothing half done."""
    old = tmp_path / "brief.html"
    old.write_text("the brief of yesterday")

    def interrupted(*_: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_brief(strait, tmp_path)
    assert old.read_text() == "the brief of yesterday"
    assert [p.name for p in tmp_path.iterdir()] == ["brief.html"]


def test_figures_drawn_apart_are_the_same(strait: Brief) -> None:
    """Other processes give the same figures in the same order, to the byte."""
    with drawing_apart() as draw_there:
        drawn = draw_there(strait.figures)
    here = draw_all(strait.figures)
    assert list(drawn.items()) == list(here.items())


def test_a_lost_process_is_replaced_by_this_one(
    strait: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the processes die, as when memory runs out, the figures are still drawn."""
    monkeypatch.setattr("backchannel.report.draw_apart._load", _die)
    with drawing_apart() as draw_there:
        assert draw_there(strait.figures[:1]) == draw_all(strait.figures[:1])


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


LEFT_ALONE = """
import os
from backchannel.report.draw_apart import drawing_apart

with drawing_apart():
    os._exit(3)
"""


def test_processes_that_draw_end_with_their_parent() -> None:
    """They hold its error stream: while one lives, whoever reads that waits."""
    left = subprocess.run(
        [sys.executable, "-c", LEFT_ALONE],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert left.returncode == 3
    assert left.stderr == b""
