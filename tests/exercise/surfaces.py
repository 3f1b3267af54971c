"""Everything that leaves the server for one seat, byte for byte, through the real app.

The application is called as a server calls it, without a network between: each request
gives status, headers and body, the websocket all that it sends.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.types import Message

from backchannel.crisis.event_record import EventRecord
from backchannel.exercise.ledger import Ledger
from backchannel.exercise.server.access import COOKIE
from backchannel.exercise.server.app import make_app
from backchannel.exercise.server.hall import Hall, Limits
from backchannel.exercise.server.keys import Seat, guard_word
from backchannel.exercise.server.live import LiveGame
from tests.exercise.games import crisis

GAME = "one"
HOST = "exercise.test"
TURNS = 30
"""Turns of the loop after which a socket that has more to say has said it."""


class _Stored:
    """A writer whose every event is on disk at once."""

    def submit(self, *_events: object) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


class Desk:
    """The app with one game at a time, and a key of each kind for every seat."""

    def __init__(self, path: Path, roles: Sequence[str]) -> None:
        self.hall = Hall(Ledger.in_file(path / "desk.db"), Limits(1e9, 1e9, 1e9))
        self.app: Starlette = make_app(self.hall, {}, (HOST,))
        self.keys = {
            role: {
                purpose: self.hall.keys.make(purpose, Seat(GAME, role, 0))[0]
                for purpose in ("program", "session", "join")
            }
            for role in roles
        }

    def lay(
        self, events: Sequence[EventRecord], at: float, name: str = "strait"
    ) -> None:
        """Put a game on the desk; the clock on the wall stands at `at`."""
        self.hall.games[GAME] = LiveGame(
            GAME,
            crisis(name),
            events,
            _Stored(),
            lambda: at,  # type: ignore[arg-type]
        )
        self.hall.wall = lambda: at  # type: ignore[assignment, misc]
        self.app.state.debriefs.clear()

    async def ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes = b"",
        query: str = "",
    ) -> bytes:
        """What the app answers to one request."""
        sent: list[Message] = []
        came = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Message:
            return next(came, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            sent.append(message)

        scope = _scope("http", path, query, headers) | {"method": method}
        await self.app(scope, receive, send)
        start = sent[0]
        lines = [b"%d" % start["status"]]
        lines += [name + b": " + value for name, value in start["headers"]]
        return b"\n".join([*lines, b"", *(m.get("body", b"") for m in sent[1:])])

    async def listen(self, key: str, after: int, *moves: dict[str, Any]) -> bytes:
        """What a websocket says: the stream, and answers to some moves."""
        said: list[bytes] = []
        todo = iter(
            [
                {"type": "websocket.connect"},
                *({"type": "websocket.receive", "text": json.dumps(m)} for m in moves),
                {"type": "websocket.disconnect", "code": 1000},
            ]
        )

        async def receive() -> Message:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            return next(todo)

        async def send(message: Message) -> None:
            said.append(repr(sorted(message.items())).encode())

        scope = _scope("websocket", "/api/stream", f"after={after}", _program(key)) | {
            "subprotocols": []
        }
        await self.app(scope, receive, send)
        return b"\n".join(said)


def _scope(kind: str, path: str, query: str, headers: dict[str, str]) -> dict[str, Any]:
    listed = {"host": HOST, "accept-language": "en", **headers}
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in listed.items()],
        "client": ("192.0.2.1", 50_000),
        "server": (HOST, 80),
    }


def _program(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def _session(key: str) -> dict[str, str]:
    accepts = {"accept": "text/html", "accept-language": "de"}
    return {"cookie": f"{COOKIE}={key}", "origin": f"http://{HOST}", **accepts}


PAGES = (
    ("/", ""),
    ("/play", ""),
    ("/play/parts", ""),
    ("/api/me", ""),
    ("/api/clock", ""),
    ("/api/views", "after=0"),
    ("/api/views", "after=2"),
    ("/api/screen", ""),
    ("/api/screen", "hour=4"),
    ("/api/export", ""),
    ("/debrief", ""),
    ("/debrief/research", ""),
    ("/console", ""),
    ("/console/parts", "hour=3"),
    ("/console/sheets", ""),
    ("/console/orders", ""),
)
"""What a seat can ask for; shut to some, who may not learn anything from that."""
WRONG = (
    ("GET", "/api/views", "after=x"),
    ("GET", "/api/screen", "hour=x"),
    ("GET", "/nowhere", ""),
    ("DELETE", "/play", ""),
    ("GET", "/join/no-such-key", ""),
)
"""Requests that fail."""


def guesses(names: Iterable[str]) -> list[dict[str, Any]]:
    """Moves about things by name: nobody may learn whether there is such a thing."""
    return [
        move
        for i, name in enumerate(names)
        for move in (
            {"move": "acknowledge", "id": f"guess-a-{i:03d}", "message": name},
            {"move": "hand_on", "id": f"guess-h-{i:03d}", "paper": name, "to": ["x"]},
            {"move": "answer", "id": f"guess-o-{i:03d}", "offer": name}
            | {"channel": "envoys", "answer": "accept"},
        )
    ]


async def all_surfaces(desk: Desk, role: str, names: Sequence[str]) -> dict[str, bytes]:
    """All bytes that leave for a role, by the way in which they were asked for.

    Parameters
    ----------
    desk : with a game on it
    role : who asks
    names : of things that the role may or may not know, to be guessed at

    Returns
    -------
    dict : for pages, errors, moves and exports, as a person and as a program; and the
        stream from its begin and from a later view
    """
    keys, ask = desk.keys[role], desk.ask
    program, person = _program(keys["program"]), _session(keys["session"])
    found = {}
    for path, query in PAGES:
        found[f"GET {path}?{query}"] = await ask("GET", path, person, b"", query)
    for path in ("/api/screen", "/api/views", "/api/export"):
        found[f"program {path}"] = await ask("GET", path, program)
    for method, path, query in WRONG:
        found[f"{method} {path}?{query}"] = await ask(method, path, person, b"", query)
    for path in ("/play", "/api/screen", "/api/export"):
        found[f"nobody {path}"] = await ask("GET", path, {})
    for move in guesses(names):
        what = f"{move['move']} {move['id']}"
        body = json.dumps(move).encode()
        found[f"POST {what}"] = await ask("POST", "/api/moves", program, body)
    forms = {
        "/play/move": {"move": "acknowledge", "id": "a-form", "message": names[0]},
        "/console/seat": {"role": "navy"},
        "/console/trace": {"text": "word"},
        "/lobby": {"role": "navy"},
        "/debrief/replay": {"hour": "1", "seed": "2"},
    }
    for path, fields in forms.items():
        form = urlencode({"guard": guard_word(keys["session"]), **fields}).encode()
        found[f"POST {path}"] = await ask("POST", path, person, form)
    wanted = json.dumps({"role": "navy", "by": "program"}).encode()
    found["POST keys"] = await ask("POST", "/api/keys", program, wanted)
    found["stream"] = await desk.listen(keys["program"], 0, *guesses(names[:1]))
    own = {"move": "estimate", "id": "its-own-act", "question": "war", "prob": 0.5}
    found["stream behind 2"] = await desk.listen(keys["program"], 2, own)
    found["page behind that"] = await ask("GET", "/play", person)
    return found
