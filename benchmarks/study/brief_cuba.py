"""How long the brief of cuba-1962 takes, cold and warm, and how fast the tool starts.

    python -m benchmarks.study.brief_cuba [--draws N] [--runs N]

The answer is checked before a time is printed: every run must write the same bytes,
and its JSON must hold finite numbers and the parts that a brief has. Python may keep
the byte code of the package, as it does for everybody who has not forbidden it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measured_run import MeasuredRun, measured_run, script, write_result

# What the first release promises, on two cores.
LIMITS = {
    "brief, cold": ("wall_seconds", 20.0),
    "brief, warm": ("wall_seconds", 4.0),
    "brief of strait, warm": ("wall_seconds", 1.0),
    "backchannel --help": ("cpu_seconds", 0.3),
    "import backchannel": ("cpu_seconds", 0.3),
}
MAX_PEAK_MIB = 1024.0
# Empty is as if it were not set: a shell of developers may have forbidden byte code,
# without which 240 modules are compiled anew in every run.
KEEPS_BYTE_CODE = {"PYTHONDONTWRITEBYTECODE": ""}


def numbers_in(value: Any) -> Iterator[float]:
    """Every number in a JSON value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from numbers_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_in(inner)
    elif isinstance(value, float):
        yield value


def check_answer(folder: Path, n_draws: int) -> None:
    """Raise unless a folder holds a brief worth timing."""
    text = (folder / "brief.json").read_text("utf-8")
    answer = json.loads(text)
    if not all(math.isfinite(number) for number in numbers_in(answer)):
        raise RuntimeError("the brief holds a number that is not finite")
    for word in ("prob_war", "prob_settled", "seed", f"{n_draws}"):
        if word not in text:
            raise RuntimeError(f"the brief does not mention {word}")
    for name in ("brief.html", "brief.md"):
        if not (folder / name).stat().st_size:
            raise RuntimeError(f"{name} is empty")


def digest(folder: Path) -> str:
    """Digest of every file that a brief wrote, names and bytes."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(str(path.relative_to(folder)).encode() + b"\0")
            total.update(path.read_bytes())
    return total.hexdigest()


def time_briefs(n_draws: int, n_runs: int) -> tuple[MeasuredRun, MeasuredRun]:
    """Time one brief without and the best of several with compiled kernels."""
    with tempfile.TemporaryDirectory() as scratch:
        compiled = str(Path(scratch) / "compiled")
        environment = {"NUMBA_CACHE_DIR": compiled, **KEEPS_BYTE_CODE}
        runs, digests = [], []
        for i in range(1 + n_runs):
            folder = Path(scratch) / f"brief-{i}"
            words = [
                "brief",
                "cuba-1962",
                "--draws",
                f"{n_draws}",
                "--out",
                f"{folder}",
            ]
            command = [script("backchannel"), *words]
            runs.append(measured_run(command, environment=environment))
            check_answer(folder, n_draws)
            digests.append(digest(folder))
    if len(set(digests)) != 1:
        raise RuntimeError("the same seed gave different bytes")
    return runs[0], min(runs[1:], key=lambda run: run.wall_seconds)


def best_run(command: list[str], n_runs: int) -> MeasuredRun:
    """Time the fastest of several runs of a command that writes no file."""
    runs = [measured_run(command, environment=KEEPS_BYTE_CODE) for _ in range(n_runs)]
    return min(runs, key=lambda run: run.cpu_seconds)


def main() -> int:
    """Measure, print a table, write the JSON; 1 if a limit is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3, help="warm runs")
    chosen = parser.parse_args()
    tool = script("backchannel")
    cold, warm = time_briefs(chosen.draws, chosen.runs)
    measured = {
        "brief, cold": cold,
        "brief, warm": warm,
        "brief of strait, warm": best_run([tool, "brief", "strait"], 5),
        "backchannel --help": best_run([tool, "--help"], 5),
        "import backchannel": best_run([sys.executable, "-c", "import backchannel"], 5),
    }
    print(f"cuba-1962, {chosen.draws} draws, every file written")
    print(f"{'':22} {'wall s':>7} {'CPU s':>7} {'MiB':>6}   limit")
    all_met = True
    figures: dict[str, Any] = {"draws": chosen.draws}
    for name, run in measured.items():
        kind, limit = LIMITS[name]
        met = getattr(run, kind) <= limit and run.peak_mib <= MAX_PEAK_MIB
        all_met = all_met and met
        row = f"{run.wall_seconds:7.2f} {run.cpu_seconds:7.2f} {run.peak_mib:6.0f}"
        verdict = "met" if met else "NOT MET"
        print(f"{name:22} {row}   {kind.split('_')[0]} {limit:g} s, {verdict}")
        figures[name] = {
            "wall_seconds": round(run.wall_seconds, 3),
            "cpu_seconds": round(run.cpu_seconds, 3),
            "peak_mib": round(run.peak_mib, 1),
            "limit": {kind: limit, "peak_mib": MAX_PEAK_MIB},
            "is_met": met,
        }
    path = write_result("brief_cuba", figures)
    print(f"wrote {path.name}")
    return 0 if all_met else 1


if __name__ == "__main__":
    sys.exit(main())
