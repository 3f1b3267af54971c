"""What every reader of a domain file makes: issues, and one profile for each party."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backchannel.base.errors import CrisisFileError, Problem, did_you_mean
from backchannel.base.laws import FloatArray
from backchannel.crisis.domain import Domain

Issues = dict[str, tuple[str, ...]]
"""Names of issues, in order, with the names of their levels."""


@dataclass(frozen=True, eq=False)
class Profile:
    """One party: a table (n_levels,) for each issue, weights included."""

    party: str
    tables: tuple[FloatArray, ...]
    reservation_value: float = -math.inf
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A file, and a key in it, for error messages."""

    path: Path
    key: str = ""

    def at(self, *keys: object) -> Place:
        """A place further inside."""
        return Place(self.path, ".".join(str(k) for k in (self.key, *keys) if k != ""))

    def error(self, wrong: str, right: str) -> CrisisFileError:
        """The error to raise here."""
        return CrisisFileError([Problem(str(self.path), 0, self.key, wrong, right)])

    def number(self, raw: object) -> float:
        """A finite number, or -inf; raises CrisisFileError."""
        try:
            value = float(raw)  # type: ignore[arg-type]  # refused just below
        except (TypeError, ValueError):
            value = math.nan
        if isinstance(raw, bool) or math.isnan(value) or value == math.inf:
            raise self.error(f"is {raw!r}", "write a number")
        return value

    def mapping(self, raw: object) -> Mapping[Any, Any]:
        """A mapping; raises CrisisFileError."""
        if not isinstance(raw, Mapping):
            raise self.error(f"is {_shown(raw)}", "write names with values")
        return raw

    def sequence(self, raw: object) -> Sequence[Any]:
        """A list that is not empty; raises CrisisFileError."""
        if not isinstance(raw, list) or not raw:
            raise self.error(f"is {_shown(raw)}", "write a list with an entry")
        return raw


def _shown(raw: object) -> str:
    text = repr(raw)
    return text if len(text) <= 40 else f"{text[:40]}..."


def level_values(
    values: Mapping[str, float], levels: Sequence[str], place: Place
) -> FloatArray:
    """Values in the order of the levels.

    Raises
    ------
    CrisisFileError : a level has no value.
    """
    for level in levels:
        if level not in values:
            right = did_you_mean(level, values, "value")
            raise place.error(f"gives no value for level '{level}'", right)
    return np.array([values[level] for level in levels], dtype=float)


def assemble(title: str, issues: Issues, profiles: Sequence[Profile]) -> Domain:
    """Put profiles side by side.

    Raises
    ------
    ModelError : the domain that results cannot stand, as `Domain` says.
    """
    tables = tuple(
        np.array([profile.tables[i] for profile in profiles]).reshape(
            len(profiles), len(levels)
        )
        for i, levels in enumerate(issues.values())
    )
    return Domain(
        title=title,
        issues=tuple(issues),
        levels=tuple(issues.values()),
        parties=tuple(profile.party for profile in profiles),
        utilities=tables,
        reservation_values=np.array([p.reservation_value for p in profiles]),
        notes=tuple(note for profile in profiles for note in profile.notes),
    )


def read_json(path: Path) -> Any:
    """Read one JSON file.

    Raises
    ------
    CrisisFileError : it cannot be read or is not JSON; says the line.
    """
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        problem = Problem(str(path), error.lineno, "", error.msg, "write valid JSON")
        raise CrisisFileError([problem]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Place(path).error(
            f"cannot be read ({error})", "save it as UTF-8"
        ) from None
