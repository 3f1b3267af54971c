"""What a role asks for, and how its fields are read and refused."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from backchannel.exercise.refusals import refused, unknown
from backchannel.exercise.state import GameState

MAX_TEXT = 20_000
"""Characters of one message or document."""


@dataclass(frozen=True)
class Move:
    """One thing that a role asks for; `client_id` is the role's own name for it."""

    kind: str
    client_id: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def text(self, role: str, name: str, *, is_needed: bool = True) -> str:
        """Read a text.

        Raises
        ------
        MoveRefusedError : it is missing, no text or too long.
        """
        value = self.fields.get(name, "")
        if not isinstance(value, str) or (is_needed and not value.strip()):
            raise refused(role, "text_missing", f"{self.kind}.{name}")
        if len(value) > MAX_TEXT:
            place = f"{self.kind}.{name}"
            raise refused(role, "text_too_long", place, count=len(value), most=MAX_TEXT)
        return value

    def name_in(self, role: str, name: str, known: Collection[str], code: str) -> str:
        """Read a name that must be one of those the role knows.

        `code` is the reason that is given where it is not, one of `REASONS`.

        Raises
        ------
        MoveRefusedError : it is none of them; the same words whether it exists or not.
        """
        value = self.fields.get(name)
        if not isinstance(value, str) or value not in known:
            raise unknown(role, code, f"{self.kind}.{name}", value, known)
        return value

    def names_in(
        self, role: str, name: str, known: Collection[str], code: str
    ) -> tuple[str, ...]:
        """Read a list of such names, in order and without repetition.

        Raises
        ------
        MoveRefusedError : no list, an empty one, or one of them is not known.
        """
        value = self.fields.get(name)
        if not isinstance(value, (list, tuple)) or not value:
            raise refused(role, "nobody_named", f"{self.kind}.{name}")
        each = [
            Move(self.kind, "", {name: item}).name_in(role, name, known, code)
            for item in value
        ]
        return tuple(dict.fromkeys(each))

    def number(
        self, role: str, name: str, low: float, high: float, default: float | None
    ) -> float | None:
        """Read a number between two bounds; `default` where it is not given.

        Raises
        ------
        MoveRefusedError : no finite number, or out of bounds.
        """
        value = self.fields.get(name, default)
        if value is None:
            return None
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not low <= value <= high:
            place = f"{self.kind}.{name}"
            told = {"value": repr(value), "low": f"{low:g}", "high": f"{high:g}"}
            raise refused(role, "number_bad", place, **told)
        return float(value)

    def is_set(self, name: str) -> bool:
        """Whether a flag is true."""
        return self.fields.get(name) is True


def name_for(state: GameState, what: str, role: str, client_id: str) -> str:
    """Name a new thing so that its name tells nothing about the number of others.

    Parameters
    ----------
    state : the game, for its secret
    what : kind of thing, which begins the name
    role, client_id : who makes it, and by which act

    Returns
    -------
    str : always the same for the same act, which makes repetition harmless
    """
    whole = f"{state.secret}:{what}:{role}:{client_id}".encode()
    return f"{what}_{hashlib.sha256(whole).hexdigest()[:16]}"
