"""Scripted negotiators: how far each holds out for, round by round."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import MethodError
from backchannel.base.laws import FloatArray


def _demand_share(place: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise MethodError(f"{place}: is {value}; must be from 0 to 1")


@dataclass(frozen=True)
class TimeDependent:
    """Concede with the clock, whatever the others do.

    In round r of n it holds out for `opening` x (1 - t^exponent) with t = (r + 1) /
    (n + 1), as a share of the way from its reservation value to its best package. It
    offers the worst package worth that much and accepts what is worth that much.
    Exponents above 1 hold out (Boulware), below 1 give way early (Conceder).

    Source: Faratin, Sierra and Jennings (1998), Robotics and Autonomous Systems
    24(3-4), 159-182, the polynomial family.
    """

    exponent: float = 4.0
    opening: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.exponent) and self.exponent > 0.0):
            raise MethodError(
                f"TimeDependent.exponent: is {self.exponent}; must be above 0, such as "
                "4 (holds out) or 0.25 (gives way early)"
            )
        _demand_share("TimeDependent.opening", self.opening)

    def aspirations(self, n_rounds: int) -> FloatArray:
        """What it holds out for in each round, (n_rounds,), a share from 0 to 1."""
        t = np.arange(1, n_rounds + 1) / (n_rounds + 1)
        return np.asarray(self.opening * (1.0 - t**self.exponent))


@dataclass(frozen=True)
class TitForTat:
    """Concede as much as the others have conceded, in its own worth, and no more.

    It holds out for 1 less what the latest offer is worth to it above the first one,
    less `kindness` for each round that has passed; shares as for `TimeDependent`. It
    knows nothing of the others' values (hence naive). Without kindness two of them
    may wait for each other to the end.

    Source: Faratin, Sierra and Jennings (1998), the absolute tit-for-tat family.
    """

    kindness: float = 0.01

    def __post_init__(self) -> None:
        _demand_share("TitForTat.kindness", self.kindness)


@dataclass(frozen=True)
class MiCRO:
    """Offer the next best package only when the others have offered as many new ones.

    Otherwise it repeats one of its offers, picked at random. It accepts what is worth
    as much to it as its next offer, or, while it waits, as its last one.

    Source: de Jonge (2022), An analysis of the linear bilateral ANAC domains using the
    MiCRO benchmark strategy, IJCAI, 223-229.
    """


Negotiator = TimeDependent | TitForTat | MiCRO

BOULWARE = TimeDependent(4.0)
"""Holds out until the end is near."""
LINEAR = TimeDependent(1.0)
"""Gives way at an even pace."""
CONCEDER = TimeDependent(0.25)
"""Gives way at once."""
