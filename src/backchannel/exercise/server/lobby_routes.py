"""The front door: in a demo a list of seats to take, else a word on join links."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    RedirectResponse,
    Response,
)

from backchannel.exercise.pages.lobby import lobby_page
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.server.access import language_of, seat_of
from backchannel.exercise.server.guard import is_same_origin
from backchannel.exercise.server.hall import Hall
from backchannel.exercise.server.keys import Seat
from backchannel.exercise.server.routes import posted, with_session
from backchannel.exercise.server.wrong import wrong


async def lobby(request: Request) -> Response:
    """Who plays what in a demo, each seat to be taken; else where to find one's own."""
    hall: Hall = request.app.state.hall
    game: str = request.app.state.lobby
    language = language_of(request)
    seat = seat_of(hall, request)
    if not game:
        return (
            RedirectResponse("/play", 303)
            if seat
            else HTMLResponse(lobby_page("", {}, {}, "", language=language))
        )
    state = hall.games[game].book.state
    return HTMLResponse(
        lobby_page(
            state.crisis.title,
            state.roles,
            state.seats,
            seat.role if seat else "",
            language=language,
        )
    )


async def sit_down(request: Request) -> Response:
    """Take a seat of the demo without a link; elsewhere there is no such door."""
    hall: Hall = request.app.state.hall
    game: str = request.app.state.lobby
    body = await request.body()
    if not game or not is_same_origin(request.headers):
        return wrong(request, "not_from_link")
    role = dict(posted(body)).get("role", "")
    state = hall.games[game].book.state
    if role not in state.roles and role != FACILITATOR:
        return wrong(request, "no_such_seat")
    return await with_session(request, Seat(game, role, state.serials.get(role, 0)))
