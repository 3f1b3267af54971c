"""Start-up stays fast because slow libraries wait until a command needs them.

Seconds are measured by benchmarks/study/brief_cuba.py; a test on a busy machine
would raise false alarms, so here it is the cause that is tested.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = ("numba", "scipy", "matplotlib", "xarray", "pandas")
IMPORT = "import backchannel"
HELP = """
sys.argv = ["backchannel", "--help"]
from backchannel.cli import main
try:
    main()
except SystemExit:
    pass
"""


def loaded_after(code: str) -> list[str]:
    """The slow libraries that a fresh interpreter has loaded after some code."""
    report = f"print('loaded:', *(m for m in {SLOW!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\n{report}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rsplit("loaded:", 1)[1].split()


@pytest.mark.parametrize("code", [IMPORT, HELP], ids=["import", "help"])
def test_start_up_loads_no_slow_library(code: str) -> None:
    """Neither the import nor `--help` loads a compiler, a plotter or pandas."""
    assert loaded_after(code) == []


def test_a_slow_library_is_found() -> None:
    """The check sees a library that was loaded."""
    assert loaded_after("import xarray") != []


def test_a_server_that_starts_waits_for_no_engine() -> None:
    """A room that is back in a second has not loaded the compiler of the engines."""
    assert "numba" not in loaded_after("import backchannel.exercise.server.opening")
