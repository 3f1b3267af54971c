"""Language-model players whose endpoint says nothing, as a process of its own.

    python -m benchmarks.silent_players URL KEY...

The endpoint is here as well: it takes every question and never answers. Prints one line
when every seat has asked its first.
"""

from __future__ import annotations

import socket
import sys
import threading

from backchannel.exercise.client import SeatClient
from backchannel.exercise.players.language_model import play
from backchannel.exercise.players.model_endpoint import Endpoint

SILENT_SECONDS = 30.0


def silent_endpoint(n_seats: int) -> str:
    """Listen, leave everybody waiting, and say when all have asked; the URL."""
    door = socket.create_server(("127.0.0.1", 0))

    def keep() -> None:
        held = []
        while True:
            held.append(door.accept())
            if len(held) == n_seats:
                print("all wait", flush=True)

    threading.Thread(target=keep, daemon=True).start()
    return f"http://127.0.0.1:{door.getsockname()[1]}/v1"


def sit(url: str, key: str, endpoint: Endpoint) -> None:
    """Play one seat until the process ends."""
    with SeatClient(url, key) as seat:
        for _ in play(seat, endpoint, wait_seconds=1.0):
            pass


def main(url: str, keys: list[str]) -> None:
    """Take the seats and wait."""
    where = silent_endpoint(len(keys))
    endpoint = Endpoint(where, "silent", timeout_seconds=SILENT_SECONDS)
    players = [
        threading.Thread(target=sit, args=(url, key, endpoint), daemon=True)
        for key in keys
    ]
    for player in players:
        player.start()
    for player in players:
        player.join()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
