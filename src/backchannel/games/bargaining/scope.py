"""The numbers of one game: formulas of the file worked out for given parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.formula import Formula
from backchannel.base.laws import FloatArray
from backchannel.games.watch import Watch

Curve = Callable[[float], float]


@dataclass(frozen=True)
class Scope:
    """Named parameters and the two parties, in order of declaration.

    `watch` and `resume` are for methods that take long: how long they may, and where
    they stopped.
    """

    parameters: Mapping[str, Any]
    parties: tuple[str, ...]
    watch: Watch = field(default_factory=Watch)
    resume: object = None

    def value(self, place: str, formula: Formula, **more: Any) -> Any:
        """What a formula gives.

        Raises
        ------
        ModelError : it has no value; the message names the place.
        """
        try:
            return formula.evaluate({**self.parameters, **more})
        except ValueError as error:
            raise ModelError(f"behaviour.game.{place}: {error}") from None

    def number(self, place: str, formula: Formula, **more: Any) -> float:
        """A finite number; raises ModelError where it is none."""
        found = self.value(place, formula, **more)
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            raise ModelError(
                f"behaviour.game.{place}: '{formula}' is {found!r}; must be a number"
            )
        if not math.isfinite(found):
            raise ModelError(
                f"behaviour.game.{place}: '{formula}' is {found}; must be finite"
            )
        return float(found)

    def chance(self, place: str, formula: Formula, **more: Any) -> float:
        """A number from 0 to 1; raises ModelError where it is none."""
        found = self.number(place, formula, **more)
        if not 0.0 <= found <= 1.0:
            raise ModelError(
                f"behaviour.game.{place}: '{formula}' is {found:g}; must lie in [0, 1]"
            )
        return found

    def positive(self, place: str, formula: Formula) -> float:
        """A number above 0; raises ModelError where it is none."""
        found = self.number(place, formula)
        if found <= 0.0:
            raise ModelError(
                f"behaviour.game.{place}: '{formula}' is {found:g}; must be above 0"
            )
        return found

    def count(self, place: str, formula: Formula, least: int = 1) -> int | None:
        """A whole number, or None where the formula is null; raises ModelError else."""
        found = self.value(place, formula)
        if found is None:
            return None
        if isinstance(found, bool) or found != int(found) or found < least:
            raise ModelError(
                f"behaviour.game.{place}: '{formula}' is {found!r}; must be a whole "
                f"number of at least {least}"
            )
        return int(found)

    def column(self, place: str, formula: Formula) -> FloatArray:
        """A list of finite numbers, or one; raises ModelError where it is none."""
        found = self.value(place, formula)
        entries = found if isinstance(found, (list, tuple)) else [found]
        if not entries or not all(
            isinstance(x, (int, float)) and not isinstance(x, bool) and math.isfinite(x)
            for x in entries
        ):
            raise ModelError(
                f"behaviour.game.{place}: '{formula}' is {found!r}; must be numbers, "
                "one for each type"
            )
        return np.array(entries, dtype=float)

    def pair(
        self, place: str, formulas: Mapping[str, Formula], default: float
    ) -> tuple[float, float]:
        """One number for each party."""
        first, second = (
            self.number(f"{place}.{party}", formulas[party])
            if party in formulas
            else default
            for party in self.parties[:2]
        )
        return first, second

    def curve(self, place: str, formula: Formula, variable: str) -> Curve:
        """A formula as a function of one more number."""
        return lambda x: self.number(place, formula, **{variable: x})

    def curves(
        self, place: str, formulas: Mapping[str, Formula], variable: str, default: Curve
    ) -> tuple[Curve, Curve]:
        """One function for each party."""
        first, second = (
            self.curve(f"{place}.{party}", formulas[party], variable)
            if party in formulas
            else default
            for party in self.parties[:2]
        )
        return first, second
