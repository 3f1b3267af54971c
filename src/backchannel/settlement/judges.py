"""Whether single actors assent to what they see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.model import Crisis
from backchannel.settlement.distinct import distinct_rows
from backchannel.settlement.method import TOLERANCE, BoolArray, IntArray
from backchannel.settlement.sight import Asked
from backchannel.settlement.worths import Sums


def threshold_of(crisis: Crisis, actor: str) -> Uncertain:
    """The threshold of an actor that is asked.

    Raises
    ------
    ModelError : it has none, or none that can be computed with.
    """
    threshold = crisis.actors[actor].threshold
    if threshold is None or not threshold.is_usable:
        state = "has none" if threshold is None else f"is {threshold.presence}"
        raise ModelError(
            f"actors.{actor}.threshold: {state}, but this actor is asked to assent; "
            "give the least worth at which it does, e.g. [-6, 0]"
        )
    return threshold


def assent(threshold: Uncertain, worth: FloatArray) -> FloatArray:
    """Chance that T <= u, with the law of T integrated out; same shape as `worth`."""
    return threshold.cdf(worth + TOLERANCE)


@dataclass(frozen=True, eq=False)
class Judge:
    """One actor that is asked, before a leak and throughout one.

    Both tables of assents end in a row of ones, for packages it is not asked about.
    `before` (n_packages,) and `throughout` (n_private,) point into them; `pairs` are
    what it sees before and after the leak in each row of the second.
    """

    actor: str
    threshold: Uncertain | None
    seen_before: Sums
    seen_after: Sums
    before: IntArray
    throughout: IntArray
    pairs: tuple[IntArray, IntArray]

    def assents(
        self, before: FloatArray, after: FloatArray, shift: float
    ) -> tuple[FloatArray, FloatArray]:
        """Chance of assent before a leak, and both before and after one.

        Parameters
        ----------
        before, after : what it sees is worth to it, (n_distinct, n_span) each
        shift : points added to both

        Notes: the threshold is one number, so whoever is asked twice assents throughout
        where the lower of the two worths reaches it.
        """
        first = self._table(before, shift)
        if not len(self.pairs[0]):
            return first, first[:0]
        second = self._table(after, shift)
        return first, np.minimum(first[self.pairs[0]], second[self.pairs[1]])

    def _table(self, worth: FloatArray, shift: float) -> FloatArray:
        table = np.ones((len(worth) + 1, worth.shape[1]))
        if self.threshold is not None:
            table[:-1] = assent(self.threshold, worth + shift)
        return table


def seat_judge(
    actor: str,
    threshold: Uncertain | None,
    seen: tuple[Sums, Sums],
    asked: tuple[Asked, Asked],
    private: IntArray,
) -> Judge:
    """Prepare one actor that may be asked.

    Parameters
    ----------
    seen : what it sees before a leak (all packages) and after one (`private` only)
    asked : who is asked, likewise
    private : rows of the packages with a private term
    """
    before, after = seen
    column = column_of(before, asked[0].deciding(actor))
    mask = asked[1].deciding(actor)
    if mask is None or not mask.any():
        # Never asked after a leak: nothing to add up, only the row of ones is left.
        after = after.only(private[:0])
        later = np.zeros(len(private), dtype=np.int64)
    else:
        later = column_of(after, mask)
    first, throughout = distinct_rows([column[private], later], len(private))
    pairs = (column[private][first], later[first])
    return Judge(actor, threshold, before, after, column, throughout, pairs)


def column_of(seen: Sums, asked: BoolArray | None) -> IntArray:
    """Row of a table of assents by package: the last one where it is not asked."""
    nowhere = np.full(len(seen.index), seen.n_distinct)
    return nowhere if asked is None else np.where(asked, seen.index, nowhere)
