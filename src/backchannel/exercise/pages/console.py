"""The facilitator's page: clock, seats, everything that happens, and who knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backchannel.exercise.circles import Circle
from backchannel.exercise.interventions import Intervention
from backchannel.exercise.knowledge import Known
from backchannel.exercise.moves.forces import AuditLine
from backchannel.exercise.pages.console_forms import (
    console_forms,
    leak_message_form,
    paper_forms,
    seat_form,
    term_forms,
)
from backchannel.exercise.pages.play import render_screen
from backchannel.exercise.pages.texts import tongue
from backchannel.exercise.roles import FACILITATOR, PUBLIC, Role
from backchannel.exercise.screen import Screen


@dataclass(frozen=True)
class SeatShown:
    """One seat as the facilitator sees it.

    `player` is empty where nobody plays it, else person, program, or the name that a
    program gave.
    """

    role: Role
    player: str
    n_views: int


@dataclass(frozen=True)
class UnderWay:
    """A message that has not come: where it is, until when, and when it will come."""

    message: str
    channel: str
    author: str
    hop: str
    carrier: str
    leaves: float
    comes: float


@dataclass(frozen=True)
class Shown:
    """What the console shows beside the screen.

    `hour` is that of the table of knowledge, None for now, and `hours` are those that
    can be asked for; `channels` are those that are not open yet, with their titles;
    `interventions` is what the facilitator did.
    """

    seats: Sequence[SeatShown] = ()
    known: Sequence[Known] = ()
    circles: Sequence[Circle] = ()
    under_way: Sequence[UnderWay] = ()
    hour: float | None = None
    channels: Mapping[str, str] = field(default_factory=dict)
    hours: Sequence[float] = ()
    interventions: Sequence[Intervention] = ()


def console_page(
    screen: Screen, guard: str, shown: Shown, *, language: str = "en"
) -> str:
    """Make the facilitator's page.

    Parameters
    ----------
    screen : what the facilitator sees, which is everything
    guard : word that every form sends back
    shown : seats, knowledge, compartments and messages under way
    language : one of `texts.languages()`

    Returns
    -------
    str : a whole HTML page
    """
    return _console("console.html", screen, guard, shown, language)


def console_parts(
    screen: Screen, guard: str, shown: Shown, *, language: str = "en"
) -> str:
    """Make the parts of the console that change; parameters of `console_page`."""
    return _console("console_parts.html", screen, guard, shown, language)


def sheets_page(screens: Mapping[str, Screen], *, language: str = "en") -> str:
    """Make the sheets of all roles, each on a page of its own when printed.

    Parameters
    ----------
    screens : by role, what it knows
    language : one of `texts.languages()`

    Returns
    -------
    str : a whole HTML page
    """
    sheets = [
        render_screen("sheet.html", role, screen, "", language)
        for role, screen in screens.items()
    ]
    titles = [str(screen.sheet.get("title", role)) for role, screen in screens.items()]
    first = next(iter(screens.values()), Screen())
    extra = {"sheets": list(zip(titles, sheets, strict=True))}
    return render_screen("sheets.html", "", first, "", language, extra)


def orders_page(
    screen: Screen,
    lines: Sequence[AuditLine],
    decisions: Mapping[str, float],
    *,
    language: str = "en",
) -> str:
    """Make the audit of standing orders, to be read before the start.

    Parameters
    ----------
    screen : what the facilitator sees
    lines : from `audit_orders`
    decisions : hours that a matter takes which no order answers, by who decides
    language : one of `texts.languages()`

    Returns
    -------
    str : a whole HTML page
    """
    extra = {"lines": lines, "decisions": decisions}
    return render_screen("orders.html", FACILITATOR, screen, "", language, extra)


def _console(name: str, screen: Screen, guard: str, shown: Shown, language: str) -> str:
    _ = tongue(language)
    extra = {
        "shown": shown,
        "known": list(reversed(shown.known)),
        "known_hours": list(reversed(shown.hours)),
        "parts_at": "" if shown.hour is None else f"/console/parts?hour={shown.hour}",
        "interventions": list(reversed(shown.interventions)),
        "players": [s.role.name for s in shown.seats if s.role.name != PUBLIC],
        "offered": console_forms(
            screen, [seat.role for seat in shown.seats], shown.channels, _
        ),
        "seat_form": lambda role: seat_form(role, _),
        "leak_form": lambda message: leak_message_form(message, _),
        "term_forms": lambda name: term_forms(screen, name, _),
        "paper_forms": lambda name: paper_forms(screen, name, _),
    }
    return render_screen(name, FACILITATOR, screen, guard, language, extra)
