"""Slips of the console: a new link or key, shown once, and whose copy a text is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backchannel.exercise.pages.names import Names
from backchannel.exercise.pages.play import render_plain, render_screen
from backchannel.exercise.pages.texts import tongue
from backchannel.exercise.screen import Screen


@dataclass(frozen=True)
class Slip:
    """What is shown once when a seat changes hands.

    `role` is the seat; `by` is person, program, script or nobody; `link` and its
    picture `qr` are for a person; `url` and `key` for a program.
    """

    role: str
    by: str
    link: str = ""
    qr: str = ""
    url: str = ""
    key: str = ""


def seat_slip(screen: Screen, slip: Slip, *, language: str = "en") -> str:
    """Make the slip that hands a seat over: its link, to copy, print or photograph.

    Parameters
    ----------
    screen : of the facilitator, for the titles
    slip : what it says; link and key are stored nowhere
    language : one of `texts.languages()`

    Returns
    -------
    str : HTML, a part of the console
    """
    title_of = Names(screen.crisis, tongue(language)).role
    return render_plain("slip.html", language, slip=slip, title_of=title_of)


def trace_slip(
    screen: Screen, found: Sequence[tuple[str, int, str]], *, language: str = "en"
) -> str:
    """Make the answer to whose copy a text was taken from.

    Parameters
    ----------
    screen : of the facilitator, for the titles
    found : (document, copy number, reader), from `trace_copies`
    language : one of `texts.languages()`

    Returns
    -------
    str : HTML, a part of the console
    """
    extra = {"found": found}
    return render_screen("trace.html", "facilitator", screen, "", language, extra)
