"""What every package means to every party, draw by draw.

R    chance that the package is passed
S    chance that it is passed now and again after a leak
l    chance of a leak before performance
G_p  = A_p - V_p, gain of party p from accepting over no deal:

    G_p = R (u_p - V_p + c_p) - c_p - pressure_p
          + l [ S u'_p + (R - S)(V_p - c_p - penalty_p) - R u_p ]

with u' after the leak (penalty taken off) and c the failure cost. A party accepts where
G_p >= 0; a package is settled with chance R - l (R - S) where all parties accept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.settlement.method import TOLERANCE, BoolArray
from backchannel.settlement.valuation import Stake, Valuation

NOTHING: Mapping[str, float] = {}


@dataclass(frozen=True, eq=False)
class Cells:
    """Packages in a span of draws; every array ends in (n_packages, n_span).

    `ratified` is R; `stands` S; `leak` l; `carried` R - l (R - S); `gains` and
    `accepts` have the party axis first; `settled` is `carried` where all accept.
    """

    ratified: FloatArray
    stands: FloatArray
    leak: FloatArray
    carried: FloatArray
    gains: FloatArray

    @property
    def accepts(self) -> BoolArray:
        """Whether each party accepts, (n_parties, n_packages, n_span)."""
        return np.asarray(self.gains >= -TOLERANCE)

    @property
    def settled(self) -> FloatArray:
        """Chance of a settlement."""
        return np.asarray(self.carried * self.accepts.all(axis=0))


class Block:
    """A valuation in a span of draws; what does not change is added up once."""

    def __init__(self, valuation: Valuation, span: slice) -> None:
        self.valuation, self.span = valuation, span
        self.n_span = len(range(*span.indices(valuation.draws.n_draws)))
        self._seen = {
            name: (judge.seen_before.over(span), judge.seen_after.over(span))
            for name, judge in valuation.judges.items()
        }
        self._assents = {
            name: judge.assents(*self._seen[name], 0.0)
            for name, judge in valuation.judges.items()
        }
        self._worths = [
            (a.before.over(span), a.after.over(span), a.penalty.over(span))
            for a in valuation.ledger.accounts
        ]

    def cells(
        self,
        *,
        shifts: Mapping[str, float] = NOTHING,
        haste: Mapping[str, float] = NOTHING,
    ) -> Cells:
        """Evaluate all packages.

        Parameters
        ----------
        shifts : by actor, points added to what every package is worth to it
        haste : by issue, factor on the time for which its private term must hold
        """
        valuation, span, rows = self.valuation, self.span, self.valuation.private
        both = {name: self.assents(name, shifts) for name in valuation.judges}
        before = {name: pair[0] for name, pair in both.items()}
        passage, again = valuation.passage, valuation.passage_again
        ratified = passage.prob(before, span, self.n_span)[passage.index]
        stands, carried = ratified.copy(), ratified.copy()
        leak = np.zeros_like(ratified)
        if len(rows):
            throughout = {name: pair[1] for name, pair in both.items()}
            stands[rows] = again.prob(throughout, span, self.n_span)[again.index]
            exposure = valuation.exposure
            leak[rows] = -np.expm1(-exposure.over(span, haste))[exposure.index]
            carried[rows] -= leak[rows] * (ratified[rows] - stands[rows])
        gains = np.empty((len(valuation.stakes), *ratified.shape))
        chances = (ratified, stands, leak)
        for i, stake in enumerate(valuation.stakes):
            worths = tuple(
                w + shifts.get(stake.party, 0.0) for w in self._worths[i][:2]
            )
            self._gain(gains[i], stake, worths, self._worths[i][2], before, chances)
        return Cells(ratified, stands, leak, carried, gains)

    def assents(
        self, name: str, shifts: Mapping[str, float] = NOTHING
    ) -> tuple[FloatArray, FloatArray]:
        """Assents of one actor, before a leak and throughout one."""
        if not shifts.get(name):
            return self._assents[name]
        judge = self.valuation.judges[name]
        return judge.assents(*self._seen[name], shifts[name])

    def gains_if_carried(self) -> FloatArray:
        """G with R = 1 and l = 0, (n_parties, n_packages, n_span).

        That is u - V - pressure: what a package sure to be carried home would bring.
        """
        gains = []
        for i, stake in enumerate(self.valuation.stakes):
            own, before = stake.account, self._worths[i][0]
            gain = (before - own.no_deal[self.span])[own.before.index]
            for actor, column, pressure in stake.pressing:
                dissent = 1.0 - self._assents[actor][0][column]
                gain = gain - dissent * pressure[self.span]
            gains.append(gain)
        return np.array(gains)

    def _gain(
        self,
        out: FloatArray,
        stake: Stake,
        worths: tuple[FloatArray, ...],
        penalty: FloatArray,
        assents: Mapping[str, FloatArray],
        chances: tuple[FloatArray, FloatArray, FloatArray],
    ) -> None:
        """G of one party into `out`, (n_packages, n_span)."""
        before, after = worths
        ratified, stands, leak = chances
        own = stake.account
        failed = own.no_deal[self.span] - own.failure_cost[self.span]
        np.multiply(ratified, (before - failed)[own.before.index], out=out)
        out -= own.failure_cost[self.span]
        for actor, column, pressure in stake.pressing:
            cost = (1.0 - assents[actor]) * pressure[self.span]
            out -= cost[column]
        rows = self.valuation.private
        if len(rows):
            R, S = ratified[rows], stands[rows]
            fallen = (failed + penalty)[own.penalty.index]
            change = S * after[own.after.index] + (R - S) * fallen
            change -= R * before[own.before.index[rows]]
            out[rows] += leak[rows] * change


def all_draws(valuation: Valuation) -> Block:
    """Every draw at once, for few packages."""
    return Block(valuation, slice(0, valuation.draws.n_draws))
