"""A wire that can be cut: a relay of TCP between clients and a server."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

CHUNK = 65_536


class Wire:
    """Passes bytes on to a server; while it is cut, nothing passes and nobody connects.

    `hold` lets connections stand in which nothing arrives, as when a cable is out;
    `cut` ends them and refuses new ones, as when a router restarts.
    """

    def __init__(self, url: str) -> None:
        there = urlsplit(url)
        self._there = (str(there.hostname), int(there.port or 80))
        self._passes = threading.Event()
        self._passes.set()
        self._ends: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._is_refusing = False
        threading.Thread(target=self._open, daemon=True).start()

    def hold(self) -> None:
        """Let nothing through, in either direction."""
        self._passes.clear()

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        self._is_refusing = True
        for end in list(self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let everything through again."""
        self._is_refusing = False
        self._passes.set()

    def close(self) -> None:
        """Take the wire down."""
        self.cut()
        self._passes.set()
        self._door.close()

    def _open(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            if self._is_refusing:
                near.close()
                continue
            far = socket.create_connection(self._there)
            for one, other in ((near, far), (far, near)):
                self._ends.add(one)
                work = threading.Thread(target=self._pass, args=(one, other))
                work.daemon = True
                work.start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while words := one.recv(CHUNK):
                self._passes.wait()
                other.sendall(words)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ends.discard(one)
        one.close()


@contextmanager
def wire(url: str) -> Iterator[Wire]:
    """A wire to a server, taken down afterwards."""
    made = Wire(url)
    try:
        yield made
    finally:
        made.close()
