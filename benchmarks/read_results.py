"""Figures read back from benchmarks/results, for the pages that show them."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.measured_run import RESULTS


def read(name: str) -> dict[str, Any]:
    """One results file."""
    content: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return content


def machine_line(result: dict[str, Any]) -> str:
    """What it was measured on."""
    m = result["machine"]
    libraries = ", ".join(f"{k} {v}" for k, v in m["libraries"].items())
    hardware = f"{m['processor']}, {m['cores']} cores, {m['memory_gib']:g} GiB"
    software = f"{m['system']}, Python {m['python']}, {libraries}"
    return f"{hardware}, {software}; commit {m['commit']}."
