"""The routes of the debrief: shut until the facilitator opens it, then open to all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import backchannel.exercise.debrief as afterwards
from backchannel.base.errors import LedgerError
from backchannel.exercise.debrief.research import research_lines
from backchannel.exercise.interventions import interventions_of
from backchannel.exercise.knowledge import who_knew
from backchannel.exercise.pages.debrief_page import debrief_page
from backchannel.exercise.pages.slips import Slip, seat_slip
from backchannel.exercise.roles import FACILITATOR, PUBLIC
from backchannel.exercise.server.access import COOKIE, language_of
from backchannel.exercise.server.console_routes import picture_of
from backchannel.exercise.server.hall import Hall
from backchannel.exercise.server.keys import Seat, guard_word
from backchannel.exercise.server.live import LiveGame
from backchannel.exercise.server.routes import own, posted, seated
from backchannel.exercise.server.wrong import wrong

if TYPE_CHECKING:
    from backchannel.exercise.debrief.whole import Debrief


def _is_open(game: LiveGame) -> bool:
    return game.book.state.phase == "debrief"


@seated
async def debrief(request: Request, seat: Seat) -> Response:
    """The whole debrief; made once, away from the loop that serves the games."""
    game = request.app.state.hall.games[seat.game]
    if not _is_open(game):
        return wrong(request, "debrief_shut")
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
        interventions_of(game.events),
        guard=_guard(request, seat),
        language=language_of(request),
    )
    return HTMLResponse(page)


def _guard(request: Request, seat: Seat) -> str:
    """The word of the facilitator's forms; empty for everybody else."""
    word = guard_word(request.cookies.get(COOKIE, ""))
    return word if seat.role == FACILITATOR else ""


@own
async def replay(request: Request, seat: Seat, body: bytes) -> Response:
    """Begin another game where this one stood at an hour; gives a new link."""
    hall: Hall = request.app.state.hall
    if seat.role != FACILITATOR:
        return wrong(request, "facilitator_only")
    if not _is_open(hall.games[seat.game]):
        return wrong(request, "debrief_shut")
    asked = dict(posted(body))
    try:
        hour, seed = float(asked.get("hour", "")), int(asked.get("seed", ""))
    except ValueError:
        return wrong(request, "unreadable", wanted="hour=NUMBER&seed=WHOLE_NUMBER")
    try:
        key = await hall.branch(seat.game, hour, seed)
    except LedgerError:
        return wrong(request, "no_branch")
    link = f"{request.url.scheme}://{request.url.netloc}/join/{key}"
    slip = Slip(FACILITATOR, "person", link, picture_of(link))
    screen = hall.games[seat.game].streams[FACILITATOR].screen
    return HTMLResponse(seat_slip(screen, slip, language=language_of(request)))


@seated
async def research(request: Request, seat: Seat) -> Response:
    """The game without names and without words, as JSON lines."""
    game = request.app.state.hall.games[seat.game]
    if not _is_open(game):
        return wrong(request, "debrief_shut")
    lines = research_lines(game.events, game.book.state.roles)
    text = "".join(f"{line}\n" for line in lines)
    return Response(text, media_type="application/jsonl")
