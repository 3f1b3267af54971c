"""The facilitator's page: clock, seats, everything that happens, and who knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backchannel.exercise.knowledge import Known
from backchannel.exercise.pages.fields import Field, Form, Options
from backchannel.exercise.pages.play import render_screen
from backchannel.exercise.pages.texts import texts
from backchannel.exercise.pages.words import Say
from backchannel.exercise.roles import Role
from backchannel.exercise.screen import Screen

CONSOLE_MOVES = (
    "set_clock",
    "step_clock",
    "inject",
    "leak_message",
    "open_debrief",
)
"""Moves that the console offers; seats are given by `hand_over`, which makes a link."""
_EVERYONE = "*"
_SPEEDS = ("1", "10", "30", "60", "120", "360")


@dataclass(frozen=True)
class SeatShown:
    """One seat as the facilitator sees it; `player` is empty where nobody plays it."""

    role: Role
    player: str
    n_views: int


def console_page(
    screen: Screen,
    guard: str,
    seats: Sequence[SeatShown],
    known: Sequence[Known],
    *,
    hour: float | None = None,
    language: str = "en",
) -> str:
    """Make the facilitator's page.

    Parameters
    ----------
    screen : what the facilitator sees, which is everything
    guard : word that every form sends back
    seats : every seat, and who plays it
    known : who knew what, at `hour`
    hour : hour of the table of knowledge; None for now
    language : one of `texts.languages()`

    Returns
    -------
    str : a whole HTML page
    """
    return _console("console.html", screen, guard, seats, known, hour, language)


def console_parts(
    screen: Screen,
    guard: str,
    seats: Sequence[SeatShown],
    known: Sequence[Known],
    *,
    hour: float | None = None,
    language: str = "en",
) -> str:
    """Make the parts of the console that change; parameters of `console_page`."""
    return _console("console_parts.html", screen, guard, seats, known, hour, language)


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


def seat_link(title: str, link: str, qr: str, *, language: str = "en") -> str:
    """Make the slip that hands a seat over: its link, to copy, print or photograph.

    Parameters
    ----------
    title : of the role
    link : the join link, shown once and stored nowhere
    qr : the same link as an SVG picture
    language : one of `texts.languages()`

    Returns
    -------
    str : HTML, a part of the console
    """
    extra = {"title": title, "link": link, "qr": qr}
    return render_screen("slip.html", "", Screen(), "", language, extra)


def _console(
    name: str,
    screen: Screen,
    guard: str,
    seats: Sequence[SeatShown],
    known: Sequence[Known],
    hour: float | None,
    language: str,
) -> str:
    _ = texts(language).gettext
    players = [seat.role.name for seat in seats]
    extra = {
        "seats": seats,
        "known": list(reversed(known)),
        "asked_hour": hour,
        "players": players,
        "offered": console_forms(screen, seats, _),
        "leak_form": lambda message: _leak_form(message, _),
    }
    return render_screen(name, "facilitator", screen, guard, language, extra)


def console_forms(
    screen: Screen, seats: Sequence[SeatShown], _: Say
) -> Mapping[str, list[Form]]:
    """List what the facilitator can do, by the part of the page where it stands.

    Parameters
    ----------
    screen : what the facilitator sees
    seats : every seat
    _ : translator of texts

    Returns
    -------
    dict : `clock` and `table` -> forms
    """
    if screen.phase == "debrief":
        return {"clock": [], "table": []}
    is_running = bool(screen.clock.get("is_running"))
    run = _pause(_) if is_running else _run(_)
    roles: Options = tuple((seat.role.name, seat.role.title) for seat in seats)
    everyone: Options = ((_EVERYONE, _("everybody")), *roles)
    inject = Form(
        "inject",
        _("Tell some roles something"),
        _("Tell"),
        (Field("to", _("To"), "list", everyone), Field("text", _("Text"), "text")),
    )
    end = Form(
        "open_debrief",
        _("End the game"),
        _("Open everything to everybody"),
        note=_("This cannot be taken back: every role then sees every event."),
    )
    return {"clock": [run, _speed(screen, _), _step(_)], "table": [inject, end]}


def _run(_: Say) -> Form:
    on = Field("is_running", "", "hidden_on")
    return Form("set_clock", "", _("Run"), (on,), is_small=True, key="run")


def _pause(_: Say) -> Form:
    off = Field("is_running", "", "hidden_off")
    return Form("set_clock", "", _("Pause"), (off,), is_small=True, key="pause")


def _speed(screen: Screen, _: Say) -> Form:
    now = f"{screen.clock.get('speed', 60.0):g}"
    choices = _SPEEDS if now in _SPEEDS else (now, *_SPEEDS)
    speed = Field(
        "speed",
        _("Hours of the crisis in an hour"),
        "choice_number",
        tuple((speed, speed) for speed in choices),
        value=now,
    )
    return Form("set_clock", "", _("Set speed"), (speed,), key="speed")


def _step(_: Say) -> Form:
    hours = Field(
        "hours", _("Hours to let pass at once"), "number", value="1", low=0.0, high=1e4
    )
    return Form("step_clock", "", _("Step"), (hours,))


def _leak_form(message: str, _: Say) -> Form:
    this = Field("message", "", "hidden", value=message)
    return Form("leak_message", "", _("Leak it"), (this,), is_small=True, key=message)
