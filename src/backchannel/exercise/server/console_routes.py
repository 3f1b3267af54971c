"""The facilitator's routes: the console, new links, sheets to print.

What the facilitator looks at is written down, and everybody sees at the debrief that it
was looked at.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from io import BytesIO
from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from backchannel.base.errors import LedgerError, MoveRefusedError
from backchannel.exercise.circles import circles_of
from backchannel.exercise.interventions import interventions_of
from backchannel.exercise.knowledge import who_knew
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.moves.forces import audit_orders, decision_hours
from backchannel.exercise.moves.papers import trace_copies
from backchannel.exercise.pages.console import (
    SeatShown,
    Shown,
    UnderWay,
    console_page,
    console_parts,
    orders_page,
    sheets_page,
)
from backchannel.exercise.pages.slips import Slip, seat_slip, trace_slip
from backchannel.exercise.players.script import plans_of, play_in_thread
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.screen import Screen
from backchannel.exercise.server.access import COOKIE, language_of
from backchannel.exercise.server.keys import Seat, guard_word
from backchannel.exercise.server.live import LiveGame
from backchannel.exercise.server.routes import own, posted, seated
from backchannel.exercise.server.wrong import refused_move, wrong
from backchannel.exercise.state import Message

Console = Callable[[Request, LiveGame, str], Awaitable[Response]]


def for_facilitator(answer: Console) -> Callable[[Request], Awaitable[Response]]:
    """Let only the facilitator through; `answer` gets the game and the guard word."""

    @seated
    @wraps(answer)
    async def guarded(request: Request, seat: Seat) -> Response:
        if seat.role != FACILITATOR:
            return wrong(request, "facilitator_only")
        word = guard_word(request.cookies.get(COOKIE, ""))
        return await answer(request, request.app.state.hall.games[seat.game], word)

    return guarded


def _seats(game: LiveGame, screen: Screen) -> list[SeatShown]:
    state = game.book.state
    return [
        SeatShown(
            role,
            _player(screen.seats.get(name, {})),
            len(game.streams[name].lines),
        )
        for name, role in state.roles.items()
    ]


def _player(seat: Mapping[str, Any]) -> str:
    """Who plays a seat: the name of a program where it has given one."""
    return str(seat.get("called") or seat.get("played_by", ""))


def _asked_hour(request: Request) -> float | None:
    try:
        hour = float(request.query_params.get("hour", ""))
    except ValueError:
        return None
    return hour if math.isfinite(hour) else None


async def _log_reading(game: LiveGame, what: str, as_at: float | None = None) -> None:
    """Write down what is looked at; the page does not fail when that does."""
    looked = {"what": what, "as_at": as_at}
    try:
        await game.move(FACILITATOR, Move("log_reading", secrets.token_hex(8), looked))
    except (MoveRefusedError, LedgerError):
        return


@for_facilitator
async def console(request: Request, game: LiveGame, word: str) -> Response:
    """The console, whole; `?hour=` shows who knew what at that hour."""
    hour = _asked_hour(request)
    await _log_reading(game, "console" if hour is None else "knowledge", hour)
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
    screen = game.streams[FACILITATOR].screen
    roles = [name for name in game.book.state.roles if name != PUBLIC]
    known = who_knew(game.events, roles, math.inf if hour is None else hour)
    language = language_of(request)
    shown = Shown(
        _seats(game, screen),
        known,
        circles_of(game.crisis, game.events, math.inf if hour is None else hour),
        _under_way(game),
        hour,
        _shut_channels(game),
        sorted({item.hour for item in who_knew(game.events, roles)}),
        interventions_of(game.events),
    )
    return page(screen, word, shown, language=language)


def _shut_channels(game: LiveGame) -> dict[str, str]:
    """Channels that are not open yet, also those that did not exist at the time."""
    is_open = game.book.state.open_channels
    return {
        name: channel.title
        for name, channel in game.crisis.channels.items()
        if name not in is_open
    }


def _under_way(game: LiveGame) -> list[UnderWay]:
    """Messages that have not come yet, and in whose hands they are."""
    return [
        _on_its_way(game, m)
        for m in game.book.state.messages.values()
        if m.received_at is None and m.at_hop < len(m.hops)
    ]


def _on_its_way(game: LiveGame, message: Message) -> UnderWay:
    channel = game.crisis.channels[message.channel]
    hop, carrier, leaves = message.hops[message.at_hop]
    comes, title = message.hops[-1][2], channel.hops[hop].title
    about = (message.name, channel.title, message.author)
    return UnderWay(*about, title, carrier, leaves, comes)


@for_facilitator
async def sheets(request: Request, game: LiveGame, _word: str) -> Response:
    """Every role's sheet on a page of its own, to print and hand out."""
    await _log_reading(game, "sheets")
    roles = game.book.state.roles
    screens = {name: game.streams[name].screen for name in roles if name != PUBLIC}
    return HTMLResponse(sheets_page(screens, language=language_of(request)))


@for_facilitator
async def orders(request: Request, game: LiveGame, _word: str) -> Response:
    """The audit of standing orders: what fires by itself, and how soon."""
    await _log_reading(game, "orders")
    lines = audit_orders(game.crisis, game.book.state.orders, is_whole=True)
    screen = game.streams[FACILITATOR].screen
    decisions = decision_hours(game.crisis)
    return HTMLResponse(
        orders_page(screen, lines, decisions, language=language_of(request))
    )


@own
async def trace(request: Request, holder: Seat, body: bytes) -> Response:
    """Say from whose copy a text was taken, by the marks it carries."""
    if holder.role != FACILITATOR:
        return wrong(request, "facilitator_only")
    game = request.app.state.hall.games[holder.game]
    await _log_reading(game, "marks")
    found = trace_copies(game.book.state, dict(posted(body)).get("text", ""))
    screen = game.streams[FACILITATOR].screen
    return HTMLResponse(trace_slip(screen, found, language=language_of(request)))


@own
async def seat(request: Request, holder: Seat, body: bytes) -> Response:
    """Hand a seat over; a new link or key is shown once, with a picture of the link."""
    if holder.role != FACILITATOR:
        return wrong(request, "facilitator_only")
    hall = request.app.state.hall
    asked = dict(posted(body))
    role, by = asked.get("role", ""), asked.get("by", "person")
    kind = "program" if by == "script" else by
    try:
        key = await hall.hand_over(holder.game, role, kind, secrets.token_hex(8))
    except MoveRefusedError as error:
        return refused_move(request, error)
    except LedgerError:
        return wrong(request, "not_stored")
    game, here = hall.games[holder.game], f"{request.url.scheme}://{request.url.netloc}"
    if by == "script":
        certificate = request.app.state.certificate
        plans = plans_of(game.crisis, role)
        language = language_of(request)
        play_in_thread(here, key, plans, certificate, language=language)
    link = f"{here}/join/{key}" if by == "person" else ""
    slip = Slip(role, by, link, picture_of(link) if link else "", here, key)
    screen = game.streams[FACILITATOR].screen
    return HTMLResponse(seat_slip(screen, slip, language=language_of(request)))


def picture_of(link: str) -> str:
    """A link as a square code for a phone, as SVG."""
    out = BytesIO()
    segno.make(link, micro=False).save(out, kind="svg", xmldecl=False, svgns=False)
    return out.getvalue().decode()
