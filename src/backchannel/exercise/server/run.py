"""Run the server until it is stopped."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from backchannel.base.errors import MethodError
from backchannel.exercise.server.guard import MAX_BODY_BYTES


@dataclass(frozen=True)
class Address:
    """Where to listen; with `certificate` and `private_key`, over TLS."""

    host: str = "127.0.0.1"
    port: int = 8765
    certificate: Path | None = None
    private_key: Path | None = None

    @property
    def url(self) -> str:
        """How to call it from this machine."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{self.host}:{self.port}"


def socket_at(address: Address) -> socket.socket:
    """Take an address before anything is promised at it.

    Parameters
    ----------
    address : where to listen

    Returns
    -------
    socket : bound, for `Server.serve`

    Raises
    ------
    MethodError : the port is taken, or the host is none of this machine.
    """
    where = f"{address.host}:{address.port}"
    try:
        family, kind, proto, _, place = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        )[0]
        taken = socket.socket(family, kind, proto)
    except OSError as error:
        raise _no_place(where, error) from None
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(place)
    except OSError as error:
        taken.close()
        raise _no_place(where, error) from None
    return taken


def _no_place(where: str, error: OSError) -> MethodError:
    return MethodError(
        f"--host, --port: nothing can listen at {where} ({error.strerror}); give an "
        "address of this machine and a port that is free, such as --port 8766"
    )


def server_at(app: Starlette, address: Address) -> uvicorn.Server:
    """A server that logs no addresses of pages: a join link is a secret."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=address.host,
            port=address.port,
            access_log=False,
            log_level="warning",
            server_header=False,
            date_header=False,
            ws="websockets-sansio",
            ws_max_size=MAX_BODY_BYTES,
            ws_ping_interval=20.0,
            ws_ping_timeout=20.0,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
            backlog=4096,
            ssl_certfile=str(address.certificate) if address.certificate else None,
            ssl_keyfile=str(address.private_key) if address.private_key else None,
        )
    )
