"""The application: routes, guard and the life of a hall."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from backchannel.crisis.model import Crisis
from backchannel.exercise.server import (
    console_routes,
    debrief_routes,
    lobby_routes,
    routes,
)
from backchannel.exercise.server.guard import Guard
from backchannel.exercise.server.hall import Hall
from backchannel.exercise.server.sockets import stream
from backchannel.exercise.server.wrong import on_failure, on_http_error, wrong

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def all_routes() -> list[BaseRoute]:
    """Every route; a test holds each against who may use it."""
    static = str(files("backchannel.exercise.pages").joinpath("static"))
    return [
        Route("/", lobby_routes.lobby),
        Route("/lobby", lobby_routes.sit_down, methods=["POST"]),
        Route("/health", routes.health),
        Route("/join/{key}", routes.show_join),
        Route("/join", routes.join, methods=["POST"]),
        Route("/play", routes.play),
        Route("/play/parts", routes.play_parts),
        Route("/play/move", routes.play_move, methods=["POST"]),
        Route("/console", console_routes.console),
        Route("/console/parts", console_routes.parts),
        Route("/console/sheets", console_routes.sheets),
        Route("/console/orders", console_routes.orders),
        Route("/console/trace", console_routes.trace, methods=["POST"]),
        Route("/console/seat", console_routes.seat, methods=["POST"]),
        Route("/debrief", debrief_routes.debrief),
        Route("/debrief/research", debrief_routes.research),
        Route("/debrief/replay", debrief_routes.replay, methods=["POST"]),
        Route("/api/me", routes.me),
        Route("/api/clock", routes.clock),
        Route("/api/views", routes.views),
        Route("/api/screen", routes.show_screen),
        Route("/api/moves", routes.move, methods=["POST"]),
        Route("/api/export", routes.export),
        Route("/api/keys", routes.new_key, methods=["POST"]),
        WebSocketRoute("/api/stream", stream),
        Mount("/static", StaticFiles(directory=static)),
    ]


def make_app(
    hall: Hall,
    crises: dict[str, Crisis],
    hosts: Collection[str] = LOOPBACK,
    *,
    lobby: str = "",
) -> Starlette:
    """Put a hall on the wire.

    Parameters
    ----------
    hall : with its games prepared
    crises : the crisis of each game
    hosts : names by which the server may be called; `*` for any
    lobby : game whose seats anybody may take at `/` without a link; for a demo

    Returns
    -------
    Starlette : an ASGI application
    """

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        await hall.open(crises)
        yield
        await hall.close()

    app = Starlette(
        routes=all_routes(),
        middleware=[Middleware(Guard, hosts=hosts, wrong=wrong)],
        exception_handlers={HTTPException: on_http_error, Exception: on_failure},
        lifespan=life,
    )
    app.state.hall = hall
    app.state.lobby = lobby
    app.state.debriefs = {}
    app.state.certificate = None
    return app
