"""What a crisis says about a list of packages, before anything is evaluated."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.base.uncertain import Uncertain
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.crisis.worth import no_deal_worth
from backchannel.settlement.judges import threshold_of
from backchannel.settlement.method import IntArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.ratification import CountingRule, counting_rule
from backchannel.settlement.secrecy import exposures
from backchannel.settlement.sight import Asked, who_is_asked
from backchannel.settlement.worths import Sums, penalties, worths


@dataclass(frozen=True, eq=False)
class Account:
    """One party: worths before and after a leak, penalties, no deal, pressure.

    `penalty` counts as worth, so it is negative; `no_deal` V, `failure_cost` c and the
    `pressure` of each constituency are (n_draws,).
    """

    party: str
    before: Sums
    after: Sums
    penalty: Sums
    no_deal: FloatArray
    failure_cost: FloatArray
    pressure: Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Ledger:
    """Everything about some packages that does not depend on how they are judged.

    `private` are the rows with a private term; `asked` and `seen` hold the state before
    a leak for all packages, and after one for the private ones.
    """

    packages: Packages
    draws: Draws
    private: IntArray
    accounts: tuple[Account, ...]
    asked: tuple[Asked, Asked]
    seen: Mapping[str, tuple[Sums, Sums]]
    thresholds: Mapping[str, Uncertain | None]
    rules: Mapping[str, CountingRule]
    exposure: Sums

    def revalued(self, crisis: Crisis, draws: Draws, actors: Collection[str]) -> Ledger:
        """The same after worths of some actors have been drawn anew."""
        hidden = self.packages.only(self.private)

        def both(actor: str) -> tuple[Sums, Sums]:
            return (
                worths(crisis, self.packages, actor, draws, is_leaked=False),
                worths(crisis, hidden, actor, draws, is_leaked=True),
            )

        accounts = []
        for account in self.accounts:
            if account.party in actors:
                before, after = both(account.party)
                account = replace(account, before=before, after=after)
            accounts.append(account)
        seen = {a: both(a) if a in actors else sums for a, sums in self.seen.items()}
        return replace(self, draws=draws, accounts=tuple(accounts), seen=seen)

    def only(self, rows: IntArray) -> Ledger:
        """The same for some of the packages, in the given order."""
        place = np.full(len(self.packages), -1)
        place[self.private] = np.arange(len(self.private))
        hidden = place[rows][place[rows] >= 0]
        return replace(
            self,
            packages=self.packages.only(rows),
            private=np.flatnonzero(place[rows] >= 0),
            accounts=tuple(
                replace(
                    account,
                    before=account.before.only(rows),
                    after=account.after.only(hidden),
                    penalty=account.penalty.only(hidden),
                )
                for account in self.accounts
            ),
            asked=(self.asked[0].only(rows), self.asked[1].only(hidden)),
            seen={
                actor: (before.only(rows), after.only(hidden))
                for actor, (before, after) in self.seen.items()
            },
            exposure=self.exposure.only(hidden),
        )


def write_ledger(
    crisis: Crisis, packages: Packages, draws: Draws, prob_war: FloatArray
) -> Ledger:
    """Read from a crisis what its packages are worth, who is asked, what may leak.

    Raises
    ------
    ModelError : an actor that is asked has no threshold, or terms wait in a circle.
    """
    private = _private_rows(packages)
    hidden = packages.only(private)
    before = who_is_asked(crisis, packages, is_leaked=False)
    after = who_is_asked(crisis, hidden, is_leaked=True)
    pressing = [a for group in before.pressing.values() for a in group]
    names = dict.fromkeys([*before.deciders(), *after.deciders(), *pressing])
    seen = {
        name: (
            worths(crisis, packages, name, draws, is_leaked=False),
            worths(crisis, hidden, name, draws, is_leaked=True),
        )
        for name in names
    }
    return Ledger(
        packages,
        draws,
        private,
        tuple(
            _account(crisis, packages, hidden, party, draws, prob_war)
            for party in crisis.parties
        ),
        (before, after),
        seen,
        {
            name: threshold_of(crisis, name)
            if before.is_asked(name) or after.is_asked(name)
            else None
            for name in names
        },
        {
            name: counting_rule(crisis.ratification[name], draws)
            for name in before.counted
        },
        exposures(crisis, hidden, draws),
    )


def _private_rows(packages: Packages) -> IntArray:
    is_private = np.zeros(len(packages), dtype=bool)
    for j, choices in enumerate(packages.choices):
        hidden = np.array([c.visibility == "private" for c in choices])
        is_private |= hidden[packages.rows[:, j]]
    return np.flatnonzero(is_private)


def _account(
    crisis: Crisis,
    packages: Packages,
    hidden: Packages,
    party: str,
    draws: Draws,
    prob_war: FloatArray,
) -> Account:
    failure = crisis.no_deal.failure_cost.get(party)
    numbers = {
        member: crisis.actors[member].pressure
        for rule in crisis.ratification.values()
        if rule.rule == "pressure" and rule.party == party
        for member in rule.members
    }
    return Account(
        party,
        worths(crisis, packages, party, draws, is_leaked=False),
        worths(crisis, hidden, party, draws, is_leaked=True),
        penalties(crisis, hidden, party, draws),
        no_deal_worth(crisis, party, draws, prob_war),
        np.zeros(draws.n_draws) if failure is None else draws[failure],
        {name: draws[n] for name, n in numbers.items() if n is not None},
    )
