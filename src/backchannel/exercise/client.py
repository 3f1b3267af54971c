"""A seat for programs: what a script or a model needs to play, over HTTP."""

from __future__ import annotations

import json
import secrets
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from backchannel.base.errors import LedgerError, MoveRefusedError
from backchannel.exercise.projection import View
from backchannel.exercise.screen import Screen, screen_of

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.1, 1.0


class SeatClient:
    """One seat, opened with a program's key.

    Parameters
    ----------
    url : of the server, such as http://127.0.0.1:8765
    key : a program's key, from the facilitator
    patience_seconds : how long a move is repeated while the server is away
    certificate : PEM file of the server's own certificate; then this one is trusted,
        whatever name it bears, and no other

    Notes: a move is sent again with the same id until it is answered, and the server
    makes it once. `follow` comes back by itself behind the last view it gave.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        patience_seconds: float = 30.0,
        certificate: Path | None = None,
    ) -> None:
        trusted = _trust(certificate) if url.startswith("https:") else None
        self._trusted = trusted
        self.url, self._key, self._patience = url.rstrip("/"), key, patience_seconds
        self._http = httpx.Client(
            base_url=self.url,
            headers={"authorization": f"Bearer {key}"},
            timeout=10.0,
            trust_env=False,
            verify=trusted or True,
        )
        self.role: str = self._get("/api/me")["role"]

    def __enter__(self) -> SeatClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _get(self, path: str, **asked: str) -> Any:
        answer = self._http.get(path, params=asked)
        if answer.status_code != 200:
            raise MoveRefusedError("client", f"{path}: {answer.text.strip()}")
        return answer.json()

    def move(self, kind: str, **fields: Any) -> str:
        """Make a move, and return when it is stored.

        Parameters
        ----------
        kind : such as `send` or `speak`; docs/exercise.md lists them
        fields : what it takes

        Returns
        -------
        str : the id under which it is stored

        Raises
        ------
        MoveRefusedError : the rules forbid it, or the key opens no seat any more.
        LedgerError : the server did not answer for as long as the patience lasts.
        """
        act = secrets.token_hex(8)
        wanted = {"move": kind, "id": act, **fields}
        until, wait = time.monotonic() + self._patience, FIRST_WAIT_SECONDS
        while True:
            try:
                answer = self._http.post("/api/moves", json=wanted)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 200:
                return act
            if answer is not None and answer.status_code not in (429, 503):
                why = _why(answer)
                raise MoveRefusedError(self.role, why)
            if time.monotonic() > until:
                raise LedgerError(f"{self.url}: does not answer; is the server up?")
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    def views(self, after: int = 0) -> list[View]:
        """What the role has seen behind the `after`-th view, at most 1,000."""
        return [_view(record) for record in self._get("/api/views", after=str(after))]

    def screen(self) -> Screen:
        """Everything the role knows now, arranged for reading."""
        seen: list[View] = []
        while more := self.views(len(seen)):
            seen += more
        return screen_of(seen)

    def follow(self, after: int = 0) -> Iterator[View]:
        """Yield every view behind the `after`-th as it comes, without end.

        Raises MoveRefusedError when the seat has been given to somebody else.
        """
        headers = {"authorization": f"Bearer {self._key}"}
        address = f"ws{self.url.removeprefix('http')}/api/stream"
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                with connect(
                    f"{address}?after={after}",
                    additional_headers=headers,
                    proxy=None,
                    ssl=self._trusted,
                ) as socket:
                    wait = FIRST_WAIT_SECONDS
                    for text in socket:
                        for line in str(text).split("\n"):
                            record = json.loads(line)
                            after = record["n"]
                            yield _view(record)
            except InvalidHandshake as error:
                if "403" in str(error):
                    raise MoveRefusedError(self.role, "the key opens no seat") from None
            except (ConnectionClosed, OSError, TimeoutError):
                pass
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)


def _trust(certificate: Path | None) -> ssl.SSLContext:
    if certificate is None:
        return ssl.create_default_context()
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    # It may have been issued by an authority that is not in the file.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _why(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["why"])
    except (ValueError, KeyError, TypeError):
        return answer.text.strip()


def _view(record: dict[str, Any]) -> View:
    fields = {k: v for k, v in record.items() if k not in ("n", "kind", "hour")}
    return View(record["kind"], record["hour"], fields)
