"""Who asks: the seat behind a cookie or a key, and whether the request is its own."""

from __future__ import annotations

from starlette.requests import HTTPConnection, Request
from starlette.websockets import WebSocket

from backchannel.exercise.pages.texts import choose_language
from backchannel.exercise.server.guard import is_same_origin
from backchannel.exercise.server.hall import Hall
from backchannel.exercise.server.keys import Seat, guard_word

COOKIE = "backchannel_seat"
"""Holds the session; the only thing that a browser keeps."""


def bearer_of(connection: HTTPConnection) -> str:
    """The key in `Authorization: Bearer ...`; empty where there is none."""
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def seat_of(hall: Hall, connection: HTTPConnection) -> Seat | None:
    """The seat of a request that only reads: by a program's key or a session."""
    key = bearer_of(connection)
    if key:
        return hall.seat("program", key)
    session = connection.cookies.get(COOKIE, "")
    return hall.seat("session", session) if session else None


def seat_of_socket(hall: Hall, socket: WebSocket) -> Seat | None:
    """The seat of a websocket; a browser's must come from a page of this host."""
    if not bearer_of(socket) and not is_same_origin(socket.headers):
        return None
    return seat_of(hall, socket)


def is_own_request(request: Request, word: str) -> bool:
    """Whether a request that changes something was made by the player's own page.

    A program's key is proof enough: no other site has it. A session is sent by the
    browser for anybody, so origin and guard word must be right as well.
    """
    if bearer_of(request):
        return True
    session = request.cookies.get(COOKIE, "")
    return is_same_origin(request.headers) and word == guard_word(session)


def language_of(request: Request) -> str:
    """The language in which this reader wants the pages."""
    return choose_language(request.headers.get("accept-language", ""))
