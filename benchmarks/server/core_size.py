"""What the exercise adds to an installation of the analysis: packages and MiB.

    python -m benchmarks.server.core_size

Installs the dependencies at the versions of requirements.lock into folders that are
thrown away, with the package index that pip is set up for: those of the analysis alone,
those with the extra `serve`, and those with the driver of PostgreSQL as well.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from benchmarks.measured_run import ROOT, write_result

GOAL_ADDED_MIB = 60.0
_PIN = re.compile(r"^([A-Za-z0-9_.-]+==[^\s\\]+)")


def pins() -> str:
    """The versions of requirements.lock, without their hashes."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    found = [match[1] for line in lines if (match := _PIN.match(line))]
    assert len(found) > 20, "requirements.lock holds no pins"
    return "\n".join(found)


def installed(wanted: list[str], folder: Path) -> tuple[float, set[str]]:
    """Install into a folder; its MiB, and which packages it holds."""
    limits = folder / "pins.txt"
    limits.write_text(pins())
    target = folder / "packages"
    words = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target)]
    words += ["--constraint", str(limits), "--only-binary", ":all:", *wanted]
    subprocess.run(words, check=True)
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    names = {path.name.rsplit("-", 1)[0] for path in target.glob("*.dist-info")}
    return size / 2**20, {name.split("-")[0].lower() for name in names}


def main() -> None:
    """Install, print and write the sizes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    sets = {
        "analysis": project["dependencies"],
        "exercise": project["dependencies"] + extras["serve"],
        "postgres": project["dependencies"] + extras["serve"] + extras["postgres"],
    }
    sizes: dict[str, float] = {}
    held: dict[str, set[str]] = {}
    for name, wanted in sets.items():
        with tempfile.TemporaryDirectory() as folder:
            sizes[name], held[name] = installed(wanted, Path(folder))
        print(
            name, round(sizes[name], 1), "MiB", len(held[name]), "packages", flush=True
        )
    added = held["exercise"] - held["analysis"]
    assert {"starlette", "uvicorn", "sqlalchemy"} <= added
    figures: dict[str, Any] = {
        "analysis_mib": round(sizes["analysis"], 1),
        "exercise_mib": round(sizes["exercise"], 1),
        "added_mib": round(sizes["exercise"] - sizes["analysis"], 1),
        "added_packages": len(added),
        "added": sorted(added),
        "added_with_postgres_mib": round(sizes["postgres"] - sizes["analysis"], 1),
        "goal_added_mib": GOAL_ADDED_MIB,
    }
    print(figures)
    print("wrote", write_result("core_size", figures))


if __name__ == "__main__":
    main()
