"""The cheapest single change that makes a failing package pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.frozen import Choice
from backchannel.settlement.amounts import smallest_by_bisection, smallest_by_order
from backchannel.settlement.cells import NOTHING, all_draws
from backchannel.settlement.method import PASSES_AT
from backchannel.settlement.valuation import Valuation

ChangeKind = Literal["visibility", "level", "side_payment", "reassurance", "lead_time"]
# Twice the distance from status quo to war: no larger payment is worth looking at.
MAX_POINTS = 200.0


@dataclass(frozen=True)
class Change:
    """One change, what it takes, and what it brings.

    `package` is the package afterwards; `issue` and `choice` say what is switched;
    `actor` is paid or reassured by `amount` points, at the expense of `payer`; for a
    shorter lead time `amount` is the factor that remains of the time for which the
    private term of `issue` must hold. `cost` is the largest median loss of any party
    on its own scale, or the points by which a constituency must be reassured.
    """

    kind: ChangeKind
    package: int
    cost: float
    prob_settled: float
    issue: str = ""
    choice: Choice | None = None
    actor: str = ""
    payer: str = ""
    amount: float = 0.0

    @property
    def text(self) -> str:
        """What to do, in the names of the file."""
        match self.kind:
            case "visibility" | "level":
                return f"{self.issue}: {self.choice} instead"
            case "side_payment":
                return f"{self.payer} pays {self.actor} {self.amount:.3g} points"
            case "reassurance":
                return f"reassure {self.actor} by {self.amount:.3g} points"
            case "lead_time":
                return f"{self.issue}: performed in {self.amount:.0%} of the time"

    def __str__(self) -> str:
        return f"{self.text}, cost {self.cost:.3g}, then {self.prob_settled:.2f}"


def find_changes(
    valuation: Valuation, row: int, prob_settled: FloatArray
) -> tuple[Change, ...]:
    """Find for every kind of change and whom it concerns the smallest that suffices.

    Parameters
    ----------
    valuation : of all packages
    row : the package to be mended
    prob_settled : (n_packages,), of every package

    Returns
    -------
    changes after which the package is settled at least as likely as not, cheapest
    first, ties by declaration; empty where no single change suffices, or none is needed

    Notes: amounts are smallest to 1e-6 and verified by evaluating the changed package.
    Whoever would not make it pass even when reassured by 200 points is passed over.
    """
    if prob_settled[row] >= PASSES_AT:
        return ()
    search = _Search(valuation.only(np.array([row])), row)
    found = [
        *_switches(valuation, row, prob_settled),
        *search.payments_between_parties(),
        *search.lead_times(),
        *search.reassurances(),
    ]
    return tuple(sorted(found, key=lambda change: change.cost))


def find_cheapest(
    valuation: Valuation, row: int, prob_settled: FloatArray
) -> Change | None:
    """Find the first of `find_changes` without looking at all the others.

    Notes: who would not make the package pass when reassured by the cheapest cost found
    so far is passed over, and payments to constituencies are left out: they take at
    least as many points as a reassurance.
    """
    if prob_settled[row] >= PASSES_AT:
        return None
    search = _Search(valuation.only(np.array([row])), row)
    found = [
        *_switches(valuation, row, prob_settled),
        *search.payments_between_parties(),
    ]
    best = min((change.cost for change in found), default=MAX_POINTS)
    if best > 0.0:
        found += search.lead_times()
        best = min((change.cost for change in found), default=MAX_POINTS)
    if best > 0.0:
        found += search.reassurances(at_most=best, is_paid=False)
    return min(found, key=lambda change: change.cost, default=None)


def _switches(
    valuation: Valuation, row: int, prob_settled: FloatArray
) -> Iterator[Change]:
    """Neighbouring packages that pass, at the median loss of whoever loses most."""
    packages = valuation.packages
    everything = slice(0, valuation.draws.n_draws)
    here = packages.choices_in(row)
    for issue, choice, other in packages.neighbours(row):
        if prob_settled[other] < PASSES_AT:
            continue
        pair = np.array([row, other])
        cost = -np.inf
        for account in valuation.ledger.accounts:
            own = account.before.only(pair)
            worth = own.over(everything)[own.index]
            cost = max(cost, float(np.median(worth[0] - worth[1])))
        is_same_level = here[issue].level == choice.level
        kind: ChangeKind = "visibility" if is_same_level else "level"
        chance = float(prob_settled[other])
        yield Change(kind, other, cost, chance, issue=issue, choice=choice)


class _Search:
    """Looks for amounts that mend the only package of a valuation."""

    def __init__(self, valuation: Valuation, row: int) -> None:
        self.valuation, self.row = valuation, row
        self.block = all_draws(valuation)
        self.parties = [stake.party for stake in valuation.stakes]

    def chance(
        self,
        shifts: Mapping[str, float] = NOTHING,
        haste: Mapping[str, float] = NOTHING,
    ) -> float:
        """Chance of a settlement after a change."""
        cells = self.block.cells(shifts=shifts, haste=haste)
        return float(cells.settled[0].mean())

    def chance_if_reassured(self, actor: str, points: float) -> float:
        """The same after reassuring one actor."""
        return self.chance({actor: points})

    def chance_if_sooner(self, issue: str, share: float) -> float:
        """The same after saving a share of the time for which a term must hold."""
        return self.chance(haste={issue: 1.0 - share})

    def payments_between_parties(self) -> Iterator[Change]:
        """One party pays another, point for point."""
        cells = self.block.cells()
        gains, carried = cells.gains[:, 0], cells.carried[0]
        for i, actor in enumerate(self.parties):
            for j, payer in enumerate(self.parties):
                if i == j:
                    continue
                if {actor, payer} & set(self.asked()):
                    # Its assent at home depends on the payment too.
                    yield from self._payment(actor, payer, 0.0)
                    continue
                others = np.delete(cells.accepts[:, 0], [i, j], axis=0).all(axis=0)
                weight = np.where(others, carried, 0.0)
                amount = smallest_by_order(
                    *_bounds(gains[i], gains[j], carried), weight
                )
                if amount is not None:
                    yield from self._paid(actor, payer, amount)

    def reassurances(
        self, at_most: float = MAX_POINTS, *, is_paid: bool = True
    ) -> Iterator[Change]:
        """A constituency is reassured, or paid by a party for what it sees lost."""
        for actor in self.asked():
            if actor in self.parties:
                continue
            # More assent can only help a package that its parties want at all.
            if self.chance({actor: at_most}) < PASSES_AT:
                continue
            least = smallest_by_bisection(
                partial(self.chance_if_reassured, actor), at_most
            )
            if least is None:
                continue
            chance = self.chance({actor: least})
            yield Change(
                "reassurance", self.row, least, chance, actor=actor, amount=least
            )
            for payer in self.parties if is_paid else ():
                yield from self._payment(actor, payer, least)

    def lead_times(self) -> Iterator[Change]:
        """A private term is performed sooner, so that it must hold for less long."""
        choices = self.valuation.packages.choices_in(0)
        for issue, choice in choices.items():
            if choice.visibility != "private":
                continue
            if self.chance_if_sooner(issue, 1.0) < PASSES_AT:
                continue
            saved = smallest_by_bisection(partial(self.chance_if_sooner, issue), 1.0)
            if saved is not None:
                left = 1.0 - saved
                chance = self.chance(haste={issue: left})
                yield Change(
                    "lead_time", self.row, 0.0, chance, issue=issue, amount=left
                )

    def asked(self) -> list[str]:
        """Everybody who is asked about this package before or after a leak."""
        before, after = self.valuation.ledger.asked
        return [
            actor
            for actor in self.valuation.judges
            if before.is_asked(actor) or after.is_asked(actor)
        ]

    def _payment(self, actor: str, payer: str, least: float) -> Iterator[Change]:
        """Pay an actor whose assent counts; less than `least` cannot suffice."""

        def chance(more: float) -> float:
            points = least + more
            return self.chance({actor: points, payer: -points})

        if chance(0.0) >= PASSES_AT:
            yield from self._paid(actor, payer, least)
            return
        more = smallest_by_bisection(chance, MAX_POINTS)
        if more is not None:
            yield from self._paid(actor, payer, least + more)

    def _paid(self, actor: str, payer: str, amount: float) -> Iterator[Change]:
        chance = self.chance({actor: amount, payer: -amount})
        if chance >= PASSES_AT:
            yield Change(
                "side_payment",
                self.row,
                amount,
                chance,
                actor=actor,
                payer=payer,
                amount=amount,
            )


def _bounds(
    receives: FloatArray, pays: FloatArray, carried: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Payments between which both accept; a point counts where it is carried out."""
    safe = np.where(carried > 0.0, carried, 1.0)
    never = carried <= 0.0
    low = np.where(never, 1.0, -receives / safe)
    high = np.where(never, 0.0, pays / safe)
    return low, high
