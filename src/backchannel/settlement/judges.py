"""Whether single actors assent to what they see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backchannel.base.errors import ModelError
from backchannel.base.laws import FloatArray
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.settlement.distinct import distinct_rows
from backchannel.settlement.method import TOLERANCE, BoolArray, IntArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.sight import Asked
from backchannel.settlement.worths import Sums, worths


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


def seat_judges(
    crisis: Crisis,
    packages: Packages,
    private: IntArray,
    stages: tuple[Asked, Asked],
    draws: Draws,
) -> dict[str, Judge]:
    """Prepare everybody who may be asked.

    Parameters
    ----------
    private : rows of the packages with a private term
    stages : who is asked before a leak (all packages) and after one (`private` only)

    Raises
    ------
    ModelError : an actor that is asked has no usable threshold.
    """
    before, after = stages
    hidden = packages.only(private)
    pressing = [a for group in before.pressing.values() for a in group]
    names = dict.fromkeys([*before.deciders(), *after.deciders(), *pressing])
    judges = {}
    for actor in names:
        seen = worths(crisis, packages, actor, draws, is_leaked=False)
        then = worths(crisis, hidden, actor, draws, is_leaked=True)
        column = _column(seen, before.deciding(actor))
        later = _column(then, after.deciding(actor))
        first, throughout = distinct_rows([column[private], later], len(private))
        pairs = (column[private][first], later[first])
        is_asked = _any([before.deciding(actor), after.deciding(actor)]) or any(
            actor in g and g[actor].any() for g in before.pressing.values()
        )
        threshold = threshold_of(crisis, actor) if is_asked else None
        judges[actor] = Judge(actor, threshold, seen, then, column, throughout, pairs)
    return judges


def _column(seen: Sums, asked: BoolArray | None) -> IntArray:
    nowhere = np.full(len(seen.index), seen.n_distinct)
    return nowhere if asked is None else np.where(asked, seen.index, nowhere)


def _any(masks: Sequence[BoolArray | None]) -> bool:
    return any(mask is not None and bool(mask.any()) for mask in masks)
