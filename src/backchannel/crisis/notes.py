"""What a reader of the file should know though nothing is wrong with it."""

from __future__ import annotations

from itertools import pairwise

from backchannel.base.errors import Problem
from backchannel.base.moments import Moment, elapsed
from backchannel.crisis.model import Crisis
from backchannel.crisis.walk import engine_numbers_of


def notes_on(crisis: Crisis) -> list[Problem]:
    """List what `check` mentions after saying that a file is sound.

    Returns
    -------
    list of notes in file order: numbers without a source or certainty, unknown numbers
    and the range they are drawn from, times whose clock faces mislead
    """
    notes = [*_number_notes(crisis), *_time_notes(crisis)]
    return sorted(notes, key=lambda note: (note.line, note.key))


def _number_notes(crisis: Crisis) -> list[Problem]:
    notes = []
    for number in engine_numbers_of(crisis):
        if number.presence == "unknown" and number.is_usable:
            low, high = number.law.support()
            wrong = f"is unknown: drawn between {low:g} and {high:g}"
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
    pairs: list[tuple[str, Moment, Moment]] = []
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
