"""Stages in which nobody chooses: a war as a random walk, excited incidents, a quota.

Source: Smith (1998), Journal of Conflict Resolution 42, 301-320; Hawkes (1971),
Biometrika 58, 83-90.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import solve_banded

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray

_LARGEST_GROWTH = 300.0
_STIFF = 1e4


def walk_of_forts(forts: int, held: int, prob_battle: float) -> tuple[float, float]:
    """Chance of winning all forts, and expected battles, from first-step equations.

    Raises
    ------
    ModelError : a side holds more than all.

    >>> walk_of_forts(5, 2, 0.5)
    (0.4, 6.0)
    """
    if not 0 <= held <= forts:
        raise ModelError(f"behaviour.game.held: is {held} of {forts} forts")
    if held in (0, forts):
        return float(held == forts), 0.0
    n = forts - 1
    bands = np.zeros((3, n))
    bands[0, 1:], bands[1], bands[2, :-1] = -prob_battle, 1.0, -(1.0 - prob_battle)
    ends = np.zeros((n, 2))
    ends[-1, 0], ends[:, 1] = prob_battle, 1.0
    chance, battles = solve_banded((1, 1), bands, ends)[held - 1]
    return round(float(chance), 15), round(float(battles), 12)


@dataclass(frozen=True)
class ExcitedIncidents:
    """Incidents at `base` a unit of time, each adding `jump`, fading at `cooling`."""

    base: float
    jump: float
    cooling: float
    ignition: float

    def by(self, until: float) -> tuple[float, float]:
        """Chance of war, and mean number of incidents, by a time.

        The affine transform exp(A + B base) of the rate solves a pair of equations;
        without ignition it gives the mean.

        Raises
        ------
        ModelError : the incidents grow beyond any number by then.
        """
        growth = (self.jump - self.cooling) * until
        if growth > _LARGEST_GROWTH:
            raise ModelError(
                f"behaviour.game.jump: is {self.jump:g} at cooling {self.cooling:g}, "
                f"so by {until:g} incidents grow e^{growth:.0f}-fold; choose a jump "
                "below the cooling, or an earlier time"
            )
        calm = 1.0 - self.ignition

        def slopes(_t: float, y: FloatArray) -> list[float]:
            b, _a, rate, _n = y
            return [
                -self.cooling * b + calm * np.exp(self.jump * b) - 1.0,
                self.cooling * self.base * b,
                self.cooling * (self.base - rate) + self.jump * rate,
                rate,
            ]

        start = [0.0, 0.0, self.base, 0.0]
        run = solve_ivp(
            slopes,
            (0.0, until),
            start,
            # An explicit method needs a step for each unit of cooling.
            method="DOP853" if self.cooling * until < _STIFF else "Radau",
            rtol=1e-12,
            atol=1e-14,
        )
        b, a, _, mean = run.y[:, -1]
        return float(-np.expm1(a + b * self.base)), float(mean)


def hazards_by_round(
    incidents: ExcitedIncidents, round_time: float, n_rounds: int
) -> FloatArray:
    """Chance of war in each round, none having come before.

    Parameters
    ----------
    incidents : whose rate rises with every incident
    round_time : from one offer to the next
    n_rounds : how many

    Returns
    -------
    (n_rounds,), chances; rising where incidents excite each other

    >>> calm = ExcitedIncidents(base=0.5, jump=0.0, cooling=1.0, ignition=0.2)
    >>> hazards_by_round(calm, 1.0, 2).round(6).tolist()
    [0.095163, 0.095163]
    """
    wars = [incidents.by(round_time * k)[0] for k in range(1, n_rounds + 1)]
    alive = 1.0 - np.array([0.0, *wars])
    kept = np.divide(alive[1:], alive[:-1], out=np.ones(n_rounds), where=alive[:-1] > 0)
    return np.asarray(np.clip(1.0 - kept, 0.0, 1.0))


def prob_quota(members: int, needed: int, prob_assent: float) -> float:
    """Chance that at least so many of independent members assent.

    >>> round(prob_quota(9, 5, 0.6), 8)
    0.73343232
    """
    counts = np.zeros(members + 1)
    counts[0] = 1.0
    for _ in range(members):
        counts[1:] = counts[1:] * (1.0 - prob_assent) + counts[:-1] * prob_assent
        counts[0] *= 1.0 - prob_assent
    return float(counts[max(needed, 0) :].sum())
