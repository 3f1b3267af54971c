"""A list of packages ready to be evaluated: equal ones are judged once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.settlement.judges import Judge, column_of, seat_judge
from backchannel.settlement.ledger import Account, Ledger, write_ledger
from backchannel.settlement.method import IntArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.ratification import Passage, arrange_passage
from backchannel.settlement.worths import Sums


@dataclass(frozen=True, eq=False)
class Stake:
    """One party: its account, and where its pressing constituencies look.

    `pressing` holds for each constituency its name, its row of assents by package
    (n_packages,), and its pressure (n_draws,).
    """

    account: Account
    pressing: tuple[tuple[str, IntArray, FloatArray], ...]

    @property
    def party(self) -> str:
        """Its name."""
        return self.account.party


@dataclass(frozen=True, eq=False)
class Valuation:
    """Packages with everybody who judges them.

    `passage` gives R, `passage_again` S for the private rows.
    """

    ledger: Ledger
    stakes: tuple[Stake, ...]
    judges: Mapping[str, Judge]
    passage: Passage
    passage_again: Passage

    @property
    def packages(self) -> Packages:
        """The packages."""
        return self.ledger.packages

    @property
    def draws(self) -> Draws:
        """The draws."""
        return self.ledger.draws

    @property
    def private(self) -> IntArray:
        """Rows with a private term; only there can anything leak."""
        return self.ledger.private

    @property
    def exposure(self) -> Sums:
        """Expected leaks of the private rows."""
        return self.ledger.exposure

    def only(self, rows: IntArray) -> Valuation:
        """The same for some of the packages, in the given order."""
        return arrange(self.ledger.only(rows))


def compile_valuation(
    crisis: Crisis, packages: Packages, draws: Draws, prob_war: FloatArray
) -> Valuation:
    """Turn a crisis into the arrays from which packages are evaluated.

    Parameters
    ----------
    prob_war : (n_draws,), chance of war within the horizon where there is no deal

    Raises
    ------
    ModelError : an actor that is asked has no threshold, or terms wait in a circle.
    """
    return arrange(write_ledger(crisis, packages, draws, prob_war))


def arrange(ledger: Ledger) -> Valuation:
    """Seat the judges and group the packages that are judged alike."""
    before, after = ledger.asked
    private = ledger.private
    judges = {
        name: seat_judge(name, ledger.thresholds[name], seen, ledger.asked, private)
        for name, seen in ledger.seen.items()
    }
    columns = {name: judge.before for name, judge in judges.items()}
    again = {name: judge.throughout for name, judge in judges.items()}
    asked_again = before.only(private).either(after)
    n_packages = len(ledger.packages)
    return Valuation(
        ledger,
        tuple(_stake(ledger, account) for account in ledger.accounts),
        judges,
        arrange_passage(ledger.rules, before, columns, n_packages),
        arrange_passage(ledger.rules, asked_again, again, len(private)),
    )


def _stake(ledger: Ledger, account: Account) -> Stake:
    masks = ledger.asked[0].pressing.get(account.party, {})
    return Stake(
        account,
        tuple(
            (actor, column_of(ledger.seen[actor][0], masks[actor]), pressure)
            for actor, pressure in account.pressure.items()
            if np.any(masks[actor])
        ),
    )
