"""Run the server until it is stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

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
