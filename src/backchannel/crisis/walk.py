"""Walk through a crisis: every record, number and time in it, with its key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from backchannel.base.moments import Moment
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.frozen import Sourced
from backchannel.crisis.model import Crisis

# What a reader wants to know, but no engine computes with.
_FOR_READERS = (
    "deaths",
    "access_latency",
    "prob_detection",
    "length",
    "repetitions",
    "credibility",
)


def walk(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every record and leaf below a value, depth first, with its dotted key."""
    yield key, value
    if isinstance(value, BaseModel):
        items = ((name, getattr(value, name)) for name in type(value).model_fields)
        for name, item in items:
            yield from walk(item, f"{key}.{name}" if key else name)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from walk(item, f"{key}.{name}" if key else str(name))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from walk(item, f"{key}[{i}]")


def sources_of(item: Any) -> tuple[str, ...]:
    """The sources that a record or a number names."""
    if isinstance(item, Sourced):
        return item.source
    return item.sources if isinstance(item, Uncertain) else ()


def numbers_of(crisis: Crisis) -> tuple[Uncertain, ...]:
    """Every number of the file, in order of the records."""
    return tuple(v for _, v in walk(crisis) if isinstance(v, Uncertain))


def engine_numbers_of(crisis: Crisis) -> tuple[Uncertain, ...]:
    """The numbers that answers are computed from."""
    return tuple(
        number
        for key, number in walk(crisis)
        if isinstance(number, Uncertain) and key.rpartition(".")[2] not in _FOR_READERS
    )


def moments_of(crisis: Crisis) -> tuple[Moment, ...]:
    """Every time of the file."""
    return tuple(v for _, v in walk(crisis) if isinstance(v, Moment))
