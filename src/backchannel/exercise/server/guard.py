"""What stands before every route: headers, origins, sizes and rates."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 128 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    # Not no-referrer: with that, browsers post forms with the origin `null`.
    "referrer-policy": "strict-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass
class Bucket:
    """So many acts at once, and so many a second after that."""

    size: float
    per_second: float
    level: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.level = self.size

    def takes(self) -> bool:
        """Whether one more is let through now."""
        now = time.monotonic()
        self.level = min(self.size, self.level + (now - self.at) * self.per_second)
        self.at = now
        if self.level < 1.0:
            return False
        self.level -= 1.0
        return True


def is_same_origin(headers: Headers) -> bool:
    """Whether a request comes from a page of this very host."""
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == headers.get("host", "")


def host_of(headers: Headers) -> str:
    """The host that was asked for, without its port."""
    return urlsplit(f"//{headers.get('host', '')}").hostname or ""


class Guard:
    """Middleware: answers what must not pass, and puts the headers on what does.

    `wrong` makes the answer to a request that must not, by the code of what is wrong.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str],
        wrong: Callable[[Request, str], Response],
    ) -> None:
        self.app, self.hosts, self._wrong = app, frozenset(hosts), wrong

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_known = "*" in self.hosts or host_of(headers) in self.hosts
        if scope["type"] == "websocket":
            if is_known:
                await self.app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 4403})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
            await send(message)

        length = headers.get("content-length", "0")
        if not is_known:
            refusal = self._wrong(Request(scope), "unknown_host")
        elif not length.isdigit() or int(length) > MAX_BODY_BYTES:
            refusal = self._wrong(Request(scope), "too_long")
        else:
            await self._pass(scope, receive, send_with_headers)
            return
        await refusal(scope, receive, send_with_headers)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting a body whose length was not announced."""
        n_bytes = 0

        async def count() -> Message:
            nonlocal n_bytes
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > MAX_BODY_BYTES:
                raise _TooLongError
            return message

        try:
            await self.app(scope, count, send)
        except _TooLongError:
            refusal = self._wrong(Request(scope), "too_long")
            await refusal(scope, receive, send)


class _TooLongError(Exception):
    """A body went past the limit while it was read."""
