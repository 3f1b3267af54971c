"""Write docs/speed.md from the figures in benchmarks/results.

python -m benchmarks.write_speed_page
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks.measured_run import RESULTS, ROOT

PAGE = ROOT / "docs" / "speed.md"
HEAD = """# Speed

Written by `python -m benchmarks.write_speed_page` from what `make bench` leaves in
`benchmarks/results/`. Each benchmark checks its answer before it prints a time, and
runs its peer in turn. The machine is shared: compare ratios and CPU seconds, not single
wall times.
"""


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


def brief_section() -> str:
    """The brief as a whole process."""
    result = read("brief_cuba")
    figures = result["figures"]
    lines = [
        f"## The brief of cuba-1962, {figures['draws']:,} draws, every file written",
        "",
        machine_line(result),
        "",
        "| | wall s | CPU s | peak MiB | limit | met |",
        "|---|---|---|---|---|---|",
    ]
    for name, run in figures.items():
        if not isinstance(run, dict):
            continue
        limit, value = next(iter(run["limit"].items()))
        met = "yes" if run["is_met"] else "no"
        lines.append(
            f"| {name} | {run['wall_seconds']:.2f} | {run['cpu_seconds']:.2f} | "
            f"{run['peak_mib']:.0f} | {value:g} s {limit.split('_')[0]} | {met} |"
        )
    return "\n".join(lines)


_COLUMNS = (
    "problem",
    "states",
    "non-zeros",
    "draws",
    "CPU ms per draw",
    "ns per non-zero and draw",
    "SciPy, CPU ms per draw",
    "ratio",
    "largest difference",
)


def escalation_section() -> str:
    """The exact escalation engine against SciPy."""
    result = read("escalation_exact")
    lines = [
        "## Exact escalation against SciPy's expm_multiply, one core",
        "",
        machine_line(result),
        "",
        f"| {' | '.join(_COLUMNS)} |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in result["figures"].items():
        if "n_states" not in row:
            continue
        cells = (
            name,
            f"{row['n_states']:,}",
            f"{row['n_nonzero']:,}",
            f"{row['n_draws']:,}",
            f"{row['cpu_ms_per_draw']:.3g}",
            f"{row['ns_per_nonzero_and_draw']:.2f}",
            f"{row['expm_multiply_cpu_ms_per_draw']:.3g}",
            f"{row['times_faster']:.3g}",
            f"{row['differ']:.0e}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


_ABOUT_VISITED = (
    "The frontier is proven by bounds: most packages are ruled out unseen. The column "
    "`visited` is the time when every package is looked at."
)


def domain_section() -> str:
    """Scans of negotiation domains against NumPy."""
    result = read("domain_scan")
    lines = [
        "## Frontiers of negotiation domains, one core",
        "",
        machine_line(result),
        "",
        _ABOUT_VISITED,
        "",
        "| domain | frontier points | CPU s | visited, CPU s | NumPy, CPU s |",
        "|---|---|---|---|---|",
    ]
    for name, row in result["figures"].items():
        seconds = [
            f"{row[key]:.3g}" if key in row else "-"
            for key in ("cpu_s", "every_package_visited_cpu_s", "numpy_cpu_s")
        ]
        lines.append(f"| {name} | {row['n_points']:,} | {' | '.join(seconds)} |")
    return "\n".join(lines)


def published_section() -> str:
    """Published values of continuous-time Markov chains."""
    result = read("published_ctmc")
    rows = [r for r in result["figures"].values() if "relative" in r]
    worst = max(row["relative"] for row in rows)
    most = max(row["n_states"] for row in rows)
    total = sum(row["cpu_seconds"] for row in rows)
    said = (
        f"{len(rows)} values of up to {most:,} states, built and solved in {total:.1f} "
        f"CPU seconds together; the largest relative difference is {worst:.0e}."
    )
    title = "## Published values of Markov chains, read from PRISM models"
    return "\n".join([title, "", machine_line(result), "", said])


if __name__ == "__main__":
    sections = (
        brief_section,
        escalation_section,
        domain_section,
        published_section,
    )
    parts = [HEAD, *(f"{section()}\n" for section in sections)]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
