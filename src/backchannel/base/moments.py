"""Times as the crisis file writes them: with a zone, exact, fuzzy, unknown or empty.

    1962-10-27 19:45 America/New_York
    1962-10-27T23:45Z
    1962-10-28 01:30 -05:00            the offset settles the hour that came twice
    1962-10-27 America/New_York        some time that day
    [1962-10-28 09:00Z, 1962-10-28 11:00Z]
    {at: 1962-10-27 19:45 America/New_York, within: 20 min}
    unknown, empty

Everything is UTC inside. A time without a zone is an error: it would be a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from backchannel.base.located import place_of
from backchannel.base.uncertain import PlacedError
from backchannel.base.units import DURATION

_EXAMPLE = "1962-10-27 19:45 America/New_York or 1962-10-27T23:45Z"
_TIME = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?\s*"
    r"(Z|UTC|[-+]\d\d:?\d\d|[A-Za-z_]+/[A-Za-z_/+-]+)?\s*"
)


@dataclass(frozen=True)
class Moment:
    """A time, possibly known only between two instants.

    `earliest` and `latest` are UTC and equal when the time is exact; `offset_hours` is
    the local clock's distance from UTC, which the same zone changes on some nights.
    """

    earliest: datetime | None
    latest: datetime | None
    text: str
    offset_hours: float = 0.0
    presence: Literal["known", "unknown", "empty"] = "known"
    path: str = ""
    line: int = 0

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validate by `read_moment`."""
        return core_schema.no_info_plain_validator_function(read_moment)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the forms."""
        text = {"type": "string", "examples": [_EXAMPLE, "unknown", "empty"]}
        fuzzy = {
            "type": "object",
            "properties": {"at": text, "within": {"type": "string"}},
            "required": ["at", "within"],
            "additionalProperties": False,
        }
        pair = {"type": "array", "items": text, "minItems": 2, "maxItems": 2}
        return {"x-takes": "time with its zone", "anyOf": [text, pair, fuzzy]}

    @property
    def middle(self) -> datetime:
        """Middle of the span.

        Raises
        ------
        ValueError : the time is unknown or empty.
        """
        if self.earliest is None or self.latest is None:
            raise ValueError(f"{self.path or 'time'} is {self.presence}")
        return self.earliest + (self.latest - self.earliest) / 2

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Elapsed:
    """Hours between two times, beside what the clock faces alone would say."""

    hours: float
    clock_face_hours: float

    @property
    def is_misleading(self) -> bool:
        """Whether subtracting the local clock readings gives another answer."""
        return abs(self.hours - self.clock_face_hours) > 1e-9

    def __str__(self) -> str:
        text = f"{self.hours:.1f} h"
        if self.is_misleading:
            text += f" (the clock faces alone would say {self.clock_face_hours:.1f} h)"
        return text


def elapsed(start: Moment, end: Moment) -> Elapsed:
    """Measure the hours from one time to another, and flag what local clocks hide.

    Parameters
    ----------
    start, end : known times; the middle counts where they are fuzzy

    Returns
    -------
    Elapsed : true hours, and the difference of the two local clock readings

    Raises
    ------
    ValueError : one of the times is unknown or empty.

    >>> sent = read_moment("1962-10-27 19:45 America/New_York")
    >>> heard = read_moment("1962-10-28 09:04 America/New_York")
    >>> print(elapsed(sent, heard))
    14.3 h (the clock faces alone would say 13.3 h)
    """
    hours = (end.middle - start.middle).total_seconds() / 3600
    return Elapsed(hours, hours + end.offset_hours - start.offset_hours)


def _zone(name: str, raw: Any) -> tzinfo:
    if name in ("Z", "UTC"):
        return UTC
    if name[0] in "+-":
        hours, minutes = int(name[1:3]), int(name[-2:])
        if hours > 15 or minutes > 59:
            raise PlacedError(
                f"offset '{name}' is out of range; write for example -04:00",
                place_of(raw),
            )
        delta = timedelta(hours=hours, minutes=minutes)
        return timezone(-delta if name[0] == "-" else delta)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PlacedError(
            f"zone '{name}' is not known; write for example America/New_York or -04:00",
            place_of(raw),
        ) from None


def _instant(local: datetime, zone: tzinfo, raw: Any) -> datetime:
    """Turn a local clock reading into UTC, refusing hours that came twice or never."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    try:
        a, b = first.astimezone(UTC), second.astimezone(UTC)
    except OverflowError:
        raise PlacedError(
            f"'{raw}' is out of range; write for example {_EXAMPLE}", place_of(raw)
        ) from None
    if a == b:
        return a
    offsets = [_offset_text(t.utcoffset()) for t in (first, second)]
    if a < b:
        raise PlacedError(
            f"'{raw}' came twice, the clocks went back; write {offsets[0]} or "
            f"{offsets[1]} instead of the zone name",
            place_of(raw),
        )
    raise PlacedError(
        f"'{raw}' never came, the clocks went forward; give an hour that existed",
        place_of(raw),
    )


def _offset_text(delta: timedelta | None) -> str:
    minutes = round((delta or timedelta()).total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


_HINTS = (
    (r"\d{1,2}[./]\d{1,2}[./]\d{4}", "write the date as YYYY-MM-DD, as in"),
    (r"(?i)\d\s*[ap]\.?m\b", "write hours from 00 to 23, as in"),
    (
        r"\b[A-Z]{2,5}$",
        "EDT and the like name several clocks, write the place or the offset, as in",
    ),
    (r"\d [A-Z][a-z]+$", "a zone has an area and a place, as in"),
)


def _hint(raw: str) -> str:
    """Say what is most likely wrong with a text that is no time."""
    found = (words for pattern, words in _HINTS if re.search(pattern, raw))
    return f"{next(found, 'write')} {_EXAMPLE}"


def _read_text(raw: str) -> Moment:
    match = _TIME.fullmatch(raw)
    if match is None:
        raise PlacedError(f"'{raw}' is not a time; {_hint(raw)}", place_of(raw))
    day, clock, zone_name = match.groups()
    if zone_name is None:
        raise PlacedError(f"'{raw}' has no zone; write {_EXAMPLE}", place_of(raw))
    zone = _zone(zone_name, raw)
    try:
        local = datetime.fromisoformat(f"{day} {clock or '00:00'}")
    except ValueError:
        raise PlacedError(
            f"'{raw}' is no date of the calendar; write {_EXAMPLE}", place_of(raw)
        ) from None
    if clock is None:
        if local.date() >= datetime.max.date():
            raise PlacedError(
                f"'{raw}' is out of range; write {_EXAMPLE}", place_of(raw)
            )
        start = local.replace(tzinfo=zone)
        earliest = _to_utc(start, raw)
        latest = _to_utc((local + timedelta(days=1)).replace(tzinfo=zone), raw)
    else:
        earliest = latest = _instant(local, zone, raw)
    offset = earliest.astimezone(zone).utcoffset() or timedelta()
    return Moment(earliest, latest, str(raw), offset.total_seconds() / 3600)


def _to_utc(time: datetime, raw: Any) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise PlacedError(
            f"'{raw}' is out of range; write {_EXAMPLE}", place_of(raw)
        ) from None


def _read_fuzzy(raw: Mapping[str, Any]) -> Moment:
    if set(raw) != {"at", "within"} or not isinstance(raw["at"], str):
        raise PlacedError(
            f"has keys {', '.join(map(str, raw))}; a fuzzy time takes at and within",
            place_of(raw),
        )
    at = _read_text(raw["at"])
    try:
        margin = timedelta(hours=DURATION.parse(str(raw["within"])))
        earliest, latest = at.middle - margin, at.middle + margin
    except (ValueError, OverflowError) as error:
        raise PlacedError(f"within: {error}", place_of(raw)) from None
    text = f"{raw['at']} within {raw['within']}"
    return replace(at, earliest=earliest, latest=latest, text=text)


def _read_span(raw: Any) -> Moment:
    if len(raw) != 2 or not all(isinstance(item, str) for item in raw):
        raise PlacedError(
            "a span of time takes [earliest, latest]; write two times", place_of(raw)
        )
    first, last = _read_text(raw[0]), _read_text(raw[1])
    if first.middle > last.middle:
        raise PlacedError(
            f"'{raw[0]}' is later than '{raw[1]}'; write [earliest, latest]",
            place_of(raw),
        )
    return replace(first, latest=last.latest, text=f"{raw[0]} to {raw[1]}")


def read_moment(raw: Any) -> Moment:
    """Read one time of a file in any of its forms.

    Parameters
    ----------
    raw : text with a zone, [earliest, latest], {at, within}, `unknown` or `empty`

    Returns
    -------
    Moment : in UTC, with the span in which it lies

    Raises
    ------
    PlacedError : no zone, no such zone, an hour that came twice or never, no date.
    """
    if isinstance(raw, Moment):
        return raw
    place = place_of(raw)
    if raw in ("unknown", "empty"):
        moment = Moment(None, None, str(raw), presence=raw)
    elif isinstance(raw, str):
        moment = _read_text(raw)
    elif isinstance(raw, Mapping):
        moment = _read_fuzzy(raw)
    elif isinstance(raw, (list, tuple)):
        moment = _read_span(raw)
    else:
        raise PlacedError(f"is {raw!r}, not a time; write {_EXAMPLE}", place)
    return replace(moment, path=place.key, line=place.line)
