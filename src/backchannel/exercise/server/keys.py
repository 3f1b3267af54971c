"""Keys to seats: unguessable, bound to a role and a purpose, kept as digests only."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from backchannel.exercise.server.writer import KeyRow

Purpose = Literal["join", "session", "program"]
KEY_BYTES = 24
"""192 bits: beyond guessing, short enough for a square code on paper."""


@dataclass(frozen=True)
class Seat:
    """Whose seat a key opens. `serial` counts how often the seat has changed hands."""

    game: str
    role: str
    serial: int


def digest_of(purpose: Purpose, key: str) -> str:
    """What is stored of a key; one for joining is no key for a session."""
    return hashlib.sha256(f"{purpose}:{key}".encode()).hexdigest()


def guard_word(session: str) -> str:
    """The word that a form must repeat, so that no other site can send it."""
    return hmac.new(session.encode(), b"form", hashlib.sha256).hexdigest()


class KeyRing:
    """All keys by their digests; a look-up tells nothing by the time it takes."""

    def __init__(self, rows: Iterable[KeyRow] = ()) -> None:
        self._seats: dict[str, tuple[str, Seat]] = {}
        for row in rows:
            self._keep(row)

    def _keep(self, row: KeyRow) -> None:
        digest, purpose, game, role, serial = row
        self._seats[digest] = (purpose, Seat(game, role, serial))

    def make(self, purpose: Purpose, seat: Seat) -> tuple[str, KeyRow]:
        """Draw a new key; the row is to be stored, the key itself never."""
        key = secrets.token_urlsafe(KEY_BYTES)
        row = (digest_of(purpose, key), purpose, seat.game, seat.role, seat.serial)
        self._keep(row)
        return key, row

    def seat(self, purpose: Purpose, key: str) -> Seat | None:
        """The seat that a key opens, None where it opens none for this purpose."""
        found = self._seats.get(digest_of(purpose, key))
        return found[1] if found is not None and found[0] == purpose else None
