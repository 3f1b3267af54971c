"""The HTTP routes: joining, a role's page, and the same things for programs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)

from backchannel.base.errors import LedgerError, MoveRefusedError
from backchannel.crisis.event_record import to_lines
from backchannel.exercise.moves.asked import Move
from backchannel.exercise.pages.calendar import Calendar
from backchannel.exercise.pages.fields import read_form
from backchannel.exercise.pages.play import (
    join_page,
    refusal,
    role_page,
    role_parts,
    wrong_page,
)
from backchannel.exercise.pages.refusal_words import refusal_words
from backchannel.exercise.pages.texts import tongue
from backchannel.exercise.projection import Instant, views_of
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.screen import as_record, screen_of
from backchannel.exercise.server.access import (
    COOKIE,
    is_own_request,
    language_of,
    seat_of,
)
from backchannel.exercise.server.guard import is_same_origin
from backchannel.exercise.server.hall import Hall
from backchannel.exercise.server.keys import Seat, guard_word
from backchannel.exercise.server.sockets import read_move, take_move
from backchannel.exercise.server.wrong import WRONG, refused_move, wrong

MAX_VIEWS = 1000
Answer = Callable[[Request], Awaitable[Response]]


def seated(answer: Callable[[Request, Seat], Awaitable[Response]]) -> Answer:
    """Let only the holder of a seat through; anybody else learns nothing."""

    @wraps(answer)
    async def guarded(request: Request) -> Response:
        seat = seat_of(request.app.state.hall, request)
        if seat is None:
            return wrong(request, "no_seat")
        return await answer(request, seat)

    return guarded


def own(answer: Callable[[Request, Seat, bytes], Awaitable[Response]]) -> Answer:
    """Let only the seat's own page or program change something, at its rate."""

    @seated
    async def guarded(request: Request, seat: Seat) -> Response:
        body = await request.body()
        word = request.headers.get("x-guard") or dict(posted(body)).get("guard", "")
        if not is_own_request(request, word):
            return wrong(request, "not_own_page")
        if not request.app.state.hall.may_move(seat):
            return wrong(request, "too_many")
        return await answer(request, seat, body)

    return guarded


def posted(body: bytes) -> list[tuple[str, str]]:
    """Read the names and values of a posted form, in order."""
    return parse_qsl(body.decode("utf-8", "replace"), max_num_fields=100)


async def health(_request: Request) -> Response:
    """Say that the server runs."""
    return PlainTextResponse("ok\n")


async def show_join(request: Request) -> Response:
    """A page with one button; opening the link alone, as mail programs do, is free."""
    return HTMLResponse(
        join_page(request.path_params["key"], language=language_of(request))
    )


async def join(request: Request) -> Response:
    """Turn a join key into a session cookie; nothing secret is in a URL after that."""
    hall: Hall = request.app.state.hall
    body = await request.body()
    if not is_same_origin(request.headers):
        return wrong(request, "not_from_link")
    seat = hall.seat("join", dict(posted(body)).get("key", ""))
    if seat is None:
        address = request.client.host if request.client else ""
        is_patient = hall.may_fail(address)
        return wrong(request, "link_void" if is_patient else "too_many_links")
    return await with_session(request, seat)


async def with_session(request: Request, seat: Seat) -> Response:
    """Begin a session in a seat, and go to its page."""
    session = await request.app.state.hall.new_session(seat)
    response = RedirectResponse("/play", 303)
    response.set_cookie(
        COOKIE,
        session,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@seated
async def play(request: Request, seat: Seat) -> Response:
    """The page of a role, whole, from its screen; the facilitator has the console."""
    if seat.role == FACILITATOR:
        return RedirectResponse("/console", 303)
    game = request.app.state.hall.games[seat.game]
    screen = game.streams[seat.role].screen
    word = guard_word(request.cookies.get(COOKIE, ""))
    return HTMLResponse(
        role_page(seat.role, screen, word, language=language_of(request))
    )


@seated
async def play_parts(request: Request, seat: Seat) -> Response:
    """The parts of the page that change, each to take its old place."""
    game = request.app.state.hall.games[seat.game]
    screen = game.streams[seat.role].screen
    word = guard_word(request.cookies.get(COOKIE, ""))
    return HTMLResponse(
        role_parts(seat.role, screen, word, language=language_of(request))
    )


@own
async def play_move(request: Request, seat: Seat, body: bytes) -> Response:
    """A move from a form of the page, with scripts or without."""
    fields = read_form(posted(body))
    fields.pop("guard", None)
    kind = str(fields.pop("move", ""))
    act = str(fields.pop("id", "")) or secrets.token_hex(8)
    answer = await take_move(request.app.state.hall, seat, Move(kind, act, fields))
    is_done, is_scripted = "acknowledged" in answer, "hx-request" in request.headers
    if is_done and not is_scripted:
        return RedirectResponse("/play", 303)
    language = language_of(request)
    why = "" if is_done else _why(request, seat, answer)
    if not is_scripted:
        status = 503 if "again" in answer else 409
        return HTMLResponse(wrong_page(why, "/play", language=language), status)
    headers = {"x-acknowledged": act} if is_done else {}
    # Scripts take the line out of the answer only when its status is a success.
    return HTMLResponse(refusal(why, language=language), headers=headers)


def _why(request: Request, seat: Seat, answer: Mapping[str, Any]) -> str:
    """Why a move was not made, in the words of who made it."""
    speak = tongue(language_of(request))
    if "again" in answer:
        return speak(WRONG["not_stored"][1])
    screen = request.app.state.hall.games[seat.game].streams[seat.role].screen
    code, place, values = answer["code"], answer["place"], answer["values"]
    return refusal_words(code, place, values, screen.crisis, speak)


@seated
async def me(request: Request, seat: Seat) -> Response:
    """Who one is, the guard word of the session and how much there is to read."""
    game = request.app.state.hall.games[seat.game]
    return JSONResponse(
        {
            "role": seat.role,
            "views": len(game.streams[seat.role].lines),
            "guard": guard_word(request.cookies.get(COOKIE, "")),
        }
    )


@seated
async def clock(request: Request, seat: Seat) -> Response:
    """The hour of the crisis now, its local time, and how many pass in an hour."""
    hall: Hall = request.app.state.hall
    state = hall.games[seat.game].book.state
    hour = state.clock.hour_at(hall.wall())
    told = {
        "hour": round(hour, 4),
        "speed": state.clock.speed if state.clock.is_running else 0.0,
        "local": Calendar.of(str(state.crisis.now)).local(hour),
    }
    return JSONResponse(told)


@seated
async def views(request: Request, seat: Seat) -> Response:
    """What the role has seen behind the view `after`, at most 1,000 at once."""
    after = request.query_params.get("after", "0")
    if not after.isdigit():
        return wrong(request, "unreadable", wanted="after=WHOLE_NUMBER")
    lines = request.app.state.hall.games[seat.game].streams[seat.role].lines
    chosen = lines[int(after) : int(after) + MAX_VIEWS]
    return Response(f"[{','.join(chosen)}]", media_type="application/json")


@seated
async def show_screen(request: Request, seat: Seat) -> Response:
    """The role's screen as JSON, now or at an hour of the crisis."""
    game = request.app.state.hall.games[seat.game]
    try:
        hour = float(request.query_params.get("hour", "inf"))
    except ValueError:
        return wrong(request, "unreadable", wanted="hour=NUMBER")
    seen = views_of(game.events, seat.role, Instant(hour))
    return JSONResponse(as_record(screen_of(seen)))


@own
async def move(request: Request, seat: Seat, body: bytes) -> Response:
    """One move as JSON; sent again with the same id it is made once."""
    wanted = read_move(body)
    if wanted is None:
        return wrong(request, "unreadable", wanted='{"move": ..., "id": ..., ...}')
    answer = await take_move(request.app.state.hall, seat, wanted)
    statuses = {"acknowledged": 200, "refused": 409, "again": 503}
    return JSONResponse(answer, statuses[next(iter(answer))])


@seated
async def export(request: Request, seat: Seat) -> Response:
    """The facilitator's ledger, or what a role has seen, as JSON lines."""
    game = request.app.state.hall.games[seat.game]
    is_open = game.book.state.phase == "debrief"
    if seat.role == FACILITATOR or is_open:
        lines = list(to_lines(game.events))
    else:
        lines = game.streams[seat.role].lines
    text = "".join(f"{line}\n" for line in lines)
    return Response(text, media_type="application/jsonl")


@own
async def new_key(request: Request, seat: Seat, body: bytes) -> Response:
    """Hand a seat over: void its old keys and give a new one; for the facilitator."""
    if seat.role != FACILITATOR:
        return wrong(request, "facilitator_only")
    try:
        asked = json.loads(body)
        role, by = str(asked["role"]), str(asked["by"])
        act = str(asked.get("id") or secrets.token_hex(8))
        key = await request.app.state.hall.hand_over(seat.game, role, by, act)
    except (ValueError, KeyError, TypeError, AttributeError):
        return wrong(request, "unreadable", wanted='{"role": ..., "by": ...}')
    except MoveRefusedError as error:
        return refused_move(request, error)
    except LedgerError:
        return wrong(request, "not_stored")
    return JSONResponse({"key": key, "role": role})
