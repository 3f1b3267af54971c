"""The session that docs/programs.md prints, typed as it stands, in a folder of its own.

Only the two port numbers are others, so that a server that runs already is no matter.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks_of
from tests.docs.test_pages import is_as_shown
from tests.exercise.hosts import free_port

PAGE = ROOT / "docs" / "programs.md"
PORTS = ("8765", "11434")
SECONDS = 60.0


def printed() -> list[tuple[str, str]]:
    """The blocks of the page in order, with free ports in them."""
    text = PAGE.read_text("utf-8")
    for port in PORTS:
        text = text.replace(port, str(free_port()))
    text = text.replace("backchannel serve strait", "backchannel serve strait --port P")
    served = re.search(r"http://127\.0\.0\.1:(\d+)", text)
    assert served
    text = text.replace("--port P", f"--port {served[1]}")
    return [(block.language, block.text) for block in blocks_of(text)]


def surroundings() -> dict[str, str]:
    """The environment of a shell in which the package is installed."""
    here = str(Path(sys.executable).parent)
    return {
        **{k: v for k, v in os.environ.items() if "proxy" not in k.lower()},
        "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONWARNINGS": "error",
    }


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
def test_the_page_of_programs_runs_as_it_is_printed(tmp_path: Path) -> None:
    """Server, keys, curl, client, stream and model: output and files as it says."""
    serve, *rest = printed()
    expected, script = "", "set -e\n"
    for language, text in rest:
        if language == "python":
            name = re.match(r"# (\w+\.py)\n", text)
            assert name, text
            (tmp_path / name[1]).write_text(text, "utf-8")
        elif language == "text":
            expected += text
        else:
            script += text
    shell = {"cwd": tmp_path, "env": surroundings(), "text": True}
    server = subprocess.Popen(
        ["bash", "-c", serve[1]],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        **shell,
    )
    try:
        wait_for(tmp_path / "links.txt", "ready at")
        done = subprocess.run(
            ["bash", "-c", script],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
            **shell,
        )
        assert done.returncode == 0, done.stdout
        assert is_as_shown(expected, done.stdout), done.stdout
        assert "accepted at hour" in (tmp_path / "accept.txt").read_text("utf-8")
        assert '"estimate"' in (tmp_path / "turns.jsonl").read_text("utf-8")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def wait_for(path: Path, words: str) -> None:
    """Until a file holds some words."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if path.is_file() and words in path.read_text("utf-8"):
            return
        time.sleep(0.05)
    raise TimeoutError(f"{path.name}: no '{words}'")
