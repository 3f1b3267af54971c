"""What a reader of the file should know though nothing is wrong with it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from backchannel.base.errors import Problem
from backchannel.base.moments import Moment, elapsed
from backchannel.base.uncertain import Uncertain
from backchannel.base.units import WORTH
from backchannel.crisis.model import Crisis
from backchannel.crisis.walk import engine_numbers_of, sources_of, walk


def notes_on(crisis: Crisis) -> list[Problem]:
    """List what `check` mentions after saying that a file is sound.

    Returns
    -------
    list of notes in file order: numbers without a source or certainty, unknown numbers
    and the range they are drawn from, worth beyond general war, times whose clock faces
    mislead, deadlines out of sight, secrets that end at once, sources never used
    """
    notes = [*_number_notes(crisis), *_time_notes(crisis), *_omissions(crisis)]
    return sorted(notes, key=lambda note: (note.line, note.key))


def _number_notes(crisis: Crisis) -> list[Problem]:
    notes = []
    for number in engine_numbers_of(crisis):
        if number.presence == "unknown" and number.is_usable:
            low, high = number.law.support()
            wrong = f"is unknown: drawn between {low:g} and {high:g}"
            notes.append(Problem(crisis.path, number.line, number.path, wrong, ""))
        if number.dimension is WORTH and _beyond_war(number):
            wrong = f"reaches {number}, beyond general war (-100 on every scale)"
            notes.append(Problem(crisis.path, number.line, number.path, wrong, ""))
        missing = [
            word
            for word, given in (
                ("source", number.sources),
                ("certainty", number.certainty),
            )
            if not given
        ]
        if missing:
            wrong = f"has no {' and no '.join(missing)}"
            notes.append(Problem(crisis.path, number.line, number.path, wrong, ""))
    return notes


def _time_notes(crisis: Crisis) -> list[Problem]:
    pairs: list[tuple[str, Moment, Moment]] = [
        (f"deadlines.{name}.at", crisis.now, deadline.at)
        for name, deadline in crisis.deadlines.items()
    ]
    for name, channel in crisis.channels.items():
        for message, seen in channel.observed.items():
            key = f"channels.{name}.observed.{message}"
            pairs.append((key, seen.sent_at, seen.received_at))
    for name, record in crisis.records.items():
        times = record.times
        stages = (times.drafted_at, times.sent_at, times.received_at, times.read_at)
        known = [t for t in stages if t is not None and t.presence == "known"]
        pairs.extend((f"records.{name}.times", a, b) for a, b in pairwise(known))
    notes = []
    for key, start, end in pairs:
        if start.presence != "known" or end.presence != "known":
            continue
        passed = elapsed(start, end)
        if passed.is_misleading:
            wrong = f"mixes clocks: {start} to {end} is {passed}"
            notes.append(Problem(crisis.path, end.line, key, wrong, ""))
    return notes


def _beyond_war(number: Uncertain) -> bool:
    low, high = number.quantile(np.array([0.01, 0.99])) if number.is_usable else (0, 0)
    return bool(low < -100 or high > 100)


def _omissions(crisis: Crisis) -> list[Problem]:
    """What the file leaves out, or gives and never uses."""
    notes = []
    for name, deadline in crisis.deadlines.items():
        hours = elapsed(crisis.now, deadline.at).hours
        if not 0 < hours <= crisis.horizon.median():
            when = "has passed" if hours <= 0 else "lies beyond the horizon"
            key = f"deadlines.{name}.at"
            notes.append(Problem(crisis.path, deadline.at.line, key, when, ""))
    for name, issue in crisis.issues.items():
        for level_name, level in list(issue.levels.items())[1:]:
            key = f"issues.{name}.levels.{level_name}"
            ends_at_once = not (level.lead_time or level.steps)
            if level.private and not level.private.secret_for and ends_at_once:
                wrong = "is private for no time: give lead_time or secret_for"
                notes.append(Problem(crisis.path, crisis.line_of(key), key, wrong, ""))
            if level.giver is None:
                notes.append(
                    Problem(crisis.path, crisis.line_of(key), key, "has no giver", "")
                )
    used = {source for _, item in walk(crisis) for source in sources_of(item)}
    for name in crisis.sources:
        if name not in used:
            key = f"sources.{name}"
            notes.append(
                Problem(crisis.path, crisis.line_of(key), key, "is never used", "")
            )
    return notes
