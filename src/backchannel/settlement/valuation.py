"""A set of packages compiled: who wants what, who is asked, what may leak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backchannel.base.laws import FloatArray
from backchannel.crisis.draws import Draws
from backchannel.crisis.model import Crisis
from backchannel.settlement.judges import Judge, seat_judges
from backchannel.settlement.method import WAR, IntArray
from backchannel.settlement.packages import Packages
from backchannel.settlement.ratification import Passage, arrange_passage
from backchannel.settlement.secrecy import exposures
from backchannel.settlement.sight import Asked, who_is_asked
from backchannel.settlement.worths import Sums, penalties, worths


@dataclass(frozen=True, eq=False)
class Stake:
    """One party: its worths before and after a leak, and its pressing constituencies.

    `no_deal` V and `failure_cost` c are (n_draws,); `pressing` holds for each
    constituency its name, its row of assents by package, and its pressure (n_draws,).
    `penalty` counts as worth, so it is negative.
    """

    party: str
    before: Sums
    after: Sums
    penalty: Sums
    no_deal: FloatArray
    failure_cost: FloatArray
    pressing: tuple[tuple[str, IntArray, FloatArray], ...]


@dataclass(frozen=True, eq=False)
class Valuation:
    """A set of packages compiled for evaluation over draws.

    `private` are the rows with a private term; only there can anything leak.
    """

    packages: Packages
    draws: Draws
    prob_war: FloatArray
    private: IntArray
    stakes: tuple[Stake, ...]
    judges: Mapping[str, Judge]
    passage: Passage
    passage_again: Passage
    exposure: Sums


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
    is_private = np.zeros(len(packages), dtype=bool)
    for j, choices in enumerate(packages.choices):
        hidden = np.array([c.visibility == "private" for c in choices])
        is_private |= hidden[packages.rows[:, j]]
    private = np.flatnonzero(is_private)
    hidden_packages = packages.only(private)
    before = who_is_asked(crisis, packages, is_leaked=False)
    after = who_is_asked(crisis, hidden_packages, is_leaked=True)
    judges = seat_judges(crisis, packages, private, (before, after), draws)
    columns = {name: judge.before for name, judge in judges.items()}
    again = {name: judge.throughout for name, judge in judges.items()}
    asked_again = before.only(private).either(after)
    return Valuation(
        packages,
        draws,
        prob_war,
        private,
        tuple(
            _stake(
                crisis,
                packages,
                hidden_packages,
                party,
                before,
                judges,
                draws,
                prob_war,
            )
            for party in crisis.parties
        ),
        judges,
        arrange_passage(crisis, before, columns, len(packages), draws),
        arrange_passage(crisis, asked_again, again, len(private), draws),
        exposures(crisis, hidden_packages, draws),
    )


def no_deal_worth(
    crisis: Crisis, party: str, draws: Draws, prob_war: FloatArray
) -> FloatArray:
    """V_p = prob_war x (-100) + (1 - prob_war) x fallback, (n_draws,)."""
    fallback = crisis.no_deal.fallback.get(party)
    kept = np.zeros(draws.n_draws) if fallback is None else draws[fallback]
    return np.asarray(prob_war * WAR + (1.0 - prob_war) * kept)


def _stake(
    crisis: Crisis,
    packages: Packages,
    hidden: Packages,
    party: str,
    asked: Asked,
    judges: Mapping[str, Judge],
    draws: Draws,
    prob_war: FloatArray,
) -> Stake:
    nothing = np.zeros(draws.n_draws)
    failure = crisis.no_deal.failure_cost.get(party)
    pressing = []
    for actor, mask in asked.pressing.get(party, {}).items():
        pressure = crisis.actors[actor].pressure
        if pressure is not None and mask.any():
            seen = judges[actor].seen_before
            column = np.where(mask, seen.index, seen.n_distinct)
            pressing.append((actor, column, draws[pressure]))
    return Stake(
        party,
        worths(crisis, packages, party, draws, is_leaked=False),
        worths(crisis, hidden, party, draws, is_leaked=True),
        penalties(crisis, hidden, party, draws),
        no_deal_worth(crisis, party, draws, prob_war),
        nothing if failure is None else draws[failure],
        tuple(pressing),
    )
