"""Hours of the crisis as people read them: date and time of day where it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backchannel.base.moments import read_moment
from backchannel.exercise.pages.numbers import Say, number


@dataclass(frozen=True)
class Calendar:
    """The local calendar of a crisis; `start` is its `now`, None where it has none.

    >>> calendar = Calendar.of("1962-10-27 19:45 America/New_York")
    >>> calendar.say(14.3)  # the clocks went back that night
    '28 Oct 09:03'
    """

    start: datetime | None
    zone: tzinfo

    @classmethod
    def of(cls, now: str) -> Calendar:
        """Read the crisis's `now` as its file writes it."""
        moment = read_moment(now)
        if moment.presence != "known":
            return cls(None, UTC)
        fixed = timezone(timedelta(hours=moment.offset_hours))
        try:
            zone: tzinfo = ZoneInfo(now.rsplit(maxsplit=1)[-1])
        except (ZoneInfoNotFoundError, ValueError):
            zone = fixed
        return cls(moment.middle, zone)

    def local(self, hour: float) -> str:
        """Local time as a script counts on from it; empty where no date is known."""
        if self.start is None:
            return ""
        local = (self.start + timedelta(hours=hour)).astimezone(self.zone)
        return local.replace(tzinfo=None).isoformat(timespec="seconds")

    def say(self, hour: float, _: Say = str) -> str:
        """Date and time of day, or hours from the start where no date is known."""
        if self.start is None:
            return _("+{hours} h").format(hours=number(hour, 1, _))
        local = (self.start + timedelta(hours=hour)).astimezone(self.zone)
        return date_pattern(_).format(
            day=local.day, month=months(_)[local.month - 1], time=f"{local:%H:%M}"
        )


def months(_: Say) -> tuple[str, ...]:
    """Short names of the months."""
    return (
        *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
        *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
    )


def date_pattern(_: Say) -> str:
    """How a language writes a day and a time; the script of the page reads it too."""
    return _("{day} {month} {time}")


def span(hours: float, _: Say = str) -> str:
    """A length of time in the two units that matter.

    >>> span(0.7), span(14.3), span(60.0)
    ('42 min', '14 h 18 min', '2 d 12 h')
    """
    seconds = round(abs(hours) * 3600)
    if seconds < 60:
        return _("{seconds} s").format(seconds=seconds)
    minutes = round(abs(hours) * 60)
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    if minutes < 48 * 60:
        whole, rest = divmod(minutes, 60)
        said = _("{hours} h {minutes} min") if rest else _("{hours} h")
        return said.format(hours=whole, minutes=rest)
    days, rest = divmod(round(abs(hours)), 24)
    said = _("{days} d {hours} h") if rest else _("{days} d")
    return said.format(days=days, hours=rest)
