"""The sections of docs/speed.md that are about the live exercise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.read_results import machine_line, read

_ABOUT_SERVER = (
    "Server and load share the two cores with whatever else runs (load average "
    "{load}), so delivery times are upper bounds and CPU per message is the figure to "
    "compare. No message was lost or doubled, and every ledger's chain holds."
)


def _joins_line(joins: dict[str, Any]) -> str:
    return (
        f"{joins['people']} people who join by their links, 32 at once: all in "
        f"{joins['all_joined_s']:g} s, {joins['server_cpu_ms_per_join']:g} ms of the "
        "server's CPU each."
    )


def _replay_line(replay: dict[str, Any]) -> str:
    cpu, goal = replay["read_verified_folded_shown_cpu_s"], replay["goal_cpu_s"]
    return (
        f"{replay['events']:,} events: read from SQLite, verified, folded and put on "
        f"{replay['screens']} screens in {cpu:g} s of CPU (goal {goal:g} s), each "
        "screen the same bytes as in the game."
    )


def server_section() -> str:
    """People on one exercise server."""
    result = read("exercise_load")
    figures = dict(result["figures"])
    load, joins, replay = (
        figures.pop("load_average"),
        figures.pop("200 people join, 32 at once"),
        figures.pop("replay"),
    )
    lines = [
        "## The live exercise, one server process, loopback",
        "",
        machine_line(result),
        "",
        _ABOUT_SERVER.format(load=load[0]),
        "",
        "| load | deliveries | p50 ms | p99 ms | goal, ms | met | CPU ms a message |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in figures.items():
        lines.append(
            f"| {name} | {row['deliveries']:,} | {row['p50_ms']:g} | "
            f"{row['p99_ms']:g} | {row['goal_p99_ms']:g} | "
            f"{'yes' if row['is_met'] else 'no'} | "
            f"{row['server_cpu_ms_per_message']:.2f} |"
        )
    lines += ["", _joins_line(joins), "", _replay_line(replay)]
    return "\n".join(lines)


_ABOUT_KILLS = (
    "`kill -9`, then at once a start on the same ledger, under 200 messages a second "
    "from twenty seats. Seconds until all clients had an answer again: median, worst."
)
_KILL_COLUMNS = (
    *("ledger", "kills", "messages", "shown, not stored", "lost", "doubled"),
    *("after the kill", "after the first answer", "goal"),
)


def kill_section() -> str:
    """The server killed fifty times, on each database."""
    result = read("kill_fifty")
    lines = ["## The exercise killed in mid-talk", "", machine_line(result)]
    lines += [_ABOUT_KILLS, "", *_head(_KILL_COLUMNS)]
    for name, row in result["figures"].items():
        doubled = row["stored_twice"] + row["views_missing_or_twice"]
        kill, answer = row["back_after_kill_s"], row["back_after_first_answer_s"]
        cells = (
            *(name, row["kills"], f"{row['messages']:,}", row["shown_but_not_stored"]),
            *(row["lost"], doubled, f"{kill[0]:g}, {kill[1]:g}"),
            *(f"{answer[0]:g}, {answer[1]:g}", f"{row['goal_back_s']:g}"),
        )
        lines.append(_row(cells))
    return "\n".join(lines)


_ABOUT_OTREE = (
    "The same people, rooms and rates in turn, one server process each; load average "
    "{load:g} at the end. A pair is a room of two, how oTree sends to one; its "
    "timer process is not counted. Of those who join it is the time until all are in."
)
_OTREE_COLUMNS = (
    *("database", "load", "p99 ms", "oTree, p99 ms"),
    *("server's CPU ms", "oTree's CPU ms"),
)


def otree_section() -> str:
    """The same loads on oTree and here, in turn."""
    result = read("beside_otree")
    figures = result["figures"]
    about = _ABOUT_OTREE.format(load=figures["load_average"][0])
    lines = [f"## The exercise beside oTree {figures['oTree']}", ""]
    lines += [machine_line(result), about, "", *_head(_OTREE_COLUMNS)]
    for database in ("SQLite", "PostgreSQL"):
        for name, row in figures[database].items():
            ours, theirs = row["backchannel"], row["oTree"]
            cells = (database, name, *_delays(ours, theirs), *_cpu(ours, theirs))
            lines.append(_row(cells))
    return "\n".join(lines)


def _delays(*rows: dict[str, Any]) -> list[str]:
    times = [row.get("p99_ms", 1000 * row.get("all_joined_s", 0.0)) for row in rows]
    return [f"{time:,.0f}" for time in times]


def _cpu(*rows: dict[str, Any]) -> list[str]:
    keys = ("server_cpu_ms_per_message", "server_cpu_ms_per_join")
    return [f"{next(row[k] for k in keys if k in row):.2f}" for row in rows]


_ABOUT_SILENCE = (
    "People in a room, p99 in three runs: {without} ms; beside eight language models "
    "silent for 30 s, in turn: {beside} ms. The median changes by {change:g} ms (goal "
    "{goal:g})."
)
_ABOUT_SOAK = (
    "{people} people, {messages:,} messages in {minutes:g} minutes: {first:g} MiB "
    "after half a minute, {last:g} at the end, {each:g} for 1,000 messages, which stay "
    "in memory as long as the game is open; p99 {early:g} ms in the first third, "
    "{late:g} in the last."
)


def silence_section() -> str:
    """Silent programs, and some minutes of talk."""
    result = read("silent_and_soak")
    silent, soak = result["figures"].values()
    said = _ABOUT_SILENCE.format(
        without=", ".join(f"{x:g}" for x in silent["p99_ms_without"]),
        beside=", ".join(f"{x:g}" for x in silent["p99_ms_with_8_silent"]),
        change=silent["change_ms"],
        goal=silent["goal_change_ms"],
    )
    long = _ABOUT_SOAK.format(
        people=soak["people"],
        messages=soak["messages"],
        minutes=soak["minutes"],
        first=soak["resident_mib"][0],
        last=soak["resident_mib"][-1],
        each=soak["mib_per_1000_messages"],
        early=soak["p99_ms_first_third"],
        late=soak["p99_ms_last_third"],
    )
    title = "## Silent programs, and a long evening"
    return "\n".join([title, "", machine_line(result), said, "", long])


_ABOUT_SURFACES = (
    "{pairs:,} pairs of games that differ only in what one role may not see, through "
    "the whole application: pages, errors, refusals, exports, headers, streams. "
    "Differing: {different}. Seeded bugs caught: {caught} of {bugs}, each within "
    "{most} pairs. {cpu:,.0f} s of CPU."
)


def surfaces_section() -> str:
    """Pairs of games that must look alike."""
    result = read("need_to_know")
    figures = result["figures"]
    about = _ABOUT_SURFACES.format(
        pairs=figures["pairs"],
        different=sum(figures["different"].values()),
        caught=figures["bugs_caught"],
        bugs=figures["bugs"],
        most=figures["most_pairs_until_caught"],
        cpu=figures["cpu_s"],
    )
    title = "## What a role may not see, in all that leaves the server"
    return "\n".join([title, "", machine_line(result), about])


_ABOUT_CORE = (
    "The pinned packages of the analysis take {analysis:.0f} MiB, with the extra "
    "`serve` {exercise:.0f} MiB: {added:g} MiB more (goal {goal:g}), in {n} packages. "
    "With the driver of PostgreSQL it is {postgres:g} MiB more."
)


def core_section() -> str:
    """What the exercise adds to an installation."""
    figures = read("core_size")["figures"]
    about = _ABOUT_CORE.format(
        analysis=figures["analysis_mib"],
        exercise=figures["exercise_mib"],
        added=figures["added_mib"],
        goal=figures["goal_added_mib"],
        n=figures["added_packages"],
        postgres=figures["added_with_postgres_mib"],
    )
    return "\n".join(["## What the exercise adds to an installation", "", about])


def _head(columns: Sequence[str]) -> list[str]:
    return [_row(columns), f"|{'---|' * len(columns)}"]


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
