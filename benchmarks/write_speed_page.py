"""Write docs/speed.md from the figures in benchmarks/results.

python -m benchmarks.write_speed_page
"""

from __future__ import annotations

import contextlib
from typing import Any

from benchmarks.measured_run import RESULTS, ROOT
from benchmarks.read_results import machine_line, read
from benchmarks.speed_of_exercise import (
    core_section,
    kill_section,
    otree_section,
    server_section,
    silence_section,
    surfaces_section,
)
from benchmarks.speed_of_stability import stability_section

PAGE = ROOT / "docs" / "speed.md"
HEAD = """# Speed

Written by `python -m benchmarks.write_speed_page` from what `make bench` leaves in
`benchmarks/results/`. Each benchmark checks its answer before it prints a time, and
runs its peer in turn. The machine is shared: compare ratios and CPU seconds, not single
wall times.
"""


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
    return "\n".join([*lines, *_batch_lines(result["figures"])])


def _batch_lines(figures: dict[str, Any]) -> list[str]:
    """The whole answer of a crisis, and the limit that it stands against."""
    lines = []
    for name, row in figures.items():
        if "limit_cpu_seconds" not in row:
            continue
        said = (
            f"{name}, {row['n_draws']:,} draws, {row['n_runs']} exact solutions of "
            f"each: {row['cpu_seconds']:.2f} CPU s (goal 1). Its "
            f"{row['multiply_adds']:.3g} multiply-adds alone take "
            f"{row['limit_cpu_seconds']:.2f} s at the {1e3 * row[_LEAST]:.0f} ps that "
            "the kernel needs for one where all fits in the first-level cache: each "
            "reads two vectors, and two in a cycle is what a core can read."
        )
        lines += ["", said]
    return lines


_LEAST = "least_ns_per_multiply_add"
_ABOUT_ONE_DRAW = (
    "REF-8 has day, night and a deadline, REF-8C constant hazards. Backward gives the "
    "risk from all states at all breaks, forward 97 hours from one start; the layout "
    "is made once for a structure. The derivatives are of P(war) and P(settled), for "
    "all rates and chances."
)
_ONE_DRAW_COLUMNS = (
    "",
    "off the known answer",
    "layout, CPU ms",
    "backward",
    "forward",
    "derivatives",
    "SciPy's expm_multiply, one start",
    "Storm's check",
)


def one_draw_section() -> str:
    """One draw of the reference workload, and a million states."""
    result = read("escalation_one_draw")
    lines = [
        "## One draw of the exact engine: 4,376 states, 96 h, every start state",
        "",
        machine_line(result),
        "",
        _ABOUT_ONE_DRAW,
        "",
        f"| {' | '.join(_ONE_DRAW_COLUMNS)} |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in result["figures"].items():
        storm, check = row.get("storm"), "cannot: hazards change"
        if storm:
            check = f"{storm['check_cpu_ms']:.0f} ({storm['version']})"
        lines.append(
            f"| {name} | {row['off']:.0e} | {row['layout_cpu_ms']:.1f} | "
            f"{row['backward_cpu_ms']:.1f} | {row['forward_cpu_ms']:.1f} | "
            f"{row['derivatives_cpu_ms']:.0f} | {row['expm_multiply_cpu_ms']:.0f} | "
            f"{check} |"
        )
    return "\n".join([*lines, "", _large_model()])


def _large_model() -> str:
    """A million states, from the file on."""
    row = read("escalation_large")["figures"]["10^6 states"]
    return (
        f"A crisis file of {row['n_states']:,} states and {row['n_cells']:,} pairs of "
        f"states, 96 h: {row['cpu_s']:.0f} CPU s and {row['peak_mib']:,.0f} MiB in "
        f"all; {row['build_cpu_s']:.0f} s to build it, {row['layout_cpu_s']:.0f} s to "
        f"lay it out, {row['backward_cpu_s']:.0f} s backward from all states, "
        f"{row['forward_cpu_s']:.0f} s forward; the two ways differ by "
        f"{row['differ']:.0e}."
    )


def second_core() -> str:
    """What two threads gain, where `two_cores` was run."""
    if not (RESULTS / "two_cores.json").exists():
        return ""
    figures = read("two_cores")["figures"]
    said = (
        f"`{name}` is {row['faster_by_free']:.2f} times as fast on two cores as on one "
        f"while the second is free, and {row['faster_by_busy']:.2f} times while "
        "another program keeps it busy"
        for name, row in figures.items()
    )
    return f" {'; '.join(said)}."


def _tick(figures: dict[str, Any]) -> str:
    """How many times more windows of self-exciting incidents we draw than tick."""
    row = next((r for r in figures.values() if "ours_is_faster_by" in r), None)
    if row is None:
        return ""
    return (
        " tick draws the same windows of six self-exciting incident types: "
        f"{row['ours_is_faster_by']:,.0f} of ours to one of its."
    )


def _general_limit(figures: dict[str, Any]) -> str:
    """What share of their limit general paths reach."""
    rows = {n: r for n, r in figures.items() if "n_sources" in r}
    shares = ", ".join(f"{n} {r['share_of_limit']:.0%}" for n, r in rows.items())
    said = " General paths, of what their random numbers alone would allow"
    return f"{said}: {shares}." if rows else ""


def sampled_section() -> str:
    """Sampled paths against other tools."""
    result = read("escalation_sampled")
    figures = result["figures"]
    lanes, tables = figures["lanes"], figures["tables of new numbers"]
    said = (
        f"Lanes reach {lanes['share_of_limit']:.0%} of what their random numbers alone "
        f"would allow; {tables['n_cells']:,} cells for new numbers take "
        f"{tables['cpu_ms']:.1f} ms. Rivals read the same rates.{_tick(figures)}"
        f"{_general_limit(figures)}"
        f"{second_core()}"
    )
    lines = [
        "## Sampled paths of the reference workload, one core",
        "",
        machine_line(result),
        "",
        said,
        "",
        "| | paths per CPU second | lanes are faster by |",
        "|---|---|---|",
    ]
    for name, row in figures.items():
        if "paths_per_cpu_second" not in row:
            continue
        ratio = row.get("times_slower_than_lanes")
        times = f"{ratio:.1f}" if ratio else ""
        made = f" ({row['version']})" if "version" in row else ""
        lines.append(f"| {name}{made} | {row['paths_per_cpu_second']:,.3g} | {times} |")
    return "\n".join(lines)


def card_section() -> str:
    """The same paths on a CUDA card."""
    result = read("paths_on_card")
    card = result["figures"]["card"]
    core = result["figures"]["one core of its machine"]
    said = (
        f"{card['name']}: {card['paths_per_second']:.3g} paths a second, "
        f"{core['times_slower_than_the_card']:.0f} times one core of its machine; the "
        f"counts of {card['same_counts_as_the_processor']:,} paths are those of the "
        f"processor, and P(war) of {card['n_paths']:,} is {card['prob_war']:.6f}. "
        f"Random numbers alone would allow {card['limit_paths_per_second']:.3g}. "
        f"100,000,000 paths of `sample_on_card`, tables and certificate included, take "
        f"{card['sample_on_card_1e8_paths_s']:.2f} s."
    )
    title = "## The same paths on a CUDA card"
    return "\n".join([title, "", machine_line(result), "", said])


_ABOUT_VISITED = (
    "The frontier is proven by bounds: most packages are ruled out unseen. The column "
    "`visited` is the time when every package is looked at. Limits of one core, "
    "measured in the same run: `visit` is what two loads, additions and comparisons a "
    "package take in a loop that does nothing else, `memory` what reading every sum "
    "once from memory would take, `sort` what sorting the points (the sums of the last "
    "issue) takes alone. MiB is the peak of a process that loads the package and does "
    "nothing but this. A scan with bounds may stay below them, for it looks at few "
    "packages."
)
_ABOUT_SESSIONS = (
    "Sessions per CPU second, 100 rounds. Cold: each session on its own domain. The "
    "limit is one dependent look-up for each offer that is made, at the rate measured "
    "in the same run."
)
_ABOUT_PROOFS = (
    "The plain loop is stopped after some seconds; its points say how far it came. "
    "What binds is the proof: branch and bound in OR-tools, or dominance between the "
    "points of a front, neither of which the memory of the machine limits. Limits are "
    "measured in the same run: `solver` is the time inside OR-tools for the solves "
    "that were needed, `sort` what sorting the points of the last step takes alone."
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
        "| domain | points | CPU s | MiB | visited, CPU s | NumPy, CPU s | limits |",
        "|---|---|---|---|---|---|---|",
    ]
    said = []
    for name, row in result["figures"].items():
        if "version" in row:
            said.append(
                f"{name}: NegMAS {row['version']} {row['negmas_cpu_s']:.3g} s, ours "
                f"{row['cpu_s']:.2g} s, the same frontier."
            )
            continue
        seconds = [
            f"{row[key]:.3g}" if key in row else "-"
            for key in (
                "cpu_s",
                "own_peak_mib",
                "every_package_visited_cpu_s",
                "numpy_cpu_s",
            )
        ]
        limits = [
            f"{title} {row[key]:.2g} s"
            for title, key in (
                ("visit", "visit_limit_s"),
                ("memory", "from_memory_s"),
                ("sort", "sort_limit_s"),
            )
            if key in row
        ]
        seconds.append(", ".join(limits) or "-")
        lines.append(f"| {name} | {row['n_points']:,} | {' | '.join(seconds)} |")
    return "\n".join([*lines, "", *said] if said else lines)


_ABOUT_LIMITS = (
    "`from memory` is what reading every sum once from memory would take, `from cache` "
    "the least that reading what the scan does read takes."
)


def two_level_section() -> str:
    """What passes at home, against NumPy and NegMAS."""
    result = read("two_levels")
    figures = dict(result["figures"])
    rates = figures.pop("copied, bytes a second")
    memory, cache = (rates[f"{name}_rate"] / 1e9 for name in ("memory", "cache"))
    negmas = {k: row for k, row in figures.items() if "version" in row}
    copied = (
        f"In the same run memory is copied at {memory:.3g} GB/s, the second-level "
        f"cache at {cache:.3g} GB/s. {_ABOUT_LIMITS}"
    )
    said = [
        f"{k}: NegMAS {row['version']} {row['negmas_cpu_s']:.3g} s, ours "
        f"{row['cpu_s']:.2g} s, the same set and best package."
        for k, row in negmas.items()
    ]
    lines = [
        "## What passes at home, one core",
        "",
        machine_line(result),
        "",
        copied,
        "",
        "| work | CPU s | set alone | what binds | NumPy | from memory | from cache |",
        "|---|---|---|---|---|---|---|",
    ]
    columns = (
        "cpu_s",
        "set_alone_cpu_s",
        "with_what_binds_cpu_s",
        "numpy_cpu_s",
        "from_memory_s",
        "limit_s",
    )
    for name, row in figures.items():
        if name not in negmas:
            cells = [f"{row[c]:.2g}" if c in row else "-" for c in columns]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *said])


def random_section() -> str:
    """Random crises against the literal evaluator."""
    figures = read("random_settlements")["figures"]
    return (
        "## Random crises against the literal evaluator\n\n"
        f"{figures['n_crises']:,} random small crises with {figures['n_packages']:,} "
        f"packages, of which {figures['n_settled']:,} can be settled: the largest "
        f"difference is {figures['largest']:.0e}."
    )


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


def storm_section() -> str:
    """Crises as PRISM models, through Storm."""
    figures = read("prism_to_storm")["figures"]
    n_worlds, n_stretches, n_jumps = (
        sum(row[f"n_{what}"] for row in figures.values())
        for what in ("worlds", "stretches", "jumps")
    )
    worst = max(row["largest_relative"] for row in figures.values())
    version = next(iter(figures.values()))["version"]
    return (
        "## Crises written as PRISM models, through Storm\n\n"
        f"{n_worlds} worlds ({', '.join(figures)}; the shipped ones with every lever), "
        f"{n_stretches} stretches of time and {n_jumps} jumps: Storm {version} gives "
        f"the engine's P(war) to {worst:.0e} of itself."
    )


_ABOUT_RARE = (
    "Goal: 0.1 s after at most 0.3 s of training, which is done twice; 93 to 97 of 100 "
    "intervals of 95 % hold the exact value."
)
_ABOUT_RARE_DRAWS = (
    "Crisis files are small enough to be solved, and solving is then faster; the "
    "estimate is for those that are not."
)
_RARE_DRAWS_COLUMNS = (
    "what",
    "exact P(war)",
    "an answer, CPU s",
    "exact engine, CPU s",
    "intervals that hold it",
    "refused",
)
_RARE_COLUMNS = (
    "exact P(war)",
    "training, CPU s",
    "1 %, CPU s",
    "splitting, CPU s",
    "plain paths, CPU s",
    "intervals that hold it",
    "worst, standard errors",
    "refused",
)
_ABOUT_PAIRS = (
    "What one pair is worth in independent pairs, and what is left of that after its "
    "cost, against the direct method and the lane sampler. Goal at 5 %: 90, and "
    "25 net of cost. Against the direct method like is compared with like: one path at "
    "a time. Lanes follow sixteen paths in one instruction and draw one time for all "
    "that may happen in a state; a pair keeps a clock for each reaction, so that both "
    "worlds meet the same luck, and moves all of them at each event. The faster the "
    "lanes, the less is left of a pair's gain; below 1, independent lanes are the "
    "better buy."
)
_CALIBRATION_COLUMNS = (
    "synthetic logs",
    "incidents a log",
    "90 % intervals that hold: base rate",
    "branching",
    "cooling",
    "all",
    "CPU ms a log",
)


def rare_section() -> str:
    """Rare war against plain paths and splitting."""
    result = read("rare_events")
    lines = [
        "## Rare war, to a relative standard error of 1 %, one core",
        "",
        machine_line(result),
        "",
        _ABOUT_RARE,
        "",
        f"| {' | '.join(_RARE_COLUMNS)} |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["figures"].values():
        held = f"{row['coverage_95']:.1%} of {row['seeds'] - row['refused']}"
        lines.append(
            f"| {row['exact']:.3g} | {row['training_two_runs_cpu_s']:.2f} | "
            f"{row['one_per_cent_cpu_s']:.3f} | "
            f"{row['splitting_one_per_cent_cpu_s']:.3g} | "
            f"{row['direct_method_one_per_cent_cpu_s']:.2g} | {held} | "
            f"{row['worst_standard_errors']:.1f} | {row['refused']} |"
        )
    return "\n".join(lines)


def rare_draws_section() -> str:
    """A rare war over draws of the file, against the exact engine."""
    result = read("rare_draws")
    lines = [
        "## Rare war in crisis files, over draws and by early hours",
        "",
        machine_line(result),
        "",
        _ABOUT_RARE_DRAWS,
        "",
        f"| {' | '.join(_RARE_DRAWS_COLUMNS)} |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in result["figures"].items():
        if "exact" not in row:
            continue
        held = f"{row['coverage_95']:.1%} of {row['seeds'] - row['refused']}"
        solved = f"{row['exact_cpu_s']:.2f}" if "exact_cpu_s" in row else ""
        lines.append(
            f"| {name} | {row['exact']:.3g} | {row['cpu_s_per_answer']:.2f} | "
            f"{solved} | {held} | {row['refused']} |"
        )
    return "\n".join(lines)


def policy_section() -> str:
    """Pairs with common luck against independent pairs."""
    result = read("policy_difference")
    lines = [
        "## Policy differences by common reaction paths, one core",
        "",
        machine_line(result),
        "",
        _ABOUT_PAIRS,
        "",
        "| policy | exact difference | variance factor | net, direct | net, lanes |",
        "|---|---|---|---|---|",
    ]
    for name, row in result["figures"].items():
        lines.append(
            f"| {name} | {row['exact_difference']:+.4f} | "
            f"{row['variance_factor']:.1f} | {row['net_of_cost_against_direct']:.1f} | "
            f"{row['net_of_cost_against_lanes']:.1f} |"
        )
    return "\n".join(lines)


def calibration_section() -> str:
    """Coverage of posterior intervals."""
    result = read("calibration_coverage")
    lines = [
        "## Calibration from incident logs",
        "",
        machine_line(result),
        "",
        f"| {' | '.join(_CALIBRATION_COLUMNS)} |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in result["figures"].items():
        shares = [
            f"{row[key]:.1%}"
            for key in (
                "coverage_90_base",
                "coverage_90_branching",
                "coverage_90_cooling",
                "coverage_90",
            )
        ]
        lines.append(
            f"| {row['logs']} {name} | {row['incidents_per_log']:.0f} | "
            f"{' | '.join(shares)} | {row['cpu_ms_per_log']:.0f} |"
        )
    return "\n".join(lines)


def games_section() -> str:
    """Every row of the game solvers, with its goal and the peer run in turn."""
    result = read("games_speed")
    lines = [
        "## Games",
        "",
        machine_line(result),
        "CPU seconds of one thread; a peer's figure is of the same",
        "minutes. What was certified is the audit of the profile, node by node. The",
        "leaves alone are the least that learning could take: the same iterations with",
        "nothing but every leaf read once for each player.",
        "",
        "| work | CPU s | goal | leaves alone | peer, CPU s | certified |",
        "|---|---|---|---|---|---|",
    ]
    for work, row in result["figures"].items():
        peer = row.get("peer", "none run")
        if "peer_seconds" in row:
            peer += f": {row['peer_seconds']:.3g}"
        goal = "" if row["goal_seconds"] > 1e6 else f"{row['goal_seconds']:g}"
        seconds = f"{row['seconds']:.3g}" if row["seconds"] else "-"
        audited = f"{row['audited']:.1e}" if "audited" in row else ""
        if not row.get("is_finished", True):
            audited = "none found: the guessed actions support no equilibrium"
        least = row.get("leaves_alone_seconds")
        leaves = "" if least is None else f"{least:.3g}"
        cells = (work, seconds, goal, leaves, peer, audited)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def sessions_section() -> str:
    """Sessions of alternating offers, by the second."""
    result = read("sessions")
    lines = [
        "## Alternating offers between scripted negotiators, one core",
        "",
        machine_line(result),
        "",
        _ABOUT_SESSIONS,
        "",
        "| who | cold | batched | limit | NegMAS | same agreement |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in result["figures"].items():
        batched = {k: v for k, v in row.items() if k.endswith("batched_per_s")}
        for key, value in (batched or {"": None}).items():
            extra = key.removesuffix("batched_per_s").strip("_").replace("_", " ")
            limit = row.get(key.replace("batched", "limit"), row.get("limit_per_s"))
            cells = (
                f"{name}, {extra}" if extra else name,
                f"{row['cold_per_s']:,.0f}" if "cold_per_s" in row else "-",
                f"{value:,.0f}" if value else "-",
                f"{limit:,.0f}" if limit else "-",
                f"{row['negmas_per_s']:,.0f}" if "negmas_per_s" in row else "-",
                f"{row['same_agreement']} of 3" if "same_agreement" in row else "-",
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _limit_of(row: dict[str, Any]) -> str:
    """What binds a row beyond enumeration, as it was measured beside it."""
    if "in_solver_s" in row:
        return f"solver {row['in_solver_s']:.3g} s in {row['n_solves']} solves"
    return f"sort {row['sort_limit_s']:.2g} s" if "sort_limit_s" in row else "-"


def _in_solver(row: dict[str, Any], key: str) -> str:
    """Which part of a time was spent inside OR-tools."""
    inside = row.get(key.replace("_cpu_s", "_in_solver_s"))
    return "" if inside is None else f" ({inside:.2g} s in the solver)"


def beyond_section() -> str:
    """Frontiers and deals that no enumeration reaches."""
    result = read("beyond_enumeration")
    lines = [
        "## Beyond enumeration, one core",
        "",
        machine_line(result),
        "",
        _ABOUT_PROOFS,
        "",
        "| domain | points | CPU s | limit | peer | peer's points | peer's CPU s |",
        "|---|---|---|---|---|---|---|",
    ]
    said: list[str] = []
    for name, row in result["figures"].items():
        if "n_points" in row:
            theirs = row.get("peer_n_points", row["n_points"] if "peer" in row else "-")
            spent = f"{row['peer_cpu_s']:.3g}" if "peer_cpu_s" in row else "-"
            lines.append(
                f"| {name} | {row['n_points']:,} | {row['cpu_s']:.3g} | "
                f"{_limit_of(row)} | "
                f"{row.get('peer', '-')} | {theirs} | {spent} |"
            )
        elif "median_ratio" in row:
            said.append(
                f"The setting of the solver on {row['n_domains']} random domains that "
                f"it was not chosen on: {row['ours_cpu_s']:.3g} s, with its default "
                f"{row['default_cpu_s']:.3g} s, the same frontiers; the default takes "
                f"{row['median_ratio']:.2g} times as long in the median, "
                f"{row['least_ratio']:.2g} at least."
            )
        else:
            seconds = [
                f"{key.removesuffix('_cpu_s').replace('_', ' ')} {value:.2g} s"
                + _in_solver(row, key)
                for key, value in row.items()
                if key.endswith("_cpu_s")
            ]
            deals = f"Best deal, {name}: {', '.join(seconds)}; gaps below 6e-5."
            said.append(deals)
    return "\n".join([*lines, "", "\n\n".join(said)])


if __name__ == "__main__":
    sections = (
        brief_section,
        escalation_section,
        one_draw_section,
        sampled_section,
        card_section,
        domain_section,
        two_level_section,
        random_section,
        sessions_section,
        beyond_section,
        published_section,
        storm_section,
        rare_section,
        rare_draws_section,
        policy_section,
        stability_section,
        calibration_section,
        server_section,
        kill_section,
        otree_section,
        silence_section,
        surfaces_section,
        core_section,
        games_section,
    )
    parts = [HEAD]
    for section in sections:
        # What was not measured is left out.
        with contextlib.suppress(FileNotFoundError):
            parts.append(f"{section()}\n")
    PAGE.write_text("\n".join(parts), encoding="utf-8")
