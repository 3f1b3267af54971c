"""The routes of the debrief: shut until the facilitator opens it, then open to all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

import backchannel.exercise.debrief as afterwards
from backchannel.exercise.debrief.research import research_lines
from backchannel.exercise.knowledge import who_knew
from backchannel.exercise.pages.debrief_page import debrief_page
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.server.access import language_of
from backchannel.exercise.server.keys import Seat
from backchannel.exercise.server.live import LiveGame
from backchannel.exercise.server.routes import seated

if TYPE_CHECKING:
    from backchannel.exercise.debrief.whole import Debrief

_SHUT = "the debrief is not open yet; the facilitator opens it\n"


def _is_open(game: LiveGame) -> bool:
    return game.book.state.phase == "debrief"


@seated
async def debrief(request: Request, seat: Seat) -> Response:
    """The whole debrief; made once, away from the loop that serves the games."""
    game = request.app.state.hall.games[seat.game]
    if not _is_open(game):
        return PlainTextResponse(_SHUT, 409)
    made: dict[str, asyncio.Task[Debrief]] = request.app.state.debriefs
    if seat.game not in made:
        events = list(game.events)
        # Through the front of the room: the engines are loaded when they are needed.
        work = asyncio.to_thread(afterwards.make_debrief, game.crisis, events)
        made[seat.game] = asyncio.create_task(work)
    whole = await asyncio.shield(made[seat.game])
    roles = [name for name in game.book.state.roles if name != PUBLIC]
    page = debrief_page(
        game.streams[FACILITATOR].screen,
        whole,
        who_knew(game.events, roles),
        roles,
        language=language_of(request),
    )
    return HTMLResponse(page)


@seated
async def research(request: Request, seat: Seat) -> Response:
    """The game without names and without words, as JSON lines."""
    game = request.app.state.hall.games[seat.game]
    if not _is_open(game):
        return PlainTextResponse(_SHUT, 409)
    lines = research_lines(game.events, game.book.state.roles)
    text = "".join(f"{line}\n" for line in lines)
    return Response(text, media_type="application/jsonl")
