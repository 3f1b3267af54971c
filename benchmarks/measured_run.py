"""One command as a whole process, measured, and a record of the machine it ran on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
# Libraries whose version can move a speed figure.
LIBRARIES = ("numpy", "scipy", "numba", "pydantic", "ruamel.yaml", "matplotlib")


@dataclass(frozen=True)
class MeasuredRun:
    """Cost of one process and its children: seconds, and MiB at the peak."""

    wall_seconds: float
    cpu_seconds: float
    peak_mib: float
    output: str


def measured_run(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> MeasuredRun:
    """Run a command to its end and measure it.

    Raises
    ------
    RuntimeError : the command failed; a speed without an answer means nothing.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(
            list(command),
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=errors,
        )
        # wait4, not getrusage: its figures are those of this child alone.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            line = " ".join(command)
            raise RuntimeError(f"{line}: exit {process.returncode}\n{errors.read()}")
        cpu = usage.ru_utime + usage.ru_stime
        return MeasuredRun(wall, cpu, usage.ru_maxrss / 1024, output.read())


def machine() -> dict[str, Any]:
    """What a reader needs to compare a figure: processor, memory, versions, commit."""
    model = platform.machine()
    cpu_list = Path("/proc/cpuinfo")
    if cpu_list.exists():
        lines = cpu_list.read_text().splitlines()
        models = [ln.split(":", 1)[1].strip() for ln in lines if "model name" in ln]
        model = models[0] if models else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "commit": _commit(),
    }


def _commit() -> str:
    """Say which commit was measured, and whether files differ from it."""
    words = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def write_result(name: str, figures: Mapping[str, Any]) -> Path:
    """Write figures with their machine to benchmarks/results/NAME.json."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    content = {"benchmark": name, "machine": machine(), "figures": dict(figures)}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path


def script(name: str) -> str:
    """Path of a command that was installed beside the running Python."""
    return str(Path(sys.executable).parent / name)
