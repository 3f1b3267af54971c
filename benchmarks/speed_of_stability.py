"""The speed of the search for stable states, for the page of all speeds."""

from __future__ import annotations

from benchmarks.read_results import machine_line, read

_ABOUT = (
    "All five concepts for every state and actor; preferences drawn by chance, every "
    "combination of options feasible. The peer is the published form in products of "
    "dense matrices (Xu, Hipel and Kilgour 2009), in NumPy, with the same verdicts; "
    "listing the moves is not in its time. Up to 300 states ours includes a check by "
    "the definitions. Peak memory is that of the process so far."
)


def stability_section() -> str:
    """Five concepts by search, against matrix products."""
    result = read("stable_states")
    lines = [
        "## Which states of a conflict hold, one core",
        "",
        machine_line(result),
        "",
        _ABOUT,
        "",
        "| conflict | states | CPU s | matrices, CPU s | peak MiB | goal | met |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in result["figures"].items():
        matrices = f"{row['matrices_cpu_s']:.3g}" if "matrices_cpu_s" in row else "-"
        goal, met = "-", "-"
        if "limit_s" in row:
            goal = f"{row['limit_s']:g} s"
            if row["limit_mib"] is not None:
                goal += f", {row['limit_mib']:g} MiB"
            met = "yes" if row["is_met"] else "no"
        lines.append(
            f"| {name} | {row['n_states']:,} | {row['cpu_s']:.3g} | {matrices} | "
            f"{row['peak_mib']:.0f} | {goal} | {met} |"
        )
    return "\n".join(lines)
