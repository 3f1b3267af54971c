"""Read what happened in earlier crises: one incident a row, one window a crisis."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from backchannel.base.errors import CrisisFileError, Problem, did_you_mean
from backchannel.base.laws import FloatArray
from backchannel.base.moments import read_moment
from backchannel.base.units import DURATION
from backchannel.escalation.problem import IntArray

_NEEDED = ("crisis", "start", "time", "incident")
_COLUMNS = (*_NEEDED, "end", "window")
_NOT_READ = {
    "rung": (
        "cannot be used: how long each rung lasted does not follow from incidents",
        "leave the column out; rates are averages over the rungs that the log saw",
    )
}
_BEFORE_ALL = datetime.min


@dataclass(frozen=True)
class Observed:
    """One crisis as it was watched, from `start` for `hours`.

    `times` (n_incidents,) are hours since the start, ascending; `kinds` (n_incidents,)
    are indices into the incidents of the log.
    """

    name: str
    start: datetime
    hours: float
    times: FloatArray
    kinds: IntArray


@dataclass(frozen=True)
class IncidentLog:
    """All crises of a log; `incidents` are the types that occur, in order of name."""

    path: str
    crises: tuple[Observed, ...]
    incidents: tuple[str, ...]
    digest: str

    @property
    def n_incidents(self) -> int:
        """Number of incidents in all crises."""
        return sum(len(crisis.times) for crisis in self.crises)

    @property
    def counts(self) -> IntArray:
        """Incidents of each type, (n_types,)."""
        kinds = np.concatenate([crisis.kinds for crisis in self.crises])
        return np.bincount(kinds, minlength=len(self.incidents)).astype(np.int64)

    def arrays(self) -> tuple[FloatArray, IntArray, FloatArray]:
        """Times of all incidents, where each crisis begins in them, hours watched."""
        sizes = [len(crisis.times) for crisis in self.crises]
        return (
            np.concatenate([crisis.times for crisis in self.crises]),
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.array([crisis.hours for crisis in self.crises]),
        )


@dataclass
class _Window:
    """What the rows of one crisis have said so far."""

    line: int
    start: datetime | None = None
    end: datetime | None = None
    incidents: list[tuple[datetime, str, int]] = field(default_factory=list)


def read_incident_log(
    path: str | Path, *, known: Mapping[str, object] | None = None
) -> IncidentLog:
    """Read an incident log, a table in CSV with a head line; commas or semicolons.

    Parameters
    ----------
    path : columns `crisis`, `start`, `end` or `window` (such as 96 h), `time`,
        `incident`. Times carry their zone. The window of a crisis stands in one of its
        rows at least; a row without time and incident says only the window, so that a
        crisis without incidents counts too
    known : incidents of the crisis that the log is for; others are refused

    Returns
    -------
    IncidentLog : crises in order of first mention

    Raises
    ------
    CrisisFileError : lists every bad row, each with file and line.
    """
    shown = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        right = "name a CSV file with one incident a row"
        wrong = f"cannot be read ({error.strerror or error})"
        raise CrisisFileError([Problem(shown, 0, "", wrong, right)]) from None
    except UnicodeDecodeError:
        problem = Problem(shown, 0, "", "is not text in UTF-8", "save it as CSV, UTF-8")
        raise CrisisFileError([problem]) from None
    rows, problems = _rows(shown, text)
    windows: dict[str, _Window] = {}
    for line, row in rows:
        problems += _read_row(shown, line, row, windows, known)
    problems += [p for name, w in windows.items() for p in _unfit(shown, name, w)]
    if not windows and not problems:
        right = "add a row for each incident"
        problems.append(Problem(shown, 0, "", "has no rows", right))
    if problems:
        raise CrisisFileError(problems)
    names = sorted({kind for w in windows.values() for _, kind, _ in w.incidents})
    crises = tuple(_observed(name, w, names) for name, w in windows.items())
    digest = hashlib.sha256(text.encode()).hexdigest()
    return IncidentLog(shown, crises, tuple(names), digest)


def _rows(
    shown: str, text: str
) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """Rows with their line, and what is wrong with the head line."""
    lines = text.splitlines(keepends=True)
    # Spreadsheets write semicolons where the comma is the decimal mark.
    first = lines[0] if lines else ""
    reader = csv.reader(lines, delimiter=";" if ";" in first else ",")
    head = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in _NEEDED if name not in head]
    problems = [
        Problem(
            shown,
            1,
            name,
            *_NOT_READ.get(name, ("is no column that is read", _expected(name))),
        )
        for name in head
        if name not in _COLUMNS
    ]
    problems += [
        Problem(shown, 1, name, "column is missing", "name it in the first line")
        for name in missing
    ]
    if "end" not in head and "window" not in head:
        right = "say how long each crisis was watched"
        problems.append(Problem(shown, 1, "end", "or window is missing", right))
    rows: list[tuple[int, dict[str, str]]] = []
    if problems:
        return rows, problems
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(head):
            right = f"the first line names {len(head)} columns; quote cells with commas"
            wrong = f"has {len(cells)} cells"
            problems.append(Problem(shown, reader.line_num, "", wrong, right))
            continue
        cells += [""] * (len(head) - len(cells))
        row = {n: cell.strip() for n, cell in zip(head, cells, strict=True)}
        rows.append((reader.line_num, row))
    return rows, problems


def _expected(name: str) -> str:
    return did_you_mean(name, _COLUMNS, "column").replace("declared", "columns")


def _read_row(
    shown: str,
    line: int,
    row: dict[str, str],
    windows: dict[str, _Window],
    known: Mapping[str, object] | None,
) -> list[Problem]:
    """Add one row to the window of its crisis, and say what is wrong with it."""
    problems: list[Problem] = []

    def wrong(key: str, what: str, right: str) -> None:
        problems.append(Problem(shown, line, key, what, right))

    def moment(key: str) -> datetime | None:
        text = row.get(key, "")
        if not text:
            return None
        try:
            read = read_moment(text)
        except ValueError as error:
            wrong(key, *_apart(str(error)))
            return None
        if read.earliest is None or read.earliest != read.latest:
            wrong(key, f"is '{text}', not one instant", "give day, hour and zone")
            return None
        return read.earliest

    name, kind = row["crisis"], row["incident"]
    if not name:
        wrong("crisis", "is empty", "name the crisis of the row")
        return problems
    window = windows.setdefault(name, _Window(line))
    start, end, time = moment("start"), moment("end"), moment("time")
    if row.get("window"):
        end, problem = _end_of(start or window.start, row["window"])
        if problem:
            wrong("window", problem, f"write for example {DURATION.example}")
    for key, told in (("start", start), ("end", end)):
        before = getattr(window, key)
        if told is not None and before is not None and told != before:
            wrong(key, f"of {name} differs from an earlier row", "give one window each")
        elif told is not None:
            setattr(window, key, told)
    if kind and known is not None and kind not in known:
        wrong("incident", f"no '{kind}'", did_you_mean(kind, known, "incident"))
    if bool(kind) != bool(row["time"]):
        empty = "time" if kind else "incident"
        wrong(empty, "is empty", "give both, or neither for a row that says the window")
    elif kind and time is not None:
        window.incidents.append((time, kind, line))
    return problems


def _apart(message: str) -> tuple[str, str]:
    """What is wrong and what would be right, from one message."""
    what, _, right = message.partition("; ")
    return what, right


def _end_of(start: datetime | None, text: str) -> tuple[datetime | None, str]:
    """End of a window of a length, or what is wrong with the length."""
    try:
        hours = DURATION.parse(text)
    except ValueError as error:
        return None, str(error)
    if start is None:
        return None, "has no start in this row or before"
    try:
        return start + timedelta(hours=hours), ""
    except OverflowError:
        return None, f"is '{text}', longer than any calendar"


def _unfit(shown: str, name: str, window: _Window) -> list[Problem]:
    """What is wrong with a window, or with incidents outside it."""
    problems = []
    if window.start is None or window.end is None:
        side = "start" if window.start is None else "end"
        wrong = f"of {name} stands in none of its rows"
        right = "give start and end, or start and window, once"
        return [Problem(shown, window.line, side, wrong, right)]
    if window.end <= window.start:
        wrong = f"of {name} is not after its start"
        problems.append(Problem(shown, window.line, "end", wrong, "mend either"))
    for time, kind, line in window.incidents:
        if not window.start <= time <= window.end:
            wrong = f"{kind} lies outside the window of {name}"
            right = "mend the time, or widen the window to all that was watched"
            problems.append(Problem(shown, line, "time", wrong, right))
    return problems


def _observed(name: str, window: _Window, names: list[str]) -> Observed:
    start = window.start or _BEFORE_ALL
    end = window.end or start
    incidents = sorted((time, kind) for time, kind, _ in window.incidents)
    hour = timedelta(hours=1)
    return Observed(
        name,
        start,
        (end - start) / hour,
        np.array([(time - start) / hour for time, _ in incidents], dtype=np.float64),
        np.array([names.index(kind) for _, kind in incidents], dtype=np.int64),
    )
