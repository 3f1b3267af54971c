"""A server takes its address before it promises anything at it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from backchannel.base.errors import MethodError
from backchannel.exercise.server.opening import Evening, open_evening
from backchannel.exercise.server.run import Address, socket_at
from backchannel.exercise.state import Settings
from tests.exercise.games import crisis


def test_a_port_that_is_taken_is_named_before_anything_is_told(tmp_path: Path) -> None:
    """No link is printed, no ledger begun; the message says what would be right."""
    told: list[str] = []
    ledger = tmp_path / "game.db"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = Address(port=other.getsockname()[1])
        evening = Evening(crisis(), Settings(), str(ledger), address)
        with pytest.raises(MethodError, match="--port 8766"):
            open_evening(evening, told.append)
    assert told == []
    assert not ledger.exists()


def test_a_host_of_another_machine_is_refused() -> None:
    """An address of the documentation (RFC 5737) is nobody's."""
    with pytest.raises(MethodError, match=r"--host, --port: .* at 192\.0\.2\.1:8765"):
        socket_at(Address(host="192.0.2.1"))


def test_a_free_port_is_taken_at_once() -> None:
    """Whoever comes second does not get it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with socket_at(Address(port=port)) as first:
        assert first.getsockname() == ("127.0.0.1", port)
        first.listen()
        with pytest.raises(MethodError):
            socket_at(Address(port=port))
