"""The facilitator's routes: the console, new links, sheets to print.

What the facilitator looks at is written down, and everybody sees at the debrief that it
was looked at.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Awaitable, Callable
from functools import wraps
from io import BytesIO

import segno
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from backchannel.base.errors import LedgerError, MoveRefusedError
from backchannel.exercise.knowledge import who_knew
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.pages.console import (
    SeatShown,
    console_page,
    console_parts,
    seat_link,
    sheets_page,
)
from backchannel.exercise.projection import views_of
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.screen import screen_of
from backchannel.exercise.server.access import COOKIE, language_of
from backchannel.exercise.server.keys import Seat, guard_word
from backchannel.exercise.server.live import LiveGame
from backchannel.exercise.server.routes import own, posted, seated

Console = Callable[[Request, LiveGame, str], Awaitable[Response]]


def for_facilitator(answer: Console) -> Callable[[Request], Awaitable[Response]]:
    """Let only the facilitator through; `answer` gets the game and the guard word."""

    @seated
    @wraps(answer)
    async def guarded(request: Request, seat: Seat) -> Response:
        if seat.role != FACILITATOR:
            return PlainTextResponse("for the facilitator alone\n", 403)
        word = guard_word(request.cookies.get(COOKIE, ""))
        return await answer(request, request.app.state.hall.games[seat.game], word)

    return guarded


def _seats(game: LiveGame) -> list[SeatShown]:
    state = game.book.state
    return [
        SeatShown(role, state.seats.get(name, ""), len(game.streams[name].lines))
        for name, role in state.roles.items()
    ]


def _asked_hour(request: Request) -> float | None:
    try:
        hour = float(request.query_params.get("hour", ""))
    except ValueError:
        return None
    return hour if math.isfinite(hour) else None


async def _log_reading(game: LiveGame, what: str) -> None:
    """Write down what is looked at; the page does not fail when that does."""
    try:
        await game.move(
            FACILITATOR, Move("log_reading", secrets.token_hex(8), {"what": what})
        )
    except (MoveRefusedError, LedgerError):
        return


@for_facilitator
async def console(request: Request, game: LiveGame, word: str) -> Response:
    """The console, whole; `?hour=` shows who knew what at that hour."""
    hour = _asked_hour(request)
    await _log_reading(game, "console" if hour is None else f"knowledge at {hour:g} h")
    return HTMLResponse(_fill(console_page, request, game, word, hour))


@for_facilitator
async def parts(request: Request, game: LiveGame, word: str) -> Response:
    """The parts of the console that change."""
    return HTMLResponse(_fill(console_parts, request, game, word, _asked_hour(request)))


def _fill(
    page: Callable[..., str],
    request: Request,
    game: LiveGame,
    word: str,
    hour: float | None,
) -> str:
    screen = screen_of(views_of(game.events, FACILITATOR))
    roles = [name for name in game.book.state.roles if name != PUBLIC]
    known = who_knew(game.events, roles, math.inf if hour is None else hour)
    language = language_of(request)
    return page(screen, word, _seats(game), known, hour=hour, language=language)


@for_facilitator
async def sheets(request: Request, game: LiveGame, _word: str) -> Response:
    """Every role's sheet on a page of its own, to print and hand out."""
    await _log_reading(game, "role sheets")
    roles = game.book.state.roles
    screens = {
        name: screen_of(views_of(game.events, name)) for name in roles if name != PUBLIC
    }
    return HTMLResponse(sheets_page(screens, language=language_of(request)))


@own
async def seat(request: Request, holder: Seat, body: bytes) -> Response:
    """Hand a seat to a person and show the new link once, with a picture of it."""
    if holder.role != FACILITATOR:
        return PlainTextResponse("for the facilitator alone\n", 403)
    hall = request.app.state.hall
    role = dict(posted(body)).get("role", "")
    try:
        key = await hall.hand_over(holder.game, role, "person", secrets.token_hex(8))
    except (MoveRefusedError, LedgerError) as error:
        return PlainTextResponse(f"{error}\n", 409)
    link = f"{request.url.scheme}://{request.headers['host']}/join/{key}"
    title = hall.games[holder.game].book.state.roles[role].title
    return HTMLResponse(
        seat_link(title, link, _picture(link), language=language_of(request))
    )


def _picture(link: str) -> str:
    out = BytesIO()
    segno.make(link, micro=False).save(out, kind="svg", xmldecl=False, svgns=False)
    return out.getvalue().decode()
