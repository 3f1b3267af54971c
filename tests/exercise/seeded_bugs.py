"""Bugs that somebody might well write, one for every way in which words get out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from backchannel.exercise import projection
from backchannel.exercise.roles import FACILITATOR
from backchannel.exercise.server import (
    console_routes,
    debrief_routes,
    live,
    lobby_routes,
    routes,
    sockets,
)
from backchannel.exercise.server.live import LiveGame
from tests.exercise.surfaces import GAME

Tell = Callable[[LiveGame], object]
Plant = Callable[[pytest.MonkeyPatch], None]


def says_more(module: Any, name: str, tell: Tell, header: str = "") -> Plant:
    """A route that adds to its answer, or to its headers, something of the game."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        answer: Callable[[Request], Awaitable[Response]] = getattr(module, name)

        async def loose(request: Request) -> Response:
            response = await answer(request)
            word = str(tell(request.app.state.hall.games[GAME]))
            if header:
                response.headers[header] = word
            else:
                response.body = bytes(response.body) + word.encode()
                response.headers["content-length"] = str(len(response.body))
            return response

        patch.setattr(module, name, loose)

    return plant


def _n_events(game: LiveGame) -> int:
    return len(game.events)


def _digest(game: LiveGame) -> str:
    return game.events[-1].digest


def _author(game: LiveGame) -> str:
    return game.events[-1].author


def _n_things(game: LiveGame) -> int:
    state = game.book.state
    return len(state.messages) + len(state.papers) + len(state.acts)


def _n_bytes(game: LiveGame) -> int:
    return sum(len(event.text) for event in game.events)


def _all_lines(game: LiveGame) -> str:
    return ",".join(game.streams[FACILITATOR].lines)


def _all_screen(patch: pytest.MonkeyPatch) -> None:
    """The page is filled from what the facilitator sees."""

    def loose(events: Any, _role: str, now: Any = None) -> Any:
        return projection.views_of(events, FACILITATOR, now)

    patch.setattr(routes, "views_of", loose)


def _known_names(patch: pytest.MonkeyPatch) -> None:
    """A refusal tells a name that there is from one that there is not."""
    take = sockets.take_move

    async def loose(hall: Any, seat: Any, move: Any) -> dict[str, Any]:
        answer = await take(hall, seat, move)
        state = hall.games[GAME].book.state
        things = {**state.messages, **state.papers, **state.offers}
        if "refused" in answer and things.keys() & set(map(str, move.fields.values())):
            answer["why"] += " of yours"
        return answer

    patch.setattr(sockets, "take_move", loose)
    patch.setattr(routes, "take_move", loose)


def _numbered(patch: pytest.MonkeyPatch) -> None:
    """An acknowledgement bears the number of the event in the ledger."""
    take = sockets.take_move

    async def loose(hall: Any, seat: Any, move: Any) -> dict[str, Any]:
        return await take(hall, seat, move) | {"event": len(hall.games[GAME].events)}

    patch.setattr(sockets, "take_move", loose)


def _stream_numbers(patch: pytest.MonkeyPatch) -> None:
    """The lines of a stream are numbered as the ledger is."""
    deliver = live.LiveGame._deliver

    def loose(self: LiveGame, events: Any) -> None:
        for event in events:
            before = {role: len(s.lines) for role, s in self.streams.items()}
            deliver(self, [event])
            for role, stream in self.streams.items():
                if len(stream.lines) > before[role]:
                    line = stream.lines[-1].replace('"n":', '"of":', 1)
                    stream.lines[-1] = f'{{"n":{event.number},{line[1:]}'

    patch.setattr(live.LiveGame, "_deliver", loose)


def _shared_stream(patch: pytest.MonkeyPatch) -> None:
    """Whoever is told of an event wakes everybody, with an empty line."""
    deliver = live.LiveGame._deliver

    def loose(self: LiveGame, events: Any) -> None:
        for event in events:
            before = {role: len(s.lines) for role, s in self.streams.items()}
            deliver(self, [event])
            for role, stream in self.streams.items():
                if len(stream.lines) == before[role]:
                    stream.lines.append("{}")

    patch.setattr(live.LiveGame, "_deliver", loose)


def _screen_of_all(patch: pytest.MonkeyPatch) -> None:
    """The page of a role has the facilitator's news on it."""
    make = routes.role_page

    def loose(role: str, screen: Any, *rest: Any, **more: Any) -> str:
        return make(role, screen, *rest, **more) + str(_SEEN["talk"])

    deliver = live.LiveGame._deliver

    def note(self: LiveGame, events: Any) -> None:
        deliver(self, events)
        _SEEN["talk"] = len(self.streams[FACILITATOR].screen.talk)

    patch.setattr(live.LiveGame, "_deliver", note)
    patch.setattr(routes, "role_page", loose)


_SEEN = {"talk": 0}

BUGS: dict[str, Plant] = {
    "page: comment with the length of the ledger": says_more(
        routes, "play", lambda game: f"<!-- {len(game.events)} -->"
    ),
    "page: tag of its version from the ledger": says_more(
        routes, "play", _digest, "etag"
    ),
    "page: how much was said anywhere": _screen_of_all,
    "parts: who moved last": says_more(routes, "play_parts", _author),
    "parts: time of the work by its amount": says_more(
        routes, "play_parts", lambda game: f"db;dur={len(game.events)}", "server-timing"
    ),
    "me: all acts counted": says_more(routes, "me", _n_things),
    "views: lines of the facilitator": says_more(routes, "views", _all_lines),
    "views: how many there are in all": says_more(
        routes, "views", _n_events, "x-total-count"
    ),
    "screen: that of the facilitator": _all_screen,
    "screen: last change anywhere": says_more(
        routes, "show_screen", lambda game: game.events[-1].at, "last-modified"
    ),
    "export: the whole ledger behind it": says_more(
        routes, "export", lambda game: "\n".join(e.text for e in game.events)
    ),
    "export: size of the ledger": says_more(routes, "export", _n_bytes, "x-size"),
    "debrief: shut, but says how much there is": says_more(
        debrief_routes, "debrief", _n_events
    ),
    "debrief: research behind the closed door": says_more(
        debrief_routes, "research", _n_bytes, "x-size"
    ),
    "console: refused with the number of seats' acts": says_more(
        console_routes, "console", _n_things
    ),
    "console: parts refused with who moved": says_more(
        console_routes, "parts", _author, "x-last"
    ),
    "console: sheets refused with a digest": says_more(
        console_routes, "sheets", _digest, "etag"
    ),
    "console: a link refused with a digest": says_more(console_routes, "seat", _digest),
    "console: a trace refused with the number of events": says_more(
        console_routes, "trace", _n_events
    ),
    "console: orders refused with who moved": says_more(
        console_routes, "orders", _author
    ),
    "lobby: shut, but says how much there is": says_more(
        lobby_routes, "lobby", _n_events, "x-size"
    ),
    "clock: of the last event anywhere": says_more(
        routes, "clock", lambda game: game.events[-1].at
    ),
    "keys: refused with the number of events": says_more(
        routes, "new_key", _n_events, "x-serial"
    ),
    "form: refused with the number of acts": says_more(
        routes, "play_move", _n_things, "x-acts"
    ),
    "error: a name that exists sounds different": _known_names,
    "socket: acknowledged with the ledger's number": _numbered,
    "stream: numbered as the ledger": _stream_numbers,
    "stream: an empty line for what others see": _shared_stream,
}
